"""The form around an MRI, by what a scanner does to this pump (workflow.md 2.M, F12)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.papers.contact import contact_section
from thecal.care.papers.parts import as_of, drug_grid, footnotes, pump_fields, state
from thecal.care.papers.record import PaperRecord
from thecal.care.papers.scan_status import (
    EXTERNAL,
    UNKNOWN,
    behaviour,
    must_be_empty,
    scan_notes,
    scan_status,
)
from thecal.care.papers.words import BLANK, drug_names, duration, say, series
from thecal.device import PumpModel
from thecal.pharmacy import restart_rule
from thecal.units import NO_BREAK_SPACE, Duration, MagneticField, Volume, show, show_number

_EMPTY_CELL = Text.same("")


def mri_form(record: PaperRecord) -> Document:
    """Return the form for before, during and after a scan; open until the pump was read again."""
    return Document(
        kind="mri-form",
        title=say("scan-title"),
        sections=tuple(_sections(record)),
        footnotes=(*footnotes(record)[:1], *scan_notes(record.model)),
        one_page=True,
        names_patient=True,
        whose=record.whose(),
    )


def _sections(record: PaperRecord) -> Iterator[Section]:
    does = behaviour(record.model)
    kind = UNKNOWN if does == EXTERNAL else does
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
    values = _values(record.model)
    before = series(f"scan-before-{kind}" if kind != "shuts" else "scan-before-dumps", **values)
    yield _steps("scan-before", before, _pause(record))
    yield Section(say("scan-during"), paragraphs=series(f"scan-during-{kind}", **values))
    after = series(f"scan-after-{kind}", **values)
    if kind == "shuts":
        after = (*after, *series("scan-after-dumps")[1:])
    closing = Field(say("scan-close"), BLANK, emphasis=True)
    yield _steps("scan-after", after, (), closing)
    contact = contact_section(record.contact)
    yield Section(
        contact.heading,
        fields=contact.fields,
        signatures=(say("sign-radiology"), say("clinic")),
    )


def _steps(
    name: str, steps: tuple[Text, ...], paragraphs: tuple[Text, ...], *fields: Field
) -> Section:
    rows = tuple((one, _EMPTY_CELL) for one in steps)
    return Section(
        say(name),
        paragraphs=paragraphs,
        fields=fields,
        grid=Grid((say("step"), say("done-when")), rows),
    )


def _holds(record: PaperRecord) -> Text:
    volume = show(record.done.reservoir_volume, "mL")
    if must_be_empty(record.model) and record.done.reservoir_volume and record.drugs:
        return say("scan-must-empty", volume=volume)
    return Text.same(volume)


def _pause(record: PaperRecord) -> tuple[Text, ...]:
    """Return the warning for drugs whose sudden loss endangers."""
    hazards = [one for one in record.drugs if restart_rule(one).stop_is_hazard]
    if not hazards or behaviour(record.model) == "continues":
        return ()
    return (say("scan-stop-hazard", drugs=drug_names(hazards)),)


def _values(model: PumpModel) -> dict[str, Text | str]:
    """Return the figures of the model that the steps name."""
    facts, unknown = model.facts, say("not-known")

    def length(name: str) -> Text:
        found = facts.get(name)
        return unknown if found is None else duration(found.of_kind(Duration).value)

    field, gradient, trip = (facts.get(f"mri-{n}") for n in ("field", "gradient", "trip-volume"))
    return {
        "wait": length("mri-interrogate-after"),
        "low": length("mri-restart-low"),
        "high": length("mri-restart-high"),
        "field": unknown if field is None else show(field.of_kind(MagneticField).value, "T"),
        "gradient": unknown
        if gradient is None
        else f"{show_number(gradient.of_kind(Fraction).value)}{NO_BREAK_SPACE}{gradient.unit}",
        "trip": unknown if trip is None else show(trip.of_kind(Volume).value, "uL"),
    }
