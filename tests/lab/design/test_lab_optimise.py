"""The optimiser: the same answer as independent ones, certified, monotone, within its bounds."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, minimize

from thecal.body.course import FloatArray
from thecal.body.patients import one_patient
from thecal.care.design.segments import Segment, coarser
from thecal.errors import CannotComputeError
from thecal.lab.design.optimise import Problem, duality_gap, optimum, tracking_error
from thecal.lab.design.response import POINTS_PER_HOUR, response_of

GAP = 1e-6
targets = st.lists(st.floats(0.3, 2.0), min_size=24, max_size=24)


@cache
def response() -> FloatArray:
    """Return the relative response of the median body to baclofen."""
    return response_of("baclofen", "spasticity", "T11", one_patient()).relative[0]


def problem(target: list[float], lowest: float = 0.6, highest: float = 1.6) -> Problem:
    """Return the problem of a target by the hour."""
    values = np.repeat(np.array(target), POINTS_PER_HOUR)
    return Problem(response(), values, lowest, highest, 0.001)


NIGHT = [1.5 if hour < 8 else 0.75 for hour in range(24)]


@settings(max_examples=40)
@given(targets)
def test_every_answer_is_feasible_convex_and_certified(target: list[float]) -> None:
    asked = problem(target)
    best = optimum(asked, largest_gap=GAP)
    assert best.rates.sum() == pytest.approx(24)
    assert best.rates.min() >= 0.6 - 1e-9
    assert best.rates.max() <= 1.6 + 1e-9
    assert best.curvature > 0
    assert 0 <= best.gap <= GAP * asked.objective(np.ones(24))
    assert best.residual <= 1e-6
    assert best.objective <= asked.objective(np.ones(24)) + 1e-12


def test_an_independent_solver_finds_the_same_optimum() -> None:
    asked = problem(NIGHT)
    found = minimize(
        asked.objective,
        np.ones(24),
        method="trust-constr",
        bounds=[(0.6, 1.6)] * 24,
        constraints=LinearConstraint(np.ones(24), 24, 24),
        options={"gtol": 1e-10, "xtol": 1e-12, "maxiter": 3000},
    )
    best = optimum(asked, largest_gap=GAP)
    assert best.objective <= found.fun + 1e-9
    assert best.objective == pytest.approx(found.fun, rel=1e-4)


def test_a_grid_of_every_schedule_of_three_segments_holds_nothing_better() -> None:
    asked = problem(NIGHT)
    segments = [Segment(0, 8, Fraction(1)), Segment(8, 8, Fraction(1)), Segment(16, 8, Fraction(1))]
    best = optimum(asked, segments, largest_gap=GAP)
    finest = np.linspace(0.6, 1.6, 101)
    tried = [
        asked.objective(np.repeat([a, b, 3 - a - b], 8))
        for a, b in product(finest, finest)
        if 0.6 <= 3 - a - b <= 1.6
    ]
    assert best.objective <= min(tried)
    assert best.objective == pytest.approx(min(tried), rel=1e-3)
    assert len(set(best.rates[:8])) == 1


@settings(max_examples=30)
@given(targets, st.integers(0, 23), st.floats(0.05, 1.0))
def test_more_demand_in_an_hour_never_lowers_the_effect_in_that_hour(
    target: list[float], hour: int, more: float
) -> None:
    raised = list(target)
    raised[hour] += more
    before = optimum(problem(target), largest_gap=1e-9).rates
    after = optimum(problem(raised), largest_gap=1e-9).rates
    in_hour = slice(hour * POINTS_PER_HOUR, (hour + 1) * POINTS_PER_HOUR)
    assert (response() @ after)[in_hour].mean() >= (response() @ before)[in_hour].mean() - 1e-6


def test_a_target_that_the_body_can_reach_is_reached() -> None:
    wanted = np.where(np.arange(24) < 12, 1.2, 0.8)
    asked = Problem(response(), response() @ wanted, 0.6, 1.6, 0.0)
    assert optimum(asked, largest_gap=GAP).rates == pytest.approx(wanted, abs=1e-4)


@settings(max_examples=30)
@given(targets)
def test_the_gap_of_any_schedule_bounds_what_the_best_one_gains_on_it(target: list[float]) -> None:
    asked = problem(target)
    best = optimum(asked, largest_gap=GAP)
    wave = 1.0 + 0.3 * np.sin(2 * np.pi * np.arange(24) / 24)
    for rates in (np.ones(24), wave):
        gained = asked.objective(rates) - best.objective
        assert gained <= duality_gap(asked, rates) + 1e-12
        assert duality_gap(asked, rates) > 0 or gained <= 1e-12


def test_a_flat_target_keeps_the_even_rate() -> None:
    asked = problem([1.0] * 24)
    assert optimum(asked, largest_gap=GAP).rates == pytest.approx(np.ones(24), abs=1e-6)


def test_fewer_segments_are_never_better() -> None:
    asked = problem(NIGHT)
    best = optimum(asked, largest_gap=GAP)
    for segments in coarser([Fraction(float(one)) for one in best.rates]):
        assert optimum(asked, segments, largest_gap=GAP).objective >= best.objective - 1e-12


def test_the_best_rate_comes_before_the_demand() -> None:
    best = optimum(problem(NIGHT), largest_gap=GAP)
    weights = np.exp(2j * np.pi * (np.arange(24) + 0.5) / 24)
    lead = np.angle((weights @ np.array(NIGHT)) / (weights @ best.rates)) / (2 * np.pi) * 24
    assert 1 < lead < 6  # hours: diffusion into the cord and its effect site
    plain = tracking_error(response(), problem(NIGHT).target, np.array(NIGHT))
    own = tracking_error(response(), problem(NIGHT).target, best.rates)
    assert own < plain


def test_limits_that_hold_no_schedule_of_the_total_are_refused() -> None:
    with pytest.raises(CannotComputeError, match="no schedule"):
        optimum(problem(NIGHT, lowest=1.1), largest_gap=GAP)
