"""The steps of an implant visit, and which fields of form F4 each of them asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

from thecal.care.figures import Figures
from thecal.care.forms import Form, FormField, form
from thecal.data import rows

TABLE = Figures("implant_visit")
IMPLANT, REPLACEMENT, REVISION = "implant", "replacement", "revision"
F4 = "F4"
_NOTHING = ""


@final
@dataclass(frozen=True, slots=True)
class ImplantStep:
    """One step; `fields` are those of F4, sections with rows by their own name."""

    id: str
    title: str
    purposes: tuple[str, ...]
    fields: tuple[str, ...]


def implant_steps(
    purpose: str, *, new_catheter: bool, programmable: bool
) -> tuple[ImplantStep, ...]:
    """Return the steps of a visit in order; a kept catheter and a constant flow have fewer."""
    left_out = {
        one for one, wanted in (("catheter", new_catheter), ("program", programmable)) if not wanted
    }
    names = dict.fromkeys(row["subject"] for row in rows(TABLE.table))
    steps = (_step(one) for one in names if TABLE.has(one, "title"))
    return tuple(one for one in steps if purpose in one.purposes and one.id not in left_out)


def _step(id: str) -> ImplantStep:
    fields = TABLE.text(id, "fields") if TABLE.has(id, "fields") else _NOTHING
    return ImplantStep(
        id,
        TABLE.text(id, "title"),
        tuple(TABLE.text(id, "purposes").split("; ")),
        tuple(fields.split("; ")) if fields else (),
    )


def part_of_f4(fields: tuple[str, ...]) -> Form:
    """Return form F4 with these fields alone; a section with rows is taken whole.

    What a step asks for it needs: nothing of it stayed from before.
    """
    whole = form(F4)
    sections = []
    for one in whole.sections:
        if one.id in fields:
            sections.append(replace(one, fields=tuple(_needed(each) for each in one.fields)))
            continue
        kept = tuple(_needed(each) for each in one.fields if each.id in fields)
        if kept and one.least_rows is None:
            sections.append(replace(one, fields=kept))
    return replace(whole, sections=tuple(sections))


def _needed(field: FormField) -> FormField:
    if field.when is None or not field.when.unless:
        return field
    return replace(field, required=True, when=None)
