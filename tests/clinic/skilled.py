"""Levels of the people of the test clinic, given without a page."""

from __future__ import annotations

from datetime import date

from clinic_world import NOW, World

from thecal.care.competence import latest_end, skills
from thecal.clinic.access.competence import keep, level_draft
from thecal.clinic.ledger.log import write_to_clinic
from thecal.clinic.models import Role

TODAY = NOW.date()


def give(
    world: World,
    role: Role,
    level: int,
    *which: str,
    on: date = TODAY,
    until: date | None = None,
) -> None:
    """Give somebody a level in some skills, or in all."""
    drafts = [
        level_draft(
            world.people[role], one, level, on, until or latest_end(on), "documents", "papers"
        )
        for one in which or skills()
    ]
    write_to_clinic(world.clinic, world.author(Role.ADMINISTRATOR), drafts)


def keep_levels(world: World, *, kept: bool = True) -> None:
    """Begin to ask for levels in the clinic, or end it."""
    keep(world.clinic, world.author(Role.ADMINISTRATOR), kept=kept, reason="a test")


def begun(world: World, **levels: int) -> None:
    """Give levels by role, in every skill, and begin to ask for them."""
    for role, level in levels.items():
        give(world, Role(role), level)
    keep_levels(world)
