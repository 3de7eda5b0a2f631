"""What a refill's aspirate says about delivery: the delivered ratio, its bands and its trend.

The ratio of volumes used is far more telling than the percentage of the residual: two published
disasters were 11.5 and 15 % off in the residual, and 21 and 15 % in what was used
(facts/workflow.md 2.R). No ratio proves where the needle is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, final

from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.errors import DataError
from thecal.units import Volume, show, show_number

Band = Literal["green", "amber", "red"]
Direction = Literal["more", "less", "as expected"]

_CAUSES: Mapping[Direction, tuple[str, ...]] = MappingProxyType(
    {
        "more": (
            "under-delivery: motor or rotor stall, catheter obstruction, kink or leak",
            "less use than reckoned: stop, MRI, boluses not taken, rate changed",
            "wrong volume programmed at the last fill",
        ),
        "less": (
            "over-delivery by the pump",
            "leak, or a damaged septum",
            "pocket fill at the previous visit: part of it never entered the pump",
            "incomplete aspiration now",
            "wrong volume programmed at the last fill",
            "theft from the pump",
        ),
        "as expected": (),
    }
)


@final
@dataclass(frozen=True, slots=True)
class ResidualAssessment:
    """What one refill says.

    Attributes
    ----------
    delivered_ratio
        Volume used over volume that was to be used; None where too little was to be used.
    difference
        Aspirated less expected, signed.
    band
        The verdict, trend over earlier refills included.
    single_band
        The verdict of this refill alone.
    direction
        Whether more or less was found than expected.
    reasons
        Each rule that lifted the band above green, with figures and limits.
    causes
        What to think of in this direction; empty where the band is green.
    """

    delivered_ratio: Fraction | None
    difference: Volume
    band: Band
    single_band: Band
    direction: Direction
    reasons: tuple[str, ...]
    causes: tuple[str, ...]


@cached
def residual_facts() -> Mapping[str, Fact[FactValue]]:
    """Return every threshold of `residual.csv` by its parameter, the shipped default each."""
    found: dict[str, Fact[FactValue]] = {}
    for row in sorted(rows("residual"), key=lambda row: int(row["rank"])):
        found.setdefault(row["parameter"], fact_of(row))
    return MappingProxyType(found)


def residual_number(parameter: str) -> Fact[Fraction]:
    """Return a plain threshold; raises `DataError` where the table has none."""
    return _fact(parameter).of_kind(Fraction)


def residual_volume(parameter: str) -> Fact[Volume]:
    """Return a threshold in volume; raises `DataError` where the table has none."""
    return _fact(parameter).of_kind(Volume)


def assess_residual(
    filled: Volume,
    expected: Volume,
    aspirated: Volume,
    *,
    earlier: Sequence[ResidualAssessment] = (),
) -> ResidualAssessment:
    """Judge what the syringe drew against what was expected.

    Parameters
    ----------
    filled
        The volume the pump counted from at the last fill. At the first refill of a new pump, less
        the unusable residual, as `expected` is then: otherwise the residual counts as used.
    expected
        The computed volume before aspiration.
    aspirated
        What was drawn; a fact, taken as it is, even above `filled`. Practically nothing, where the
        pump should still have held more than a syringe misreads, is never green: a pump that ran
        out cannot deliver more than was in it, so its ratio stays near 1 whatever went wrong.
    earlier
        Earlier assessments of the same pump, oldest first, since the last explained deviation.

    Returns
    -------
    ResidualAssessment
        Bands of facts/workflow.md 2.R; thresholds in `data/residual.csv`.

    Notes
    -----
    Two readings of 2.R that its text leaves open: an amber behind an amber *or red* of the same
    sign is red; the trend is a two-sided tabular CUSUM of the ratio less 1, over this and up to
    five earlier refills that had a ratio, with slack k and red from h on. Each refill counts there
    with no more than the red limit of a single one, and only a refill that itself points the same
    way can turn red by the trend: an old outlier does not colour a good refill.
    """
    to_be_used = filled - expected
    difference = aspirated - expected
    ratio = None
    if to_be_used >= residual_volume("ratio-use-from").value:
        ratio = (filled - aspirated).ratio(to_be_used)
    direction = _direction(difference)
    single, reasons = _of_one_refill(to_be_used, difference, ratio)
    found_empty = tuple(_found_empty(expected, aspirated))
    if found_empty and single == "green":
        single = "amber"
    reasons = (*reasons, *found_empty)
    band = single
    trend = [*_consecutive(single, direction, earlier), *_cusum(ratio, earlier)]
    if trend:
        band = "red"
    return ResidualAssessment(
        delivered_ratio=ratio,
        difference=difference,
        band=band,
        single_band=single,
        direction=direction,
        reasons=(*reasons, *trend),
        causes=() if band == "green" else _CAUSES[direction],
    )


def _of_one_refill(
    to_be_used: Volume, difference: Volume, ratio: Fraction | None
) -> tuple[Band, tuple[str, ...]]:
    apart = abs(difference)
    if ratio is None:
        amber, red = (
            residual_volume("small-use-amber-above"),
            residual_volume("small-use-red-above"),
        )
        if apart > red.value:
            return "red", (f"{_mL(apart)} apart, red above {_mL(red.value)} where little was used",)
        if apart > amber.value:
            return "amber", (
                f"{_mL(apart)} apart, amber above {_mL(amber.value)} where little was used",
            )
        return "green", ()
    reasons = []
    band: Band = "green"
    off = abs(ratio - 1)
    shown = f"delivered ratio {show_number(ratio)}"
    low, high = residual_number("amber-above").value, residual_number("red-from").value
    if off >= high:
        band = "red"
        reasons.append(f"{shown}, red from {show_number(high)} off 1")
    elif off > low:
        band = "amber"
        reasons.append(f"{shown}, amber above {show_number(low)} off 1: aspirate again")
    limit = residual_volume("red-difference-above").value
    below = residual_volume("red-difference-use-below").value
    if apart > limit and to_be_used < below:
        band = "red"
        reasons.append(
            f"{_mL(apart)} apart, red above {_mL(limit)} where less than {_mL(below)}"
            " was to be used"
        )
    return band, tuple(reasons)


def _found_empty(expected: Volume, aspirated: Volume) -> Iterable[str]:
    nothing = residual_volume("found-empty-up-to").value
    least = residual_volume("found-empty-expected-from").value
    if aspirated <= nothing and expected >= least:
        yield (
            f"found empty, amber from {_mL(least)} expected: a pump that ran out may have given"
            " too much without a telling ratio"
        )


def _consecutive(
    single: Band, direction: Direction, earlier: Sequence[ResidualAssessment]
) -> Iterable[str]:
    if single == "amber" and earlier:
        before = earlier[-1]
        if before.single_band != "green" and before.direction == direction:
            yield f"the refill before was {before.single_band} in the same direction"


def _cusum(ratio: Fraction | None, earlier: Sequence[ResidualAssessment]) -> Iterable[str]:
    if ratio is None:
        return
    many = int(residual_number("cusum-refills").value)
    slack, limit = residual_number("cusum-slack").value, residual_number("cusum-limit").value
    most = residual_number("red-from").value
    ratios = [one.delivered_ratio for one in earlier if one.delivered_ratio is not None]
    window = [*ratios, ratio][-many:]
    for sign, name in ((1, "over"), (-1, "under")):
        total = Fraction(0)
        for one in window:
            total = max(Fraction(0), total + min(sign * (one - 1), most) - slack)
        if total >= limit and sign * (ratio - 1) > 0:
            yield (
                f"{name}-delivery adds up to {show_number(total)} over {len(window)} refills,"
                f" red from {show_number(limit)} (CUSUM, slack {show_number(slack)})"
            )


def _direction(difference: Volume) -> Direction:
    if difference > Volume.zero():
        return "more"
    return "less" if difference < Volume.zero() else "as expected"


def _fact(parameter: str) -> Fact[FactValue]:
    found = residual_facts().get(parameter)
    if found is None:
        raise DataError(f"residual.csv has no {parameter}", remedy="restore the row")
    return found


def _mL(volume: Volume) -> str:  # noqa: N802 - the unit's own letters
    return show(volume, "mL")
