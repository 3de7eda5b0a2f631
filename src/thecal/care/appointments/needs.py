"""Who has to come when, as whole days: what first-come planning and the optimiser both start from.

A visit has a first and a last day; the last is never after refill-by. A patient's second visit has
its days counted from the first one, and so on. No name stands in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import ceil
from typing import Any, final

from thecal.care.appointments.figures import days, number
from thecal.care.appointments.opening import Opening, opening_of

DAY = timedelta(days=1)


def shortest_interval(interval: int) -> int:
    """Return the days from fill to refill below which a refill comes too early to be sensible."""
    share = ceil(interval * number("plan", "earliest-share"))
    return max(min(share, interval), interval - days("plan", "earliest-days"))


@final
@dataclass(frozen=True, slots=True)
class Need:
    """One patient who has to come for refills.

    Attributes
    ----------
    earliest, latest
        The days of the next visit; `latest` is the last day on which it is before refill-by.
    interval, shortest
        Days from a visit to the one after it: at most, and at least where it shall not be wasted.
    mixture
        What is made for the refill; patients of one mixture can share a delivery.
    at_home
        Whether somebody travels to the patient.
    district
        Where the patient lives, as the clinic calls it; empty where nobody has to travel for it.
    blocked
        First and last days on which the patient cannot come.
    risk
        Points.
    booked
        The day of the appointment that stands; None where there is none, or one that is too late.
    frozen
        Whether that appointment stays where it is.
    since
        The day of the last fill: on it, first-come patients made their appointment.
    """

    id: str
    earliest: date
    latest: date
    interval: int
    shortest: int
    mixture: str
    at_home: bool
    district: str
    blocked: tuple[tuple[date, date], ...]
    risk: int
    booked: date | None
    frozen: bool
    since: date

    def first_day(self, number: int) -> date:
        """Return the first day on which visit `number`, from 0, can be."""
        return self.earliest + DAY * (number * self.shortest)

    def last_day(self, number: int) -> date:
        """Return the last day on which visit `number`, from 0, can be."""
        return self.latest + DAY * (number * self.interval)

    def can_come(self, day: date) -> bool:
        """Whether nothing keeps the patient away on a day."""
        return not any(first <= day <= last for first, last in self.blocked)

    def to_json(self) -> dict[str, Any]:
        """Return it for another process."""
        return {
            "id": self.id,
            "earliest": self.earliest.isoformat(),
            "latest": self.latest.isoformat(),
            "interval": self.interval,
            "shortest": self.shortest,
            "mixture": self.mixture,
            "at_home": self.at_home,
            "district": self.district,
            "blocked": [[one.isoformat() for one in both] for both in self.blocked],
            "risk": self.risk,
            "booked": None if self.booked is None else self.booked.isoformat(),
            "frozen": self.frozen,
            "since": self.since.isoformat(),
        }


def need_of(body: Mapping[str, Any]) -> Need:
    """Return what `to_json` made."""
    day = date.fromisoformat
    blocked = tuple((day(first), day(last)) for first, last in body["blocked"])
    dates = {name: day(body[name]) for name in ("earliest", "latest", "since")}
    booked = None if body["booked"] is None else day(body["booked"])
    return Need(**{**body, **dates, "blocked": blocked, "booked": booked})


@final
@dataclass(frozen=True)
class Needs:
    """Everybody who has to come between two days, and what the clinic offers then.

    Attributes
    ----------
    taken
        Appointments of a day that nobody here has: they take a slot.
    """

    start: date
    end: date
    people: tuple[Need, ...]
    opening: Opening
    taken: Mapping[date, int]

    @cached_property
    def capacity(self) -> Mapping[date, int]:
        """How many appointments each open day still holds; closed days are missing.

        An appointment that stays has its place, also where somebody booked it beyond what the
        clinic offers or the clinic closed that day since.
        """
        every = (self.start + DAY * one for one in range((self.end - self.start).days + 1))
        stay = Counter(
            one.booked for one in self.people if one.frozen and not one.at_home and self.visits(one)
        )
        return {
            day: max(self.opening.capacity(day) - self.taken.get(day, 0), stay[day])
            for day in every
            if self.opening.is_open(day) or stay[day]
        }

    def visits(self, one: Need) -> int:
        """Return how many visits of a patient have their last day between the two days."""
        if one.latest > self.end:
            return 0
        return 1 + (self.end - one.latest).days // one.interval

    def days(self, one: Need, number: int) -> tuple[date, ...]:
        """Return the open days on which visit `number` of a patient can be."""
        if one.frozen and number == 0 and one.booked is not None:
            return (one.booked,)
        low, high = one.first_day(number), one.last_day(number)
        return tuple(day for day in self.capacity if low <= day <= high and one.can_come(day))

    def to_json(self) -> dict[str, Any]:
        """Return it for another process."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "people": [one.to_json() for one in self.people],
            "opening": self.opening.to_json(),
            "taken": {day.isoformat(): count for day, count in sorted(self.taken.items())},
        }


def needs_of(body: Mapping[str, Any]) -> Needs:
    """Return what `to_json` made."""
    people: Sequence[Mapping[str, Any]] = body["people"]
    return Needs(
        start=date.fromisoformat(body["start"]),
        end=date.fromisoformat(body["end"]),
        people=tuple(need_of(one) for one in people),
        opening=opening_of(body["opening"]),
        taken={date.fromisoformat(day): int(count) for day, count in body["taken"].items()},
    )
