"""The delay between the place where a drug is measured and the place where it acts."""

from __future__ import annotations

from math import exp, expm1

import numpy as np
from numba import njit

from thecal.body.course import FloatArray
from thecal.errors import UsageError

ABREAST = 8
"""Patients stepped together: their chains overlap in the processor (measured 2 to 5 times)."""


def follow(
    concentration: FloatArray, rate: float, step: float, start: FloatArray | float = 0.0
) -> FloatArray:
    """Return the first-order lag of a course: dCe/dt = rate (C - Ce).

    Exact for a course that is linear between its times (Sheiner 1979; pkpd.md 3.4).

    Parameters
    ----------
    concentration
        Shape (patients, times), on an even grid.
    rate
        Per hour, above zero.
    step
        Hours between two times.
    start
        At the first time: one value, or shape (patients,).

    Returns
    -------
    Shape (patients, times), in the unit of `concentration`.

    Raises
    ------
    UsageError
        If `rate` or `step` is not above zero.
    """
    early, late, decay = lag_weights(rate, step)
    source = np.ascontiguousarray(concentration)
    return _follow(source, early, late, decay, started(start, len(source)))


def lag_weights(rate: float, step: float) -> tuple[float, float, float]:
    """Return the weights of input at the start and at the end of a step, and what of the lag stays.

    Raises
    ------
    UsageError
        If `rate` or `step` is not above zero.
    """
    if not (rate > 0 and step > 0):
        raise UsageError(f"rate {rate} /h and step {step} h have to be above zero")
    decay = exp(-rate * step)
    mean = -expm1(-rate * step) / (rate * step)
    return mean - decay, 1.0 - mean, decay


def started(start: FloatArray | float, patients: int) -> FloatArray:
    """Return a start value for each patient, shape (patients,)."""
    return np.ascontiguousarray(np.broadcast_to(np.asarray(start, dtype=float), (patients,)))


@njit(cache=True, nogil=True, error_model="numpy")
def _follow(
    source: FloatArray, early: float, late: float, decay: float, start: FloatArray
) -> FloatArray:
    patients, times = source.shape
    lagged = np.empty((patients, times))
    value = start.copy()
    lagged[:, 0] = start
    for first in range(0, patients, ABREAST):
        for time in range(1, times):
            for one in range(first, min(first + ABREAST, patients)):
                added = early * source[one, time - 1] + late * source[one, time]
                value[one] = decay * value[one] + added
                lagged[one, time] = value[one]
    return lagged
