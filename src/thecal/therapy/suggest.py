"""Answers, not walls: the nearest program that would pass and that this pump can deliver."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from thecal.pharmacy import drug
from thecal.program.program import (
    BridgeOrder,
    InfusionProgram,
    Mode,
    PatientBolus,
    Step,
)
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.review import review
from thecal.therapy.events import Program
from thecal.therapy.replay import Replay
from thecal.therapy.situations import situation_of
from thecal.units import Mass, MassRate, Quantity, VolumeRate, show

_MOST_TRIES = 8
_DIGITS = 3
NONE = "none found with this solution: change the solution at a refill, or the time of the change"


def nearest_passing(replay: Replay, index: int, findings: tuple[Finding, ...]) -> str:
    """Return in words the nearest program to event `index` that needs no override.

    Each try mends the gravest finding that is left: a bridge is added, a dose goes to the limit it
    broke, a bolus is thinned out or left out. Every candidate passes the same review before it is
    named.
    """
    event = replay.therapy.events[index]
    assert isinstance(event, Program)
    if any(finding.check == "H02" for finding in findings):
        return _after_it_ends(replay, event)
    order = event.program
    left = _blocking(findings)
    for _ in range(_MOST_TRIES):
        mended = _mend(replay, order, left[0])
        if mended is None or mended == order:
            return NONE
        order = mended
        candidate = replace(event, program=order, override=())
        left = _blocking(review(situation_of(replay, index, candidate)))
        if not left:
            return describe(order, replay)
    return NONE


def _blocking(findings: tuple[Finding, ...]) -> list[Finding]:
    order = (Severity.HARD, Severity.SOFT)
    found = [finding for finding in findings if finding.severity in order]
    return sorted(found, key=lambda finding: order.index(finding.severity))


def _after_it_ends(replay: Replay, event: Program) -> str:
    state = replay.pump.state
    ends = state.now
    for fixed in (state.prime, state.bridge):
        if fixed is not None:
            ends += fixed.left / fixed.rate.base
    when = replay.therapy.moment(ends)
    return f"{describe(event.program, replay)}, written after {when:%H:%M on %Y-%m-%d}"


def _mend(replay: Replay, order: InfusionProgram, finding: Finding) -> InfusionProgram | None:
    """Return `order` changed so that `finding` should no longer hold; None where nothing helps."""
    if finding.check == "K26" and order.bridge is None:
        return _with_bridge(replay, order)
    if finding.check in ("K26", "K25", "H03", "H04", "R05"):
        return None
    if order.patient_bolus is not None and finding.check in ("K32", "D14"):
        return _fewer_boluses(order, order.patient_bolus, finding)
    value, limit = finding.value, finding.limit
    if not isinstance(value, Amount) or not isinstance(limit, Amount):
        return None
    if finding.check == "D01" and order.patient_bolus is not None and _over(value, limit):
        return _slower_bolus(order, order.patient_bolus, value.quantity, limit.quantity)
    factor = limit.quantity.base / value.quantity.base
    return _scaled(order, factor)


def _over(value: Amount, limit: Amount) -> bool:
    return value.quantity.base > limit.quantity.base


def _with_bridge(replay: Replay, order: InfusionProgram) -> InfusionProgram | None:
    before = replay.therapy_before
    old = replay.pump.state.previous_written
    primary = None if before is None else before.program.primary
    if before is None or primary is None or primary not in old:
        return None
    dose = MassRate(before.daily_doses()[primary].base / 86400)
    return replace(order, bridge=BridgeOrder(dose, None if primary == order.primary else primary))


def _fewer_boluses(
    order: InfusionProgram, bolus: PatientBolus, finding: Finding
) -> InfusionProgram:
    value, limit = finding.value, finding.limit
    count = bolus.max_per_day
    if isinstance(value, Amount) and isinstance(limit, Amount) and count is not None and count > 1:
        return replace(order, patient_bolus=replace(bolus, max_per_day=count - 1))
    return replace(order, patient_bolus=None)


def _slower_bolus(
    order: InfusionProgram, bolus: PatientBolus, rate: Quantity, most: Quantity
) -> InfusionProgram:
    minutes = bolus.duration.in_unit("min") * rate.base / most.base
    longer = type(bolus.duration).of(minutes.__ceil__() + 1, "min")
    return replace(order, patient_bolus=replace(bolus, duration=longer))


def _scaled(order: InfusionProgram, factor: Fraction) -> InfusionProgram | None:
    """Scale every dose of a program; the background is rounded away from the limit it broke."""
    if order.daily_dose is None or order.primary is None or factor <= 0:
        return None
    unit = f"{drug(order.primary).mass_unit}/d"
    exact = order.daily_dose.in_unit(unit) * factor
    rounded = _rounded(exact, up=factor > 1)
    if rounded == 0:
        return None
    real = rounded / order.daily_dose.in_unit(unit)
    bolus = order.patient_bolus
    if bolus is not None and factor < 1:
        bolus = replace(bolus, dose=bolus.dose.scaled(real))
    steps = tuple(replace(step, dose=step.dose.scaled(real)) for step in order.steps)
    return replace(order, daily_dose=MassRate.of(rounded, unit), steps=steps, patient_bolus=bolus)


def _rounded(number: Fraction, *, up: bool) -> Fraction:
    """Round to three significant digits, never across the limit; exact figures stay."""
    grain = Fraction(1)
    while number >= grain * 10**_DIGITS:
        grain *= 10
    while number < grain * 10 ** (_DIGITS - 1):
        grain /= 10
    units = number / grain
    return grain * (units.__ceil__() if up else units.__floor__())


def describe(order: InfusionProgram, replay: Replay) -> str:
    """Return a program in words, with the day's total of its primary drug and its rate."""
    if order.primary is None or order.daily_dose is None:
        return order.mode.value
    unit = drug(order.primary).mass_unit
    mixture = replay.pump.state.solution.written
    rate: VolumeRate = order.daily_dose / mixture[order.primary]
    words = [
        f"{order.mode.value}, background {order.primary} {show(order.daily_dose, f'{unit}/d')}"
        f" ({show(rate, 'mL/d')})"
    ]
    if order.mode is Mode.FLEX:
        words.append("steps " + ", ".join(_step(step, unit) for step in order.steps))
    if order.patient_bolus is not None:
        words.append(_bolus(order.patient_bolus, unit))
    if order.bridge is not None:
        old = order.bridge.drug or order.primary
        words.append(f"with a bridge of {old} at {show(order.bridge.daily_dose, f'{unit}/d')}")
    return "; ".join(words)


def _step(step: Step, unit: str) -> str:
    hours, minutes = divmod(int(step.start.base) // 60, 60)
    return f"{hours:02}:{minutes:02} {show(step.dose, unit)}"


def _bolus(bolus: PatientBolus, unit: str) -> str:
    count = "" if bolus.max_per_day is None else f", at most {bolus.max_per_day} a day"
    dose: Mass = bolus.dose
    return f"patient bolus {show(dose, unit)} over {show(bolus.duration, 'min')}{count}"
