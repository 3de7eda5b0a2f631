"""The case of the topic `microdose`, as its table in a case file has it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.weaning.microdose import (
    ADEQUATE,
    INADEQUATE,
    PROTOCOLS,
    DoseGiven,
    History,
)
from thecal.therapy.table import Table
from thecal.units import Mass, MassRate

INPATIENT, OUTPATIENT = "inpatient", "outpatient"


@final
@dataclass(frozen=True, slots=True)
class MicrodoseCase:
    """A protocol, a history, and where the next dose would be given (None: nobody said)."""

    protocol: str
    history: History
    place: str | None


def read_case(table: Table) -> MicrodoseCase:
    """Return the case of a table `[microdose]`; raises `BadFileError` naming the key."""
    history = History(
        today=table.take_date("today"),
        last_systemic=table.optional("last_systemic_opioid", table.take_date),
        recorded_until=table.optional("recorded_until", table.take_date),
        given=_given(table),
        response=table.optional(
            "response", lambda key: table.take_choice(key, (ADEQUATE, INADEQUATE))
        ),
        systemic_cut=_cut(table),
    )
    case = MicrodoseCase(
        protocol=table.take_choice("protocol", PROTOCOLS),
        history=history,
        place=table.optional("place", lambda key: table.take_choice(key, (INPATIENT, OUTPATIENT))),
    )
    table.finish()
    _check_days(table, history)
    return case


def _given(table: Table) -> tuple[DoseGiven, ...]:
    if not table.has("given"):
        return ()
    found = []
    for number, one in enumerate(table.take_list("given"), start=1):
        inner = Table(one, f"{table.place}: given {number}")
        found.append(DoseGiven(inner.take_date("day"), inner.take_quantity("dose", Mass)))
        inner.finish()
    return tuple(found)


def _cut(table: Table) -> Fraction | None:
    """Return the part taken away, from the systemic dose of one opioid before and now."""
    if not (table.has("systemic_before") or table.has("systemic_now")):
        return None
    before = table.take_quantity("systemic_before", MassRate)
    now = table.take_quantity("systemic_now", MassRate, zero_allowed=True)
    return 1 - now.ratio(before)


def _check_days(table: Table, history: History) -> None:
    days = [("last_systemic_opioid", history.last_systemic)]
    days.append(("recorded_until", history.recorded_until))
    days += [("given", one.day) for one in history.given]
    for key, day in days:
        if day is not None and day > history.today:
            raise table.error("this day is after today", "write what has happened", key)
    in_time = [one.day for one in history.given]
    if in_time != sorted(in_time):
        raise table.error("the doses are not in order of time", "write the earliest first", "given")
