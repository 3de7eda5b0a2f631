"""What is known of one patient that can make something due: plain dates, times and flags."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import final

STOPPED, MINIMUM_RATE, EMPTIED = "stopped", "at its minimum rate", "emptied"
OBSERVATION, WATCH = "observation", "watch"


@final
@dataclass(frozen=True, slots=True)
class Task:
    """Something that somebody promised: a follow-up, a call, a document; done ones are left out.

    Attributes
    ----------
    rule
        The subject of `due.csv` that says how urgent it is.
    """

    id: str
    what: str
    due: datetime
    rule: str = "task"


@final
@dataclass(frozen=True, slots=True)
class HeardAlarm:
    """An alarm of the pump.

    Attributes
    ----------
    kind
        As `thecal.pump.alarms` names it.
    critical
        Whether no drug flows.
    sounding
        Whether its cause goes on.
    acknowledged
        Whether somebody has read it and said so.
    """

    kind: str
    since: datetime
    critical: bool
    sounding: bool
    acknowledged: bool = False


@final
@dataclass(frozen=True, slots=True)
class Reading:
    """The pump was read, and it ran or it stood."""

    time: datetime
    running: bool


@final
@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that is over, and the readings after it."""

    ended: datetime
    readings: tuple[Reading, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Standing:
    """The pump gives no therapy by an order: `stopped`, `emptied` or `at its minimum rate`.

    `hazard` says what an abrupt stop of its drugs does; empty where it is none.
    """

    how: str
    since: datetime
    reason: str | None = None
    hazard: str = ""


@final
@dataclass(frozen=True, slots=True)
class Watch:
    """A patient is watched until `ends`: the `observation` after a fill, or the 24-hour `watch`."""

    kind: str
    ends: datetime


@final
@dataclass(frozen=True, slots=True)
class Draft:
    """A draft that waits for another person, and whom it waits for."""

    what: str
    since: datetime
    waits_for: str


@final
@dataclass(frozen=True, slots=True)
class Try:
    """Somebody tried to reach a patient about a refill; whether anybody was reached."""

    at: datetime
    reached: bool


@final
@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of one patient; None and empty: not known, or nothing there.

    Times carry their offset. What is over is left out: tasks that are done, watches that were
    released, drafts that were signed.

    Attributes
    ----------
    closed
        Whether reminders ended: dead, explanted, with another clinic. Tasks stay.
    drugs
        In the reservoir, as written.
    refill_by, refill_reason
        The latest time of the next refill, and what decides it.
    low_reservoir, low_reservoir_all_boluses, empty
        The alarm without boluses and with every allowed one, and running dry; in the past where it
        has come.
    replacement_indicator, end_of_service, plan_replacement_from, replacement_decided_by
        Of the battery, as `BatteryOutlook`.
    next_visit, visit_at
        The day of the appointment, and its time; None where none is made, or no time was named.
    tries
        Calls about this refill.
    order_needed
        Whether the next refill needs an order that is not placed.
    order_lead
        Working days from order to delivery; None: the shipped default.
    order_arrives
        Day on which an order that is placed arrives.
    solution_lasts
        The last days to inject what was made for this patient and is not used yet.
    holidays
        Days besides weekends on which nothing is made or sent.
    """

    closed: bool = False
    drugs: tuple[str, ...] = ()
    last_fill: datetime | None = None
    refill_by: datetime | None = None
    refill_reason: str = ""
    low_reservoir: datetime | None = None
    low_reservoir_all_boluses: datetime | None = None
    empty: datetime | None = None
    next_visit: date | None = None
    visit_at: datetime | None = None
    tries: tuple[Try, ...] = ()
    alarms: tuple[HeardAlarm, ...] = ()
    scans: tuple[Scan, ...] = ()
    standing: Standing | None = None
    replacement_indicator: datetime | None = None
    end_of_service: datetime | None = None
    plan_replacement_from: datetime | None = None
    replacement_decided_by: str = ""
    order_needed: bool = False
    order_lead: int | None = None
    order_arrives: date | None = None
    solution_lasts: tuple[date, ...] = ()
    holidays: frozenset[date] = frozenset()
    tasks: tuple[Task, ...] = ()
    watches: tuple[Watch, ...] = ()
    drafts: tuple[Draft, ...] = ()
