"""What the pages of competence show of a person, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from thecal.care.competence import (
    Assessed,
    Counts,
    Matrix,
    evidence_classes,
    items,
    skill_steps,
    skills,
)
from thecal.care.competence.catalogue import NONE, level_words, stage_words, tell_before
from thecal.clinic.flows.notices import standing
from thecal.clinic.models import Clinic, Membership


def skill_rows(
    person: str,
    matrix: Matrix,
    counts: Mapping[tuple[str, str], Counts],
    names: Mapping[str, str],
    today: date,
) -> list[dict[str, Any]]:
    """Return a row for each skill of a person."""
    practice = matrix.practices.get(person)
    rows = []
    for id, one in skills().items():
        given = matrix.levels.get((person, id))
        level = NONE if given is None else given.level
        rows.append(
            {
                "name": one.name.en,
                "level": level_words(level).en,
                "stage": stage_words(level),
                "given": given,
                "by": "" if given is None else names.get(given.by, given.by),
                "evidence": None if given is None else evidence_classes()[given.evidence],
                "expired": given is not None and given.until < today,
                "soon": given is not None and today <= given.until <= today + tell_before(),
                "alone": matrix.lack(person, id, today) is None,
                "counts": counts.get((person, id), Counts()),
                "needed": practice is None or practice.asks(one.practices),
            }
        )
    return rows


def evidence_rows(person: str, matrix: Matrix, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what speaks for levels of a person, the latest first."""
    return [
        {
            "on": one.on,
            "skill": skills()[one.skill].name.en,
            "evidence": evidence_classes()[one.evidence],
            "text": one.text,
            "by": names.get(one.by, one.by),
        }
        for one in reversed(matrix.evidence)
        if one.person == person
    ]


def logged_rows(person: str, matrix: Matrix, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the cases of a person that were typed in, the latest first."""
    return [
        {"one": one, "skill": skills()[one.skill].name.en, "by": names.get(one.by, one.by)}
        for one in reversed(matrix.logged)
        if one.person == person
    ]


def item_rows(person: str, matrix: Matrix, unread: int) -> list[dict[str, Any]]:
    """Return the mandatory items of a person: done when, and whether open."""
    still = matrix.open_items(person, unread=unread)
    rows = []
    for id, one in items().items():
        done = [each for each in matrix.done if (each.person, each.item) == (person, id)]
        last = done[-1] if done else None
        rows.append({"id": id, "name": one.name, "last": last, "open": id in still})
    return rows


def expiring_rows(
    levels: Iterable[Assessed], today: date, me: str = "", names: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return levels that expired or soon will; a person without a known name is the login name."""
    known = {} if names is None else names
    return [
        {
            "one": one,
            "mine": one.person == me,
            "name": known.get(one.person, one.person),
            "skill": skills()[one.skill].name.en,
            "expired": one.until < today,
        }
        for one in levels
    ]


def step_rows() -> list[dict[str, Any]]:
    """Return which step asks which skill, for people."""
    return [
        {"step": one, "skills": [skills()[each].name.en for each in one.skills]}
        for one in skill_steps().values()
    ]


def updates_unread(clinic: Clinic) -> Callable[[str], int]:
    """Return what tells how many notices about programmer software somebody has not signed for."""
    about = [one for one in standing(clinic) if one.notice.programmer_versions]
    return lambda person: sum(person not in one.read for one in about)


def names_in(clinic: Clinic) -> dict[str, str]:
    """Return the names of a clinic's people by login name: of those at work."""
    members = Membership.objects.filter(clinic=clinic, active=True).select_related("user")
    return {one.user.username: one.user.name for one in members}
