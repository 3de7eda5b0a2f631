"""K26, H02: what the tip gets while old solution clears; orders over a bridge or prime."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.pharmacy import Mixture
from thecal.program.clock import SECONDS_PER_DAY
from thecal.safety.doses import gives_less, gives_no_therapy, is_lowering
from thecal.safety.finding import Finding, Severity
from thecal.safety.rules import factor, source, threshold
from thecal.safety.situation import LineChange, ProgramOrder, Situation, TipStretch
from thecal.units import Duration, Mass, show_number, show_percent


def check_bridge(situation: Situation) -> Iterator[Finding]:
    """Compare what leaves the tip with what is ordered until the line holds only new solution."""
    order = situation.order
    if not isinstance(order, ProgramOrder) or order.written is None:
        return
    if not order.written.program.is_therapy:
        return
    tolerance = factor("K26", "tolerance")
    eases = _eases(situation, order)
    for drug_id in sorted({d for stretch in order.tip for d in stretch.reckoned}):
        by_label = _worst(order.tip, drug_id, actual=False)
        real = _worst(order.tip, drug_id, actual=True)
        if abs(by_label.deviation) > tolerance:
            severity = Severity.WARN if eases else Severity.HARD
            yield _deviation(drug_id, by_label, severity, _why(order, severity))
        elif abs(real.deviation) > tolerance:
            yield _deviation(drug_id, real, Severity.SOFT, _why(order, Severity.SOFT))
    yield from _check_foreign(order.tip)
    yield from _check_drug_free(order.tip)


def _eases(situation: Situation, order: ProgramOrder) -> bool:
    """Whether a lower dose over a running bridge or prime gives no more of any drug at the tip."""
    before = situation.therapy_before
    if before is None or not (situation.bridging or situation.priming):
        return False
    if not is_lowering(situation):
        return False
    day = Duration(Fraction(SECONDS_PER_DAY))
    return all(
        stretch.solution.actual.mass_of(drug_id, stretch.rate * day)
        <= before.get(drug_id, Mass.zero())
        for stretch in order.tip
        for drug_id in stretch.solution.actual
    )


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
    """Return the largest deviation: of a stretch of an hour or more, or of any 24 hours' dose.

    Drug-free fluid at the tip is judged by `_check_drug_free`.
    """
    shortest = threshold("K26", "shortest-stretch", Duration).value.base
    worst = _Deviation(Fraction(0), Fraction(0), over_a_day=False)
    for stretch in tip:
        if not stretch.solution.actual or not stretch.reckoned.get_concentration(drug_id):
            continue
        deviation = _ratio(stretch, drug_id, actual=actual) - 1
        seconds = stretch.end - stretch.start
        if seconds >= shortest and abs(deviation) > abs(worst.deviation):
            worst = _Deviation(deviation, seconds, over_a_day=False)
    for start in _days(tip):
        deviation = _over_a_day(tip, drug_id, start, actual=actual)
        if abs(deviation) > abs(worst.deviation):
            worst = _Deviation(deviation, Fraction(SECONDS_PER_DAY), over_a_day=True)
    return worst


def _days(tip: tuple[TipStretch, ...]) -> set[Fraction]:
    """Return where a day with the largest deviation may begin: a stretch begins or ends it."""
    if not tip:
        return set()
    first, last = tip[0].start, tip[-1].end
    edges = {stretch.start for stretch in tip} | {s.end - SECONDS_PER_DAY for s in tip}
    return {min(max(edge, first), last - SECONDS_PER_DAY) for edge in edges}


def _over_a_day(
    tip: tuple[TipStretch, ...], drug_id: str, start: Fraction, *, actual: bool
) -> Fraction:
    """Return the excess of a drug in the 24 hours from `start` over a full day as ordered then."""
    excess = ordered = Fraction(0)
    for stretch in tip:
        seconds = min(stretch.end, start + SECONDS_PER_DAY) - max(stretch.start, start)
        reckoned = stretch.reckoned.get_concentration(drug_id)
        if seconds <= 0 or not reckoned:
            continue
        rate = reckoned.base * stretch.rate.base
        ordered = max(ordered, rate * SECONDS_PER_DAY)
        if stretch.solution.actual:
            excess += rate * seconds * (_ratio(stretch, drug_id, actual=actual) - 1)
    return excess / ordered if ordered else Fraction(0)


def _why(order: ProgramOrder, severity: Severity) -> str:
    if severity is Severity.WARN:
        return "the line still holds what the bridge had not cleared"
    if severity is Severity.SOFT:
        return (
            "the unusable residual of the old solution mixes with the new one; rinse, or accept it"
        )
    if order.bridge_asked:
        return "the bridge does not fit what the line holds; compute it from the solution there"
    if not order.can_bridge:
        return (
            "the catheter holds a solution that this pump has not been filled with, so it cannot"
            " bridge from it; draw it off through the access port and prime the catheter"
        )
    return "old solution is still in tubing and catheter; add a bridge at the old dose"


def _deviation(drug_id: str, worst: _Deviation, severity: Severity, why: str) -> Finding:
    peak = show_percent(1 + worst.deviation, signed=False)
    hours = show_number(worst.seconds / 3600, digits=3)
    span = "over 24 hours" if worst.over_a_day else f"for {hours} h"
    return Finding(
        check="K26",
        severity=severity,
        message=f"the tip would get {peak} of the ordered {drug_id} {span}: {why}",
        source=source("K26", "tolerance"),
        value=peak,
        follow_up="watch the patient until the line is clear" if severity is Severity.WARN else "",
        limit=f"within {show_percent(factor('K26', 'tolerance'), signed=False)} of the order",
    )


def _check_foreign(tip: tuple[TipStretch, ...]) -> Iterator[Finding]:
    """Refuse a drug at the tip that the order of that moment does not contain."""
    shortest = threshold("K26", "shortest-stretch", Duration).value.base
    foreign = {
        drug_id
        for stretch in tip
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


def check_line_change(situation: Situation) -> Iterator[Finding]:
    """Judge what a running pump then gives through a new, emptied or filled catheter."""
    order = situation.order
    if not isinstance(order, LineChange):
        return
    why = "the catheter holds another solution than the program reckons with; draw it off first"
    for drug_id in sorted({d for stretch in order.tip for d in stretch.reckoned}):
        worst = _worst(order.tip, drug_id, actual=False)
        if abs(worst.deviation) > factor("K26", "tolerance"):
            yield _deviation(drug_id, worst, Severity.HARD, why)
    yield from _check_foreign(order.tip)
    yield from _check_drug_free(order.tip)


def _check_drug_free(tip: tuple[TipStretch, ...]) -> Iterator[Finding]:
    seconds = sum((s.end - s.start for s in tip if not s.solution.actual), Fraction(0))
    if seconds < threshold("K26", "shortest-stretch", Duration).value.base:
        return
    yield Finding(
        check="R09",
        severity=Severity.WARN,
        message=(
            f"the line holds drug-free fluid: the first drug leaves the tip only after"
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
    if order.is_resume:
        return  # what was stopped, bridge included, only goes on
    what = "prime" if situation.priming else "bridge"
    lowers = gives_no_therapy(order) or gives_less(situation)
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
