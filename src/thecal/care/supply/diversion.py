"""A sign of diversion: less drawn than expected again and again, of one patient or by one person.

It accuses nobody: a leak, a pocket fill or a pump that gives too much looks the same (C12).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import final

from thecal.care.spans import span
from thecal.care.supply.rules import RULES
from thecal.safety.finding import Finding, Severity
from thecal.units import Duration, show_date

LESS, GREEN = "less", "green"


@final
@dataclass(frozen=True, slots=True)
class Residual:
    """What one refill drew: of whom, by whom, and how it lay to what was expected."""

    patient: str
    by: str
    at: datetime
    direction: str
    band: str

    @property
    def is_low(self) -> bool:
        """Whether clearly less was drawn than expected."""
        return self.direction == LESS and self.band != GREEN


@final
@dataclass(frozen=True, slots=True)
class Signal:
    """A row of low residuals; `patient` or `by` is empty, the other names whose they are."""

    patient: str
    by: str
    low: tuple[datetime, ...]
    refills: int
    finding: Finding


def diversion_signals(residuals: Sequence[Residual], now: datetime) -> tuple[Signal, ...]:
    """Return who stands out within the time that the table names, patients first."""
    since = now - span(RULES.get("diversion", "within", Duration).value)
    recent = [one for one in residuals if since <= one.at <= now]
    return (
        *_rows(recent, lambda one: one.patient, "patient"),
        *_rows(recent, lambda one: one.by, "by"),
    )


def _rows(
    residuals: Sequence[Residual], whose: Callable[[Residual], str], kind: str
) -> Iterator[Signal]:
    least = RULES.get("diversion", "low-residuals", Fraction)
    for name in dict.fromkeys(map(whose, residuals)):
        own = [one for one in residuals if whose(one) == name]
        low = tuple(sorted(one.at for one in own if one.is_low))
        if len(low) < least.value:
            continue
        days = ", ".join(show_date(one) for one in low)
        of = "of one patient" if kind == "patient" else "by one person"
        finding = Finding(
            check="K23",
            severity=Severity.WARN,
            message=(
                f"{len(low)} of {len(own)} refills {of} drew less than expected ({days}): think of"
                " over-delivery, a leak, a pocket fill, incomplete aspiration and theft; weigh the"
                " waste, look at who was there, follow the policy of the clinic"
            ),
            source=least.provenance(),
        )
        patient, by = (name, "") if kind == "patient" else ("", name)
        yield Signal(patient, by, low, len(own), finding)
