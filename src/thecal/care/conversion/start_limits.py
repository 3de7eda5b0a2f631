"""A converted dose against every start limit: what exceeds is shown, and what is allowed named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.conversion.convert import DoseRange
from thecal.pharmacy import CEILING, Limit, limits
from thecal.safety.finding import Amount, Finding, Severity
from thecal.units import MassRate, show

START, MAXIMUM = "start-high", "maximum-daily"
MEANING = {
    START: "highest start",
    MAXIMUM: "daily maximum",
    CEILING: "highest daily dose that any source reports as given",
}
WITHIN, REACHES, ABOVE = "within", "only the high end is above", "the whole range is above"
RAW_ONLY = "within; dose over ratio alone is above"


@final
@dataclass(frozen=True, slots=True)
class Held:
    """A limit, and where the range stands to it.

    Attributes
    ----------
    certain
        Whether it holds for this person: not where it is for tolerant or naive people only and
        nobody said which.
    """

    limit: Limit
    standing: str
    certain: bool

    @property
    def exceeded(self) -> bool:
        """Whether any part of the range is above it."""
        return self.standing in (REACHES, ABOVE)


@final
@dataclass(frozen=True, slots=True)
class Allowed:
    """The start that no limit forbids, and the limit that bounds it (None: none does)."""

    low: MassRate
    high: MassRate
    bound: Limit | None


def held_against(drug: str, doses: DoseRange, *, tolerant: bool | None) -> tuple[Held, ...]:
    """Return every limit on an intrathecal start of `drug` with where the range stands.

    Where nobody said whether the person is opioid-tolerant, the limits of both stand.
    """
    populations = {True: ("tolerant",), False: ("naive",), None: ("tolerant", "naive")}[tolerant]
    return tuple(
        Held(one, _standing(doses, one.rate), tolerant is not None or one.population == "any")
        for parameter in MEANING
        for one in limits(drug, parameter, populations=populations)
        if one.rank == 1
    )


def allowed_start(drug: str, doses: DoseRange, held: tuple[Held, ...]) -> Allowed:
    """Return the part of the range that every limit allows.

    Where the whole range is above the lowest limit, the start of that edition is named instead.
    """
    lowest = min((one.limit for one in held), key=lambda one: one.rate, default=None)
    if lowest is None:
        return Allowed(doses.low, doses.high, None)
    if doses.high <= lowest.rate:
        return Allowed(doses.low, doses.high, lowest)
    if doses.low <= lowest.rate:
        return Allowed(doses.low, lowest.rate, lowest)
    return Allowed(start_low(drug, lowest), lowest.rate, lowest)


def start_low(drug: str, bound: Limit) -> MassRate:
    """Return the lowest start of the edition of a limit; the limit itself where it has none."""
    found = limits(drug, "start-low", populations=(bound.population,))
    rates = [one.rate for one in found if one.edition == bound.edition]
    return min([*rates, bound.rate])


def limit_findings(doses: DoseRange, held: tuple[Held, ...], unit: str) -> tuple[Finding, ...]:
    """Return what exceeds: a limit that was read refuses, a recalled or uncertain one asks."""
    return tuple(_finding(one, doses, unit) for one in held if one.standing != WITHIN)


def _standing(doses: DoseRange, limit: MassRate) -> str:
    if doses.low > limit:
        return ABOVE
    if doses.high > limit:
        return REACHES
    return RAW_ONLY if doses.raw > limit else WITHIN


def _finding(held: Held, doses: DoseRange, unit: str) -> Finding:
    limit = held.limit
    sure = held.certain and not limit.fact.recalled
    severity = Severity.HARD if sure else Severity.SOFT
    group = "" if limit.population == "any" else f" for {limit.population} patients"
    shown = f"{show(doses.low, unit)} to {show(doses.high, unit)}"
    text = (
        f"{held.standing}: {shown} (dose over ratio {show(doses.raw, unit)}) against the"
        f" {MEANING[limit.parameter]} of {limit.edition}{group}, {show(limit.rate, unit)}"
    )
    if held.standing == RAW_ONLY:
        severity = Severity.WARN
    if not held.certain:
        text += "; nobody said whether the person is opioid-tolerant"
    return Finding(
        "K27",
        severity,
        text,
        limit.whose(),
        value=Amount(doses.raw if held.standing == RAW_ONLY else doses.high, unit),
        limit=Amount(limit.rate, unit),
        follow_up="24-hour watch after the start" if severity is not Severity.WARN else "",
    )
