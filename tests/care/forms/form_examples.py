"""Complete examples of every form, made from its schema, and a strategy that varies them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from hypothesis import strategies as st

from thecal.care.document import Text
from thecal.care.forms import Filled, Form, FormErrors, FormField, Kind, form, read_form
from thecal.care.forms.choice import choices
from thecal.care.forms.entry import bounds_of, scale_codes, units_of
from thecal.therapy.hardware_reader import LEVELS

Values = dict[str, Any]
_PLAIN = {
    Kind.TEXT: "as agreed",
    Kind.LONG_TEXT: "first line\nsecond line",
    Kind.DATE: "2026-03-02",
    Kind.MOMENT: "2026-03-02T10:00+01:00",
    Kind.FLAG: True,
    Kind.NUMBER: "99.5",
    Kind.LEVEL: "T10",
    Kind.MIXTURE: [{"drug": "morphine", "concentration": "10 mg/mL"}],
}


_SIGNABLE: dict[str, Values] = {
    "F4": {"trimmed": "2 cm", "measured": "18 cm"},
    "F5": {
        "checker": "somebody else",
        "witness": "somebody else",
        "wasted": "0 mL",
        "returned": "0 mL",
        "new_weakness": False,
        "new_numbness": False,
        "new_bladder": False,
    },
    "F18": {"expires": "2027-03-02"},
}
"""What cannot be said alike of every field of a form that somebody may sign, by form."""


def example_of(field: FormField) -> Any:
    """Return one answer that the field takes."""
    if field.kind in _PLAIN:
        return _PLAIN[field.kind]
    if field.kind is Kind.CHOICE:
        return next(iter(choices(field.detail)))
    if field.kind is Kind.CHOICES:
        return list(choices(field.detail))[:2]
    if field.kind is Kind.COUNT:
        return str(bounds_of(field).lowest or 3)
    if field.kind is Kind.SCORE:
        return (*scale_codes(field.detail), "3")[0]
    assert field.kind is Kind.QUANTITY
    return "20 " + units_of(field)[0]


def complete(known: Form) -> Values:
    """Return a form with every field filled in, two rows in each repeated section."""
    own = _SIGNABLE.get(known.id, {})
    values = {one.id: own.get(one.id, example_of(one)) for one in known.plain_fields() if one.typed}
    for section in known.repeated_sections():
        row = {one.id: own.get(one.id, example_of(one)) for one in section.fields if one.typed}
        values[section.id] = [dict(row), dict(row)]
    return values


def filled(id: str, **other: Any) -> Filled:
    """Return a complete form with some answers replaced; None leaves one out."""
    found = read_form(form(id), {**complete(form(id)), **other})
    assert not isinstance(found, FormErrors), found
    return found


def facts_of(known: Form) -> dict[str, Text]:
    """Return every therapy fact of a form in words."""
    facts = {}
    for name in known.facts():
        for suffix in ("", ".1", ".2"):
            facts[name + suffix] = Text(f"the {name}{suffix}", f"der Wert {name}{suffix}")
    return facts


_WORDS = st.text("abc äßé ,.;:-", min_size=1, max_size=12).filter(str.strip)


def answers(field: FormField) -> st.SearchStrategy[Any]:
    """Return answers that the field takes."""
    if field.kind in (Kind.TEXT, Kind.LONG_TEXT):
        return _WORDS
    if field.kind is Kind.DATE:
        return st.dates(_day(1900), _day(2200)).map(lambda day: day.isoformat())
    if field.kind is Kind.FLAG:
        return st.booleans()
    if field.kind is Kind.CHOICE:
        return st.sampled_from(list(choices(field.detail)))
    if field.kind is Kind.CHOICES:
        known = list(choices(field.detail))
        return st.lists(st.sampled_from(known), min_size=1, unique=True)
    if field.kind is Kind.COUNT:
        ends = bounds_of(field)
        return st.integers(ends.lowest or 0, ends.highest or 9_999_999).map(str)
    if field.kind is Kind.LEVEL:
        return st.sampled_from(LEVELS)
    if field.kind is Kind.QUANTITY:
        number = st.decimals("0.000001", 9_999_999, places=6).map(str)
        unit = st.sampled_from([*units_of(field), units_of(field)[0].replace("ug", "mcg")])
        return st.tuples(number, unit).map(" ".join)
    return st.just(example_of(field))


def _day(year: int) -> date:
    return date(year, 1, 1)


def _answered(fields: Iterable[FormField]) -> st.SearchStrategy[Values]:
    """Fill every field that may ever be needed, the others at will."""
    typed = [one for one in fields if one.typed]
    needed = {one.id: answers(one) for one in typed if one.required or one.when is not None}
    free = {one.id: answers(one) for one in typed if one.id not in needed}
    return st.fixed_dictionaries(needed, optional=free)


def accepted(known: Form) -> st.SearchStrategy[Values]:
    """Return values that the form takes."""
    parts = [_answered(known.plain_fields())]
    for section in known.repeated_sections():
        rows = st.lists(
            _answered(section.fields), min_size=max(1, section.least_rows or 0), max_size=3
        )
        parts.append(st.fixed_dictionaries({section.id: rows}))
    return st.tuples(*parts).map(lambda found: {k: v for part in found for k, v in part.items()})
