"""The therapy facts of the forms, as the replay of the record tells them: typed by nobody.

What stands in no replay (orders, earlier forms, the difference of two programs, what a session
of telemetry saw) the clinic adds under the names of `Form.facts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from thecal.care.document import Grid, Text
from thecal.care.emergency.status import SystemStatus
from thecal.care.forms.amounts import joined, masses_text, quantity_text, solution_text
from thecal.care.forms.choice import choices, word
from thecal.care.forms.known import Known
from thecal.care.forms.print_form import Shown
from thecal.pharmacy import drug
from thecal.program.clock import Instant
from thecal.program.program import PatientBolus, Step, WrittenProgram
from thecal.pump.state import Activity
from thecal.units import HOUR, MagneticField, Mass, Volume, show
from thecal.units.display import SIGNIFICANT_DIGITS

_EVERY_DAY = 7
_HOLDS_NOTHING = (Activity.UNFILLED, Activity.DRY, Activity.REMOVED)


def known_from(status: SystemStatus, previous_trial_dose: datetime | None = None) -> Known:
    """Return what the rules of the forms ask of the record."""
    done, plan = status.simulation, status.plan
    due = None if plan is None else plan.refill_by
    return Known(
        pump=done.model,
        serial=done.hardware.serial,
        holds_drug=bool(done.reservoir_mixture) and done.activity not in _HOLDS_NOTHING,
        refill_by=None if due is None else done.therapy.moment(due).date(),
        previous_trial_dose=previous_trial_dose,
    )


def record_facts(status: SystemStatus) -> dict[str, Shown]:
    """Return every fact that the replay knows at the time of `status`, by its name.

    What is not known is left out, so that the form prints it as not known. Where sources disagree
    on a field that a scanner may have, every answer stands there.
    """
    return dict((*_device(status), *_solution(status), *_program(status), *_dates(status)))


_Facts = Iterator[tuple[str, Shown]]


def _device(status: SystemStatus) -> _Facts:
    done = status.simulation
    model, catheter = done.model, done.hardware.catheter
    yield "patient", Text.same(done.therapy.patient.id)
    yield "birth-date", Text.same(done.therapy.patient.birth_date.isoformat())
    yield "pump-model", Text.same(model.name)
    yield "pump-serial", Text.same(done.hardware.serial)
    yield "pump-maker", Text.same(model.maker)
    if model.capacity is not None:
        yield "pump-capacity", Text.same(show(model.capacity.value, "mL"))
    if model.access_port_volume is not None:
        yield "access-port", word("yes")
    ends = catheter.volume_range()
    if ends is not None:
        spans = dict.fromkeys(show(one, "mL") for one in ends)
        yield "catheter-volume", Text.same(" - ".join(spans))
    if catheter.implanted_length is not None:
        yield "segment-implanted-length.1", Text.same(show(catheter.implanted_length, "cm"))
    if catheter.volume_per_length is not None:
        per_length = show(catheter.volume_per_length, "mL/cm")
        yield "segment-volume-per-length.1", Text.same(per_length)
    scan = tuple(_scan(status))
    if scan:
        yield "mri-status", joined(scan)


def _scan(status: SystemStatus) -> Iterator[Text]:
    model = status.simulation.model
    emptied, field = model.facts.get("mri-empty-before"), model.facts.get("mri-field")
    if emptied is not None and emptied.of_kind(str).value == "yes":
        yield word("empty-for-scan")
    if field is not None:
        answers = model.disagreements.get("mri-field", (field,))
        shown = dict.fromkeys(show(one.of_kind(MagneticField).value, "T") for one in answers)
        told, stated = " / ".join(shown), word("stated-to")
        yield Text(f"{stated.en} {told}", f"{stated.de} {told}")


def _solution(status: SystemStatus) -> _Facts:
    done = status.simulation
    if done.reservoir_mixture:
        yield "mixture", solution_text(done.reservoir_written)
        yield (
            "program-mixture",
            solution_text(done.reservoir_written if done.program is None else done.program.mixture),
        )
        yield "reservoir-volume", _counted(status, _volume(done.reservoir_volume))
        masses = masses_text(status.by_count, SIGNIFICANT_DIGITS)
        yield "reservoir-masses", _counted(status, masses)
    if status.line_known and status.in_line:
        yield "catheter-masses", masses_text(status.in_line, SIGNIFICANT_DIGITS)
    if done.hardware.setup.low_reservoir_alarm:
        yield "alarm-volume", _volume(done.hardware.setup.low_reservoir_alarm)


def _counted(status: SystemStatus, count: Text) -> Text:
    """Return what the pump counts; of an empty pump that is not what is in it."""
    if status.simulation.activity is not Activity.DRY:
        return count
    empty = choices("activity")[Activity.DRY]
    return joined((empty, Text(f"count {count.en}", f"Zähler {count.de}")))


def _program(status: SystemStatus) -> _Facts:
    written, activity = status.simulation.program, status.simulation.activity
    if written is None:
        if activity is not Activity.RUNNING:
            yield "program-mode", choices("activity")[activity]
        return
    yield "program-mode", _as_it_stands(status, choices("mode")[written.program.mode])
    yield "daily-doses", _as_it_stands(status, masses_text(status.per_day, SIGNIFICANT_DIGITS))
    hourly = {one: rate * HOUR for one, rate in status.per_hour.items()}
    yield "hourly-doses", masses_text(hourly, SIGNIFICANT_DIGITS)
    for name, unit in (("volume-rate", "mL/d"), ("volume-rate-hour", "mL/h")):
        yield name, _as_it_stands(status, Text.same(show(written.background_rate, unit)))
    yield "program-steps", _steps(written) if written.program.steps else word("none")
    bolus = written.program.patient_bolus
    yield "controller-settings", word("none") if bolus is None else _bolus(written, bolus)


def _as_it_stands(status: SystemStatus, written: Text) -> Text:
    """Return what is written in the pump behind what it does, where it does not run.

    The program of a stopped or empty pump is still in it: alone on paper it reads like a dose.
    """
    if status.simulation.activity is Activity.RUNNING:
        return written
    now, told = choices("activity")[status.simulation.activity], word("written")
    return Text(f"{now.en}; {told.en}: {written.en}", f"{now.de}; {told.de}: {written.de}")


def _steps(written: WrittenProgram) -> Grid:
    columns = tuple(word(one) for one in ("days", "start", "duration", "dose"))
    rows = tuple(
        (
            _days(one),
            Text.same(_clock(one)),
            Text.same(show(one.duration, "min")),
            Text.same(_dose(written, one.dose)),
        )
        for one in written.program.steps
    )
    return Grid(columns, rows)


def _days(step: Step) -> Text:
    if len(step.days) == _EVERY_DAY:
        return word("every-day")
    names = choices("weekday")
    return joined([names[str(day)] for day in sorted(step.days)])


def _clock(step: Step) -> str:
    hours, rest = divmod(step.start.in_unit("min"), 60)
    return f"{int(hours):02}:{int(rest):02}"


def _bolus(written: WrittenProgram, bolus: PatientBolus) -> Text:
    lockout, most, a_day = word("lockout"), word("at-most"), word("a-day")
    dose = f"{_dose(written, bolus.dose)}, {show(bolus.duration, 'min')}"
    wait = show(bolus.lockout, "min")
    en, de = f"{dose}; {lockout.en} {wait}", f"{dose}; {lockout.de} {wait}"
    limits = [] if bolus.max_per_day is None else [str(bolus.max_per_day)]
    if bolus.max_dose_per_day is not None:
        limits.append(_dose(written, bolus.max_dose_per_day))
    for one in limits:
        en, de = f"{en}; {most.en} {one} {a_day.en}", f"{de}; {most.de} {one} {a_day.de}"
    return Text(en, de)


def _dose(written: WrittenProgram, mass: Mass) -> str:
    primary = written.program.primary
    assert primary is not None
    return quantity_text(mass, drug(primary).mass_unit)


def _dates(status: SystemStatus) -> _Facts:
    done, plan = status.simulation, status.plan
    due = None if plan is None else plan.refill_by
    for name, instant in (
        ("last-fill-date", done.last_fill),
        ("alarm-date", done.outlook.low_reservoir),
        ("refill-by", due),
        ("service-left", done.battery.end),
    ):
        if instant is not None:
            yield name, _day(status, instant)
    if done.battery.has_battery is False:
        yield "service-left", word("no-battery")


def _day(status: SystemStatus, instant: Instant) -> Text:
    return Text.same(status.simulation.therapy.moment(instant).date().isoformat())


def _volume(volume: Volume) -> Text:
    return Text.same(show(volume, "mL"))
