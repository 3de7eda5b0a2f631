"""Doses as the checks compare them: new beside old, per drug."""

from __future__ import annotations

from collections.abc import Mapping

from thecal.pharmacy import drug
from thecal.program.clock import SECONDS_PER_DAY
from thecal.program.program import Mode, WrittenProgram
from thecal.safety.finding import Amount
from thecal.safety.rules import threshold
from thecal.safety.situation import FillOrder, Order, ProgramOrder, Situation
from thecal.units import Duration, Mass, show


def amount(drug_id: str, mass: Mass) -> Amount:
    """Return a day's mass in the unit of the drug."""
    return Amount(mass, drug(drug_id).mass_unit)


def shown(drug_id: str, mass: Mass) -> str:
    """Return a day's mass for people, as in `150 mcg of baclofen a day`."""
    return f"{show(mass, drug(drug_id).mass_unit)} of {drug_id} a day"


def ordered_program(order: Order) -> WrittenProgram | None:
    """Return what an order lets run: a program, or the fill of a constant-flow pump."""
    if isinstance(order, ProgramOrder):
        return order.written
    return order.starts if isinstance(order, FillOrder) else None


def scheduled(order: Order) -> Mapping[str, Mass]:
    """Return each drug's largest scheduled 24 hours; empty where it gives no therapy."""
    written = ordered_program(order)
    if written is None or not written.program.is_therapy:
        return {}
    return written.daily_doses()


def comparator(situation: Situation) -> dict[str, Mass]:
    """Return per drug the dose a day that a new one is held against.

    The highest total that the patient really received as therapy in the last 7 days, so that
    restoring a therapy that was lowered or interrupted is no rise. For a drug that has been given
    for less than a day the dose that it began with stands for it, so that quick rises on one
    another do not hide each other; the program in force stands in where nothing was received yet,
    and after a gap longer than the look-back.
    """
    return _comparator(situation, situation.received)


def step_comparator(situation: Situation) -> dict[str, Mass]:
    """Return per drug the dose a day that a step of titration is counted from.

    What clinicians gave as a bolus is no dose to step up from. A program that has run for a day
    counts as ordered, so that strokes and residual mixing do not make an ordinary step look larger.
    """
    totals = _comparator(situation, situation.received_without_boluses)
    gap, since = situation.gap, situation.running_since
    until = situation.now if gap is None else gap.start
    if since is not None and until - since >= SECONDS_PER_DAY:
        for drug_id, mass in (situation.therapy_before or {}).items():
            if drug_id not in situation.first_doses:
                totals[drug_id] = max(totals.get(drug_id, Mass.zero()), mass)
    return totals


def _comparator(situation: Situation, received: Mapping[str, Mass]) -> dict[str, Mass]:
    gap, before = situation.gap, situation.therapy_before or {}
    look_back = threshold("K12", "look-back", Duration).value.base
    if gap is not None and gap.start < situation.now - look_back:
        return dict(gap.dose_before)
    totals = dict(received)
    for drug_id, mass in situation.first_doses.items():
        totals[drug_id] = max(totals.get(drug_id, Mass.zero()), mass)
    for drug_id, mass in before.items():
        if not totals.get(drug_id):
            totals[drug_id] = mass
    return {drug_id: mass for drug_id, mass in totals.items() if mass}


def gives_no_therapy(order: ProgramOrder) -> bool:
    """Whether an order stops the pump or leaves it at its minimum rate."""
    return order.written is not None and order.written.program.mode in (
        Mode.STOPPED,
        Mode.MINIMUM_RATE,
    )


def gives_less(situation: Situation) -> bool:
    """Whether a program gives no more of any drug than the one in force, and less of one."""
    before = situation.therapy_before or {}
    new = scheduled(situation.order)
    less = any(new.get(drug_id, Mass.zero()) < mass for drug_id, mass in before.items())
    return less and is_lowering(situation)


def is_lowering(situation: Situation) -> bool:
    """Whether a program gives no more of any drug than the one in force, bolus by bolus too.

    A program that gives no therapy is asked about with `gives_no_therapy`.
    """
    order, before, worst = situation.order, situation.therapy_before, situation.worst_before
    if not isinstance(order, ProgramOrder) or order.written is None:
        return False
    if before is None or worst is None or situation.gap is not None:
        return False
    none = Mass.zero()
    given = (*scheduled(order).items(), *order.bridge_doses.items())
    lower = all(mass <= before.get(drug_id, none) for drug_id, mass in given)
    return lower and all(mass <= worst.get(d, none) for d, mass in order.own_worst_case_24h.items())
