"""Figures and times in the words of the page: units with their names, drugs, dates, durations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from fractions import Fraction

from thecal.data import Fact, FactValue
from thecal.pharmacy import Mixture, drug, in_both_units
from thecal.program.clock import Instant
from thecal.program.delivery import Purpose
from thecal.pump.state import Activity
from thecal.safety.finding import Amount
from thecal.therapy.days import write_days
from thecal.therapy.events import Therapy
from thecal.units import (
    DAY,
    NO_BREAK_SPACE,
    Duration,
    Mass,
    MassRate,
    Quantity,
    VolumeRate,
    show,
    show_date,
    show_number,
    show_time,
    show_unit,
)

NEVER = "never as it runs now"
NOT_STATED = "not stated"

PURPOSES: Mapping[Purpose, str] = {
    Purpose.THERAPY: "therapy",
    Purpose.PATIENT_BOLUS: "patient bolus",
    Purpose.CLINICIAN_BOLUS: "clinician bolus",
    Purpose.PRIME: "prime",
    Purpose.BRIDGE: "bridge",
    Purpose.PURGE: "purge by hand",
    Purpose.FAULT: "fault",
}
ACTIVITIES: Mapping[Activity, str] = {
    Activity.UNFILLED: "not filled yet",
    Activity.STOPPED: "stopped",
    Activity.PRIMING: "priming",
    Activity.BRIDGING: "bridging",
    Activity.RUNNING: "running its program",
    Activity.DRY: "dry: no drug flows",
    Activity.REMOVED: "explanted",
}
_NOT_PRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
BEFORE_UNIT = re.compile(r"(?<=[0-9]) (?=(?:mg|mcg|ng|mL|kg|cm|h|min|s|days?|%)(?![a-z]))")
"""The ordinary space between a figure and its unit."""
_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_DURATIONS = (("d", "day"), ("h", "h"), ("min", "min"), ("s", "s"))


def clean(value: object) -> object:
    """Return a text as it may be shown.

    What would not print, or would turn the reading direction around, is replaced; a number stays on
    one line with its unit also in texts that came with an ordinary space. Anything but a plain text
    is returned as it is.
    """
    if type(value) is str:
        return BEFORE_UNIT.sub(NO_BREAK_SPACE, _NOT_PRINTABLE.sub("\ufffd", value))
    return value


def daily_dose(drug_id: str, value: MassRate | Mass) -> str:
    """Return a daily dose, or the mass of 24 hours, in both units, as in `2 mg/day (...)`."""
    rate = value if isinstance(value, MassRate) else value / DAY
    return in_both_units(rate, f"{drug(drug_id).mass_unit}/d")


def day_rate(rate: VolumeRate) -> str:
    """Return a volume rate a day."""
    return show(rate, "mL/d")


def solution(mixture: Mixture) -> str:
    """Return what a solution holds, as in `morphine 5 mg/mL + bupivacaine 10 mg/mL`."""
    if not mixture:
        return "no drug"
    return " + ".join(
        f"{drug_id} {show(mixture[drug_id], drug(drug_id).concentration_unit)}"
        for drug_id in mixture
    )


def duration(value: Duration) -> str:
    """Return a duration in the largest unit that leaves it at one or more."""
    unit, word = next((pair for pair in _DURATIONS if value.in_unit(pair[0]) >= 1), _DURATIONS[-1])
    text = show_number(value.in_unit(unit))
    plural = "s" if word == "day" and text != "1" else ""
    return f"{text}{NO_BREAK_SPACE}{word}{plural}"


def when(therapy: Therapy, instant: Instant | None, *, never: str = NEVER) -> str:
    """Return an instant on the pump clock with the month spelled out."""
    if instant is None:
        return never
    try:
        return show_time(therapy.moment(instant))
    except OverflowError:
        return "after the year 9999"


def day_of(therapy: Therapy, instant: Instant) -> str:
    """Return the date of an instant on the pump clock."""
    try:
        return show_date(therapy.moment(instant))
    except OverflowError:
        return "after the year 9999"


def calendar_date(day: date) -> str:
    """Return a calendar date with the month spelled out."""
    return show_date(datetime.combine(day, time(), UTC))


def event_of(therapy: Therapy, index: int) -> str:
    """Return the number of an event with its time; the word between keeps the numbers apart."""
    return f"event {index} on {when(therapy, therapy.instant(therapy.events[index].time))}"


def days_of(days: frozenset[int]) -> str:
    """Return weekdays in words, as in `Monday to Friday, Sunday`."""
    text = write_days(days)
    if text == "daily":
        return "every day"
    for short, name in _DAYS.items():
        text = text.replace(short, name)
    return text.replace("-", " to ").replace(",", ", ")


def time_in_row(therapy: Therapy, instant: Instant) -> str:
    """Return day, month and clock without the year, for the narrow rows of a figure."""
    moment = therapy.moment(instant)
    day, month, _ = show_date(moment).split()
    return f"{day} {month}, {moment.strftime('%H:%M')}"


def amount(value: Amount | str | None) -> str:
    """Return what a finding holds against what; empty where there is nothing."""
    if isinstance(value, Amount) and isinstance(value.quantity, Duration):
        return duration(value.quantity)
    if isinstance(value, Amount):
        return show(value.quantity, value.unit)
    return value or ""


def fact_value(fact: Fact[FactValue]) -> str:
    """Return the value of a constant with its unit."""
    value = fact.value
    if isinstance(value, Duration):
        return duration(value)
    if isinstance(value, Quantity):
        return show(value, fact.unit, digits=6)
    if isinstance(value, Fraction):
        return show_number(value) + ("" if fact.unit == "1" else NO_BREAK_SPACE + fact.unit)
    return value


def mass_unit(drug_id: str) -> str:
    """Return the unit in which this drug's mass is shown."""
    return show_unit(drug(drug_id).mass_unit)
