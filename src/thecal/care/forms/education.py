"""What a patient is taught, with the question that shows whether it was understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from thecal.care.document import Text
from thecal.data import Fact, cached, fact_of, rows

CONTROLLER = "controller"


@final
@dataclass(frozen=True, slots=True)
class EducationItem:
    """One item of the checklist.

    Attributes
    ----------
    name
        What is taught.
    ask
        What to ask, so that the person tells it in own words (teach-back).
    needs_controller
        Whether it is taught only to those who have a patient controller.
    source
        Who says that it belongs on the list.
    """

    id: str
    name: Text
    ask: Text
    needs_controller: bool
    source: Fact[str]


@cached
def education_items() -> tuple[EducationItem, ...]:
    """Return every item, in the order of the table (workflow.md 3, patient education)."""
    found: dict[str, dict[tuple[str, str], Fact[str]]] = {}
    for row in rows("education"):
        cells = found.setdefault(row["item"], {})
        cells[row["parameter"], row["language"]] = fact_of(row).of_kind(str)
    return tuple(_item(id, cells) for id, cells in found.items())


def items_to_teach(*, has_controller: bool) -> tuple[EducationItem, ...]:
    """Return the items for a patient with or without a controller for boluses."""
    return tuple(one for one in education_items() if has_controller or not one.needs_controller)


def _item(id: str, cells: Mapping[tuple[str, str], Fact[str]]) -> EducationItem:
    def text(parameter: str) -> Text:
        return Text(cells[parameter, "en"].value, cells[parameter, "de"].value)

    applies = cells["applies", "any"]
    return EducationItem(id, text("name"), text("ask"), applies.value == CONTROLLER, applies)
