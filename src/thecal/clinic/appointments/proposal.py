"""A proposal beside what is booked, and what confirming it writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, final
from zoneinfo import ZoneInfo

from thecal.care.appointments.opening import Opening
from thecal.care.appointments.plan import Visit, visit_of
from thecal.care.appointments.risk import total
from thecal.care.appointments.times import free_times
from thecal.clinic.appointments.booking import findings_of
from thecal.clinic.appointments.listed import CLINIC, HOME, Listed, on_day
from thecal.clinic.appointments.proposal_jobs import Proposed
from thecal.safety.finding import Finding

NEW, MOVED, SAME = "new", "moved", "as booked"


@final
@dataclass(frozen=True, slots=True)
class Line:
    """One patient's next visit as it is proposed, beside what is booked.

    Attributes
    ----------
    change
        `new`, `moved` or `as booked`.
    outdated
        Whether the record was written to since the proposal was made.
    findings
        What speaks against it: it is then booked by hand, with a reason, or not at all.
    """

    one: Listed
    day: date
    at: datetime | None
    place: str
    change: str
    outdated: bool
    findings: tuple[Finding, ...]

    @property
    def time(self) -> str:
        """The time of day on the clinic's clock; empty for a home visit."""
        return "" if self.at is None else f"{self.at:%H:%M}"

    @property
    def can_be_confirmed(self) -> bool:
        """Whether one press books it."""
        return self.change != SAME and not self.outdated and not self.findings


def visits_of(answer: Mapping[str, Any]) -> tuple[Visit, ...]:
    """Return the plan of an answer."""
    return tuple(visit_of(one) for one in answer["plan"])


def lines(
    people: Sequence[Listed],
    opening: Opening,
    asked: Proposed,
    answer: Mapping[str, Any],
    zone: ZoneInfo,
    now: datetime,
) -> tuple[Line, ...]:
    """Return the next visit of everybody who gets a place, by day, time and name."""
    known = {one.patient: one for one in people}
    planned = [
        one
        for one in visits_of(answer)
        if one.number == 0 and not one.extra and one.person in known
    ]
    by_day: dict[date, list[Visit]] = defaultdict(list)
    for one in planned:
        by_day[one.day].append(one)
    found = []
    staying = {one.person for one in planned if known[one.person].booked == one.day}
    moved = {one.person for one in planned} - staying
    for day, visits in sorted(by_day.items()):
        times = _times(people, opening, day, moved)
        ranked = sorted(
            (known[one.person] for one in visits),
            key=lambda one: (-total(one.risk(now)), one.name, one.patient),
        )
        for who in ranked:
            at = who.at if who.patient in staying else _next(times, day, zone, who)
            found.append(_line(who, day, at, people, opening, asked, moved))
    key = [(line.day, line.at.isoformat() if line.at else "~", line.one.name) for line in found]
    return tuple(line for _, line in sorted(zip(key, found, strict=True), key=lambda each: each[0]))


def _times(people: Iterable[Listed], opening: Opening, day: date, moved: set[str]) -> list[time]:
    """Return the times of a day that are free once those who move are gone."""
    stay = [
        one
        for one in on_day(people, day)
        if one.patient not in moved and one.place != HOME and one.at is not None
    ]
    return list(free_times(opening, day, [one.at.time() for one in stay if one.at is not None]))


def _next(times: list[time], day: date, zone: ZoneInfo, one: Listed) -> datetime | None:
    if one.at_home or not times:
        return None
    return datetime.combine(day, times.pop(0), zone)


def _line(
    one: Listed,
    day: date,
    at: datetime | None,
    people: Sequence[Listed],
    opening: Opening,
    asked: Proposed,
    moved: set[str],
) -> Line:
    change = NEW if one.booked is None else SAME if one.booked == day else MOVED
    place = HOME if one.at_home else CLINIC
    others = [each for each in people if each.patient not in moved]
    findings = () if change == SAME else findings_of(one, day, at, place, others, opening)
    outdated = asked.seen.get(one.patient) != one.seq
    return Line(one, day, at, place, change, outdated, findings)


def with_room(
    chosen: Sequence[Line], people: Sequence[Listed], opening: Opening
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Return which lines can be booked together, and which have no room.

    The proposal gives a time away when whoever has it moves. Where that move is not confirmed with
    it, the time is taken still.
    """
    taken, crowded = list(chosen), list[Line]()
    while True:
        moves = {line.one.patient for line in taken}
        stay = [one for one in people if one.patient not in moves]
        full = next((line for line in taken if not _has_room(line, taken, stay, opening)), None)
        if full is None:
            return tuple(taken), tuple(crowded)
        taken.remove(full)
        crowded.append(full)


def _has_room(line: Line, taken: Sequence[Line], stay: Sequence[Listed], opening: Opening) -> bool:
    """Whether a room is free at the time of a line, beside who stays and who is booked with it."""
    if line.place == HOME:
        return True
    there = [one for one in on_day(stay, line.day) if one.place != HOME]
    others = [one for one in taken if one.day == line.day and one.place != HOME]
    at_once = sum(one.at == line.at for one in there) + sum(one.at == line.at for one in others)
    return at_once <= opening.rooms and len(there) + len(others) <= opening.capacity(line.day)


def without_place(
    people: Sequence[Listed], answer: Mapping[str, Any]
) -> tuple[tuple[Listed, date], ...]:
    """Return who gets no place before refill-by, with the last day."""
    known = {one.patient: one for one in people}
    return tuple(
        (known[one.person], one.day)
        for one in visits_of(answer)
        if one.extra and one.number == 0 and one.person in known
    )
