"""What several papers say alike: pump, drugs, dates, sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from thecal.care.document import Document, Field, Grid, Text
from thecal.care.emergency.status import SystemStatus
from thecal.care.names import device_name, drug_name
from thecal.care.papers.record import PaperRecord, doses_of_day, is_giving
from thecal.care.papers.words import concentration, day, duration, joined, minute, say, weekdays
from thecal.care.refill import INTERVAL, STABILITY
from thecal.pharmacy import both_units
from thecal.program.clock import Instant
from thecal.program.program import WrittenProgram
from thecal.program.refill_dates import ALARM, RUNS_EMPTY
from thecal.therapy.days import write_time_of_day
from thecal.therapy.events import Fill, PumpRecord, Replace
from thecal.therapy.simulation import Simulation
from thecal.units import Mass, Volume, show


def with_notice(document: Document, notice: Text | None) -> Document:
    """Return a paper with a line before everything else; None: as it is."""
    if notice is None:
        return document
    first, *others = document.sections
    marked = replace(first, paragraphs=(notice, *first.paragraphs))
    return replace(document, sections=(marked, *others))


def as_of(record: PaperRecord) -> Field:
    """Return the time of the paper."""
    return Field(say("as-of"), minute(record.status.at))


def state(record: PaperRecord) -> Field:
    """Return what the pump is doing, marked where it gives nothing."""
    words = say("state-emptied" if record.done.emptied else f"state-{record.done.activity}")
    return Field(say("state"), words, emphasis=not record.gives)


def pump_fields(record: PaperRecord, *, catheter: bool = False) -> tuple[Field, ...]:
    """Return the pump, and with `catheter` the catheter too."""
    model, hardware = record.model, record.done.hardware
    size = model.capacity
    fields = [
        Field(say("pump"), device_name(model.id, model.name), emphasis=True),
        Field(say("serial"), Text.same(hardware.serial)),
        Field(
            say("reservoir-size"),
            say("not-known") if size is None else Text.same(show(size.value, "mL")),
        ),
    ]
    if catheter:
        fields += [
            Field(
                say("catheter"),
                device_name(hardware.catheter.model.id, hardware.catheter.model.name),
            ),
            Field(say("catheter-tip"), Text.same(record.done.catheter_tip)),
            Field(say("catheter-volume"), catheter_volume(record.status)),
        ]
    return tuple(fields)


def implanted(record: PaperRecord) -> Text:
    """Return when the pump was implanted, or its first fill where the record has only that."""
    implanted_on = current_pump(record).implanted
    if implanted_on is not None:
        return day(implanted_on)
    first = record.done.battery.implanted or next(
        (record.therapy.instant(one.time) for _, one in record.events() if isinstance(one, Fill)),
        None,
    )
    return (
        say("not-known") if first is None else say("implanted-or-filled", day=when(record, first))
    )


def current_pump(record: PaperRecord) -> PumpRecord:
    """Return the record of the pump that is in the patient at the time of the paper."""
    pump = record.therapy.pump
    for _, event in record.events():
        pump = event.pump if isinstance(event, Replace) else pump
    return pump


def catheter_volume(status: SystemStatus) -> Text:
    """Return the volume of the catheter, both ends where only a range is on record."""
    hardware = status.simulation.hardware
    if not status.line_known:
        return say("catheter-unknown")
    ends = hardware.catheter.volume_range()
    if hardware.catheter_length_is_range and ends is not None:
        return Text.same(" - ".join(show(one, "mL") for one in ends))
    volume = hardware.catheter.volume()
    return say("catheter-unknown") if volume is None else Text.same(show(volume, "mL"))


def dose_words(drug_id: str, mass: Mass) -> Text:
    """Return the dose of 24 hours in milligrams and micrograms."""
    return Text.same(f"{both_units(drug_id, mass)} a day")


def dose_text(record: PaperRecord, drug_id: str) -> Text:
    """Return what is given of a drug in 24 hours, and that nothing is where nothing is."""
    return dose_now(record.done, drug_id)


def dose_now(done: Simulation, drug_id: str) -> Text:
    """Return what `dose_text` does, of a replay."""
    mass = doses_of_day(done).get(drug_id)
    if mass is None:
        return say("dose-nothing")
    words = dose_words(drug_id, mass)
    return words if is_giving(done) else say("dose-none", dose=words)


def drug_grid(record: PaperRecord) -> Grid:
    """Return each drug with its concentration as filled and its dose of 24 hours."""
    written = record.done.reservoir_written
    rows = tuple(
        (drug_name(one), Text.same(concentration(written, one)), dose_text(record, one))
        for one in record.drugs
    )
    return Grid((say("drug"), say("concentration"), say("daily-dose")), rows)


def bolus(written: WrittenProgram | None) -> Text:
    """Return the bolus on demand of a program."""
    order = None if written is None else written.program.patient_bolus
    if written is None or order is None or written.program.primary is None:
        return say("none")
    primary = written.program.primary
    most = Text.same("")
    if order.max_per_day is not None:
        most = say("bolus-most", count=str(order.max_per_day))
    elif order.max_dose_per_day is not None:
        most = say("bolus-most-dose", dose=both_units(primary, order.max_dose_per_day))
    return say(
        "bolus-words",
        dose=joined(_each_drug(written, order.dose / written.mixture[primary])),
        duration=duration(order.duration),
        lockout=duration(order.lockout),
        most=most,
    )


def _each_drug(written: WrittenProgram, volume: Volume) -> Iterator[Text]:
    """Yield what a volume holds of every drug of a program."""
    for name in written.mixture:
        mass = both_units(name, written.mixture.mass_of(name, volume))
        yield say("bolus-drug", dose=mass, drug=drug_name(name))


def steps(written: WrittenProgram | None) -> Text:
    """Return the steps of a program, one a line."""
    if written is None or not written.program.steps or written.program.primary is None:
        return say("none")
    primary = written.program.primary
    lines = [
        say(
            "step-words",
            days=weekdays(one.days),
            start=write_time_of_day(int(one.start.base)),
            duration=duration(one.duration),
            dose=both_units(primary, one.dose),
        )
        for one in written.program.steps
    ]
    return Text("\n".join(one.en for one in lines), "\n".join(one.de for one in lines))


def when(record: PaperRecord, instant: Instant | None, *, exact: bool = False) -> Text:
    """Return the day of an instant, with the time of day where it is to be `exact`."""
    if instant is None:
        return say("never")
    moment: datetime = record.therapy.moment(instant)
    return minute(moment) if exact else day(moment)


def refill_by(record: PaperRecord) -> Text:
    """Return the day by which the pump has to be filled, and whether that day is over."""
    plan = record.status.plan
    instant = None if plan is None else plan.refill_by
    if record.done.emptied:
        return say("refill-emptied")
    text = when(record, instant)
    if instant is not None and instant < record.done.end:
        return say("refill-overdue", date=text)
    return text


def date_fields(record: PaperRecord, *, exact: bool = False) -> tuple[Field, ...]:
    """Return the dates of refill, alarm and next visit; `exact` adds what staff want besides."""
    outlook = record.done.outlook
    fields = [Field(say("refill-by"), refill_by(record), emphasis=True)]
    if record.has_alarms:
        fields.append(Field(say("alarm-date"), when(record, outlook.low_reservoir, exact=exact)))
        every_bolus = outlook.low_reservoir_all_boluses
        if exact or every_bolus != outlook.low_reservoir:
            # Whoever presses the button has to know the earlier date, staff or not.
            fields.append(Field(say("alarm-date-boluses"), when(record, every_bolus, exact=exact)))
    if exact or not record.has_alarms:
        fields.append(Field(say("empty-date"), when(record, outlook.empty, exact=exact)))
    if exact:
        fields += [
            Field(say("last-fill"), when(record, record.done.last_fill, exact=True)),
            Field(say("battery-end"), battery(record)),
        ]
    visit = record.therapy.next_visit
    if visit is not None:
        at = record.visit_at
        known = at is not None and at.date() == visit
        told = minute(at) if known and at is not None else day(visit)
        fields.append(Field(say("next-visit"), told))
    return tuple(fields)


def battery(record: PaperRecord) -> Text:
    """Return the end of the battery's service with its band."""
    outlook = record.done.battery
    if outlook.has_battery is False:
        return say("battery-none")
    if outlook.end is None:
        return say("not-known")
    return say(
        "battery-from-to",
        date=when(record, outlook.end),
        earliest=when(record, outlook.earliest),
        latest=when(record, outlook.latest),
    )


