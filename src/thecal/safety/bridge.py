"""K26, H02: what the tip gets while old solution clears; orders over a bridge or prime."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.pharmacy import Mixture
from thecal.program.clock import SECONDS_PER_DAY
from thecal.safety.doses import gives_no_therapy, is_lowering
from thecal.safety.finding import Finding, Severity
from thecal.safety.rules import factor, source, threshold
from thecal.safety.situation import ProgramOrder, Situation, TipStretch
from thecal.units import Duration, show_number, show_percent


def check_bridge(situation: Situation) -> Iterator[Finding]:
    """Compare what leaves the tip with what is ordered until the line holds only new solution."""
    order = situation.order
    if not isinstance(order, ProgramOrder) or order.written is None:
        return
    if not order.written.program.is_therapy:
        return
    tolerance = factor("K26", "tolerance")
    for drug_id in sorted({d for stretch in order.tip for d in stretch.reckoned}):
        by_label = _worst(order.tip, drug_id, actual=False)
        real = _worst(order.tip, drug_id, actual=True)
        if abs(by_label.deviation) > tolerance:
            yield _deviation(drug_id, by_label, Severity.HARD, bridged=order.bridge_asked)
        elif abs(real.deviation) > tolerance:
            yield _deviation(drug_id, real, Severity.SOFT, bridged=order.bridge_asked)
    yield from _check_foreign(order)
    yield from _check_drug_free(order)


class _Deviation:
    """A deviation at the tip: how far, and for how long (seconds)."""

    def __init__(self, deviation: Fraction, seconds: Fraction, over_a_day: bool) -> None:
        self.deviation = deviation
        self.seconds = seconds
        self.over_a_day = over_a_day


def _ratio(stretch: TipStretch, drug_id: str, *, actual: bool) -> Fraction:
    at_tip: Mixture = stretch.solution.actual if actual else stretch.solution.written
    reckoned = stretch.reckoned.get_concentration(drug_id)
    if not reckoned:
        return Fraction(1)
    return at_tip.get_concentration(drug_id).ratio(reckoned)


def _worst(tip: tuple[TipStretch, ...], drug_id: str, *, actual: bool) -> _Deviation:
    """Return the largest deviation: of a stretch of an hour or more, or of a day's dose.

    Drug-free fluid at the tip is judged by `_check_drug_free`.
    """
    shortest = threshold("K26", "shortest-stretch", Duration).value.base
    worst = _Deviation(Fraction(0), Fraction(0), over_a_day=False)
    excess = ordered = Fraction(0)
    for stretch in tip:
        if not stretch.solution.actual or not stretch.reckoned.get_concentration(drug_id):
            continue
        deviation = _ratio(stretch, drug_id, actual=actual) - 1
        seconds = stretch.end - stretch.start
        if seconds >= shortest and abs(deviation) > abs(worst.deviation):
            worst = _Deviation(deviation, seconds, over_a_day=False)
        excess += deviation * stretch.rate.base * min(seconds, Fraction(SECONDS_PER_DAY))
        ordered = max(ordered, stretch.rate.base * SECONDS_PER_DAY)
    if ordered and abs(excess / ordered) > abs(worst.deviation):
        worst = _Deviation(excess / ordered, Fraction(SECONDS_PER_DAY), over_a_day=True)
    return worst


def _deviation(drug_id: str, worst: _Deviation, severity: Severity, *, bridged: bool) -> Finding:
    peak = show_percent(1 + worst.deviation, signed=False)
    hours = show_number(worst.seconds / 3600, digits=3)
    if severity is Severity.SOFT:
        why = (
            "the unusable residual of the old solution mixes with the new one; rinse, or accept it"
        )
    elif bridged:
        why = (
            "the bridge does not fit what the line holds; compute it from the solution in the line"
        )
    else:
        why = "old solution is still in tubing and catheter; add a bridge at the old dose"
    span = "over 24 hours" if worst.over_a_day else f"for {hours} h"
    return Finding(
        check="K26",
        severity=severity,
        message=f"the tip would get {peak} of the ordered {drug_id} {span}: {why}",
        source=source("K26", "tolerance"),
        value=peak,
        limit=f"within {show_percent(factor('K26', 'tolerance'), signed=False)} of the order",
    )


def _check_foreign(order: ProgramOrder) -> Iterator[Finding]:
    """Refuse a drug at the tip that the order of that moment does not contain."""
    shortest = threshold("K26", "shortest-stretch", Duration).value.base
    foreign = {
        drug_id
        for stretch in order.tip
        if stretch.end - stretch.start >= shortest
        for drug_id in stretch.solution.written
        if drug_id not in stretch.reckoned
    }
    for drug_id in sorted(foreign):
        yield Finding(
            check="K26",
            severity=Severity.HARD,
            message=(
                f"{drug_id} of the old solution would still leave the tip at a rate that was not"
                " reckoned for it: add a bridge that names it"
            ),
            source=source("K26", "tolerance"),
        )


def _check_drug_free(order: ProgramOrder) -> Iterator[Finding]:
    seconds = sum((s.end - s.start for s in order.tip if not s.solution.actual), Fraction(0))
    if seconds < threshold("K26", "shortest-stretch", Duration).value.base:
        return
    yield Finding(
        check="R09",
        severity=Severity.WARN,
        message=(
            f"the line holds no drug: the first drug leaves the tip only after"
            f" {show_number(seconds / 3600, digits=3)} h; prime it, or expect no effect until then"
        ),
        source="workflow.md S0.18; standards.md R09",
        follow_up="no drug reaches the patient yet: watch for withdrawal and pain",
    )


def check_order_over_bridge(situation: Situation) -> Iterator[Finding]:
    """Refuse a program over a running bridge or prime; let a stop or a lower dose through."""
    order = situation.order
    if not isinstance(order, ProgramOrder) or not (situation.priming or situation.bridging):
        return
    what = "prime" if situation.priming else "bridge"
    lowers = gives_no_therapy(order) or is_lowering(situation)
    yield Finding(
        check="H02",
        severity=Severity.WARN if lowers else Severity.HARD,
        message=(
            f"a {what} is running: "
            + (
                f"this order ends it, and the line still holds what the {what} had not cleared"
                if lowers
                else "wait until it has ended, or bridge again from what the line then holds"
            )
        ),
        source="project rule; facts/devices.md 3.4",
    )
