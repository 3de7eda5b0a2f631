"""The references behind the rules, from `references.csv`: fields, what each supports, standing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import final

from thecal.data import Fact, cached
from thecal.pharmacy.lookup import by_key, listed, unknown

FIELDS = ("authors", "title", "journal", "year", "volume", "issue", "pages", "doi")
"""The fields of a reference and of a citation, in the order in which they are printed."""


@final
@dataclass(frozen=True, slots=True)
class Reference:
    """One paper, as far as it is known.

    Attributes
    ----------
    id
        As in `hamza-2012`.
    facts
        Field to its fact; a field that nobody knows is absent. Each has its own status.
    inventory
        Rows of the source documents that name the paper, as in `S0.R1`.
    """

    id: str
    facts: Mapping[str, Fact[str]]
    inventory: tuple[str, ...]

    def text(self, field: str) -> str | None:
        """Return a field as text, None where it is unknown."""
        found = self.facts.get(field)
        return None if found is None else found.value

    @property
    def says(self) -> str:
        """What the paper is about, in the project's own words."""
        return self.facts["says"].value

    @property
    def supports(self) -> str:
        """The command whose rule or figure rests on it."""
        return self.facts["supports"].value

    @property
    def name(self) -> str:
        """First author and year."""
        return f"{self.facts['authors'].value} {self.facts['year'].value}"


@cached
def references() -> tuple[Reference, ...]:
    """Return every reference, in the order of the table; raises `DataError` for a malformed row."""
    found = []
    for key, answers in by_key("references", "reference").items():
        facts = {name: answer[0].of_kind(str) for name, answer in answers.items()}
        rows = listed(facts["inventory"]) if "inventory" in facts else ()
        found.append(Reference(key, MappingProxyType(facts), rows))
    return tuple(found)


def reference(wanted: str) -> Reference:
    """Return one reference by its id; raises `UnknownIdError`."""
    for one in references():
        if one.id == wanted:
            return one
    raise unknown("reference", wanted, (one.id for one in references()))


def references_of(row: str) -> tuple[Reference, ...]:
    """Return the references that a row of the source documents names; raises `UnknownIdError`."""
    found = tuple(one for one in references() if row in one.inventory)
    if not found:
        known = dict.fromkeys(row for one in references() for row in one.inventory)
        raise unknown("row with references", row, known)
    return found
