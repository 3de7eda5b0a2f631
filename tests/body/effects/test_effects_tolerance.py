"""Doses have to rise for the same effect as they did in the cohorts (pkpd.md 3.2, 5 row 19)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from thecal.body.course import FloatArray
from thecal.body.effects.parameters import Adaptation, adaptation
from thecal.body.effects.tolerance import adapt, amplitude, occupancy

DAY, MONTH = 24.0, 365.0 * 24.0 / 12.0


def rise_for_constant_effect(group: str, age: float, months: float) -> float:
    """Return the dose that keeps the effect, over that of the start: the drive is U0 (1 + A)."""
    constants = adaptation(group)
    most = amplitude(constants, np.array([age]))
    kept = constants.reference_occupancy / (1.0 - constants.reference_occupancy)
    state, span = 0.0, DAY
    for _ in range(round(months * MONTH / span)):
        given = np.full((1, 2), kept * (1.0 + state))
        state = float(adapt(given, most, constants.time_constant, span, state)[0, -1])
    return 1.0 + state


@pytest.mark.parametrize(
    ("months", "dose", "within"), [(0, 83.0, 0.0), (12, 270.0, 0.01), (36, 270.0, 0.12)]
)
def test_row_19_baclofen_doses_rise_to_270_in_a_year_and_are_about_stable_then(
    months: float, dose: float, within: float
) -> None:
    found = 83.0 * rise_for_constant_effect("baclofen", 40.0, months)
    assert found == pytest.approx(dose, rel=within or 1e-12)


@pytest.mark.parametrize(("age", "ratio"), [(30.0, 7.0), (50.0, 7.0), (51.0, 2.7), (80.0, 2.7)])
def test_opioid_doses_rise_more_up_to_the_age_of_50(age: float, ratio: float) -> None:
    assert rise_for_constant_effect("opioid", age, 12) == pytest.approx(ratio, rel=0.01)


def test_opioid_doses_rise_until_year_three_and_hardly_after() -> None:
    by_year = [rise_for_constant_effect("opioid", 70.0, 12 * year) for year in (1, 2, 3, 4, 5)]
    steps = np.diff(by_year)
    assert (steps > 0).all()
    assert steps[-1] < 0.05 * steps.sum() + 0.05


@given(st.floats(0.05, 20.0), st.floats(100.0, 1e4), st.floats(0.0, 5.0))
def test_constant_occupancy_has_the_closed_form(
    kept: float, time_constant: float, most: float
) -> None:
    """Where the drive grows as 1 + A, occupancy is constant and A = most Occ (1 - e^-t/tau)."""
    times = np.linspace(0.0, 3.0 * time_constant, 301)
    occupied = kept / (1.0 + kept)
    expected = most * occupied * -np.expm1(-times / time_constant)
    given_drive = kept * (1.0 + expected)[np.newaxis]
    found = adapt(given_drive, np.array([most]), time_constant, times[1])[0]
    np.testing.assert_allclose(found, expected, rtol=2e-3, atol=1e-9)
    np.testing.assert_allclose(occupancy(given_drive, expected), occupied, rtol=1e-9)


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_state_is_the_solution_of_its_equation(seed: int) -> None:
    times = np.linspace(0.0, 800.0, 201)
    course = np.random.default_rng(seed).uniform(0.0, 5.0, 9)

    def drive_at(t: float | FloatArray) -> FloatArray:
        return np.interp(t, np.linspace(0.0, 800.0, 9), course)

    def slope(t: float, a: FloatArray) -> FloatArray:
        u = drive_at(t)
        return (3.0 * u / (1.0 + a + u) - a) / 500.0

    found = adapt(drive_at(times)[np.newaxis], np.array([3.0]), 500.0, times[1], 0.4)[0, -1]
    exact = solve_ivp(slope, (0.0, 800.0), [0.4], rtol=1e-9, atol=1e-10, max_step=20.0)
    assert found == pytest.approx(exact.y[0, -1], rel=1e-3)


@given(st.floats(0.1, 10.0))
def test_coarse_steps_agree_with_fine_ones(level: float) -> None:
    """Hours against five minutes, over a month."""
    most, constants = np.array([5.0]), adaptation("opioid")
    coarse = adapt(np.full((1, 721), level), most, constants.time_constant, 1.0)
    fine = adapt(np.full((1, 8641), level), most, constants.time_constant, 1.0 / 12.0)
    np.testing.assert_allclose(coarse[0], fine[0, ::12], rtol=1e-5, atol=1e-12)


def test_tolerance_wears_off_without_drug() -> None:
    found = adapt(np.zeros((1, 3)), np.array([5.0]), 100.0, 100.0, 2.0)[0]
    np.testing.assert_allclose(found, 2.0 * np.exp(-np.arange(3.0)))


def test_batch_is_its_patients_one_by_one() -> None:
    batch = np.random.default_rng(2).uniform(0.0, 3.0, size=(11, 50))
    most, start = np.linspace(1.0, 9.0, 11), np.linspace(0.0, 2.0, 11)
    together = adapt(batch, most, 300.0, 1.0, start)
    for one in range(11):
        mine = slice(one, one + 1)
        alone = adapt(batch[mine], most[mine], 300.0, 1.0, start[mine])
        np.testing.assert_array_equal(together[mine], alone)


def test_amplitude_gives_the_ratio_at_the_reference() -> None:
    constants = Adaptation(3.0, 3.0, 0.0, 100.0, 50.0, 0.5, 1.0, 0.0, "", ())
    assert amplitude(constants, np.array([40.0]))[0] == pytest.approx(2.0 / (0.5 * -np.expm1(-2.0)))
