"""K2, K17: what the syringe drew against what the pump should have left."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.rules import factor, source, threshold
from thecal.safety.situation import FillOrder, Situation
from thecal.units import Volume, show, show_number

_SEVERITY = {"amber": Severity.WARN, "red": Severity.SOFT}


def check_residual(situation: Situation) -> Iterator[Finding]:
    """Judge the delivered ratio; forbid to just refill a pump that has not delivered."""
    order = situation.order
    if not isinstance(order, FillOrder) or situation.fills == 0:
        return
    if order.residual is None:
        yield Finding(
            check="K2",
            severity=Severity.WARN,
            message=(
                f"not checked: the file does not say what {_drawn_from(situation)};"
                f" {show(order.expected, 'mL')} are booked as withdrawn because that was expected"
            ),
            source="workflow.md 2.R",
            limit=Amount(order.expected, "mL"),
        )
        return
    assessed = order.residual
    assert order.aspirated is not None
    if assessed.band != "green":
        ratio = (
            ""
            if assessed.delivered_ratio is None
            else (f"delivered ratio {show_number(assessed.delivered_ratio)}, ")
        )
        yield Finding(
            check="K2",
            severity=_SEVERITY[assessed.band],
            message=(
                f"{assessed.band}: {ratio}{show(order.expected, 'mL')} were expected,"
                f" what {_drawn_from(situation)} was {show(order.aspirated, 'mL')};"
                f" {'; '.join(assessed.reasons)}"
            ),
            source="workflow.md 2.R",
            value=Amount(order.aspirated, "mL"),
            limit=Amount(order.expected, "mL"),
            follow_up="find the cause before the next refill" if assessed.band == "red" else "",
        )
    yield from _check_not_delivered(situation, order, order.aspirated, assessed.delivered_ratio)


def _drawn_from(situation: Situation) -> str:
    external = situation.model.kind == "external"
    return "the old bag still held" if external else "the syringe drew"


def _check_not_delivered(
    situation: Situation, order: FillOrder, drawn: Volume, ratio: Fraction | None
) -> Iterator[Finding]:
    low = ratio is not None and ratio < factor("K17", "least-ratio")
    # Where too little was due for a ratio, a syringe that draws the fill again still tells.
    stuck = (
        order.due >= threshold("K17", "least-due", Volume).value
        and drawn >= order.expected + order.due - threshold("K17", "almost-full", Volume).value
    )
    if not low and not stuck:
        return
    assert order.filled_before is not None
    following, before = order.following, situation.therapy_before or {}
    same = factor("K12", "same-dose")
    goes_on = following is not None and any(
        total >= before[drug_id].scaled(same)
        for drug_id, total in following.daily_doses().items()
        if before.get(drug_id)
    )
    yield Finding(
        check="K17",
        severity=Severity.HARD if goes_on else Severity.WARN,
        message=(
            f"too little of the last fill was delivered ({show(order.filled_before, 'mL')} filled,"
            f" {show(order.due, 'mL')} due, {show(drawn, 'mL')} drawn): do not just refill and go"
            " on,"
            " drug that waits in a kink or pool is released at once; find the cause, then write a"
            " new program in the same visit that starts low"
        ),
        source=source("K17", "least-ratio" if low else "almost-full"),
        value=Amount(drawn, "mL"),
        limit=Amount(order.expected, "mL"),
    )
