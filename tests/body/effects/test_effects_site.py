"""The effect site lags behind the place where the drug is measured, exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from thecal.body.effects.effect_site import follow
from thecal.errors import UsageError

rates = st.floats(1e-4, 50.0)
courses = st.lists(st.floats(0.0, 10.0), min_size=2, max_size=12)


@settings(max_examples=20)
@given(courses, rates, st.floats(0.01, 6.0), st.floats(0.0, 10.0))
def test_lag_is_the_solution_of_its_equation(
    course: list[float], rate: float, step: float, start: float
) -> None:
    times = step * np.arange(len(course))
    lagged = follow(np.array([course]), rate, step, start)[0]
    state = start
    for index in range(len(course) - 1):
        span = (times[index], times[index + 1])
        solution = solve_ivp(
            lambda t, y: rate * (np.interp(t, times, course) - y),
            span,
            [state],
            method="Radau",
            rtol=1e-8,
            atol=1e-9,
        )
        state = solution.y[0, -1]
        assert lagged[index + 1] == pytest.approx(state, rel=1e-5, abs=1e-6)


@given(courses, rates, st.integers(2, 9))
def test_finer_steps_give_the_same(course: list[float], rate: float, parts: int) -> None:
    coarse = np.arange(len(course), dtype=float)
    fine = np.linspace(0.0, coarse[-1], (len(course) - 1) * parts + 1)
    split = follow(np.interp(fine, coarse, course)[np.newaxis], rate, 1.0 / parts)
    whole = follow(np.array([course]), rate, 1.0)
    np.testing.assert_allclose(split[:, ::parts], whole, rtol=1e-9, atol=1e-12)


@given(courses, rates)
def test_lag_stays_between_the_lowest_and_the_highest(course: list[float], rate: float) -> None:
    lagged = follow(np.array([course]), rate, 0.5, course[0])
    slack = 1e-9
    assert lagged.min() >= min(course) - slack
    assert lagged.max() <= max(course) + slack


def test_half_life_halves_what_is_left() -> None:
    lagged = follow(np.zeros((1, 4)), np.log(2.0) / 1.5, 1.5, 8.0)
    np.testing.assert_allclose(lagged, [[8.0, 4.0, 2.0, 1.0]])


def test_batch_is_its_patients_one_by_one() -> None:
    batch = np.random.default_rng(1).uniform(size=(19, 40))
    start = np.linspace(0.0, 1.0, 19)
    together = follow(batch, 0.7, 0.25, start)
    for one in range(19):
        alone = follow(batch[one : one + 1], 0.7, 0.25, start[one : one + 1])
        np.testing.assert_array_equal(together[one], alone[0])


@pytest.mark.parametrize(("rate", "step"), [(0.0, 1.0), (1.0, 0.0), (-1.0, 1.0)])
def test_no_rate_and_no_step_are_refused(rate: float, step: float) -> None:
    with pytest.raises(UsageError, match="above zero"):
        follow(np.zeros((1, 2)), rate, step)
