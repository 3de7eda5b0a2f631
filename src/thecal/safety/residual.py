"""K2, K17: what the syringe drew against what the pump should have left."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.residual_bands import ResidualAssessment
from thecal.safety.rules import factor, source, threshold
from thecal.safety.situation import DrawOrder, FillOrder, Situation
from thecal.units import Volume, show, show_number

_SEVERITY = {"amber": Severity.WARN, "red": Severity.SOFT}


def check_residual(situation: Situation) -> Iterator[Finding]:
    """Judge the delivered ratio; forbid to just refill a pump that has not delivered."""
    order = situation.order
    if not isinstance(order, DrawOrder) or situation.fills == 0:
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
    assert order.aspirated is not None
    yield from told_band(order.residual, order.expected, order.aspirated, _drawn_from(situation))
    yield from _check_not_delivered(
        situation, order, order.aspirated, order.residual.delivered_ratio
    )


def told_band(
    assessed: ResidualAssessment, expected: Volume, aspirated: Volume, drawn_from: str
) -> Iterator[Finding]:
    """Warn at amber, ask at red (K2); `drawn_from` tells what gave the volume."""
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
                f"{assessed.band}: {ratio}{show(expected, 'mL')} were expected,"
                f" what {drawn_from} was {show(aspirated, 'mL')};"
                f" {'; '.join(assessed.reasons)}"
            ),
            source="workflow.md 2.R",
            value=Amount(aspirated, "mL"),
            limit=Amount(expected, "mL"),
            follow_up="find the cause before the next refill" if assessed.band == "red" else "",
        )


def _drawn_from(situation: Situation) -> str:
    external = situation.model.kind == "external"
    return "the old bag still held" if external else "the syringe drew"


def _check_not_delivered(
    situation: Situation, order: DrawOrder, drawn: Volume, ratio: Fraction | None
) -> Iterator[Finding]:
    assert order.filled_before is not None
    following = order.following if isinstance(order, FillOrder) else None
    before = situation.therapy_before or {}
    same = factor("K12", "same-dose")
    goes_on = following is not None and any(
        total >= before[drug_id].scaled(same)
        for drug_id, total in following.daily_doses().items()
        if before.get(drug_id)
    )
    yield from not_delivered(
        filled=order.filled_before,
        due=order.due,
        expected=order.expected,
        drawn=drawn,
        ratio=ratio,
        goes_on=goes_on,
    )


def not_delivered(
    *,
    filled: Volume,
    due: Volume,
    expected: Volume,
    drawn: Volume,
    ratio: Fraction | None,
    goes_on: bool,
) -> Iterator[Finding]:
    """Refuse to go on at the same dose where too little of the last fill was delivered (K17).

    Parameters
    ----------
    due
        The volume that was to be used since that fill.
    goes_on
        Whether the dose after this visit is as high as the one before it.
    """
    low = ratio is not None and ratio < factor("K17", "least-ratio")
    # Where too little was due for a ratio, a syringe that draws the fill again still tells.
    stuck = (
        due >= threshold("K17", "least-due", Volume).value
        and drawn >= expected + due - threshold("K17", "almost-full", Volume).value
    )
    if not low and not stuck:
        return
    yield Finding(
        check="K17",
        severity=Severity.HARD if goes_on else Severity.WARN,
        message=(
            f"too little of the last fill was delivered ({show(filled, 'mL')} filled,"
            f" {show(due, 'mL')} due, {show(drawn, 'mL')} drawn): do not just refill and go"
            " on,"
            " drug that waits in a kink or pool is released at once; find the cause, then write a"
            " new program in the same visit that starts low"
        ),
        source=source("K17", "least-ratio" if low else "almost-full"),
        value=Amount(drawn, "mL"),
        limit=Amount(expected, "mL"),
    )
