"""The order form (F10) and the label as content in English and German; `report` renders them."""

from __future__ import annotations

from datetime import datetime

from thecal.care.compounding.case import CompoundingCase
from thecal.care.compounding.pump_rules import fullest_day
from thecal.care.compounding.words import typed_fields, words
from thecal.care.document import Document, Field, Section, Text
from thecal.pharmacy import (
    Part,
    Preparation,
    basis_form,
    both_units,
    content_of,
    drug,
    salt_forms,
)
from thecal.units import Concentration, Volume, show, show_number

_BLANK = "\u2013"


def order_form(case: CompoundingCase, made: Preparation) -> Document:
    """Return the compounding order: what was typed, and what was computed."""
    whole = fullest_day(case, made)
    computed: dict[str, tuple[Text, ...]] = {
        "pump": (Text.same(_pump(case)),),
        "drug": tuple(_drug_line(part) for part in made.parts.values()),
        "diluent": (_diluent(case, made),),
        "preservative_free": (_yes_or_no(case.preservative_free),),
        "volume": (Text.same(f"{_ml(made.fill)} + {_ml(made.overfill)} = {_ml(made.prepared)}"),),
        "daily_use": (_per_day(f"{show(case.flow, 'mL/d')}; {show(whole.flow, 'mL/d')}"),),
        "beyond_use": (_moment(case.times.beyond_use),),
        "storage": (_storage(case),),
        "statement": (words("label", "statement"),),
        "checked_by": (_typed(case.signed.get("checked_by")),),
        "batch": (_typed(case.texts.get("batch")),),
    }
    before = typed_fields("order")
    fields = [
        Field(words("order", name), value, emphasis=name in ("beyond_use", "statement"))
        for name in (*before, "last_filled", *computed)
        for value in computed.get(name, (_typed(case.texts.get(name)),))
    ]
    title = words("order", "title")
    signatures = (words("order", "prescriber"), words("order", "checked_by"))
    return Document(
        "compounding-order",
        title,
        (Section(title, fields=tuple(fields), signatures=signatures),),
        names_patient=True,
    )


def label(case: CompoundingCase, made: Preparation) -> Document:
    """Return the label, with the total content held against a single intrathecal dose (K15)."""
    fields = [Field(words("label", "patient"), _typed(case.texts.get("patient")))]
    for part in made.parts.values():
        fields.append(Field(words("label", "drug"), _drug_line(part)))
        fields.append(Field(words("label", "content"), content_line(part), emphasis=True))
    fields += [
        Field(words("label", "volume"), Text.same(_ml(made.prepared))),
        Field(words("label", "diluent"), _diluent(case, made)),
        Field(words("label", "preservative_free"), _yes_or_no(case.preservative_free)),
        Field(words("label", "batch"), _typed(case.texts.get("batch"))),
        Field(words("label", "mixed"), _moment(case.times.mixed)),
        Field(words("label", "beyond_use"), _moment(case.times.beyond_use), emphasis=True),
        Field(words("label", "storage"), _storage(case)),
        Field(words("label", "made_by"), Text.same(_people(case))),
    ]
    statement = words("label", "statement")
    section = Section(statement, fields=tuple(fields))
    title = words("label", "title")
    notes = _sources(made)
    return Document(
        "compounding-label", title, (section,), notes, one_page=True, names_patient=True
    )


def content_line(part: Part) -> Text:
    """Return the total content of a drug and how many single intrathecal doses that is."""
    content = content_of(part.drug, part.mass)
    name, total = words("drug", part.drug), both_units(part.drug, part.mass)
    if content.times is None:
        told = words("label", "no-banner")
    else:
        limit = both_units(part.drug, content.limits[0].mass)
        pattern, times = words("label", "banner"), show_number(content.times, digits=3)
        told = Text(
            pattern.en.format(times=times, limit=limit), pattern.de.format(times=times, limit=limit)
        )
    return Text(f"{name.en} {total}: {told.en}", f"{name.de} {total}: {told.de}")


def _sources(made: Preparation) -> tuple[Text, ...]:
    """Return the source of each single dose that a content is held against."""
    lines = []
    for part in made.parts.values():
        name = words("drug", part.drug)
        for one in content_of(part.drug, part.mass).limits:
            told = f"{both_units(part.drug, one.mass)}: {one.fact.provenance()}"
            lines.append(Text(f"{name.en}, {told}", f"{name.de}, {told}"))
    return tuple(lines)


def _drug_line(part: Part) -> Text:
    name, strength = words("drug", part.drug), _strength(part.drug, part.concentration)
    if part.basis == "base":
        counted = words("word", "base") if drug(part.drug).salt else Text("", "")
    elif salt_forms(part.drug):
        form, as_ = words("form", basis_form(part.drug, "salt").id), words("word", "salt")
        counted = Text(f"{as_.en} {form.en}", f"{as_.de} {form.de}")
    else:
        counted = Text("", "")
    dose = both_units(part.drug, part.dose.per_day())
    return Text(
        f"{name.en} {strength} {counted.en}".strip() + f"; {dose}/day",
        f"{name.de} {strength} {counted.de}".strip() + f"; {dose}/Tag",
    )


def _strength(drug_id: str, concentration: Concentration) -> str:
    unit = drug(drug_id).concentration_unit
    other = "ug/mL" if unit == "mg/mL" else "mg/mL"
    return f"{show(concentration, unit)} ({show(concentration, other)})"


def _diluent(case: CompoundingCase, made: Preparation) -> Text:
    name = words("word", case.diluent or "not-stated")
    volume = _ml(made.diluent) if made.diluent is not None else _BLANK
    return Text(f"{name.en}, {volume}", f"{name.de}, {volume}")


def _storage(case: CompoundingCase) -> Text:
    return words("word", case.making.storage if case.making else "not-stated")


def _yes_or_no(flag: bool | None) -> Text:
    return words("word", "not-stated" if flag is None else "yes" if flag else "no")


def _pump(case: CompoundingCase) -> str:
    if case.pump is None:
        return _BLANK
    capacity = case.pump.model.capacity
    return f"{case.pump.model.name}, {_ml(capacity.value) if capacity else _BLANK}"


def _people(case: CompoundingCase) -> str:
    return "; ".join(case.signed.get(one, _BLANK) for one in ("prepared_by", "checked_by"))


def _typed(text: str | None) -> Text:
    return Text.same(text or _BLANK)


def _moment(moment: datetime | None) -> Text:
    return Text.same(moment.strftime("%Y-%m-%d %H:%M") if moment else _BLANK)


def _ml(volume: Volume) -> str:
    return show(volume, "mL")


def _per_day(text: str) -> Text:
    return Text(text, text.replace("/day", "/Tag"))
