"""How much of a drug is left in a mixture: tables of points, read between, never beyond.

The points fall faster than an exponential through them would (facts pharmacology.md 6.1), so they
are joined by straight lines and nothing is said after the last one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.data import Fact
from thecal.errors import EntryError
from thecal.pharmacy.stability import Stability, stability_rows
from thecal.units import Concentration, Duration, parse_number, parse_quantity


@final
@dataclass(frozen=True, slots=True)
class Decline:
    """The tested course of one mixture.

    Attributes
    ----------
    partner, tested
        The drug that decides, and the concentration at which the course was tested (the highest of
        a range).
    points
        Time and the fraction that is left then, the earliest first; at the start all is left.
    """

    partner: str
    tested: Concentration
    points: tuple[tuple[Fact[Duration], Fraction], ...]

    def remaining(self, time: Duration) -> Fraction | None:
        """Return the fraction left at a time; None after the last point, for nothing is known."""
        before, part = Duration.zero(), Fraction(1)
        for fact, fraction in self.points:
            if time <= fact.value:
                share = (time - before).ratio(fact.value - before)
                return part + (fraction - part) * share
            before, part = fact.value, fraction
        return None

    def time_to(self, fraction: Fraction) -> Duration | None:
        """Return when only `fraction` is left; None where the table ends before that."""
        before, part = Duration.zero(), Fraction(1)
        for fact, left in self.points:
            if left <= fraction <= part:
                share = (part - fraction) / (part - left)
                return before + (fact.value - before).scaled(share)
            before, part = fact.value, left
        return None


def decline_of(mixture: Mapping[str, Concentration]) -> Decline | None:
    """Return the tested course for a mixture of exactly these drugs.

    The course tested at the next higher concentration of the partner is taken, for more of it made
    the loss faster; concentrations are not interpolated. None where nothing was tested at or above
    it: not checked, never passed.
    """
    courses: dict[tuple[str, Concentration], list[tuple[Fact[Duration], Fraction]]] = {}
    for row in stability_rows(mixture, "pump"):
        point = decline_point(row)
        if point is not None:
            partner, tested, left = point
            courses.setdefault((partner, tested), []).append((row.fact, left))
    fitting = [
        Decline(partner, tested, tuple(sorted(points, key=lambda one: one[0].value)))
        for (partner, tested), points in courses.items()
        if partner in mixture and mixture[partner] <= tested
    ]
    return min(fitting, key=lambda one: one.tested, default=None)


def decline_point(row: Stability) -> tuple[str, Concentration, Fraction] | None:
    """Return partner, its concentration and the fraction left, where a row states such a point.

    Such a row has a condition as `morphine 20 mg/mL` or `baclofen 1.5 to 2 mg/mL` and an endpoint
    as `90 %`.
    """
    words = row.condition.split()
    left = row.endpoint.removesuffix(" %")
    if len(words) < 3 or left == row.endpoint or words[0] not in row.drugs:
        return None
    try:
        tested = parse_quantity(" ".join(words[-2:]), Concentration)
        return words[0], tested, parse_number(left) / 100
    except EntryError:
        return None
