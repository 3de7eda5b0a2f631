"""Answers, not walls: the nearest program that would pass and that this pump can deliver."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import final

from thecal.pharmacy import drug
from thecal.program.clock import LATEST, Instant
from thecal.program.program import (
    BridgeOrder,
    InfusionProgram,
    Mode,
    PatientBolus,
    Step,
    write_program,
)
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.review import review
from thecal.safety.rules import factor
from thecal.therapy.events import Program, Resume
from thecal.therapy.replay import Replay
from thecal.therapy.situations import situation_of
from thecal.units import Mass, MassRate, Quantity, VolumeRate, show, show_time

_MOST_TRIES = 24
_DIGITS = 3
NONE = "none found with this solution: change the solution at a refill, or the time of the change"


@final
@dataclass(frozen=True, slots=True)
class Suggestion:
    """A program that would pass without an override, and from when on it may be written."""

    program: InfusionProgram
    after: Instant | None = None


def nearest_passing(replay: Replay, index: int, findings: tuple[Finding, ...]) -> str:
    """Return in words the nearest program to event `index` that needs no override, or `NONE`."""
    found = nearest_program(replay, index, findings)
    if found is None:
        return NONE
    ordered = _ordered(replay, index)
    words = describe(found.program, replay)
    if ordered is not None and _gives_more(found.program, ordered):
        words += "; that is more than was ordered: if it is too much, dilute the solution instead"
    if found.after is not None:
        words += f", written after {show_time(replay.therapy.moment(found.after), seconds=True)}"
    return words


def nearest_program(replay: Replay, index: int, findings: tuple[Finding, ...]) -> Suggestion | None:
    """Return the nearest program to event `index` that needs no override; None where none is found.

    Each try mends the gravest finding that is left: a bridge is added, a dose goes to the limit it
    broke, a bolus is thinned out or left out. Every candidate passes the same review before it is
    named. Where a bridge or prime runs, the program waits until it has ended.

    Parameters
    ----------
    replay
        Advanced to the event, which is not applied yet.
    index
        A program, or the resumption of one.
    findings
        What the review says of it.
    """
    order = _ordered(replay, index)
    if order is None:
        return None
    if not any(finding.check == "H02" for finding in findings):
        mended = _mended(replay, index, order, _blocking(findings))
        return None if mended is None else Suggestion(mended)
    later = _when_it_ended(replay)
    if later is None:
        return None
    left = _left(later, index, order)
    passing = _mended(later, index, order, left)
    return None if passing is None else Suggestion(passing, later.pump.state.now)


def _ordered(replay: Replay, index: int) -> InfusionProgram | None:
    event = replay.therapy.events[index]
    if isinstance(event, Program):
        return event.program
    running = replay.pump.state.program
    resumes = isinstance(event, Resume) and running is not None and running.program.is_therapy
    return running.program if resumes and running is not None else None


def _gives_more(program: InfusionProgram, ordered: InfusionProgram) -> bool:
    if program.daily_dose is None or ordered.daily_dose is None:
        return False
    return program.daily_dose > ordered.daily_dose


def _mended(
    replay: Replay, index: int, order: InfusionProgram, left: list[Finding]
) -> InfusionProgram | None:
    if not left:
        return order
    tried = [order]
    for _ in range(_MOST_TRIES):
        mended = _mend(replay, order, left[0])
        if mended is None or mended in tried:
            return None
        order = mended
        tried.append(order)
        left = _left(replay, index, order)
        if not left:
            return order
    return None


def _left(replay: Replay, index: int, order: InfusionProgram) -> list[Finding]:
    """Return what would still stand in the way of `order` at the replay's now."""
    time = replay.therapy.moment(replay.pump.state.now)
    candidate = Program(time=time, program=order)
    return _blocking(review(situation_of(replay, index, candidate)))


def _when_it_ended(replay: Replay) -> Replay | None:
    """Return a copy of the replay, advanced until the running prime and bridge have ended."""
    state = replay.pump.state
    if state.stopped_since is not None and state.prime is None:
        return None
    ends = state.now
    for fixed in (state.prime, state.bridge):
        if fixed is not None:
            ends += fixed.left / fixed.rate.base
    # To the whole second, and never before the end.
    ends = Fraction(ends.__ceil__())
    if ends > LATEST:
        return None
    kept = (replay.therapy, replay.hardware, replay.pump.setup)
    later = deepcopy(replay, {id(one): one for one in kept})
    later.advance_to(ends)
    return later


def _blocking(findings: tuple[Finding, ...]) -> list[Finding]:
    order = (Severity.HARD, Severity.SOFT)
    found = [finding for finding in findings if finding.severity in order]
    return sorted(found, key=lambda finding: order.index(finding.severity))


def _mend(replay: Replay, order: InfusionProgram, finding: Finding) -> InfusionProgram | None:
    """Return `order` changed so that `finding` should no longer hold; None where nothing helps."""
    if finding.check == "K26":
        bridged = _with_bridge(replay, order)
        # A bridge that does not fit is exchanged for the right one, or left out.
        return replace(order, bridge=None) if bridged in (None, order) else bridged
    if finding.check in ("K25", "H03", "H04", "R04"):
        return None
    if order.bridge is not None and finding.check in ("K3", "K4", "K5", "D01"):
        # The bridge at the old dose first: it may be all that was wrong.
        bridged = _with_bridge(replay, order)
        if bridged is not None and bridged != order:
            return bridged
    bolus = order.patient_bolus
    if bolus is not None and (
        finding.check in ("K32", "D14") or _by_boluses(replay, order, finding)
    ):
        return _fewer_boluses(order, bolus, finding)
    value, limit = finding.value, finding.limit
    if not isinstance(value, Amount) or not isinstance(limit, Amount):
        return None
    if finding.check == "D01" and bolus is not None and _over(value, limit):
        return _slower_bolus(order, bolus, value.quantity, limit.quantity)
    times = limit.quantity.base / value.quantity.base
    if times > factor("D01", "suggested-rise"):
        return None
    return _scaled(order, times)


def _by_boluses(replay: Replay, order: InfusionProgram, finding: Finding) -> bool:
    """Whether a rise comes from the patient's boluses, not from the schedule."""
    if finding.check != "K3" or not isinstance(finding.value, Amount):
        return False
    setup = replay.hardware.setup
    written = write_program(order, replay.pump.state.solution.written, setup.grid)
    return finding.value.quantity not in written.daily_doses().values()


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


def _scaled(order: InfusionProgram, times: Fraction) -> InfusionProgram | None:
    """Scale every dose of a program; the background is rounded away from the limit it broke."""
    if order.daily_dose is None or order.primary is None or times <= 0:
        return None
    unit = f"{drug(order.primary).mass_unit}/d"
    exact = order.daily_dose.in_unit(unit) * times
    rounded = _rounded(exact, up=times > 1)
    if rounded == 0:
        return None
    real = rounded / order.daily_dose.in_unit(unit)
    bolus = order.patient_bolus
    mass_unit = drug(order.primary).mass_unit
    if bolus is not None and times < 1:
        bolus = replace(bolus, dose=_scaled_mass(bolus.dose, real, mass_unit))
    steps = tuple(
        replace(step, dose=_scaled_mass(step.dose, real, mass_unit)) for step in order.steps
    )
    return replace(order, daily_dose=MassRate.of(rounded, unit), steps=steps, patient_bolus=bolus)


def _scaled_mass(mass: Mass, times: Fraction, unit: str) -> Mass:
    """Return a dose scaled and rounded to what can be typed, away from the limit."""
    return Mass.of(_rounded(mass.in_unit(unit) * times, up=times > 1), unit)


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
