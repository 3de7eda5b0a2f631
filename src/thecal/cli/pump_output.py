"""How a pump stands, as JSON and as text for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from thecal.cli.jsonable import Json, mixture, moment, quantity
from thecal.link.attempts import most_spent_on_failures
from thecal.link.journal import Entry
from thecal.link.limits import telemetry_limits
from thecal.link.pump_report import PumpReport
from thecal.pharmacy import Mixture, drug
from thecal.program.clock import Instant, moment_of
from thecal.program.program import InfusionProgram, PatientBolus, Step
from thecal.pump.alarms import most_urgent_first
from thecal.therapy.days import write_days, write_time_of_day
from thecal.units import DAY, Duration, show


def report_json(report: PumpReport) -> Json:
    """Return a report."""

    def time(instant: Instant | None) -> Json:
        return None if instant is None else moment(report.moment(instant))

    return {
        "serial": report.serial,
        "pump_clock": time(report.time + report.clock_difference),
        "programmer_clock": time(report.time),
        "clock_difference": quantity(Duration(report.clock_difference), "s"),
        "activity": report.activity.value,
        "gives_therapy": report.gives_therapy,
        "program": program_json(report.program),
        "program_hash": report.running_hash or None,
        "mixture": mixture(report.solution),
        "reservoir": quantity(report.reservoir, "mL"),
        "low_reservoir_alarm": quantity(report.low_reservoir_alarm, "mL"),
        "stopped_since": time(report.stopped_since),
        "bolus_until": time(report.bolus_until),
        "boluses_last_24h": report.granted_last_day,
        "alarms": [
            {
                "time": time(alarm.time),
                "end": time(alarm.ended),
                "alarm": alarm.kind,
                "priority": alarm.priority,
            }
            for alarm in most_urgent_first(report.alarms)
        ],
        "notices": list(report.notices),
        "failed_attempts": report.failures_unseen,
        "telemetry_cost": {
            "all": report.spent,
            "failed_attempts": report.spent_on_failures,
            "failed_attempts_at_most_a_day": most_spent_on_failures(telemetry_limits(), DAY),
        },
        "log_entries": report.log_length,
    }


def program_json(program: InfusionProgram | None) -> Json:
    """Return a program as ordered."""
    if program is None:
        return None
    unit = "ug" if program.primary is None else drug(program.primary).mass_unit
    bridge = program.bridge
    return {
        "mode": program.mode.value,
        "primary": program.primary,
        "daily_dose": None
        if program.daily_dose is None
        else quantity(program.daily_dose, f"{unit}/d"),
        "steps": [_step_json(step, unit) for step in program.steps],
        "patient_bolus": None
        if program.patient_bolus is None
        else _bolus_json(program.patient_bolus, unit),
        "bridge": None
        if bridge is None
        else {"drug": bridge.drug, "daily_dose": quantity(bridge.daily_dose, f"{unit}/d")},
    }


def _step_json(step: Step, unit: str) -> Json:
    return {
        "days": write_days(step.days),
        "start": write_time_of_day(int(step.start.base)),
        "duration": quantity(step.duration, "h"),
        "dose": quantity(step.dose, unit),
    }


def _bolus_json(bolus: PatientBolus, unit: str) -> Json:
    most = bolus.max_dose_per_day
    return {
        "dose": quantity(bolus.dose, unit),
        "duration": quantity(bolus.duration, "min"),
        "lockout": quantity(bolus.lockout, "h"),
        "max_per_day": bolus.max_per_day,
        "max_dose_per_day": None if most is None else quantity(most, unit),
    }


def report_text(report: PumpReport) -> str:
    """Return a report for people; what has to be heard first."""
    lines = [f"ATTENTION: {notice}" for notice in report.notices]
    if report.failures_unseen:
        lines.append(f"ATTENTION: {report.failures_unseen} failed attempts to open a session")
    if not report.gives_therapy:
        lines.append(f"ATTENTION: the pump gives no therapy ({report.activity})")
    if report.clock_difference:
        lines.append(
            f"ATTENTION: the pump's clock shows {_clock(report, report.clock_difference)},"
            f" the programmer's {_clock(report, Fraction(0))}"
        )
    at = moment(report.moment(report.time))
    lines += [
        f"pump {report.serial}, {at}: {report.activity}",
        f"reservoir  {show(report.reservoir, 'mL')}"
        f" (alarm at {show(report.low_reservoir_alarm, 'mL')})",
        f"filled     {_mixture_text(report.solution)}",
        *(f"program    {line}" for line in program_lines(report.program)),
    ]
    lines += [
        f"alarm      {moment(report.moment(alarm.time))} {alarm.kind} ({alarm.priority})"
        + ("" if alarm.ended is None else ", over")
        for alarm in most_urgent_first(report.alarms)
    ]
    return "\n".join(lines)


def _clock(report: PumpReport, off: Fraction) -> str:
    return report.moment(report.time + off).isoformat(timespec="seconds")


def _mixture_text(solution: Mixture) -> str:
    return (
        ", ".join(
            f"{name} {show(solution[name], drug(name).concentration_unit)}" for name in solution
        )
        or "no drug"
    )


def program_lines(program: InfusionProgram | None) -> list[str]:
    """Return a program for people, a line for each part."""
    if program is None:
        return ["none"]
    if program.primary is None or program.daily_dose is None:
        return [program.mode.value]
    unit = drug(program.primary).mass_unit
    dose = show(program.daily_dose, f"{unit}/d")
    lines = [f"{program.mode}, {program.primary} {dose}"]
    lines += [
        f"step {write_days(step.days)} {write_time_of_day(int(step.start.base))}"
        f" for {show(step.duration, 'h')}: {show(step.dose, unit)}"
        for step in program.steps
    ]
    bolus = program.patient_bolus
    if bolus is not None:
        most = "" if bolus.max_per_day is None else f", at most {bolus.max_per_day} a day"
        lines.append(
            f"patient bolus {show(bolus.dose, unit)} over {show(bolus.duration, 'min')},"
            f" lockout {show(bolus.lockout, 'h')}{most}"
        )
    if program.bridge is not None:
        lines.append(f"bridge at {show(program.bridge.daily_dose, f'{unit}/d')} first")
    return lines


def side_by_side(old: InfusionProgram | None, new: InfusionProgram) -> str:
    """Return two programs beside each other; a changed line is marked (GIP, A810)."""
    left, right = program_lines(old), program_lines(new)
    rows = max(len(left), len(right))
    left += [""] * (rows - len(left))
    right += [""] * (rows - len(right))
    width = max(len(line) for line in left)
    return "\n".join(
        f"{' ' if one == other else '*'} {one:<{width}} | {other}"
        for one, other in zip(left, right, strict=True)
    )


def entry_json(entry: Entry, offset: timedelta) -> Json:
    """Return one entry of the pump's log."""
    return {
        "number": entry.number,
        "time": moment(moment_of(entry.time, offset)),
        "utc": moment(datetime.fromtimestamp(entry.utc, UTC)),
        "actor": entry.actor,
        "role": entry.role,
        "kind": entry.kind,
        "command": entry.command or None,
        "detail": entry.detail,
        "hash": entry.hash(),
        "previous": entry.previous,
    }


def entry_text(entry: Entry, offset: timedelta) -> str:
    """Return one entry for people."""
    at = moment(moment_of(entry.time, offset))
    who = f"{entry.actor} ({entry.role})"
    return f"{entry.number:>5} {at} {who:<28} {entry.kind} {entry.detail}".rstrip()
