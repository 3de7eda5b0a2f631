"""A filled form as a document to print and sign, in English and German."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.forms.amounts import EVERY_DIGIT, joined, quantity_text, solution_text
from thecal.care.forms.catalogue import FormField, FormSection, Kind, form
from thecal.care.forms.choice import choices, word
from thecal.care.forms.entry import bounds_of, unit_typed
from thecal.care.forms.filled import Filled
from thecal.pharmacy import Mixture
from thecal.units import Quantity, show_number

Shown = Text | Grid
"""How the record tells a therapy fact: in words, or as a table of its own."""

PATIENT_FACT = "patient"
_EMPTY = Text.same("–")


def form_document(filled: Filled, facts: Mapping[str, Shown]) -> Document:
    """Return a filled form with what the record knows, to be printed and signed.

    Parameters
    ----------
    filled
        What was typed.
    facts
        Name of a therapy fact (`Form.facts`) to how it is told; in a repeated section the number
        of the row follows, as in `segment-volume.1`. A fact that is not there is printed as not
        known, and marked.
    """
    known = form(filled.form)
    sections = [one for section in known.sections for one in _sections(section, filled, facts)]
    signed = tuple(choices("signer")[one] for one in known.signs)
    last = sections[-1]
    sections[-1] = Section(last.heading, last.paragraphs, last.fields, last.grid, signed)
    return Document(
        kind=f"form-{known.id.lower()}",
        title=known.title,
        sections=tuple(sections),
        footnotes=(Text.same(f"{known.id}: {known.source.provenance()}"),),
        one_page=known.one_page,
        names_patient=PATIENT_FACT in known.facts() and PATIENT_FACT in facts,
        for_patient=known.for_patient,
    )


def not_known(fact: str) -> Text:
    """Return that a therapy fact is not known, and what would make it known."""
    said, hints = word("not-known"), choices("to-know")
    if fact not in hints:
        return said
    return Text(f"{said.en}: {hints[fact].en}", f"{said.de}: {hints[fact].de}")


def _sections(
    section: FormSection, filled: Filled, facts: Mapping[str, Shown]
) -> Iterator[Section]:
    if section.least_rows is not None:
        yield Section(section.title, grid=_grid(section, filled, facts))
        return
    paragraphs = tuple(one.label for one in section.fields if one.kind is Kind.STATEMENT)
    fields = tuple(_fields(section.fields, filled, facts))
    yield Section(section.title, paragraphs, fields)
    for one in section.fields:
        found = facts.get(one.detail) if one.derived else None
        if isinstance(found, Grid):
            yield Section(one.label, grid=found)


def _fields(
    fields: Iterable[FormField], filled: Filled, facts: Mapping[str, Shown]
) -> Iterator[Field]:
    for one in fields:
        if one.kind is Kind.STATEMENT:
            continue
        if one.derived:
            found = facts.get(one.detail)
            if not isinstance(found, Grid):
                yield Field(one.label, found or not_known(one.detail), emphasis=found is None)
        else:
            yield Field(one.label, _typed(one, filled.values, filled.typed))


def answers_of(filled: Filled) -> dict[str, Text]:
    """Return the answers outside repeated sections as they are printed, by the key of the field."""
    plain = form(filled.form).plain_fields()
    return {
        one.id: _typed(one, filled.values, filled.typed) for one in plain if one.id in filled.values
    }


def _grid(section: FormSection, filled: Filled, facts: Mapping[str, Shown]) -> Grid:
    columns = tuple(one.label for one in section.fields)
    typed = filled.typed.get(section.id, ())
    assert isinstance(typed, Sequence)
    rows = []
    for number, (values, texts) in enumerate(zip(filled.rows(section.id), typed, strict=True), 1):
        cells = []
        for one in section.fields:
            if one.derived:
                found = facts.get(f"{one.detail}.{number}")
                cells.append(found if isinstance(found, Text) else not_known(one.detail))
            else:
                cells.append(_typed(one, values, texts))
        rows.append(tuple(cells))
    return Grid(columns, tuple(rows))


def _typed(field: FormField, values: Mapping[str, object], typed: Mapping[str, object]) -> Text:
    """Return an answer as it is printed."""
    value = values.get(field.id)
    if value is None:
        unknown = field.when is not None and field.when.unless
        return word("not-known") if unknown else _EMPTY
    if isinstance(value, bool):
        return word("yes" if value else "no")
    if field.kind is Kind.CHOICE:
        return choices(field.detail)[str(value)]
    if isinstance(value, tuple):
        return joined([choices(field.detail)[one] for one in value])
    if isinstance(value, Quantity):
        return Text.same(quantity_text(value, unit_typed(str(typed[field.id]))))
    if isinstance(value, Mixture):
        return solution_text(value)
    if isinstance(value, datetime):
        return Text.same(_moment(value))
    if isinstance(value, date):
        return Text.same(value.isoformat())
    if isinstance(value, int | Fraction):
        return Text.same(_number(field, Fraction(value)))
    return Text.same(str(value))


def _number(field: FormField, number: Fraction) -> str:
    shown = show_number(number, digits=EVERY_DIGIT)
    if field.kind is Kind.SCORE:
        return shown
    unit = bounds_of(field).unit
    return f"{shown} {unit}" if unit else shown


def _moment(moment: datetime) -> str:
    clock = moment.replace(tzinfo=None).isoformat(timespec="minutes")
    offset = moment.isoformat()[-6:]
    return f"{clock} (UTC{offset})"
