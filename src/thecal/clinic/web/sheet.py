"""A sheet of fields on a page: its labels, what was typed, what is wrong with it and where.

What a person typed is kept as it is, also where it was refused; the core reads it, never the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, final

from django.http import HttpRequest, QueryDict

from thecal.clinic.web.field_labels import remember
from thecal.units import show_unit

FieldKind = Literal[
    "text",
    "long",
    "quantity",
    "masked",
    "count",
    "choice",
    "choices",
    "flag",
    "date",
    "moment",
    "password",
    "hidden",
]


@final
@dataclass(frozen=True, slots=True)
class SheetField:
    """One field.

    Attributes
    ----------
    unit
        Of a quantity, UCUM: it is fixed and shown beside the field, so that only digits are typed.
        A `masked` one is hidden while it is typed and never sent back: it is typed again.
    choices
        Value and words of each, for a choice.
    when
        When a field that is not required always has to be filled in all the same.
    wide
        Whether what is typed is a line of text, as a solution of several drugs is.
    """

    name: str
    label: str
    kind: FieldKind = "text"
    unit: str = ""
    choices: Sequence[tuple[str, str]] = ()
    required: bool = True
    hint: str = ""
    when: str = ""
    wide: bool = False

    @property
    def shown_unit(self) -> str:
        """The unit as people read it."""
        return show_unit(self.unit)


@final
@dataclass
class Sheet:
    """Fields with what was typed into them.

    Parameters
    ----------
    fields
        In order.
    typed
        Text by name; what a box was ticked for is `yes`; a list for several choices.
    """

    fields: Sequence[SheetField]
    typed: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, fields: Sequence[SheetField], request: HttpRequest) -> Sheet:
        """Return the sheet as it was sent; nothing typed where it was only asked for."""
        if request.method != "POST":
            return cls(fields)
        remember(request, ((one.name, one.label) for one in fields))
        return cls(fields, {one.name: _typed(one, request.POST) for one in fields})

    def refuse(self, name: str, what: str) -> None:
        """Mark a field; the first reason stays."""
        self.errors.setdefault(name, what)

    def missing(self) -> bool:
        """Mark the required fields that are empty; return whether there are any."""
        for one in self.fields:
            if one.required and self.typed.get(one.name) in ("", None, []):
                self.refuse(one.name, f"{one.label}: this is needed")
        return bool(self.errors)

    def values(self) -> Mapping[str, Any]:
        """Return what was typed, quantities with their unit, empty fields left out."""
        return {
            one.name: f"{self.typed[one.name]} {one.unit}" if one.unit else self.typed[one.name]
            for one in self.fields
            if self.typed.get(one.name) not in ("", None, [], False)
        }

    def summary(self) -> list[tuple[str, str]]:
        """Return what is refused in the order of its marking, each with the label of its field."""
        labels = {one.name: one.label for one in self.fields}
        return [(name, called(labels.get(name, ""), what)) for name, what in self.errors.items()]

    def rows(self) -> list[dict[str, Any]]:
        """Return what the template shows of each field."""
        return [
            {
                "field": one,
                "value": self.typed.get(one.name, ""),
                "error": self.errors.get(one.name, ""),
            }
            for one in self.fields
        ]


def called(label: str, what: str) -> str:
    """Return what is wrong with a field, its label before it where the words do not say it."""
    head = re.split(r"[,(?:]", label)[0].strip()
    return what if head.lower() in what.lower() else f"{label}: {what}"


def _typed(one: SheetField, sent: QueryDict) -> Any:
    if one.kind == "choices":
        return sent.getlist(one.name)
    if one.kind == "flag":
        return one.name in sent
    return sent.get(one.name, "").strip()
