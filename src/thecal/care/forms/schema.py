"""The JSON Schema (draft 2020-12) of a form's machine-readable values.

What a schema cannot say (a date that no calendar has, two needs that depend on each other, a
score beyond its scale) `read_form` alone decides: the schema never refuses what it accepts.
"""

from __future__ import annotations

from collections.abc import Iterable

from thecal.care.forms.catalogue import Form, FormField, FormSection, Kind
from thecal.care.forms.choice import choices
from thecal.care.forms.entry import (
    CONCENTRATION,
    DRUG,
    LONGEST_LINE,
    LONGEST_TEXT,
    scale_codes,
    units_of,
)
from thecal.care.forms.filled import SCHEMA
from thecal.therapy.hardware_reader import LEVELS
from thecal.units import Concentration
from thecal.units.grammar import MAX_DIGITS_AFTER_POINT, MAX_DIGITS_BEFORE_POINT

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_NUMBER = rf"[0-9]{{1,{MAX_DIGITS_BEFORE_POINT}}}(\.[0-9]{{1,{MAX_DIGITS_AFTER_POINT}}})?"
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MOMENT = _DATE + "T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})"
_NOT_BLANK = r"\S"

Node = dict[str, object]


def form_schema(known: Form) -> Node:
    """Return the JSON Schema of what `Filled.to_json` writes for a form."""
    values = _object(known.plain_fields())
    properties, required = values["properties"], values["required"]
    assert isinstance(properties, dict)
    assert isinstance(required, list)
    for section in known.repeated_sections():
        properties[section.id] = _rows(section)
        if section.least_rows:
            required.append(section.id)
    return {
        "$schema": DRAFT,
        "title": known.title.en,
        "type": "object",
        "properties": {
            "schema": {"const": SCHEMA},
            "form": {"const": known.id},
            "values": values,
        },
        "required": ["schema", "form", "values"],
        "additionalProperties": False,
    }


def _rows(section: FormSection) -> Node:
    least = section.least_rows or 1
    return {
        "type": "array",
        "title": section.title.en,
        "items": _object(section.fields),
        "minItems": least,
    }


def _object(fields: Iterable[FormField]) -> Node:
    typed = [one for one in fields if one.typed]
    return {
        "type": "object",
        "properties": {one.id: {"title": one.label.en, **_field(one)} for one in typed},
        "required": [one.id for one in typed if one.required],
        "additionalProperties": False,
    }


def _field(field: FormField) -> Node:
    match field.kind:
        case Kind.TEXT:
            return {"type": "string", "pattern": _NOT_BLANK, "maxLength": LONGEST_LINE}
        case Kind.LONG_TEXT:
            return {"type": "string", "pattern": _NOT_BLANK, "maxLength": LONGEST_TEXT}
        case Kind.DATE:
            return _pattern(_DATE, format="date")
        case Kind.MOMENT:
            return _pattern(_MOMENT)
        case Kind.FLAG:
            return {"type": "boolean"}
        case Kind.CHOICE:
            return {"enum": list(choices(field.detail))}
        case Kind.CHOICES:
            return {
                "type": "array",
                "items": {"enum": list(choices(field.detail))},
                "minItems": 1,
                "uniqueItems": True,
            }
        case Kind.COUNT:
            return _pattern(f"(0|[1-9][0-9]{{0,{MAX_DIGITS_BEFORE_POINT - 1}}})")
        case Kind.NUMBER:
            return _pattern(_NUMBER)
        case Kind.QUANTITY:
            return _quantity(units_of(field))
        case Kind.SCORE:
            codes = scale_codes(field.detail)
            return {"enum": list(codes)} if codes else _pattern(_NUMBER)
        case Kind.LEVEL:
            return {"enum": list(LEVELS)}
        case Kind.MIXTURE:
            return _mixture()
    raise AssertionError(f"{field.id} is typed by nobody")


def _quantity(units: Iterable[str]) -> Node:
    spelled = [one for unit in units for one in dict.fromkeys((unit, unit.replace("ug", "mcg")))]
    return _pattern(f"{_NUMBER} ({'|'.join(spelled)})")


def _mixture() -> Node:
    return {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "properties": {
                DRUG: {"enum": list(choices("@drugs"))},
                CONCENTRATION: _quantity(Concentration.unit_codes()),
            },
            "required": [DRUG, CONCENTRATION],
            "additionalProperties": False,
        },
    }


def _pattern(pattern: str, **more: str) -> Node:
    return {"type": "string", "pattern": f"^{pattern}$", **more}
