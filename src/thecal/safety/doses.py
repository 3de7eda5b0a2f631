"""Doses as the checks compare them: new beside old, per drug."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from thecal.pharmacy import drug
from thecal.program.program import Mode
from thecal.safety.finding import Amount
from thecal.safety.situation import ProgramOrder, Situation
from thecal.units import Mass, show


def amount(drug_id: str, mass: Mass) -> Amount:
    """Return a day's mass in the unit of the drug."""
    return Amount(mass, drug(drug_id).mass_unit)


def shown(drug_id: str, mass: Mass) -> str:
    """Return a day's mass for people, as in `150 mcg of baclofen a day`."""
    return f"{show(mass, drug(drug_id).mass_unit)} of {drug_id} a day"


def scheduled(order: ProgramOrder) -> Mapping[str, Mass]:
    """Return each drug's largest scheduled 24 hours; empty where it gives no therapy."""
    if order.written is None or not order.written.program.is_therapy:
        return {}
    return order.written.daily_doses()


def comparator(situation: Situation) -> dict[str, Mass]:
    """Return per drug the dose a day that a new one is held against.

    The highest total that the patient really received as therapy in the last 7 days, so that
    restoring a therapy that was lowered or interrupted is no rise. While therapy is younger than a
    day, or before any drug reached the tip, the program in force stands for it.
    """
    totals = dict(situation.received)
    before = situation.therapy_before or {}
    for drug_id, mass in before.items():
        if situation.therapy_is_young or not totals.get(drug_id):
            totals[drug_id] = max(totals.get(drug_id, Mass.zero()), mass)
    return {drug_id: mass for drug_id, mass in totals.items() if mass}


def ratio(new: Mass, old: Mass) -> Fraction:
    """Return new over old."""
    return new.ratio(old)


def gives_no_therapy(order: ProgramOrder) -> bool:
    """Whether an order stops the pump or leaves it at its minimum rate."""
    return order.written is not None and order.written.program.mode in (
        Mode.STOPPED,
        Mode.MINIMUM_RATE,
    )


def is_lowering(situation: Situation) -> bool:
    """Whether a program gives no more of any drug than the one in force, bolus by bolus too."""
    order, before, worst = situation.order, situation.therapy_before, situation.worst_before
    if not isinstance(order, ProgramOrder) or order.written is None:
        return False
    if gives_no_therapy(order):
        return True
    if before is None or worst is None or situation.gap is not None:
        return False
    none = Mass.zero()
    lower = all(mass <= before.get(d, none) for d, mass in scheduled(order).items())
    return lower and all(mass <= worst.get(d, none) for d, mass in order.own_worst_case_24h.items())
