"""What stands against a level that somebody wants to give."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from thecal.care.competence.catalogue import (
    NONE,
    evidence_classes,
    highest_level,
    independent_level,
    level_words,
    months_held,
    most_on,
    skill,
)
from thecal.care.competence.matrix import Matrix
from thecal.errors import ThecalError
from thecal.units import show_date

_MONTHS = 12


class AssessmentError(ThecalError):
    """This level cannot be given; nothing was written down. `place` names what is wrong."""


def latest_end(on: date) -> date:
    """Return the last day on which a level given on a day can hold."""
    months = on.year * _MONTHS + on.month - 1 + months_held()
    year, month = divmod(months, _MONTHS)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def check_assessment(
    matrix: Matrix,
    assessor: str,
    person: str,
    skill_id: str,
    level: int,
    on: date,
    until: date,
    evidence: str,
    today: date,
) -> None:
    """Refuse a level that cannot be given.

    Parameters
    ----------
    assessor, person
        Login names.
    on, until
        The day of the assessment, and the last day on which the level shall hold.

    Raises
    ------
    AssessmentError
        If people give themselves a level, the days are none, or the evidence does not carry it:
        what was seen is judged by somebody who trains in the skill, and learning alone gives no
        level of working alone. Taking a level away needs neither; prolonging one needs both.
    """
    known = skill(skill_id)
    if assessor == person:
        raise AssessmentError(
            "nobody gives themselves a level", remedy="ask another assessor", place="person"
        )
    if not NONE <= level <= highest_level():
        raise AssessmentError("there is no such level", remedy="choose one", place="level")
    if on > today:
        raise AssessmentError(
            "this day lies ahead", remedy="type the day of the assessment", place="on"
        )
    if not on <= until <= latest_end(on):
        raise AssessmentError(
            f"a level given on {show_date(on)} holds until {show_date(latest_end(on))} at most",
            why=f"{months_held()} months is the rule here",
            remedy="type an earlier day, not before that of the assessment",
            place="until",
        )
    classes = evidence_classes()
    if evidence not in classes:
        raise AssessmentError("there is no such evidence", remedy="choose one", place="evidence")
    found = classes[evidence]
    if level > most_on(evidence):
        raise AssessmentError(
            f"on {found.name.en} alone level {level_words(most_on(evidence)).en} is the highest",
            why="a course or a passed case is evidence for a level, not the level",
            remedy="observe, audit, or look at documents",
            place="evidence",
        )
    held = matrix.levels.get((person, skill_id))
    now = matrix.level(person, skill_id, today)
    prolongs = level == now and held is not None and until > held.until
    lowers = level <= now and not prolongs
    judges = found.counts_by != "trainer" or matrix.trains(assessor, skill_id, today)
    if level >= independent_level() and not lowers and not judges:
        raise AssessmentError(
            f"level {level_words(level).en} in {known.name.en} is given on {found.name.en} by"
            " somebody who trains in it",
            remedy=f"ask somebody with level {level_words(highest_level()).en} in it, or give it"
            " on an audit or on documents",
            place="evidence",
        )
