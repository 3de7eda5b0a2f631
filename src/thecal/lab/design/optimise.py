"""A convex quadratic problem with bounds and one equality, solved and certified.

Minimise the mean square of (A S v - t) plus a weight times the mean square of the change from hour
to hour, where w'v = 24 and low <= v <= high. The Hessian is positive semidefinite by its form. The
answer is certified by itself: the Frank-Wolfe gap g'v - min g'x over the same bounds is a duality
gap, and no feasible schedule is better by more than it (Jaggi 2013, ICML).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.optimize import minimize

from thecal.body.course import FloatArray
from thecal.care.design.case import HOURS
from thecal.care.design.segments import Segment
from thecal.errors import CannotComputeError

_ROUNDS = 60
_AT_BOUND = 1e-7
_NOTHING = 1e-6
"""Objective of a tenth of a percent of error: below that there is nothing to gain."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What is to be tracked, in relative rates.

    Attributes
    ----------
    response
        Shape (points, HOURS): A.
    target
        Shape (points,): t.
    lowest, highest
        Of every hour.
    smoothness
        Weight of the change from hour to hour, round midnight too.
    """

    response: FloatArray
    target: FloatArray
    lowest: float
    highest: float
    smoothness: float

    def objective(self, rates: FloatArray) -> float:
        """Return what is minimised."""
        change = rates - np.roll(rates, 1)
        off = self.response @ rates - self.target
        return float(np.mean(off**2) + self.smoothness * np.mean(change**2))


@final
@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """An answer with its certificate.

    Attributes
    ----------
    rates
        Shape (HOURS,), relative.
    gap
        Duality gap: how much lower the objective of any other feasible schedule can be, at most.
    residual
        Largest violation of the Karush-Kuhn-Tucker conditions, in units of the gradient.
    curvature
        Smallest eigenvalue of the Hessian; not below zero, so the problem is convex.
    """

    rates: FloatArray
    objective: float
    gap: float
    residual: float
    curvature: float


def tracking_error(response: FloatArray, target: FloatArray, rates: FloatArray) -> FloatArray:
    """Return the root mean square of (A u - t), for each patient of a batch or for one."""
    off = response @ rates - target
    error: FloatArray = np.sqrt(np.mean(off**2, axis=-1))
    return error


def optimum(
    problem: Problem, segments: Sequence[Segment] | None = None, *, largest_gap: float
) -> Optimum:
    """Return the best rates, free in each hour or even within each of some segments.

    Parameters
    ----------
    largest_gap
        As a share of the objective of the even rate.

    Raises
    ------
    CannotComputeError
        If the bounds hold no schedule of the total, or no answer could be certified.
    """
    if not problem.lowest <= 1.0 <= problem.highest:
        raise CannotComputeError("no schedule with this total lies within the limits of an hour")
    spread = _spread(segments)
    weights = spread.sum(axis=0)
    hessian, linear = _quadratic(problem, spread)
    bounds = (problem.lowest, problem.highest)
    scale = problem.objective(np.ones(HOURS))
    values = _polished(_solved(hessian, linear, weights, bounds), hessian, linear, weights, bounds)
    gradient = hessian @ values - linear
    gap = _gap(gradient, values, weights, bounds)
    if gap > largest_gap * max(scale, _NOTHING):
        raise CannotComputeError(
            f"the optimiser could not certify its answer: duality gap {gap:.2g}",
            remedy="widen the limits of an hour, or use the plain schedule",
        )
    rates = spread @ values
    return Optimum(
        rates=rates,
        objective=problem.objective(rates),
        gap=gap,
        residual=_residual(gradient, values, weights, bounds),
        curvature=float(np.linalg.eigvalsh(hessian)[0]),
    )


def duality_gap(problem: Problem, rates: FloatArray) -> float:
    """Return how much lower the objective of any feasible schedule can be than that of `rates`.

    Parameters
    ----------
    rates
        Shape (HOURS,), within the bounds and of the total.
    """
    hessian, linear = _quadratic(problem, np.eye(HOURS))
    bounds = (problem.lowest, problem.highest)
    return _gap(hessian @ rates - linear, rates, np.ones(HOURS), bounds)


def _spread(segments: Sequence[Segment] | None) -> FloatArray:
    """Return S of shape (HOURS, segments): which hour has which value."""
    if segments is None:
        return np.eye(HOURS)
    spread = np.zeros((HOURS, len(segments)))
    for column, segment in enumerate(segments):
        spread[list(segment.covers()), column] = 1.0
    return spread


def _quadratic(problem: Problem, spread: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return H and c of v'Hv / 2 - c'v, which is the objective but for a constant."""
    response = problem.response @ spread
    change = spread - np.roll(spread, 1, axis=0)
    hessian = response.T @ response / len(problem.target)
    hessian += problem.smoothness * change.T @ change / HOURS
    return 2.0 * hessian, 2.0 * response.T @ problem.target / len(problem.target)


