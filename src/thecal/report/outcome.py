"""The sections of the outcome: next dates, alarms, mass balance, what the pump refused."""

from __future__ import annotations

from thecal.care.refill import plan_after
from thecal.pharmacy import both_units
from thecal.pump.alarms import Alarm, AlarmKind
from thecal.pump.state import Activity
from thecal.report.battery import battery_rows
from thecal.report.figure import Table
from thecal.report.trace import Trace
from thecal.report.words import (
    NOT_STATED,
    PURPOSES,
    calendar_date,
    duration,
    solution,
    when,
)
from thecal.therapy.alarm_sounds import alarm_sound
from thecal.therapy.simulation import DrugBalance, Simulation
from thecal.units import Mass, show, show_time

_DIGITS = 8
_ALARMS = {
    AlarmKind.LOW_RESERVOIR: ("low reservoir", "Arrange the refill before the empty date."),
    AlarmKind.EMPTY: (
        "empty reservoir",
        "By the pump's count no drug flows: refill now, watch for withdrawal, and judge the restart"
        " dose by the drug's class before the old program runs again.",
    ),
    AlarmKind.STOPPED_TOO_LONG: (
        "stopped for more than 48 hours",
        "Decide when the pump runs again: watch for withdrawal; a long stop can harm the pump.",
    ),
    AlarmKind.MOTOR_STALL: (
        "motor stall",
        "No drug flows: interrogate, watch for withdrawal, and judge the restart dose.",
    ),
    AlarmKind.MEMORY_ERROR: (
        "memory error",
        "The pump no longer runs its program: interrogate, program anew, judge the restart dose.",
    ),
    AlarmKind.LOW_BATTERY_RESET: (
        "low-battery reset",
        "The pump no longer runs its program: interrogate, program anew, plan its replacement.",
    ),
    AlarmKind.REPLACEMENT_INDICATOR: (
        "replacement indicator",
        "Plan the replacement of the pump; it may stop earlier than the nominal date.",
    ),
    AlarmKind.END_OF_SERVICE: (
        "end of service",
        "The pump has stopped for good: replace it, watch for withdrawal.",
    ),
    AlarmKind.OCCLUSION: (
        "occlusion",
        "The pump stands: look for a clamp, a kink and the needle; open the line outside the body"
        " before the catheter, for what waits under pressure is let go at once; then resume.",
    ),
    AlarmKind.AIR_IN_LINE: (
        "air in line",
        "The pump stands: take the set off, change the bag, purge the set, then resume.",
    ),
    AlarmKind.REPEATED: (
        "repeated alarm",
        "The same alarm began and ended too often: interrogate, find why it comes back.",
    ),
}
_BOOKS = (
    ("filled", "filled"),
    ("= withdrawn", "withdrawn"),
    ("+ reservoir, residual included", "reservoir"),
    ("+ line (tubing and catheter)", "line"),
    ("+ delivered at the tip", "delivered"),
    ("+ unaccounted (aspirate against computation)", "unaccounted"),
)


def dates_table(result: Simulation) -> Table:
    """Return what comes next, each with what decides it."""
    therapy, outlook = result.therapy, result.outlook
    by = outlook.refill_by
    dry = result.activity is Activity.DRY
    why = "by the count alone: the pump is dry" if dry else "alarm volume"
    rows = [
        ("low reservoir, no boluses", when(therapy, outlook.low_reservoir), why),
        (
            "low reservoir, every allowed bolus",
            when(therapy, outlook.low_reservoir_all_boluses),
            why,
        ),
        ("empty", when(therapy, outlook.empty), "what is really in the reservoir, no boluses"),
        (
            "refill by",
            when(therapy, by.instant) if by is not None else NOT_STATED,
            _why_then(result),
        ),
        (
            "next visit planned",
            calendar_date(therapy.next_visit) if therapy.next_visit else NOT_STATED,
            "the file",
        ),
    ]
    rows += battery_rows(result)
    if outlook.stability is not None:
        rows.append(
            ("stability of this solution", duration(outlook.stability), "from the last fill")
        )
    return Table("Next dates, seen from the end of this run", ("What", "When", "Why"), tuple(rows))


def _why_then(result: Simulation) -> str:
    """What decides the refill-by date, what other sources say, and what was not checked."""
    plan, by = plan_after(result), result.outlook.refill_by
    if plan is None or not plan.reasons:
        return f"{by.decided_by} decides" if by is not None else ""
    missing = (f"not checked, no figure on record: {name}" for name in plan.not_checked)
    return "\n".join([*plan.reasons, *missing])


