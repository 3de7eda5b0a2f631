"""A patient bolus that label and pump allow, and whose worst day holds the limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited, Reason, Weight
from thecal.care.design.bounds import daily_limits, largest_step
from thecal.care.design.case import Running, quantum_of
from thecal.care.design.figures import cited, figure
from thecal.pharmacy import Limit, drug, limits
from thecal.program.clock import SECONDS_PER_DAY
from thecal.program.program import PatientBolus
from thecal.units import Duration, Mass, MassRate, VolumeRate, show, show_percent

RULE = "patient-bolus"
_FORBIDDEN, _NOT_FOR_NAIVE = "not on label", "not for opioid-naive patients"
_MINUTE = 60


@final
@dataclass(frozen=True, slots=True)
class BolusAnswer:
    """The bolus, None where none may be proposed, and why."""

    bolus: PatientBolus | None
    reasons: tuple[Reason, ...]


def propose_bolus(running: Running, total: MassRate, busiest: MassRate) -> BolusAnswer:
    """Return the smallest usual bolus with the longest usual lockout.

    Its number a day is the largest usual one for which a day with every bolus stays within each
    limit of a day's dose and within one advised step above the total.

    Parameters
    ----------
    total
        Of a day, without boluses.
    busiest
        The highest rate of the schedule that it comes on top of.
    """
    against = tuple(_against(running))
    if against:
        return BolusAnswer(None, against)
    low, high = _usual("fraction-low"), _usual("fraction-high")
    quantum = quantum_of(running)
    day = total.per_day()
    dose = quantum.scaled((day.scaled(low.number).ratio(quantum)).__ceil__())
    facts = tuple(Cited(one.parameter.replace("-", " "), one.fact) for one in (low, high))
    if dose.ratio(day) > high.number:
        text = (
            f"the smallest bolus of this pump with this solution, {show(dose, running.unit)}, is"
            f" {show_percent(dose.ratio(day), signed=False)} of the day's dose: too much"
        )
        return BolusAnswer(None, (Reason(RULE, Weight.AGAINST, text, facts),))
    lockout = _usual("lockout-high")
    count, why = _count(running, day, dose, lockout.duration)
    if count is None:
        return BolusAnswer(None, (why,))
    duration = _duration(running, dose, busiest)
    if duration is None or duration > lockout.duration:
        text = f"{running.model.name} has no known rate left for a bolus on top of this schedule"
        return BolusAnswer(None, (Reason(RULE, Weight.AGAINST, text),))
    words = (
        f"{show(dose, running.unit)}, {show_percent(dose.ratio(day), signed=False)} of the day's"
        f" dose: the smallest usual part, for a bolus starts low; at most {count} a day, so that a"
        f" day with every bolus gives {show(day + dose.scaled(count), running.unit)}"
    )
    cites = (*facts, Cited("longest usual lockout", lockout.fact), *cited(RULE, "duration"))
    reasons = (Reason(RULE, Weight.FOR, words, cites), why, *_slow(running))
    return BolusAnswer(PatientBolus(dose, duration, lockout.duration, count), reasons)


def _slow(running: Running) -> Iterator[Reason]:
    given = [drug(name) for name in running.mixture]
    fast = any(one.lipophilic or one.drug_class == "local-anaesthetic" for one in given)
    if drug(running.primary).drug_class == "opioid" and not fast:
        text = figure(RULE, "slow-opioid", str).value
        yield Reason(RULE, Weight.CAUTION, text, cited(RULE, "slow-opioid"))


def _usual(parameter: str) -> Limit:
    return limits("any", f"patient-bolus-{parameter}", populations=())[0]


def _against(running: Running) -> Iterator[Reason]:
    """Yield why no patient bolus may be proposed for these drugs, this patient and this pump."""
    for name in running.mixture:
        fact = drug(name).facts.get("patient-bolus")
        if fact is None:
            continue
        cites = (Cited(f"patient bolus of {name}", fact),)
        if fact.value == _FORBIDDEN:
            text = f"the label of {name} does not provide for patient boluses"
            yield Reason(RULE, Weight.AGAINST, text, cites)
        elif fact.value == _NOT_FOR_NAIVE and not running.patient.opioid_tolerant:
            known = running.patient.opioid_tolerant is not None
            weight = Weight.AGAINST if known else Weight.MISSING
            text = f"{name}: {fact.value}" + ("" if known else "; whether this one is, is not said")
            yield Reason(RULE, weight, text, cites)
    only = running.model.facts.get("patient-bolus-drugs")
    if only is not None and only.of_kind(str).value not in drug(running.primary).brands:
        text = f"{running.model.name} gives patient boluses of {only.value} only"
        cites = (Cited("drugs for patient boluses", only),)
        yield Reason(RULE, Weight.AGAINST, text, cites)


def _count(running: Running, day: Mass, dose: Mass, lockout: Duration) -> tuple[int | None, Reason]:
    """Return the largest usual number a day that holds every limit, and which limit decided."""
    fewest, most = _usual("count-low"), _usual("count-high")
    rooms: list[tuple[Fraction, str, Cited]] = [
        (most.number, "the usual number", Cited("most boluses a day", most.fact)),
        (
            SECONDS_PER_DAY / lockout.base,
            "the lockout",
            Cited("longest usual lockout", _usual("lockout-high").fact),
        ),
    ]
    for limit in daily_limits(running):
        room = (limit.rate.per_day() - day).ratio(dose)
        rooms.append((room, limit.whose(), Cited("largest day's dose", limit.fact)))
    step = largest_step(running)
    if step is not None:
        room = day.scaled(step[0]).ratio(dose)
        rooms.append((room, "one advised step above the day's dose", Cited("step", step[1].fact)))
    room, what, cite = min(rooms, key=lambda one: one[0])
    count = room.__floor__()
    if count < fewest.number:
        text = f"{what} leaves room for {max(count, 0)} boluses a day, fewer than is usual"
        return None, Reason(RULE, Weight.AGAINST, text, (cite,))
    return count, Reason(RULE, Weight.NOTE, f"their number a day is decided by {what}", (cite,))


def _duration(running: Running, dose: Mass, busiest: MassRate) -> Duration | None:
    """Return the table's duration, or as many whole minutes as the pump needs on top of a rate."""
    shortest = figure(RULE, "duration", Duration).value
    most = running.model.maximum_rate
    if most is None:
        return shortest
    concentration = running.mixture[running.primary]
    left = VolumeRate(most.value.base - (busiest / concentration).base)
    if left.base <= 0:
        return None
    needed: Duration = dose / concentration / left
    return max(shortest, Duration((needed.base / _MINUTE).__ceil__() * Fraction(_MINUTE)))
