"""What a change means: in points and percent, beside the smallest change that matters."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited
from thecal.care.outcomes.instrument import Instrument
from thecal.data import Fact
from thecal.errors import DataError
from thecal.pharmacy.lookup import by_key

RESPONDER, PARTIAL, NON_RESPONDER = "responder", "partial-responder", "non-responder"


@final
@dataclass(frozen=True, slots=True)
class Change:
    """A change against the baseline.

    Attributes
    ----------
    points
        Improvement in points; below zero it became worse.
    percent
        The same in percent of the baseline; None where the baseline is zero.
    matters
        Whether it reaches the smallest change that matters, in points or in percent; None where
        no source names one.
    figures
        The limits that it was held against.
    """

    instrument: Instrument
    points: Fraction
    percent: Fraction | None
    matters: bool | None
    figures: tuple[Cited, ...]


def change(about: Instrument, before: Fraction, after: Fraction) -> Change:
    """Return the improvement from `before` to `after`."""
    points = before - after if about.lower_is_better else after - before
    percent = None if before == 0 else 100 * points / abs(before)
    known = [name for name in ("change", "change-percent") if about.has(name)]
    reached = [
        value is not None and value >= about.number(name)
        for name, value in (("change", points), ("change-percent", percent))
        if name in known
    ]
    return Change(about, points, percent, any(reached) if known else None, about.cited(*known))


def rule(name: str, parameter: str) -> Fact[Fraction]:
    """Return a figure of `outcome_rules.csv`; raises `DataError` where it is missing."""
    found = by_key("outcome_rules", "rule").get(name, {}).get(parameter)
    if found is None:
        raise DataError(f"outcome_rules.csv has no {name} {parameter}", remedy="restore the row")
    return found[0].of_kind(Fraction)


def responder(percent: Fraction) -> str:
    """Return what a relief of so many percent is: 50 is a responder, 30 a partial one."""
    if percent >= rule("responder", "substantial").value:
        return RESPONDER
    return PARTIAL if percent >= rule("responder", "useful").value else NON_RESPONDER


def responder_cited() -> tuple[Cited, ...]:
    """Return the limits of `responder`."""
    return tuple(
        Cited(f"relief, {name}", rule("responder", name)) for name in ("substantial", "useful")
    )
