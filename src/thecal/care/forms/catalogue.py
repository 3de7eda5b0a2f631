"""The forms F1 to F18 and the education checklist as typed schemas, from `form*.csv`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import final

from thecal.care.document import Text
from thecal.care.forms.label import borrowed_label, pathways_of
from thecal.data import Fact, cached, fact_of, rows
from thecal.errors import DataError
from thecal.pharmacy.lookup import unknown

_ONE, _AT_LEAST, _ZERO = "one", "at-least-", " zero"
_BY_PATHWAY, _WHEN = "by-pathway", "when "
_UNLESS = "unless "


@final
class Kind(StrEnum):
    """What a field holds; a fact and a statement are printed and never typed."""

    TEXT = "text"
    LONG_TEXT = "long-text"
    DATE = "date"
    MOMENT = "moment"
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"
    COUNT = "count"
    NUMBER = "number"
    QUANTITY = "quantity"
    SCORE = "score"
    LEVEL = "level"
    MIXTURE = "mixture"
    FACT = "fact"
    STATEMENT = "statement"


@final
@dataclass(frozen=True, slots=True)
class When:
    """A field is needed where another one has one of these answers; a flag answers yes or no.

    Attributes
    ----------
    unless
        It is needed but where the other one has them: what stayed from before may be unknown.
    """

    field: str
    answers: tuple[str, ...]
    unless: bool = False


@final
@dataclass(frozen=True, slots=True)
class FormField:
    """One field.

    Attributes
    ----------
    id
        Its key among the values; unique within the form, or within the row of its section.
    label
        What is asked, in both languages; of a statement, what it says.
    detail
        Units that may be typed, list of choices, scale, or the name of the therapy fact.
    zero_allowed
        Whether a quantity may be zero.
    required
        Whether it has to be filled whatever the others say.
    when
        The answers of another field with which it has to be filled too; None without such.
    source
        Who says that the field belongs here.
    """

    id: str
    label: Text
    kind: Kind
    detail: str
    zero_allowed: bool
    required: bool
    when: When | None
    source: Fact[str]

    @property
    def derived(self) -> bool:
        """Whether the record knows it already, so that nobody types it."""
        return self.kind is Kind.FACT

    @property
    def typed(self) -> bool:
        """Whether a person fills it in."""
        return self.kind not in (Kind.FACT, Kind.STATEMENT)


@final
@dataclass(frozen=True, slots=True)
class FormSection:
    """A part of a form.

    Attributes
    ----------
    least_rows
        How many rows of these fields there have to be at least; None where the fields are filled
        once.
    """

    id: str
    title: Text
    fields: tuple[FormField, ...]
    least_rows: int | None = None


@final
@dataclass(frozen=True, slots=True)
class Form:
    """One form.

    Attributes
    ----------
    signs
        Who signs it, as in `physician`.
    flow
        The stage or flow of the clinic that it belongs to.
    for_patient
        Whether the patient gets it.
    one_page
        Whether it has to fit on one page.
    """

    id: str
    title: Text
    signs: tuple[str, ...]
    flow: str
    for_patient: bool
    one_page: bool
    sections: tuple[FormSection, ...]
    source: Fact[str]

    def plain_fields(self) -> Iterator[FormField]:
        """Yield the fields outside repeated sections."""
        for section in self.sections:
            if section.least_rows is None:
                yield from section.fields

    def repeated_sections(self) -> Iterator[FormSection]:
        """Yield the sections that are filled row by row."""
        return (section for section in self.sections if section.least_rows is not None)

    def facts(self) -> tuple[str, ...]:
        """Return the names of the therapy facts that it prints, each once."""
        fields = (one for section in self.sections for one in section.fields)
        return tuple(dict.fromkeys(one.detail for one in fields if one.derived))


def forms() -> tuple[Form, ...]:
    """Return every form, in the order of the table."""
    return tuple(_forms().values())


def form(wanted: str) -> Form:
    """Return the form with this id, as in `F4`; raises `UnknownIdError`."""
    found = _forms().get(wanted)
    if found is None:
        raise unknown("form", wanted, _forms())
    return found


_Cells = Mapping[str, Fact[str]]


@cached
def _forms() -> Mapping[str, Form]:
    made: dict[str, dict[str, Fact[str]]] = {}
    for row in rows("forms"):
        made.setdefault(row["form"], {})[row["parameter"]] = fact_of(row).of_kind(str)
    return MappingProxyType({id: _form(id, cells) for id, cells in made.items()})


def _form(id: str, cells: _Cells) -> Form:
    sections: dict[str, dict[str, Fact[str]]] = {}
    for row in rows("form_sections"):
        if row["form"] == id:
            sections.setdefault(row["section"], {})[row["parameter"]] = fact_of(row).of_kind(str)
    fields: dict[tuple[str, str], dict[str, Fact[str]]] = {}
    for row in rows("form_fields"):
        if row["form"] == id:
            key = row["section"], row["field"]
            fields.setdefault(key, {})[row["parameter"]] = fact_of(row).of_kind(str)
    signs, audience = _need(cells, "signs", id), _need(cells, "audience", id)
    made = Form(
        id=id,
        title=_label(cells, id),
        signs=tuple(signs.value.split("; ")),
        flow=_need(cells, "flow", id).value,
        for_patient=audience.value == "patient",
        one_page=_need(cells, "pages", id).value == _ONE,
        sections=tuple(
            _section(f"{id} {name}", name, found, fields) for name, found in sections.items()
        ),
        source=signs,
    )
    _check(made, fields)
    return made


def _section(
    place: str, id: str, cells: _Cells, fields: Mapping[tuple[str, str], _Cells]
) -> FormSection:
    repeated = _need(cells, "rows", place).value
    if repeated != _ONE and not repeated.removeprefix(_AT_LEAST).isdecimal():
        raise DataError(f'"{repeated}" is no number of rows', remedy="use one", place=place)
    return FormSection(
        id=id,
        title=_label(cells, place),
        fields=tuple(
            _field(f"{place} {name}", name, found)
            for (section, name), found in fields.items()
            if section == id
        ),
        least_rows=None if repeated == _ONE else int(repeated.removeprefix(_AT_LEAST)),
    )


def _field(place: str, id: str, cells: _Cells) -> FormField:
    entry = _need(cells, "entry", place)
    word, _, detail = entry.value.partition(": ")
    kind = word.removesuffix(_ZERO)
    if kind not in set(Kind):
        raise DataError(f'"{kind}" is no kind of field', place=f"form_fields.csv: {place}")
    typed = kind not in (Kind.FACT, Kind.STATEMENT)
    need = _need(cells, "need", place).value if typed else "derived"
    when = _when(need, cells, place)
    return FormField(
        id=id,
        label=_label(cells, place),
        kind=Kind(kind),
        detail=detail,
        zero_allowed=word.endswith(_ZERO),
        required=need == "required" or (need == _BY_PATHWAY and when is None),
        when=when,
        source=entry,
    )


def _when(need: str, cells: _Cells, place: str) -> When | None:
    if need.startswith(_WHEN):
        field, _, answers = need.removeprefix(_WHEN).partition("=")
        return When(field, tuple(answers.split("; ")))
    if need.startswith(_UNLESS):
        field, _, answers = need.removeprefix(_UNLESS).partition("=")
        return When(field, tuple(answers.split("; ")), unless=True)
    if need == _BY_PATHWAY:
        wanted = pathways_of(_need(cells, "label-of", place).value)
        return None if wanted is None else When("pathway", wanted)
    if need not in ("required", "optional", "derived"):
        raise DataError(f'"{need}" is no need', place=f"form_fields.csv: {place}")
    return None


def _label(cells: _Cells, place: str) -> Text:
    if "label-of" in cells:
        return borrowed_label(cells["label-of"].value)
    return Text(_need(cells, "en", place).value, _need(cells, "de", place).value)


def _need(cells: _Cells, parameter: str, place: str) -> Fact[str]:
    if parameter not in cells:
        raise DataError(f"the forms have no {parameter} of {place}", remedy="restore the row")
    return cells[parameter]


def _check(made: Form, fields: Mapping[tuple[str, str], object]) -> None:
    """Refuse a form that would lose a value: two fields of one key, or one in no section."""
    keys = [one.id for one in made.plain_fields()]
    keys += [section.id for section in made.repeated_sections()]
    if len(set(keys)) < len(keys):
        twice = sorted({one for one in keys if keys.count(one) > 1})
        raise DataError(f"{made.id} has {', '.join(twice)} twice", remedy="rename one of them")
    known = {section.id for section in made.sections}
    for section, name in fields:
        if section not in known:
            raise DataError(f"{made.id} {name} is in no section", remedy="add the section's rows")
