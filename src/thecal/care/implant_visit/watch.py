"""The 24-hour watch after an implant: what is looked at, and when it may end (K29)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import final

from thecal.care.implant_visit.steps import TABLE
from thecal.care.spans import span
from thecal.safety.finding import Finding, Severity
from thecal.units import Duration, show, show_time

AWAKE, DROWSY, HARD_TO_ROUSE = "awake", "drowsy", "hard-to-rouse"
AS_BEFORE, WEAKER = "as-before", "weaker"
_LASTS = "workflow.md 4c K29"


@final
@dataclass(frozen=True, slots=True)
class Look:
    """One look at the patient.

    Attributes
    ----------
    sedation
        `awake`, `drowsy` or `hard-to-rouse`.
    breaths
        In a minute.
    score
        Of pain or spasm, 0 to 10.
    motor
        `as-before` or `weaker`.
    """

    at: datetime
    sedation: str
    breaths: int
    score: int
    motor: str


def watch_ends(begun: datetime) -> datetime:
    """Return when a watch may end at the earliest."""
    return begun + span(TABLE.get("watch", "lasts", Duration).value)


def alarming(look: Look) -> tuple[str, ...]:
    """Return what in a look asks for help at once; empty where nothing does."""
    found = []
    if look.sedation == HARD_TO_ROUSE:
        found.append("hard to rouse")
    if look.breaths < TABLE.get("watch", "breaths", Fraction).value:
        found.append(f"{look.breaths} breaths in a minute")
    if look.motor == WEAKER:
        found.append("weaker than before")
    return tuple(found)


def look_findings(ends: datetime, looks: Sequence[Look], now: datetime) -> Iterator[Finding]:
    """Yield what stands against releasing the patient.

    Parameters
    ----------
    ends
        The end of the watch, or of the longer stay that was ordered.
    looks
        The earliest first.
    """
    if now < ends:
        lasts = TABLE.get("watch", "lasts", Duration)
        what = f"the watch runs until {show_time(ends.astimezone(now.tzinfo))}, at least"
        what += f" {show(lasts.value, 'h')} after the start: it cannot be closed before"
        yield Finding("K29", Severity.HARD, what, lasts.provenance())
    if not looks:
        what = "nobody has written down how the patient is: look, and write it down"
        yield Finding("K29", Severity.HARD, what, _LASTS)
        return
    every = TABLE.get("watch", "look-every", Duration)
    if now - looks[-1].at > span(every.value):
        what = f"the last look was at {show_time(looks[-1].at.astimezone(now.tzinfo))}: look again"
        yield Finding("K29", Severity.HARD, what, _LASTS)
    wrong = alarming(looks[-1])
    if wrong:
        what = f"at the last look: {', '.join(wrong)}. Help now, and order a longer stay"
        breaths = TABLE.get("watch", "breaths", Fraction)
        yield Finding("K29", Severity.HARD, what, breaths.provenance())
