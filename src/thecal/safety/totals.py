"""K3, K5, U11: the day's total of every drug, new beside old, and the factors of slips."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.pharmacy import restart_rule
from thecal.safety.doses import amount, comparator, gives_no_therapy, scheduled, shown
from thecal.safety.finding import Finding, Severity
from thecal.safety.rules import factor, factors, source
from thecal.safety.situation import ProgramOrder, Situation
from thecal.units import Mass, show_number, show_percent


def check_totals(situation: Situation) -> Iterator[Finding]:
    """Refuse a threefold rise of any drug's 24-hour total; ask about a deep fall."""
    order = situation.order
    if not isinstance(order, ProgramOrder) or order.written is None or gives_no_therapy(order):
        return
    # After a gap the dose before it is the old one; the restart rule judges the rest.
    old = dict(situation.gap.dose_before) if situation.gap else comparator(situation)
    new = scheduled(order)
    for drug_id, total in new.items():
        before = old.get(drug_id)
        if before:
            yield from _judge(drug_id, total, before)
    yield from _judge_boluses(situation, order, old, new)


def _judge(drug_id: str, new: Mass, old: Mass) -> Iterator[Finding]:
    ratio = new.ratio(old)
    trap = _trap(ratio)
    if ratio >= factor("K5", "rise-refused"):
        yield Finding(
            check="K5" if trap else "K3",
            severity=Severity.HARD,
            message=(
                f"{shown(drug_id, new)} is {show_number(ratio)} times the highest that the patient"
                f" received in the last 7 days ({shown(drug_id, old)}){_did_you_mean(trap)}"
            ),
            source=source("K5", "rise-refused"),
            value=amount(drug_id, new),
            limit=amount(drug_id, old),
        )
    elif ratio <= 1 / factor("K5", "fall-asked"):
        hazard = restart_rule(drug_id).stop_is_hazard
        yield Finding(
            check="K5",
            severity=Severity.WARN,
            message=(
                f"{shown(drug_id, new)} is {show_percent(ratio - 1)} against {shown(drug_id, old)}"
                f"{_did_you_mean(trap)}"
                + ("; give the reason: withdrawal of this drug is dangerous" if hazard else "")
            ),
            source=source("K5", "fall-asked"),
            value=amount(drug_id, new),
            limit=amount(drug_id, old),
            follow_up=f"watch for withdrawal of {drug_id} and review the dose" if hazard else "",
        )


def _judge_boluses(
    situation: Situation, order: ProgramOrder, old: dict[str, Mass], new: object
) -> Iterator[Finding]:
    """Hold the largest total with every bolus against what could be taken before."""
    before = situation.worst_before or {}
    for drug_id, worst in order.own_worst_case_24h.items():
        largest_old = max(old.get(drug_id, Mass.zero()), before.get(drug_id, Mass.zero()))
        if not largest_old or not old.get(drug_id):
            continue
        ratio = worst.ratio(largest_old)
        background = scheduled(order).get(drug_id, Mass.zero()).ratio(old[drug_id])
        if ratio >= factor("K5", "rise-refused") > background:
            yield Finding(
                check="K3",
                severity=Severity.HARD,
                message=(
                    f"with every bolus the patient could get {shown(drug_id, worst)},"
                    f" {show_number(ratio)} times what could be reached before"
                    f" ({shown(drug_id, largest_old)})"
                ),
                source=source("K5", "rise-refused"),
                value=amount(drug_id, worst),
                limit=amount(drug_id, largest_old),
            )


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
