"""A schedule on the pump's grid: whole quanta, the total kept, no hour beyond a limit."""

from __future__ import annotations

from fractions import Fraction

import pytest
from design_cases import baclofen, bounds, morphine, rate
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.design.bounds import Bounds
from thecal.care.design.case import Running, quantum_of, typed_rate
from thecal.care.design.deliver import deliverable, hourly_rates
from thecal.care.design.segments import coarser
from thecal.care.design.shape import relative_rates
from thecal.device import pump_models
from thecal.program.program import InfusionProgram, write_program
from thecal.therapy.file_writer import write_quantity
from thecal.units import Mass

PROGRAMMABLE = tuple(one.id for one in pump_models() if one.programmable)
shapes = st.lists(st.integers(-5, 5).map(Fraction), min_size=24, max_size=24)


def day_of(program: InfusionProgram) -> Fraction:
    """Return the typed total of a day in base units."""
    return sum(hourly_rates(program), Fraction(0)) * 3600


def in_steps(shape: list[Fraction], running: Running, limits: Bounds) -> list[InfusionProgram]:
    """Return every number of steps of a shape that can be delivered."""
    found = [
        deliverable(one, running, limits, None)
        for one in coarser(relative_rates(shape, limits))
        if len(one) > 1
    ]
    return [one for one in found if one is not None]


def test_a_quantum_is_a_stroke_or_else_four_digits_of_the_dose() -> None:
    assert quantum_of(morphine("prometra-20")) == Mass.of(Fraction("0.01"), "mg")  # 2 uL of 5 mg/mL
    assert quantum_of(baclofen()) == Mass.of(Fraction("0.1"), "ug")
    assert quantum_of(baclofen(daily="1000")) == Mass.of(1, "ug")


def test_a_stroke_that_cannot_be_typed_is_rounded_up_and_gives_no_stroke_less() -> None:
    running = morphine("prometra-20", bupivacaine="10")
    odd = Running(running.model, running.patient, "morphine", running.mixture, running.daily_dose)
    assert quantum_of(odd) >= odd.mixture.mass_of("morphine", odd.grid.stroke)


def test_a_dose_that_cannot_be_typed_is_typed_as_the_quanta_below_it() -> None:
    running = baclofen()
    third = running.daily_dose.scaled(Fraction(1, 7))
    assert typed_rate(running, third) == rate("21.4", "ug/d")
    assert typed_rate(running, running.daily_dose) == running.daily_dose


def test_more_steps_than_the_model_holds_are_not_delivered() -> None:
    shape = [Fraction(hour % 2) for hour in range(24)]
    fine = coarser(relative_rates(shape, bounds()))[0]
    assert deliverable(fine, baclofen(), bounds(steps=13), None) is not None
    assert deliverable(fine, baclofen(), bounds(steps=11), None) is None
    assert deliverable(fine, baclofen(), bounds(steps=None), None) is None


def test_the_background_is_never_above_the_even_rate() -> None:
    shape = [Fraction(1)] * 16 + [Fraction(-2)] * 8
    for program in in_steps(shape, baclofen(), bounds()):
        assert program.daily_dose is not None
        assert program.daily_dose <= rate(150, "ug/d")


@pytest.mark.inventory("S0.4")
@given(shape=shapes, lowest=st.integers(2, 6), room=st.integers(7, 20))
def test_a_flex_day_holds_its_limits_and_never_more_than_the_declared_total(
    shape: list[Fraction], lowest: int, room: int
) -> None:
    # Hundredths that no whole quantum of 0.1 mcg an hour holds.
    limits = bounds(lowest=f"{lowest}.03", highest=f"{room}.07")
    for program in in_steps(shape, baclofen(), limits):
        for one in hourly_rates(program):
            assert limits.lowest.base <= one <= limits.highest.base
        assert day_of(program) <= limits.total.per_day().base
        assert len(program.steps) <= 13


@given(shape=shapes)
def test_the_total_is_missed_by_less_than_a_quantum_for_each_step_and_the_background(
    shape: list[Fraction],
) -> None:
    running, limits = baclofen(), bounds()
    for program in in_steps(shape, running, limits):
        missed = limits.total.per_day().base - day_of(program)
        assert 0 <= missed < quantum_of(running).base * (len(program.steps) + 1)


@pytest.mark.parametrize("model", PROGRAMMABLE)
def test_every_programmable_pump_delivers_what_was_typed_to_the_stroke(model: str) -> None:
    running = morphine(model, daily="6") if "external" not in model else morphine(model, daily="24")
    even = running.daily_dose
    limits = Bounds(even, even.scaled(Fraction(1, 2)), even.scaled(2), 10, ())
    shape = [Fraction(3 if 6 <= hour < 12 else -1 if hour < 6 else 0) for hour in range(24)]
    programs = in_steps(shape, running, limits)
    assert programs
    for program in programs:
        written = write_program(program, running.mixture, running.grid)
        for step in program.steps:
            volume = step.dose / running.mixture["morphine"]
            assert running.grid.achievable_volume(volume) == volume
            write_quantity(step.dose)
        assert program.daily_dose is not None
        write_quantity(program.daily_dose)
        # Six decimals of a rate are the only thing that a stroke may not fill.
        assert written.achievable.fullest_day <= written.programmed.fullest_day


@given(shape=shapes)
def test_an_hour_that_asks_for_more_never_gets_a_lower_rate(shape: list[Fraction]) -> None:
    rates = relative_rates(shape, bounds())
    for one, own in zip(shape, rates, strict=True):
        for other, theirs in zip(shape, rates, strict=True):
            if one > other:
                assert own >= theirs
    assert sum(rates) == 24
    assert max(rates) <= Fraction(12 * 24, 150)
    assert min(rates) >= Fraction(4 * 24, 150)
