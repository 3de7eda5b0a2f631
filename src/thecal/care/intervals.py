"""How far a count may lie from what is expected, and a rate from what was counted.

Binomial and Poisson central ranges are exact but for the rounding of sums; the interval of a
proportion is Wilson's (general knowledge: Wilson 1927).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from statistics import NormalDist

from thecal.care.figures import Figures
from thecal.errors import EntryError

_ROOT_DIGITS = 40
_REACH = 12
"""Standard deviations on either side that the sums cover; what lies beyond is nothing in double."""


def confidence() -> Fraction:
    """Return the confidence of every range and interval, a part of one (`outcome_rules.csv`)."""
    return Figures("outcome_rules", key="rule").get("wilson", "confidence", Fraction).value / 100


def poisson_range(expected: Fraction) -> tuple[int, int]:
    """Return the least and the largest count of the central range for an expected count.

    Raises
    ------
    EntryError
        If the expected count is below zero.
    """
    if expected < 0:
        raise EntryError("an expected count below zero", remedy="check rate and denominator")
    if expected == 0:
        return 0, 0
    mean = float(expected)
    log_mean = math.log(mean)

    def log_mass(count: int) -> float:
        return count * log_mean - mean - math.lgamma(count + 1)

    return _central(log_mass, mean, math.sqrt(mean), None)


def binomial_range(number: int, rate: Fraction) -> tuple[int, int]:
    """Return the least and the largest count of the central range among `number` at a rate.

    Raises
    ------
    EntryError
        If the number is below zero or the rate is no proportion.
    """
    if number < 0 or not 0 <= rate <= 1:
        raise EntryError("no proportion of a number", remedy="check rate and denominator")
    if number == 0 or rate in (0, 1):
        count = number if rate == 1 else 0
        return count, count
    chance = float(rate)
    whole, hit, missed = math.lgamma(number + 1), math.log(chance), math.log1p(-chance)

    def log_mass(count: int) -> float:
        ways = whole - math.lgamma(count + 1) - math.lgamma(number - count + 1)
        return ways + count * hit + (number - count) * missed

    spread = math.sqrt(number * chance * (1 - chance))
    return _central(log_mass, number * chance, spread, number)


def wilson_interval(events: int, number: int) -> tuple[Fraction, Fraction]:
    """Return Wilson's interval of a proportion: from at least 0 to at most 1.

    Raises
    ------
    EntryError
        If nothing was counted, or more events than that.
    """
    if number < 1 or not 0 <= events <= number:
        raise EntryError(
            f"{events} events among {number} are no proportion", remedy="check both counts"
        )
    z = Fraction(NormalDist().inv_cdf(float((1 + confidence()) / 2)))
    share = Fraction(events, number)
    scale = 1 + z * z / number
    middle = share + z * z / (2 * number)
    half = square_root((share * (1 - share) + z * z / (4 * number)) / number) * z
    least = Fraction(0) if events == 0 else (middle - half) / scale
    most = Fraction(1) if events == number else (middle + half) / scale
    return least, most


def square_root(value: Fraction) -> Fraction:
    """Return a square root to 40 digits."""
    with localcontext() as context:
        context.prec = _ROOT_DIGITS
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


def _central(
    log_mass: Callable[[int], float],
    mean: float,
    spread: float,
    most: int | None,
) -> tuple[int, int]:
    """Return the quantiles that leave half of what the confidence leaves out on either side."""
    tail = float((1 - confidence()) / 2)
    first = max(0, math.floor(mean - _REACH * (spread + 1)))
    last = math.ceil(mean + _REACH * (spread + 1))
    last = last if most is None else min(last, most)
    below = 0.0
    least: int | None = None
    for count in range(first, last + 1):
        below += math.exp(log_mass(count))
        if least is None and below > tail:
            least = count
        if below >= 1 - tail:
            return (count if least is None else least), count
    return (last if least is None else least), last
