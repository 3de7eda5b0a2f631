"""What a visit changes: solution, mode, doses; whether it only lowers; who may answer."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from thecal.care.visit.arrival import doses_of
from thecal.care.visit.knowledge import Knowledge
from thecal.care.visit.visit import Purpose, Visit
from thecal.program.program import Mode
from thecal.units import MassRate

_NO_THERAPY = (Mode.STOPPED, Mode.MINIMUM_RATE)


def doses_after(visit: Visit, knowledge: Knowledge) -> Mapping[str, MassRate]:
    """Return the doses a day after the visit: those decided, else those in force.

    Of a decision only what was typed, as a rule the primary drug's: the others follow by
    concentration.
    """
    if visit.decide is None:
        return knowledge.pump.daily_doses
    if visit.decide.mode in _NO_THERAPY:
        return {}
    return doses_of(visit.decide.daily_doses)


def mode_after(visit: Visit, knowledge: Knowledge) -> Mode | None:
    """Return the mode after the visit: the one decided, else the one in force."""
    return knowledge.pump.mode if visit.decide is None else visit.decide.mode


def changes_solution(visit: Visit, knowledge: Knowledge) -> bool:
    """Whether the label says another solution than the last fill; no label changes nothing."""
    return visit.verify is not None and visit.verify.label != knowledge.pump.last_fill


def changes_mode(visit: Visit, knowledge: Knowledge) -> bool:
    """Whether another mode is decided."""
    return mode_after(visit, knowledge) != knowledge.pump.mode


def changes_doses(visit: Visit, knowledge: Knowledge) -> bool:
    """Whether any dose a day is another, or there is none any more."""
    after, before = doses_after(visit, knowledge), knowledge.pump.daily_doses
    return bool(before) != bool(after) or not agrees(after, before)


def agrees(some: Mapping[str, MassRate], doses: Mapping[str, MassRate]) -> bool:
    """Whether each of some doses stands among `doses` as it is."""
    return all(doses.get(drug) == dose for drug, dose in some.items())


def raises(visit: Visit, knowledge: Knowledge) -> bool:
    """Whether any drug gets a higher dose than before, or is new."""
    return _exceeds(doses_after(visit, knowledge), knowledge.pump.daily_doses)


def only_lowers(visit: Visit, knowledge: Knowledge) -> bool:
    """Whether the visit stops the pump, or lowers doses of the same solution and raises none.

    What was typed into the pump counts besides what was decided: a slip may not pass for a lower
    dose.
    """
    if visit.decide is None or _types_more(visit, knowledge):
        return False
    if visit.decide.mode in _NO_THERAPY:
        return True
    if changes_solution(visit, knowledge) or raises(visit, knowledge):
        return False
    return changes_doses(visit, knowledge)


def only_empties(visit: Visit, knowledge: Knowledge) -> bool:
    """Whether the visit takes drug out and neither fills any nor lets more run."""
    emptying = visit.purpose is Purpose.EMPTYING and visit.fill is None
    return emptying and not _types_more(visit, knowledge)


def _types_more(visit: Visit, knowledge: Knowledge) -> bool:
    typed = {} if visit.program is None else doses_of(visit.program.daily_doses)
    return _exceeds(typed, knowledge.pump.daily_doses)


def _exceeds(doses: Mapping[str, MassRate], before: Mapping[str, MassRate]) -> bool:
    return any(dose > before.get(drug, MassRate.zero()) for drug, dose in doses.items())


def may_answer(who: str, visit: Visit, knowledge: Knowledge) -> bool:
    """Whether a person may answer a question of this visit: a second one, or an exception."""
    return who != visit.operator or knowledge.exception_allowed


def goes_on(visit: Visit, knowledge: Knowledge, same: Fraction) -> bool:
    """Whether any drug goes on at `same` times its dose before, or more."""
    after = doses_after(visit, knowledge)
    return any(
        dose >= before.scaled(same)
        for drug, before in knowledge.pump.daily_doses.items()
        if (dose := after.get(drug)) is not None
    )
