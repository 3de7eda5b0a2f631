"""D01, D11, D14, H03, H04: what this pump can do at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from thecal.data import Fact
from thecal.device import concentration_for_dose
from thecal.pharmacy import drug
from thecal.program.program import WrittenProgram
from thecal.safety.doses import gives_no_therapy, shown
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.rules import hard_unless_recalled
from thecal.safety.situation import (
    BolusOrder,
    Order,
    PrimeOrder,
    ProgramOrder,
    Situation,
    StopOrder,
)
from thecal.units import VolumeRate, show, show_number, show_unit


def check_constant_flow(situation: Situation) -> Iterator[Finding]:
    """Refuse orders that need a programmer, and say which concentration would give the dose."""
    order = situation.order
    wanted: tuple[type[Order], ...] = (ProgramOrder, PrimeOrder, BolusOrder, StopOrder)
    if situation.setup.programmable or not isinstance(order, wanted):
        return
    yield Finding(
        check="H03",
        severity=Severity.HARD,
        message=(
            f"{situation.model.name} runs at a constant flow and takes no program, prime, bolus or"
            f" stop{_instead(situation, order)}"
        ),
        source="facts/workflow.md S0.3, S0.5",
    )


def _instead(situation: Situation, order: Order) -> str:
    flow = situation.model.nominal_flow
    if not isinstance(order, ProgramOrder) or order.wanted_dose is None or not order.wanted_drug:
        return "; only emptying its reservoir ends the dose"
    unit = drug(order.wanted_drug).concentration_unit
    if flow is None:
        return "; its flow is not known here, so no concentration can be named"
    needed = concentration_for_dose(order.wanted_dose, flow.value)
    return (
        f"; at {show(flow.value, 'mL/d')} ({flow.provenance()}) a fill of {order.wanted_drug}"
        f" {show(needed, unit)} would give the dose"
    )


def check_rates(situation: Situation) -> Iterator[Finding]:
    """Hold every rate of a program, bolus and bridge against what the model can run."""
    order = situation.order
    if not situation.setup.programmable:
        return
    if isinstance(order, ProgramOrder):
        if order.problem:
            yield Finding(
                check="D01",
                severity=Severity.HARD,
                message=order.problem,
                source="standards.md D01",
            )
        if order.written is not None and not gives_no_therapy(order):
            yield from _check_program_rates(situation, order.written)
            yield from _check_changes(situation, order.written)
            yield from _check_strokes(situation, order.written)
            if order.bridge_rate is not None:
                yield from _below(situation, order.bridge_rate, "the rate of the bridge")
                yield from _above(situation, order.bridge_rate, "the rate of the bridge")
    elif isinstance(order, BolusOrder):
        if order.problem:
            yield Finding(
                check="D11",
                severity=Severity.HARD,
                message=order.problem,
                source="standards.md D11",
            )
        elif order.rate is not None:
            yield from _above(situation, order.rate, "the rate of bolus and background together")


def _check_program_rates(situation: Situation, written: WrittenProgram) -> Iterator[Finding]:
    rates = written.programmed.rates
    yield from _below(situation, min(rates), "the lowest rate of this program", written)
    yield from _above(situation, max(rates), "the highest rate of this program")
    if written.bolus is not None:
        yield from _above(
            situation, written.largest_rate(), "the rate of bolus and background together"
        )


def _below(
    situation: Situation, rate: VolumeRate, what: str, written: WrittenProgram | None = None
) -> Iterator[Finding]:
    least = situation.model.minimum_rate
    if least is not None and rate < least.value:
        yield Finding(
            check="D01",
            severity=hard_unless_recalled(least),
            message=(
                f"{what}, {show(rate, 'mL/d')}, is below the lowest that {situation.model.name}"
                f" can run, {show(least.value, 'mL/d')}: dilute the solution at a refill"
                f"{_diluted(rate, least.value, written)}"
            ),
            source=least.provenance(),
            value=Amount(rate, "mL/d"),
            limit=Amount(least.value, "mL/d"),
        )


def _diluted(rate: VolumeRate, least: VolumeRate, written: WrittenProgram | None) -> str:
    """Return the strongest solution with which the dose could run, rounded down."""
    if written is None or written.program.primary is None:
        return ""
    primary = written.program.primary
    unit = drug(primary).concentration_unit
    number = written.mixture[primary].in_unit(unit) * rate.base / least.base
    tenths = (number * 10).__floor__()
    return (
        f" to {primary} {show_number(Fraction(tenths, 10))} {show_unit(unit)} or less"
        if tenths
        else ""
    )


def _above(situation: Situation, rate: VolumeRate, what: str) -> Iterator[Finding]:
    most: Fact[VolumeRate] | None = situation.model.maximum_rate
    if most is not None and rate > most.value:
        yield Finding(
            check="D01",
            severity=hard_unless_recalled(most),
            message=(
                f"{what}, {show(rate, 'mL/d')}, is above the highest that {situation.model.name}"
                f" can run, {show(most.value, 'mL/d')}: the pump itself will refuse it"
            ),
            source=most.provenance(),
            value=Amount(rate, "mL/d"),
            limit=Amount(most.value, "mL/d"),
        )


def _check_changes(situation: Situation, written: WrittenProgram) -> Iterator[Finding]:
    most = situation.model.changes_per_day
    steps_on = Counter(day for step in written.program.steps for day in step.days)
    if most is None or not steps_on:
        return
    busiest = max(steps_on.values())
    if busiest > most.value:
        yield Finding(
            check="H04",
            severity=hard_unless_recalled(most),
            message=(
                f"{busiest} steps on one day; {situation.model.name} holds"
                f" {show_number(most.value)} changes a day"
            ),
            source=most.provenance(),
            value=str(busiest),
            limit=show_number(most.value),
        )


def _check_strokes(situation: Situation, written: WrittenProgram) -> Iterator[Finding]:
    """Say how much of the order the pump's own strokes let through; never more than was ordered."""
    achievable = written.achievable_daily_doses()
    for drug_id, programmed in written.daily_doses().items():
        got = achievable[drug_id]
        if got < programmed:
            yield Finding(
                check="D14",
                severity=Severity.WARN,
                message=(
                    f"programmed {shown(drug_id, programmed)}, achievable in whole strokes"
                    f" {shown(drug_id, got)}"
                ),
                source="standards.md D14",
                value=Amount(programmed, drug(drug_id).mass_unit),
                limit=Amount(got, drug(drug_id).mass_unit),
            )
    stroke = situation.model.stroke_volume
    if stroke is not None and written.bolus is not None and not written.bolus.achievable:
        yield Finding(
            check="D14",
            severity=hard_unless_recalled(stroke),
            message="the patient bolus is smaller than one stroke: the pump would give nothing",
            source=stroke.provenance(),
        )
