"""The lines of one edition held against one person: what is left, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.drug_choice.case import PAIN, DrugChoiceCase
from thecal.care.drug_choice.exclusions import Objection, objections
from thecal.care.drug_choice.lines import (
    ADJUVANT,
    OPIOID,
    WITHOUT_TABLES,
    DrugSet,
    Line,
    consensus_lines,
    opioids,
)
from thecal.pharmacy import drugs

FIRST, LATER, NONE_LEFT = "first-line-left", "later-line-left", "none-left"
NO_TABLE, INCOMPLETE = "edition-without-table", "incomplete"
_BACLOFEN = "baclofen"


@final
@dataclass(frozen=True, slots=True)
class Choice:
    """The lines of one edition for a case, and what is against each drug."""

    edition: str
    lines: tuple[Line, ...]
    against: dict[str, tuple[Objection, ...]]

    def barred(self, one: DrugSet) -> tuple[Objection, ...]:
        """Return what rules a set out; `opioid` is ruled out once no opioid is left."""
        found: list[Objection] = []
        for member in one.members:
            if member == OPIOID:
                each = [self._excluding(name) for name in sorted(opioids())]
                if all(each):
                    found.extend(objection for some in each for objection in some)
            elif member != ADJUVANT:
                found.extend(self._excluding(member))
        return tuple(found)

    def left(self) -> tuple[Line, tuple[DrugSet, ...]] | None:
        """Return the first line with a set that nothing rules out, and those sets."""
        for line in self.lines:
            sets = tuple(one for one in line.sets if not self.barred(one))
            if sets:
                return line, sets
        return None

    def _excluding(self, drug_id: str) -> tuple[Objection, ...]:
        return tuple(one for one in self.against[drug_id] if one.excludes)


def choice(case: DrugChoiceCase, edition: str) -> Choice:
    """Return the lines of an edition for a case with what is against each drug."""
    lines = consensus_lines(
        edition,
        setting=case.setting,
        distribution=case.distribution,
        mechanism=case.mechanism,
    )
    against = {
        one.id: objections(
            one.id,
            states=case.conditions or (),
            others=case.medicines or (),
            allergies=case.allergies or (),
            age=case.age,
        )
        for one in drugs()
    }
    return Choice(edition, lines, against)


def verdict_on(case: DrugChoiceCase, chosen: Choice) -> str:
    """Return whether a drug of the first line is left, of a later one, or none.

    For spasticity the consensus has no lines: baclofen is left or it is not. What nobody asked
    (conditions, medicines, allergies) can still rule a drug out: nothing is called left before.
    """
    asked = None not in (case.conditions, case.medicines, case.allergies)
    if case.therapy != PAIN:
        if any(one.excludes for one in chosen.against[_BACLOFEN]):
            return NONE_LEFT
        return FIRST if asked else INCOMPLETE
    if case.edition == WITHOUT_TABLES:
        return NO_TABLE
    if not chosen.lines:
        return INCOMPLETE
    left = chosen.left()
    if left is None:
        return NONE_LEFT
    if not asked:
        return INCOMPLETE
    return FIRST if left[0] is chosen.lines[0] else LATER
