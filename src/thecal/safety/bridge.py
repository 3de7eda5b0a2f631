"""K26, H02: what the tip gets while old solution clears; orders over a bridge or prime."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from thecal.pharmacy import Mixture
from thecal.program.clock import SECONDS_PER_DAY
from thecal.safety.doses import (
    amount,
    gives_less,
    gives_no_therapy,
    is_lowering,
    scheduled,
    shown,
)
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
    eases = _eases(situation, order)
    for drug_id in sorted({d for stretch in order.tip for d in stretch.reckoned}):
        by_label = _worst(order.tip, drug_id, actual=False)
        real = _worst(order.tip, drug_id, actual=True)
        if by_label.is_too_much:
            if eases:
                yield _deviation(drug_id, by_label, Severity.WARN, _NOT_CLEARED)
            else:
                yield _deviation(drug_id, by_label, Severity.HARD, _why(order))
        elif real.is_too_much:
            yield _deviation(drug_id, real, Severity.SOFT, _MIXED)
    yield from _check_bridge_dose(situation, order)
    yield from _check_foreign(order.tip)
    yield from _check_drug_free(order.tip)


def _check_bridge_dose(situation: Situation, order: ProgramOrder) -> Iterator[Finding]:
    """Ask about a bridge that gives less than both the dose in force and the dose ordered.

    `workflow.md` 4c holds the bridge against its target within the tolerance; `devices.md` 3.4 lets
    it run at the old dose or a chosen one. So a lower one asks for a reason and is not refused.
    More than the dose in force is judged by the checks of doses, and a lower order, or one after a
    gap in the therapy, is let through.
    """
    assert order.written is not None
    program = order.written.program
    drug_id = program.primary if program.bridge is None else program.bridge.drug or program.primary
    given = order.bridge_doses.get(drug_id or "")
    if drug_id is None or given is None:
        return
    before, wanted = situation.therapy_before or {}, scheduled(order)
    targets = [doses[drug_id] for doses in (before, wanted) if doses.get(drug_id)]
    if not before.get(drug_id) or given >= min(targets).scaled(1 - factor("K26", "tolerance")):
        return
    lowers = wanted.get(drug_id, before[drug_id]) < before[drug_id]
    asks = not lowers and situation.gap is None
    part = show_percent(given.ratio(min(targets)), signed=False)
    yield Finding(
        check="K26",
        severity=Severity.SOFT if asks else Severity.WARN,
        message=(
            f"the bridge: {shown(drug_id, given)} is {part} of {shown(drug_id, min(targets))}, and"
            " no more comes until the line is clear; give the reason, or bridge at the old dose"
        ),
        source=f"{source('K26', 'tolerance')}; devices.md 3.4",
        value=amount(drug_id, given),
        limit=amount(drug_id, min(targets)),
        follow_up="" if asks else f"watch for too little {drug_id} until the line is clear",
    )


def _eases(situation: Situation, order: ProgramOrder) -> bool:
    """Whether a lower dose over a running bridge or prime gives no more of any drug at the tip."""
    if not (situation.bridging or situation.priming) or not is_lowering(situation):
        return False
    before = situation.therapy_before or {}
    day = Duration(Fraction(SECONDS_PER_DAY))
    return all(
        stretch.solution.actual.mass_of(drug_id, stretch.rate * day)
        <= before.get(drug_id, Mass.zero())
        for stretch in order.tip
        for drug_id in stretch.solution.actual
    )


@dataclass(frozen=True, slots=True)
class _Deviation:
    """How far the tip is off the order: for a stretch, or (None) over 24 hours."""

    part: Fraction
    stretch: Duration | None

    @property
    def is_too_much(self) -> bool:
        """Whether it lies beyond the tolerance, above or below the order."""
        return abs(self.part) > factor("K26", "tolerance")


def _off(stretch: TipStretch, drug_id: str, *, actual: bool) -> Fraction:
    """Return how far a stretch's drug, which is reckoned with, is off what is reckoned with."""
    at_tip: Mixture = stretch.solution.actual if actual else stretch.solution.written
    reckoned = stretch.reckoned[drug_id]
    return (at_tip.get_concentration(drug_id) - reckoned).ratio(reckoned)