def _solved(
    hessian: FloatArray, linear: FloatArray, weights: FloatArray, bounds: tuple[float, float]
) -> FloatArray:
    """Return the answer of sequential least squares, within the bounds."""
    scale = max(float(np.abs(hessian).max()), np.finfo(float).tiny)
    found = minimize(
        lambda v: float(v @ hessian @ v / 2.0 - linear @ v) / scale,
        np.ones(len(weights)),
        jac=lambda v: (hessian @ v - linear) / scale,
        bounds=[bounds] * len(weights),
        constraints=[
            {"type": "eq", "fun": lambda v: weights @ v - HOURS, "jac": lambda _: weights}
        ],
        method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-15},
    )
    inside: FloatArray = np.clip(found.x, *bounds)
    return inside


def _polished(
    values: FloatArray,
    hessian: FloatArray,
    linear: FloatArray,
    weights: FloatArray,
    bounds: tuple[float, float],
) -> FloatArray:
    """Return the exact answer for the set of bounds that hold, found by adding and dropping."""
    low, high = bounds
    near = _AT_BOUND * max(high - low, 1.0)
    at_low, at_high = values <= low + near, values >= high - near
    best = values
    for _ in range(_ROUNDS):
        free = ~(at_low | at_high)
        if not free.any():
            return best
        fixed = np.where(at_low, low, np.where(at_high, high, 0.0))
        count = int(free.sum())
        system = np.zeros((count + 1, count + 1))
        system[:count, :count] = hessian[np.ix_(free, free)]
        system[:count, count] = system[count, :count] = weights[free]
        right = np.append((linear - hessian @ fixed)[free], HOURS - weights @ fixed)
        solution = np.linalg.lstsq(system, right, rcond=None)[0]
        trial = fixed.copy()
        trial[free] = solution[:count]
        if (trial < low - 1e-12).any() or (trial > high + 1e-12).any():
            at_low, at_high = at_low | (trial < low), at_high | (trial > high)
            continue
        best = trial
        pull = hessian @ trial - linear + weights * solution[count]
        wrong = (at_low & (pull < 0)) | (at_high & (pull > 0))
        if not wrong.any():
            return best
        worst = int(np.argmax(np.where(wrong, np.abs(pull), -1.0)))
        at_low[worst] = at_high[worst] = False
    return best


def _gap(
    gradient: FloatArray, values: FloatArray, weights: FloatArray, bounds: tuple[float, float]
) -> float:
    """Return g'v less the least g'x over the feasible set, which is filled greedily."""
    low, high = bounds
    best = np.full(len(values), low)
    left = HOURS - low * float(weights.sum())
    for index in np.argsort(gradient / weights):
        part = min(left, (high - low) * weights[index])
        best[index] += part / weights[index]
        left -= part
    return max(0.0, float(gradient @ (values - best)))


def _residual(
    gradient: FloatArray, values: FloatArray, weights: FloatArray, bounds: tuple[float, float]
) -> float:
    """Return the largest violation of stationarity, with the multiplier that fits best."""
    low, high = bounds
    near = _AT_BOUND * max(high - low, 1.0)
    slope = gradient / weights
    at_low, at_high = values <= low + near, values >= high - near
    free = ~(at_low | at_high)
    if free.any():
        multiplier = float(np.mean(slope[free]))
    else:
        least = slope[at_low].min() if at_low.any() else slope.max()
        most = slope[at_high].max() if at_high.any() else slope.min()
        multiplier = float((least + most) / 2.0)
    off = slope - multiplier
    violation = np.where(free, np.abs(off), 0.0)
    violation = np.where(at_low & ~at_high, np.maximum(0.0, -off), violation)
    violation = np.where(at_high & ~at_low, np.maximum(0.0, off), violation)
    return float(violation.max())
