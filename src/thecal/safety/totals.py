"""K3, K5, D18, U11: the day's total of every drug, new beside old, and the factors of slips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from thecal.pharmacy import conversion_facts, drug, restart_rule
from thecal.safety.doses import amount, comparator, scheduled, shown, step_comparator
from thecal.safety.finding import Finding, Severity
from thecal.safety.rules import factor, factors, source
from thecal.safety.situation import BolusOrder, ProgramOrder, Situation
from thecal.units import Mass, show_number, show_percent

_HYDROMORPHONE = ("intrathecal-morphine-to-hydromorphone", "ratio")
_TOLD_IN_MORPHINE = frozenset({"morphine", "hydromorphone"})
"""Opioids for which a ratio between intrathecal doses is known."""


def check_totals(situation: Situation) -> Iterator[Finding]:
    """Refuse a threefold rise of any drug's 24-hour total; ask about a deep fall."""
    order = situation.order
    old = comparator(situation)
    if isinstance(order, BolusOrder):
        # Boluses of the day are no measure for the next one: each would excuse another.
        old = step_comparator(situation)
        yield from _judge_boluses(situation, order.worst_case_24h, old, {})
        return
    new = scheduled(order)
    for drug_id, total in new.items():
        before = old.get(drug_id)
        if before:
            yield from _judge(situation, drug_id, total, before)
    yield from _judge_change_of_opioid(old, new)
    if isinstance(order, ProgramOrder) and new:
        for drug_id, total in order.bridge_doses.items():
            before = old.get(drug_id)
            if before:
                yield from _judge(situation, drug_id, total, before, what="the bridge: ")
        yield from _judge_boluses(situation, order.own_worst_case_24h, old, new)


def _judge(
    situation: Situation, drug_id: str, new: Mass, old: Mass, *, what: str = ""
) -> Iterator[Finding]:
    ratio = new.ratio(old)
    trap = _trap(ratio)
    if ratio >= factor("K5", "rise-refused"):
        yield Finding(
            check="K5" if trap else "K3",
            severity=Severity.HARD,
            message=(
                f"{what}{shown(drug_id, new)} is {show_number(ratio)} times"
                f" {_whose(situation, drug_id, old)} ({shown(drug_id, old)}){_did_you_mean(trap)}"
            ),
            source=source("K5", "rise-refused"),
            value=amount(drug_id, new),
            limit=amount(drug_id, old),
        )
    elif ratio <= 1 / factor("K5", "fall-asked") and situation.gap is None:
        hazard = restart_rule(drug_id).stop_is_hazard
        yield Finding(
            check="K5",
            severity=Severity.WARN,
            message=(
                f"{what}{shown(drug_id, new)} is {show_percent(ratio - 1)} against"
                f" {shown(drug_id, old)}"
                f"{_did_you_mean(trap)}"
                + ("; give the reason: withdrawal of this drug is dangerous" if hazard else "")
            ),
            source=source("K5", "fall-asked"),
            value=amount(drug_id, new),
            limit=amount(drug_id, old),
            follow_up=f"watch for withdrawal of {drug_id} and review the dose" if hazard else "",
        )


def _whose(situation: Situation, drug_id: str, old: Mass) -> str:
    if situation.received.get(drug_id) == old:
        return "the highest that the patient received in the last 7 days"
    if situation.first_doses.get(drug_id) == old:
        return "what the patient began with less than a day ago"
    return "what was ordered before"


def _judge_boluses(
    situation: Situation,
    with_boluses: Mapping[str, Mass],
    old: Mapping[str, Mass],
    new: Mapping[str, Mass],
) -> Iterator[Finding]:
    """Hold the largest total with every bolus against what could be taken before."""
    before = situation.worst_before or {}
    none = Mass.zero()
    for drug_id, worst in with_boluses.items():
        if not old.get(drug_id):
            continue
        largest_old = max(old[drug_id], before.get(drug_id, none))
        background = new.get(drug_id, none).ratio(old[drug_id])
        if worst.ratio(largest_old) >= factor("K5", "rise-refused") > background:
            yield Finding(
                check="K3",
                severity=Severity.HARD,
                message=(
                    f"with every bolus the patient could get {shown(drug_id, worst)},"
                    f" {show_number(worst.ratio(largest_old))} times what could be reached before"
                    f" ({shown(drug_id, largest_old)})"
                ),
                source=source("K5", "rise-refused"),
                value=amount(drug_id, worst),
                limit=amount(drug_id, largest_old),
            )


def _judge_change_of_opioid(old: Mapping[str, Mass], new: Mapping[str, Mass]) -> Iterator[Finding]:
    """Hold one opioid that replaces or joins another against it, where a ratio is known.

    A threefold rise hides in a change of drug: milligram for milligram hydromorphone is several
    times the opioid that morphine was.
    """
    begins = [d for d in new if drug(d).drug_class == "opioid" and not old.get(d)]
    if not begins or not any(drug(d).drug_class == "opioid" for d in old):
        return
    opioids = {*begins, *(d for d in old if drug(d).drug_class == "opioid")}
    unknown = sorted(opioids - _TOLD_IN_MORPHINE)
    if unknown:
        yield Finding(
            check="D18",
            severity=Severity.INFO,
            message=(
                "not checked: no ratio between intrathecal opioids is known for"
                f" {' and '.join(unknown)}; convert by hand and start low"
            ),
            source="catalogue of conversions",
        )
        return
    facts = [one.of_kind(Fraction) for one in conversion_facts(*_HYDROMORPHONE)]
    # A ratio that is only recalled refuses nothing; the smallest one that was read decides.
    ratio = min((one for one in facts if not one.recalled), key=lambda one: one.value)
    before, after = (_as_morphine(totals, ratio.value) for totals in (old, new))
    times = after.ratio(before)
    if times < factor("K5", "rise-refused"):
        return
    yield Finding(
        check="D18",
        severity=Severity.HARD,
        message=(
            f"{_listed(new)} is about {show_number(times, digits=3)} times the opioid that the"
            f" patient received ({_listed(old)}), at 1 mg of hydromorphone for"
            f" {show_number(ratio.value)} mg of morphine"
        ),
        source=f"{ratio.provenance()}; {source('K5', 'rise-refused')}",
        value=amount("morphine", after),
        limit=amount("morphine", before),
    )


def _listed(totals: Mapping[str, Mass]) -> str:
    return " and ".join(shown(d, mass) for d, mass in totals.items() if d in _TOLD_IN_MORPHINE)


def _as_morphine(totals: Mapping[str, Mass], ratio: Fraction) -> Mass:
    none = Mass.zero()
    return totals.get("morphine", none) + totals.get("hydromorphone", none).scaled(ratio)


def _trap(ratio: Fraction) -> Fraction | None:
    """Return the factor of a slip that `ratio` or its inverse lies within 1 % of."""
    tolerance = factor("K5", "trap-tolerance")
    for trap in factors("K5", "trap-factor"):
        if abs(ratio / trap - 1) <= tolerance or abs(ratio * trap - 1) <= tolerance:
            return trap
    return None


def _did_you_mean(trap: Fraction | None) -> str:
    if trap is None:
        return ""
    slip = {24: "per hour for per day", 60: "per minute for per hour", 1000: "mg for mcg"}.get(
        trap.numerator, "a shifted point"
    )
    return f"; the factor is {show_number(trap)}: was it {slip}?"
