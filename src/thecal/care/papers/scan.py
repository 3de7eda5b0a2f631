"""The form around an MRI, by what a scanner does to this pump (workflow.md 2.M, F12)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.mri_visit.steps import AFTER, BEFORE, ScanStep, during, scan_steps
from thecal.care.names import drug_names
from thecal.care.papers.contact import contact_section
from thecal.care.papers.parts import as_of, drug_grid, footnotes, pump_fields, state
from thecal.care.papers.record import PaperRecord
from thecal.care.papers.scan_status import BEHAVIOUR, must_be_empty, scan_notes, scan_status
from thecal.care.papers.words import BLANK, duration, say
from thecal.device import PumpModel
from thecal.pharmacy import restart_rule
from thecal.safety.scan import CONTINUES, UNKNOWN, behaviour_in_scanner
from thecal.units import NO_BREAK_SPACE, Duration, MagneticField, Volume, show, show_number

_EMPTY_CELL = Text.same("")
_READ_AFTER = "read-after"


def mri_form(record: PaperRecord) -> Document:
    """Return the form for before, during and after a scan; open until the pump was read again."""
    return Document(
        kind="mri-form",
        title=say("scan-title"),
        sections=tuple(_sections(record)),
        footnotes=(*footnotes(record)[:1], *scan_notes(record.model), _step_sources(record.model)),
        one_page=True,
        names_patient=True,
        whose=record.whose(),
    )


def _sections(record: PaperRecord) -> Iterator[Section]:
    yield Section(
        say("pump"),
        fields=(
            as_of(record),
            *pump_fields(record),
            state(record),
            Field(say("mri-status"), scan_status(record.model), emphasis=True),
            Field(say("scan-holds"), _holds(record), emphasis=must_be_empty(record.model)),
        ),
        grid=drug_grid(record),
    )
    yield Section(
        say("scan-planned"),
        fields=(
            Field(say("scan-when"), BLANK),
            Field(say("scan-field"), BLANK),
            Field(say("scan-region"), BLANK),
        ),
    )
    steps = scan_steps(record.model)
    yield _steps(record.model, BEFORE, steps, (*_pause(record), *_hints_before(record.model)))
    yield Section(say("scan-during"), paragraphs=tuple(_during(record.model)))
    closing = Field(
        say("scan-close" if record.has_alarms else "scan-close-flow"), BLANK, emphasis=True
    )
    yield _steps(record.model, AFTER, steps, tuple(_hints_after(record.model)), closing)
    contact = contact_section(record.contact)
    yield Section(
        contact.heading,
        fields=contact.fields,
        signatures=(say("sign-radiology"), say("clinic")),
    )


def _steps(
    model: PumpModel,
    phase: str,
    steps: tuple[ScanStep, ...],
    paragraphs: tuple[Text, ...],
    *fields: Field,
) -> Section:
    rows = tuple((step_text(model, one), _EMPTY_CELL) for one in steps if one.phase == phase)
    return Section(
        say(f"scan-{phase}"),
        paragraphs=paragraphs,
        fields=fields,
        grid=Grid((say("step"), say("done-when")), rows),
    )


def _step_sources(model: PumpModel) -> Text:
    sources = dict.fromkeys(one.what.provenance() for one in scan_steps(model))
    return say("source-line", what=say("step"), source="; ".join(sources))


def step_text(model: PumpModel, step: ScanStep) -> Text:
    """Return a step in both languages: in English as the table of steps has it."""
    name = f"scan-step-{step.id}"
    if step.id == _READ_AFTER and must_be_empty(model):
        name += "-empty"
    return Text(step.what.value, say(name).de)


def during_text(model: PumpModel) -> Text:
    """Return what happens in the scanner: in English as the table of steps has it."""
    return Text(during(model).value, say(f"scan-during-{behaviour_in_scanner(model)}").de)


def _holds(record: PaperRecord) -> Text:
    volume = show(record.done.reservoir_volume, "mL")
    if must_be_empty(record.model) and record.done.reservoir_volume and record.drugs:
        return say("scan-must-empty", volume=volume)
    return Text.same(volume)


def _pause(record: PaperRecord) -> tuple[Text, ...]:
    """Return the warning for drugs whose sudden loss endangers."""
    hazards = [one for one in record.drugs if restart_rule(one).stop_is_hazard]
    if not hazards or behaviour_in_scanner(record.model) == CONTINUES:
        return ()
    return (say("scan-stop-hazard", drugs=drug_names(hazards)),)


def _hints_before(model: PumpModel) -> Iterator[Text]:
    field, gradient = model.facts.get("mri-field"), model.facts.get("mri-gradient")
    if field is not None and gradient is not None:
        most = f"{show_number(gradient.of_kind(Fraction).value)}{NO_BREAK_SPACE}{gradient.unit}"
        highest = show(field.of_kind(MagneticField).value, "T")
        yield say("scan-limits", field=highest, gradient=most)
    if behaviour_in_scanner(model) == UNKNOWN or model.facts.get(BEHAVIOUR) is None:
        yield say("scan-ask-maker")


def _during(model: PumpModel) -> Iterator[Text]:
    yield during_text(model)
    trip = model.facts.get("mri-trip-volume")
    if trip is not None:
        yield say("scan-trip", trip=show(trip.of_kind(Volume).value, "uL"))


def _hints_after(model: PumpModel) -> Iterator[Text]:
    wait, low, high = (
        model.facts.get(f"mri-{name}")
        for name in ("interrogate-after", "restart-low", "restart-high")
    )
    if wait is not None:
        yield say("scan-wait", wait=duration(wait.of_kind(Duration).value))
    if low is not None and high is not None:
        first, last = (duration(one.of_kind(Duration).value) for one in (low, high))
        yield say("scan-late", low=first, high=last)
