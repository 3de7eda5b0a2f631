"""The end of a replay as JSON and as text for people."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal import BANNER
from thecal.care.refill import plan_after
from thecal.cli.battery_output import battery_json, battery_lines
from thecal.cli.body_output import body_json, body_lines
from thecal.cli.care_output import care_json, care_lines
from thecal.cli.fault_output import fault_lines, fault_list
from thecal.cli.finding_output import finding_json
from thecal.cli.jsonable import Json, drug_mass, mixture, moment, quantity
from thecal.cli.tables_output import tables_json, tables_line
from thecal.errors import ThecalError
from thecal.pharmacy import both_units
from thecal.program.clock import Instant
from thecal.pump.alarms import Alarm
from thecal.safety.finding import Severity
from thecal.therapy.alarm_sounds import alarm_sound
from thecal.therapy.review import TherapyReview
from thecal.therapy.simulation import DrugBalance, Simulation
from thecal.units import Volume, show, show_time

if TYPE_CHECKING:
    from thecal.body.course import BodyCourse

_BOOKS = ("filled", "withdrawn", "reservoir", "line", "delivered", "unaccounted")


def simulation_json(
    result: Simulation, answer: TherapyReview, body: BodyCourse | ThecalError
) -> Json:
    """Return the contract's answer of `simulate`, and the verdict it ran under."""
    outlook = result.outlook

    def when(instant: Instant | None) -> str | None:
        return moment(None if instant is None else result.therapy.moment(instant))

    plan = plan_after(result)
    return {
        "end": when(result.end),
        "tables": tables_json(),
        "activity": result.activity.value,
        "reservoir": {
            "volume": quantity(result.reservoir_volume, "mL"),
            "mixture": mixture(result.reservoir_mixture),
        },
        "mass_balance": {
            drug: {book: drug_mass(drug, getattr(entry, book)) for book in _BOOKS}
            for drug, entry in result.balance.items()
        },
        "delivered_by_purpose": {
            drug: {purpose.value: drug_mass(drug, mass) for purpose, mass in by.items()}
            for drug, by in result.delivered_by_purpose.items()
        },
        "boluses": {
            "requested": result.presses.requested,
            "granted": result.presses.granted,
            "denied": result.presses.denied,
            "denied_because": {
                reason.value: count for reason, count in (result.presses.reasons or {}).items()
            },
        },
        "alarms": [_alarm_json(result, alarm) for alarm in result.alarms],
        "battery": battery_json(result),
        "refill": {
            "low_reservoir_time": when(outlook.low_reservoir),
            "low_reservoir_time_all_boluses": when(outlook.low_reservoir_all_boluses),
            "empty_time": when(outlook.empty),
            "refill_by": when(plan.refill_by) if plan is not None else None,
            "decided_by": plan.decided_by if plan is not None else None,
            "reasons": list(plan.reasons) if plan is not None else [],
            "not_checked": list(plan.not_checked) if plan is not None else [],
        },
        "care": care_json(result.care),
        "drug_front": _front_json(result),
        "faults": fault_list(result),
        "lost": {
            drug: {place.value: drug_mass(drug, mass) for place, mass in by.items()}
            for drug, by in result.lost.items()
            if by
        },
        "body": body_json(body),
        "refused_by_pump": [
            {"event": refused.event, "why": refused.why} for refused in result.refused
        ],
        "verdict": answer.verdict.value,
        "findings": [finding_json(finding) for finding in answer.findings],
    }


def _alarm_json(result: Simulation, alarm: Alarm) -> Json:
    """Return an alarm: `time` is its begin; `end` is null while it sounds."""
    sound, therapy = alarm_sound(result.therapy, alarm), result.therapy
    return {
        "time": moment(therapy.moment(alarm.time)),
        "end": moment(None if alarm.ended is None else therapy.moment(alarm.ended)),
        "alarm": alarm.kind.value,
        "of": None if alarm.of is None else alarm.of.value,
        "priority": alarm.priority.value,
        "tone": sound.tone,
        "interval": None if sound.interval is None else quantity(sound.interval, "min"),
        "sound_source": sound.source,
    }


def _front_json(result: Simulation) -> Json:
    """The line from the tip to the reservoir, and what has to be pumped until each part leaves."""
    parcels = []
    passed = Fraction(0)
    for parcel in result.line:
        parcels.append(
            {
                "volume_before_tip": quantity(Volume(passed), "mL"),
                "volume": quantity(parcel.volume, "mL"),
                "mixture": mixture(parcel.solution.actual),
            }
        )
        passed += parcel.volume.base
    return {"line_volume": quantity(Volume(passed), "mL"), "from_tip_to_reservoir": parcels}


def simulation_text(
    result: Simulation, answer: TherapyReview, file: str, body: BodyCourse | ThecalError
) -> str:
    """Return the end of a replay for people."""
    outlook = result.outlook
    lines = [BANNER, "", f"{file}: {answer.verdict.value}; replayed to {_time(result, result.end)}"]
    lines.append(tables_line())
    lines.append(f"the pump is {result.activity.value}")
    if result.reservoir_mixture:
        lines.append(f"reservoir by the pump's count: {show(result.reservoir_volume, 'mL')}")
    for drug, entry in result.balance.items():
        lines += _balance_lines(drug, entry)
        for purpose, mass in result.delivered_by_purpose[drug].items():
            if mass:
                lines.append(f"    {purpose.value}: {both_units(drug, mass)}")
    if result.presses.requested:
        lines.append(
            f"boluses: {result.presses.requested} asked for, {result.presses.granted} granted,"
            f" {result.presses.denied} denied"
        )
    for refused in result.refused:
        lines.append(f"the pump itself refused event {refused.event}: {refused.why}")
    for alarm in result.alarms:
        until = "sounds still" if alarm.ended is None else f"until {_time(result, alarm.ended)}"
        lines.append(
            f"alarm ({alarm.priority.value}): {alarm.kind.value}, {_time(result, alarm.time)}, "
            + until
        )
    lines += fault_lines(result)
    for name, instant in (
        ("low reservoir, no boluses", outlook.low_reservoir),
        ("low reservoir, all boluses", outlook.low_reservoir_all_boluses),
        ("empty", outlook.empty),
    ):
        lines.append(
            f"{name}: {'never as it runs now' if instant is None else _time(result, instant)}"
        )
    plan = plan_after(result)
    if plan is not None and plan.refill_by is not None:
        lines.append(f"refill by {_time(result, plan.refill_by)}")
        lines += [f"    {reason}" for reason in plan.reasons]
    lines += care_lines(result.care)
    lines += battery_lines(result)
    lines += body_lines(body)
    graver = [f for f in answer.findings if f.severity is not Severity.INFO]
    if graver:
        lines.append(f"{len(graver)} findings: see `thecal review`")
    return "\n".join(lines)


def _time(result: Simulation, instant: Instant) -> str:
    when: datetime = result.therapy.moment(instant)
    return show_time(when)


def _balance_lines(drug: str, entry: DrugBalance) -> list[str]:
    return [
        f"{drug}: filled {both_units(drug, entry.filled)}"
        f" = withdrawn {both_units(drug, entry.withdrawn)}"
        f" + reservoir {both_units(drug, entry.reservoir)}"
        f" + line {both_units(drug, entry.line)}"
        f" + delivered {both_units(drug, entry.delivered)}"
        f" + unaccounted {both_units(drug, entry.unaccounted)}",
    ]