def care_table(result: Simulation) -> Table | None:
    """Return what infection care is due next; None for an implanted pump."""
    care = result.care
    if care is None or not care.dates:
        return None
    rows = tuple(
        (
            date.name,
            show_time(date.last),
            show_time(date.due) + (" (overdue)" if date.overdue(care.now) else ""),
            f"every {duration(date.interval.value)}; {date.interval.provenance()}",
        )
        for date in care.dates
    )
    head = ("What", "Last", "Due by", "Why")
    return Table("Infection care of the external pump", head, rows)


def alarms_table(result: Simulation) -> Table | None:
    """Return the alarms with their priority and what to do; None where there were none."""
    if not result.alarms:
        return None
    rows = tuple(
        (
            when(result.therapy, alarm.time),
            _ALARMS[alarm.kind][0] + ("" if alarm.of is None else f": {_ALARMS[alarm.of][0]}"),
            alarm.priority.value,
            _ALARMS[alarm.kind][1],
            _sound(result, alarm),
            when(result.therapy, alarm.ended, never="sounds still"),
        )
        for alarm in result.alarms
    )
    head = ("Time", "Alarm", "Priority", "What to do", "Sound", "Ended")
    return Table("Alarms that the pump raised", head, rows)


def _sound(result: Simulation, alarm: Alarm) -> str:
    sound = alarm_sound(result.therapy, alarm)
    tone = "tone unknown" if sound.tone is None else sound.tone
    every = "interval unknown" if sound.interval is None else f"every {duration(sound.interval)}"
    return f"{tone}, {every}" + (f" ({sound.source})" if sound.source else "")


def dry_lines(result: Simulation, trace: Trace) -> tuple[str, ...]:
    """Return when the reservoir really was dry, whatever the pump counted."""
    therapy = result.therapy
    return tuple(
        f"The reservoir ran dry: no drug flowed from {when(therapy, phase.start)}"
        f" to {when(therapy, phase.end)}, at a count of {show(phase.computed, 'mL')}."
        for phase in trace.phases
        if phase.activity is Activity.DRY
    )


def balance_table(result: Simulation) -> Table:
    """Return per drug where its mass is; the difference of the books is zero and is shown."""
    drugs = list(result.balance)
    rows = [
        (name, *(_mass(drug, getattr(result.balance[drug], book)) for drug in drugs))
        for name, book in _BOOKS
    ]
    difference = tuple(_mass(drug, _difference(result.balance[drug])) for drug in drugs)
    return Table(
        "Mass balance of each drug",
        ("Book", *drugs),
        tuple(rows),
        (("difference (exact)", *difference),),
    )


def _mass(drug: str, mass: Mass) -> str:
    return both_units(drug, mass, digits=_DIGITS)


def _difference(books: DrugBalance) -> Mass:
    return (
        books.filled
        - books.withdrawn
        - books.reservoir
        - books.line
        - books.delivered
        - books.unaccounted
    )


def purposes_table(result: Simulation) -> Table:
    """Return what was delivered, by purpose."""
    drugs = list(result.balance)
    used = [
        purpose
        for purpose in PURPOSES
        if any(result.delivered_by_purpose[drug][purpose] for drug in drugs)
    ]
    rows = tuple(
        (
            PURPOSES[purpose],
            *(_mass(drug, result.delivered_by_purpose[drug][purpose]) for drug in drugs),
        )
        for purpose in used
    )
    total = ("all", *(_mass(drug, result.balance[drug].delivered) for drug in drugs))
    return Table("Delivered at the tip, by purpose", ("Purpose", *drugs), rows, (total,))


def line_table(result: Simulation) -> Table:
    """Return what the line holds at the end, from the reservoir to the tip."""
    rows = tuple(
        (show(parcel.volume, "mL"), solution(parcel.solution.actual))
        for parcel in reversed(result.line)
    )
    return Table(
        "What tubing and catheter hold at the end, from the reservoir to the tip",
        ("Volume", "Solution"),
        rows,
    )


def refused_table(result: Simulation) -> Table | None:
    """Return the orders that the pump's own guard refused; None where there were none."""
    if not result.refused:
        return None
    therapy = result.therapy
    rows = []
    for refused in result.refused:
        event = therapy.events[refused.event]
        rows.append(
            (
                f"event {refused.event}, {event.type}",
                when(therapy, therapy.instant(event.time)),
                refused.why,
            )
        )
    return Table("Orders that the pump itself refused", ("Order", "When", "Why"), tuple(rows))
