"""Which step asks which skill of whoever signs it, from `skill_steps.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from thecal.care.figures import Figures
from thecal.data import cached, rows
from thecal.errors import UnknownIdError
from thecal.pharmacy.lookup import listed
from thecal.program.program import InfusionProgram, Mode

SIMPLE, FLEX, BRIDGE, BOLUS = "program-simple", "program-flex", "bridge", "patient-bolus"
_TABLE = Figures("skill_steps", key="step")
_ASKED = "asked"


@final
@dataclass(frozen=True, slots=True)
class SkillStep:
    """One step of a page.

    Attributes
    ----------
    skills
        Those it can ask; a program asks those among them that it uses.
    asked
        Whether a signature is ever waited for; stopping, lowering and emergencies never wait.
    why
        When it is asked, or why never.
    counted_by
        Kind of the entry by which it is counted; empty: by none.
    source
        Of the rule.
    """

    id: str
    title: str
    skills: tuple[str, ...]
    asked: bool
    why: str
    counted_by: str
    source: str


@cached
def skill_steps() -> Mapping[str, SkillStep]:
    """Return every step by its id."""
    return {one: _step(one) for one in dict.fromkeys(row["step"] for row in rows("skill_steps"))}


def skill_step(id: str) -> SkillStep:
    """Return a step; raises `UnknownIdError`."""
    if id not in skill_steps():
        raise UnknownIdError(f'"{id}" is no step', remedy="use one of " + ", ".join(skill_steps()))
    return skill_steps()[id]


def skills_of_program(program: InfusionProgram) -> tuple[str, ...]:
    """Return the skills that a program asks of who orders it; none where it gives no therapy."""
    if not program.is_therapy:
        return ()
    found = [FLEX if program.steps or program.mode is Mode.FLEX else SIMPLE]
    if program.bridge is not None:
        found.append(BRIDGE)
    if program.patient_bolus is not None:
        found.append(BOLUS)
    return tuple(found)


def _step(id: str) -> SkillStep:
    def words(parameter: str) -> str:
        return _TABLE.text(id, parameter) if _TABLE.has(id, parameter) else ""

    asked = _TABLE.get(id, "signature", str)
    return SkillStep(
        id,
        words("title"),
        listed(_TABLE.get(id, "skills", str)) if _TABLE.has(id, "skills") else (),
        asked.value == _ASKED,
        "; ".join(part for part in (words("why"), asked.note) if part),
        words("counts"),
        asked.source,
    )
