"""What speaks against an appointment: too late is refused, the rest asks for a reason (K12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import final

from thecal.care.appointments.opening import Opening
from thecal.care.refill_interval.interval import PLAUSIBLE, plausible
from thecal.care.spans import span
from thecal.safety.finding import Finding, Severity
from thecal.units import Duration, show, show_date, show_time

CHECK, INTERVAL, CALENDAR = "K12", "refill-interval", "calendar"
_SOURCE = "workflow.md 4c K12; workflow.md 2.R step 15"
_BACLOFEN, _ANY = "baclofen", "any"


@final
@dataclass(frozen=True, slots=True)
class Asked:
    """An appointment that somebody wants to make, and what is known besides.

    Attributes
    ----------
    day, at
        When; `at` None: no time of day is named.
    refill_by, decided_by
        The latest time of the refill, and what decides it; None where nothing says so.
    alarm
        When the low-reservoir alarm comes with every allowed bolus; None where it is not known.
    last_fill
        None where nothing was filled.
    drugs
        In the pump until then.
    """

    day: date
    at: datetime | None
    refill_by: datetime | None
    decided_by: str
    alarm: datetime | None
    last_fill: date | None
    drugs: tuple[str, ...]


def booking_findings(asked: Asked) -> Iterator[Finding]:
    """Yield what speaks against an appointment, whatever the clinic's hours are."""
    yield from too_late(asked.day, asked.at, asked.refill_by, asked.decided_by)
    if asked.last_fill is not None:
        yield from interval_findings(asked.drugs, asked.last_fill, asked.day, asked.refill_by)


def too_late(
    day: date, at: datetime | None, refill_by: datetime | None, decided_by: str
) -> Iterator[Finding]:
    """Refuse an appointment after the refill-by time, to the minute (K12).

    On the last day itself an appointment without a time may be after it, so a time is asked for.
    """
    if refill_by is None:
        return
    last = refill_by.date()
    words = f"book {show_date(last)} or an earlier day"
    if day > last:
        message = f"the next visit is planned after the refill-by date ({decided_by} decides it)"
        message += f": {words}; on that day until {refill_by:%H:%M}"
    elif at is not None and at > refill_by:
        message = (
            f"{show_time(at)} is after the refill-by time, {show_time(refill_by)}"
            f" ({decided_by} decides it): book an earlier time or day"
        )
    elif at is None and day == last:
        message = (
            f"this is the last day, until {refill_by:%H:%M} ({decided_by} decides it): name the"
            " time of the visit, or book an earlier day"
        )
    else:
        return
    yield Finding(
        check=CHECK,
        severity=Severity.HARD,
        message=message,
        source=_SOURCE,
        value=day.isoformat() if at is None else at.isoformat(),
        limit=refill_by.isoformat(),
        follow_up="book the next refill before the refill-by date",
    )


def interval_findings(
    drugs: tuple[str, ...], last_fill: date, day: date, refill_by: datetime | None
) -> Iterator[Finding]:
    """Ask about days from fill to refill that no source tells (S2.12).

    Where refill-by leaves no longer interval, a short one is no choice of who books: nobody is
    asked, and the list of what is due tells it.
    """
    length = Duration.of((day - last_fill).days, "d")
    verdict, low, high = plausible(_BACLOFEN if _BACLOFEN in drugs else _ANY, length)
    if verdict == PLAUSIBLE or length < Duration.zero():
        return
    if (
        length < low.value
        and refill_by is not None
        and refill_by.date() < last_fill + span(low.value)
    ):
        return
    yield Finding(
        check=INTERVAL,
        severity=Severity.SOFT,
        message=(
            f"{show(length, 'd')} from fill to refill, {verdict.replace('-', ' ')}:"
            f" {show(low.value, 'd')} to {show(high.value, 'd')} are told; look at strength and"
            " dose, and say why"
        ),
        source=(low if length < low.value else high).provenance(),
    )


def calendar_findings(
    asked: Asked, opening: Opening, booked: int, at_once: int
) -> Iterator[Finding]:
    """Ask about a day that the clinic's calendar does not offer, and one in its own window.

    Parameters
    ----------
    booked, at_once
        Appointments in the clinic on that day already, and those of them at that time.
    """
    if not opening.is_open(asked.day):
        yield _calendar(f"the clinic is closed on {show_date(asked.day)}")
    elif booked >= opening.capacity(asked.day):
        yield _calendar(
            f"{show_date(asked.day)} is full: {booked} appointments,"
            f" {opening.capacity(asked.day)} places"
        )
    elif asked.at is not None and asked.at.time() not in opening.starts(asked.day):
        starts = opening.starts(asked.day)
        yield _calendar(
            f"no appointment begins at {asked.at:%H:%M}: they begin every {opening.slot} minutes"
            f" from {starts[0]:%H:%M}, the last at {starts[-1]:%H:%M}"
        )
    elif asked.at is not None and at_once >= opening.rooms:
        yield _calendar(
            f"{show_time(asked.at)} is taken: {at_once} at that time, {opening.rooms} at once"
        )
    window = timedelta(days=opening.window)
    if asked.alarm is not None and asked.day > (asked.alarm - window).date():
        yield _calendar(
            f"the low-reservoir alarm comes on {show_date(asked.alarm)} with every bolus: this"
            f" clinic plans {opening.window} days before it"
        )


def _calendar(message: str) -> Finding:
    return Finding(CALENDAR, Severity.SOFT, message, "the clinic's own calendar")
