"""Tolerance: the concentration for half the effect rises slowly with the time under drug.

EC50(t) = EC50_0 (1 + A), dA/dt = kin Occ - kout A (pkpd.md 3.2). Occ is the drive at the risen
EC50, U / (1 + U): a dose that keeps the effect keeps Occ as well, and has to grow as 1 + A. So
kin/kout follows in closed form from the dose drift of a cohort.
"""

from __future__ import annotations

from math import expm1

import numpy as np
from numba import njit

from thecal.body.course import FloatArray
from thecal.body.effects.effect_site import ABREAST, lag_weights, started
from thecal.body.effects.parameters import Adaptation


def amplitude(adaptation: Adaptation, age: FloatArray) -> FloatArray:
    """Return kin/kout, to which A rises at full occupancy.

    Parameters
    ----------
    age
        Years, shape (patients,).
    """
    older = age > adaptation.age_limit
    ratio = np.where(older, adaptation.dose_ratio_older, adaptation.dose_ratio)
    reached = -expm1(-adaptation.dose_ratio_time / adaptation.time_constant)
    return np.asarray((ratio - 1.0) / (reached * adaptation.reference_occupancy))


def adapt(
    drive: FloatArray,
    amplitude: FloatArray,
    time_constant: float,
    step: float,
    start: FloatArray | float = 0.0,
) -> FloatArray:
    """Return A over time, shape (patients, times).

    Occupancy is taken as linear between two times, and A there from a step forward: the error is
    of second order in step over time constant.

    Parameters
    ----------
    drive
        Ce / EC50_0, without tolerance, shape (patients, times).
    amplitude
        kin/kout, shape (patients,).
    time_constant
        1/kout, hours.
    step
        Hours between two times.
    start
        A at the first time: one value, or shape (patients,).

    Raises
    ------
    UsageError
        If `time_constant` or `step` is not above zero.
    """
    early, late, decay = lag_weights(1.0 / time_constant, step)
    source = np.ascontiguousarray(drive)
    return _adapt(source, amplitude, early, late, decay, started(start, len(source)))


def occupancy(drive: FloatArray, tolerance: FloatArray) -> FloatArray:
    """Return U / (1 + U) at the risen EC50, for a drive without tolerance and A."""
    whole: FloatArray = drive + tolerance
    whole += 1.0
    return np.divide(drive, whole, out=whole)


@njit(cache=True, nogil=True, error_model="numpy")
def _adapt(
    drive: FloatArray,
    amplitude: FloatArray,
    early: float,
    late: float,
    decay: float,
    start: FloatArray,
) -> FloatArray:
    patients, times = drive.shape
    adapted = np.empty((patients, times))
    state = start.copy()
    occupied = np.empty(patients)
    for one in range(patients):
        adapted[one, 0] = state[one]
        occupied[one] = drive[one, 0] / (1.0 + state[one] + drive[one, 0])
    for first in range(0, patients, ABREAST):
        for time in range(1, times):
            for one in range(first, min(first + ABREAST, patients)):
                value, most, before = drive[one, time], amplitude[one], occupied[one]
                ahead = decay * state[one] + (early + late) * most * before
                after = value / (1.0 + ahead + value)
                state[one] = decay * state[one] + most * (early * before + late * after)
                occupied[one] = after
                adapted[one, time] = state[one]
    return adapted