def computed(record: PaperRecord) -> Text:
    """Return how the figures came about, and what to do before anybody acts on them."""
    return say("computed" if record.has_alarms else "computed-flow")


def footnotes(record: PaperRecord) -> tuple[Text, ...]:
    """Return how the figures came about, what decides the refill, and what was not checked."""
    plan = record.status.plan
    notes = [computed(record)]
    if plan is None or not record.drugs:
        return tuple(notes)
    interval = record.model.maximum_refill_interval
    if plan.decided_by in (ALARM, RUNS_EMPTY):
        decided = "refill-alarm-date" if record.has_alarms else "refill-empty-date"
        reason = say(decided, window=duration(plan.window))
    elif plan.decided_by == STABILITY and plan.stability is not None:
        fact = plan.stability.fact
        reason = say("refill-stability", days=duration(fact.value), source=fact.provenance())
    elif plan.decided_by == INTERVAL and interval is not None:
        reason = say(
            "refill-maximum-interval",
            days=duration(interval.value),
            source=interval.provenance(),
        )
    else:
        reason = say("not-known")
    notes.append(say("refill-reason", reason=reason))
    if plan.stability is None:
        notes.append(say("not-checked-stability"))
    if interval is None:
        notes.append(say("not-checked-interval"))
    return tuple(notes)
