"""Order and label of a solution as documents, with the code that a scanner reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from thecal.care.compounding.words import words
from thecal.care.document import Document, Field, Section, Text
from thecal.care.supply.label_code import shown_code
from thecal.care.supply.order import SolutionOrder, State
from thecal.pharmacy import both_units, drug, in_both_units
from thecal.units import show

_BLANK = "–"
_BLIND = (State.ORDERED, State.DIFFERS, State.WITHDRAWN)
_ORDER, _LABEL = "solution-order", "solution-label"


def order_paper(order: SolutionOrder, patient: Text, people: Mapping[str, str]) -> Document:
    """Return an order as a document. Masses stand on it once they were recomputed, never before.

    Parameters
    ----------
    patient
        Who it is for, in one line.
    people
        Login name to name.
    """

    def done(by: str, at: datetime) -> Text:
        return Text.same(f"{people.get(by, by)}, {at:%Y-%m-%d %H:%M}")

    fields = [
        Field(words("label", "patient"), patient),
        Field(words(_ORDER, "state"), words("solution-state", order.state.value), emphasis=True),
        *(Field(words("label", "drug"), _strength(order, name)) for name in order.mixture),
        Field(words("label", "volume"), Text.same(show(order.volume, "mL"))),
        Field(words("order", "needed_by"), _day(order.needed_by)),
    ]
    if order.state not in _BLIND:
        fields += _contents(order)
    fields.append(Field(words(_ORDER, "ordered"), done(order.ordered_by, order.ordered_at)))
    if order.recomputed_by:
        who = people.get(order.recomputed_by, order.recomputed_by)
        fields.append(Field(words(_ORDER, "recomputed"), Text.same(who)))
    for name, made in (("released", order.released), ("received", order.received)):
        if made is not None:
            fields.append(Field(words(_ORDER, name), done(made.by, made.at)))
            fields.append(Field(words("label", "batch"), Text.same(made.lot)))
            fields.append(Field(words("label", "beyond_use"), _day(made.beyond_use)))
    fields.append(Field(words(_ORDER, "code"), Text.same(shown_code(order.code))))
    title = words(_ORDER, "title")
    signatures = (words("order", "prescriber"), words("order", "checked_by"))
    section = Section(title, fields=tuple(fields), signatures=signatures)
    return Document(_ORDER, title, (section,), one_page=True, names_patient=True)


def label_sheet(order: SolutionOrder, patient: Text, people: Mapping[str, str]) -> Document:
    """Return the label of a released solution: code and square, strength, content, last day."""
    made = order.released
    who = (order.recomputed_by, made.by if made else "")
    by = "; ".join(people.get(one, one) or _BLANK for one in who)
    fields = (
        Field(words(_ORDER, "code"), Text.same(shown_code(order.code)), emphasis=True),
        Field(words("label", "patient"), patient, emphasis=True),
        *(
            Field(words("label", "drug"), _strength(order, name), emphasis=True)
            for name in order.mixture
        ),
        *_contents(order),
        Field(words("label", "volume"), Text.same(_BLANK if made is None else _ml(order))),
        Field(words("label", "batch"), Text.same(made.lot if made else _BLANK)),
        Field(
            words("label", "beyond_use"),
            _day(made.beyond_use) if made else Text.same(_BLANK),
            emphasis=True,
        ),
        Field(words("label", "made_by"), Text.same(by)),
    )
    section = Section(words("label", "statement"), fields=fields, code=order.code)
    title = words(_LABEL, "title")
    return Document(_LABEL, title, (section,), one_page=True, names_patient=True)


def _contents(order: SolutionOrder) -> list[Field]:
    return [
        Field(words("label", "content"), Text(f"{name.en} {total}", f"{name.de} {total}"))
        for one in order.mixture
        for name, total in (
            (words("drug", one), both_units(one, order.mixture.mass_of(one, order.volume))),
        )
    ]


def _strength(order: SolutionOrder, one: str) -> Text:
    strength = in_both_units(order.mixture[one], drug(one).concentration_unit)
    name = words("drug", one)
    return Text(f"{name.en} {strength}", f"{name.de} {strength}")


def _ml(order: SolutionOrder) -> str:
    assert order.released is not None
    return show(order.released.volume, "mL")


def _day(day: date) -> Text:
    return Text.same(day.isoformat())