def _worst(tip: tuple[TipStretch, ...], drug_id: str, *, actual: bool) -> _Deviation:
    """Return the largest deviation: of a stretch of an hour or more, or of any 24 hours' dose.

    Drug-free fluid at the tip is judged by `_check_drug_free`.
    """
    stretches = [
        _Deviation(_off(one, drug_id, actual=actual), Duration(one.end - one.start))
        for one in tip
        if one.solution.actual and drug_id in one.reckoned and _is_long(one)
    ]
    days = [_Deviation(_over_a_day(tip, drug_id, at, actual=actual), None) for at in _days(tip)]
    return max([*stretches, *days], key=lambda one: abs(one.part))


def _is_long(stretch: TipStretch) -> bool:
    """Whether a stretch is long enough to be judged by itself."""
    return stretch.end - stretch.start >= threshold("K26", "shortest-stretch", Duration).value.base


def _days(tip: tuple[TipStretch, ...]) -> set[Fraction]:
    """Return where a day with the largest deviation may begin: a stretch begins or ends it."""
    first, last = tip[0].start, tip[-1].end
    edges = {stretch.start for stretch in tip} | {s.end - SECONDS_PER_DAY for s in tip}
    return {min(max(edge, first), last - SECONDS_PER_DAY) for edge in edges}


def _over_a_day(
    tip: tuple[TipStretch, ...], drug_id: str, start: Fraction, *, actual: bool
) -> Fraction:
    """Return the excess of a drug in the 24 hours from `start` over a full day as ordered then."""
    excess = ordered = Mass.zero()
    for stretch in tip:
        seconds = min(stretch.end, start + SECONDS_PER_DAY) - max(stretch.start, start)
        if seconds <= 0 or drug_id not in stretch.reckoned:
            continue
        day = (stretch.reckoned[drug_id] * stretch.rate).per_day()
        ordered = max(ordered, day)
        if stretch.solution.actual:
            off = _off(stretch, drug_id, actual=actual)
            excess += day.scaled(off * seconds / SECONDS_PER_DAY)
    return excess.ratio(ordered) if ordered else Fraction(0)


def _why(order: ProgramOrder) -> str:
    if order.bridge_asked:
        return "the bridge does not fit what the line holds; compute it from the solution there"
    if not order.can_bridge:
        return (
            "the catheter holds a solution that this pump has not been filled with, so it cannot"
            " bridge from it; draw it off through the access port and prime the catheter"
        )
    return "old solution is still in tubing and catheter; add a bridge at the old dose"


_NOT_CLEARED = "the line still holds what the bridge had not cleared"
_MIXED = "the unusable residual of the old solution mixes with the new one; rinse, or accept it"


def _deviation(drug_id: str, worst: _Deviation, severity: Severity, why: str) -> Finding:
    peak = show_percent(1 + worst.part, signed=False)
    span = "over 24 hours" if worst.stretch is None else f"for {_hours(worst.stretch)}"
    return Finding(
        check="K26",
        severity=severity,
        message=f"the tip would get {peak} of the ordered {drug_id} {span}: {why}",
        source=source("K26", "tolerance"),
        value=peak,
        follow_up="watch the patient until the line is clear" if severity is Severity.WARN else "",
        limit=f"within {show_percent(factor('K26', 'tolerance'), signed=False)} of the order",
    )


def _hours(span: Duration) -> str:
    return f"{show_number(span.in_unit('h'), digits=3)} h"


def _check_foreign(tip: tuple[TipStretch, ...]) -> Iterator[Finding]:
    """Refuse a drug at the tip that the order of that moment does not contain."""
    foreign = {
        drug_id
        for stretch in tip
        if _is_long(stretch)
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
        if worst.is_too_much:
            yield _deviation(drug_id, worst, Severity.HARD, why)
    yield from _check_foreign(order.tip)
    yield from _check_drug_free(order.tip)


def _check_drug_free(tip: tuple[TipStretch, ...]) -> Iterator[Finding]:
    free = [Duration(s.end - s.start) for s in tip if not s.solution.actual]
    span = sum(free, Duration.zero())
    if span < threshold("K26", "shortest-stretch", Duration).value:
        return
    yield Finding(
        check="R09",
        severity=Severity.WARN,
        message=(
            f"the line holds drug-free fluid: the first drug leaves the tip only after"
            f" {_hours(span)}; prime it, or expect no effect until then"
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
