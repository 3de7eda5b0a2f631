"""Appointments as the log tells them: made, moved, kept, missed, cancelled, and calls about them.

Kinds of entries
----------------
`therapy.plan`
    {next_visit, at, place, how, answered}: the next visit; `at` where its time is known. `how` is
    `booked` or `moved`. One without `next_visit` cancels: {next_visit: "", how: "cancelled"}.
`appointment.kept`, `appointment.missed`
    {appointment}: the number of the entry that made it. One is kept without a word where the pump
    was filled on its day.
`appointment.contacted`
    {days, whom, how, reached, outcome}: somebody tried to reach the patient, at the call of so many
    days before refill-by.
`appointment.details`
    {transport, kilometres, district, at_home, blocked}: what planning has to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, final

from thecal.record.fold import EVENT, PLAN, Effective

KEPT, MISSED = "appointment.kept", "appointment.missed"
CONTACTED, DETAILS = "appointment.contacted", "appointment.details"
_FILL = "fill"


class Standing(StrEnum):
    """What became of an appointment."""

    STANDS = "stands"
    KEPT = "kept"
    MISSED = "missed"
    MOVED = "moved"
    CANCELLED = "cancelled"


@final
@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment.

    Attributes
    ----------
    seq
        The entry that made it.
    at
        Its time; None where only the day was booked.
    place
        `clinic` or `home`.
    reason
        Why it was made all the same, moved, missed or cancelled; empty where nothing asked.
    by, written
        Who made it, and when.
    """

    seq: int
    day: date
    at: datetime | None
    place: str
    standing: Standing
    reason: str
    by: str
    written: datetime

    def as_json(self) -> dict[str, Any]:
        """Return it for a projection."""
        return {
            "seq": self.seq,
            "day": self.day.isoformat(),
            "at": "" if self.at is None else self.at.isoformat(),
            "place": self.place,
        }


@final
@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody tried to reach a patient about a refill."""

    at: datetime
    by: str
    days: int
    whom: str
    how: str
    reached: bool
    outcome: str


def booked_body(day: date, at: datetime | None, place: str = "clinic") -> dict[str, Any]:
    """Return the body of an entry that makes an appointment."""
    body = {"next_visit": day.isoformat(), "place": place, "how": "booked"}
    return body if at is None else {**body, "at": at.isoformat()}


def appointments(entries: Iterable[Effective]) -> tuple[Appointment, ...]:
    """Return every appointment of a record, the oldest first; the last may still stand."""
    found: dict[int, Appointment] = {}
    last = 0
    for one in entries:
        if one.body is None:
            continue
        kind, body = one.entry.kind, one.body
        if kind == PLAN:
            _close(found, last, one, body)
            if body.get("next_visit"):
                last = one.entry.seq
                found[last] = _made(one, body)
        elif kind in (KEPT, MISSED):
            standing = Standing(kind.partition(".")[2])
            _set(found, int(body["appointment"]), standing, one.entry.reason)
        elif last in found and kind == EVENT and _fills_on(body, found[last].day):
            _set(found, last, Standing.KEPT)
    return tuple(found.values())


def _fills_on(body: Mapping[str, Any], day: date) -> bool:
    """Whether an event is a fill on a day, as the pump clock tells it."""
    return body.get("type") == _FILL and str(body["time"]).startswith(day.isoformat())


def _made(one: Effective, body: Mapping[str, Any]) -> Appointment:
    at = str(body.get("at") or "")
    return Appointment(
        seq=one.entry.seq,
        day=date.fromisoformat(str(body["next_visit"])),
        at=datetime.fromisoformat(at) if at else None,
        place=str(body.get("place", "clinic")),
        standing=Standing.STANDS,
        reason=one.entry.reason,
        by=one.entry.actor,
        written=one.entry.written,
    )


def _close(
    found: dict[int, Appointment], seq: int, later: Effective, body: Mapping[str, Any]
) -> None:
    """Say what a later plan makes of the appointment that stood."""
    if seq in found and found[seq].standing is Standing.STANDS:
        standing = Standing.MOVED if body.get("next_visit") else Standing.CANCELLED
        _set(found, seq, standing, later.entry.reason)


def _set(found: dict[int, Appointment], seq: int, standing: Standing, reason: str = "") -> None:
    if seq in found:
        why = "; ".join(one for one in (found[seq].reason, reason) if one)
        found[seq] = replace(found[seq], standing=standing, reason=why)


def standing_appointment(every: Iterable[Appointment]) -> Appointment | None:
    """Return the appointment that stands; None where none does."""
    return next((one for one in every if one.standing is Standing.STANDS), None)


def contacts(standing: Iterable[Effective]) -> tuple[Contact, ...]:
    """Return every call about a refill, the oldest first."""
    return tuple(
        Contact(
            at=one.entry.written,
            by=one.entry.actor,
            days=int(one.body["days"]),
            whom=str(one.body["whom"]),
            how=str(one.body["how"]),
            reached=bool(one.body["reached"]),
            outcome=str(one.body["outcome"]),
        )
        for one in standing
        if one.entry.kind == CONTACTED and one.body is not None
    )


def details(standing: Iterable[Effective]) -> Mapping[str, Any]:
    """Return what planning has to know, as it was last said; empty where nobody said it."""
    said: Mapping[str, Any] = {}
    for one in standing:
        if one.entry.kind == DETAILS and one.body is not None:
            said = one.body
    return said
