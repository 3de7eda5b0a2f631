"""Dependence on baclofen, and what an occupancy below it does.

dA_dep/dt = (Occ - A_dep) / tau_dep, W = max(0, A_dep - Occ), hazard of a severe event h0 W^n
(pkpd.md 3.3). A proposal: no study relates withdrawal to the level in CSF.
"""

from __future__ import annotations

from math import log1p

import numpy as np

from thecal.body.course import FloatArray
from thecal.body.effects.effect_site import follow, started
from thecal.body.effects.parameters import Dependence


def dependence_on(
    occupancy: FloatArray, time_constant: float, step: float, start: FloatArray | float = 0.0
) -> FloatArray:
    """Return A_dep over time, 0 to 1, shape (patients, times).

    Parameters
    ----------
    occupancy
        Shape (patients, times).
    time_constant
        tau_dep, hours.
    step
        Hours between two times.
    start
        A_dep at the first time: one value, or shape (patients,).
    """
    return follow(occupancy, 1.0 / time_constant, step, start)


def withdrawal_drive(occupancy: FloatArray, dependence: FloatArray) -> FloatArray:
    """Return W, 0 to 1: by how much occupancy is below what the body got used to."""
    below: FloatArray = dependence - occupancy
    return np.maximum(below, 0.0, out=below)


def base_hazard(constants: Dependence) -> float:
    """Return h0, per hour.

    After an abrupt stop in full dependence occupancy is soon gone and W falls as A_ref
    exp(-t/tau_dep); the integral of h0 W^n is h0 A_ref^n tau_dep / n and has to give the
    probability of a severe event.
    """
    exposure = constants.reference_occupancy**constants.exponent * constants.time_constant
    return float(-log1p(-constants.severe_probability) * constants.exponent / exposure)


def severe_hazard(
    withdrawal: FloatArray, constants: Dependence, step: float, start: FloatArray | float = 0.0
) -> FloatArray:
    """Return the cumulated hazard of a severe event, shape (patients, times).

    The probability of an event until then is 1 - exp(-hazard).

    Parameters
    ----------
    withdrawal
        W, shape (patients, times).
    step
        Hours between two times.
    start
        Cumulated before the first time: one value, or shape (patients,).
    """
    hazard: FloatArray = withdrawal**constants.exponent
    hazard *= base_hazard(constants) * step / 2.0
    cumulated = np.empty_like(hazard)
    cumulated[:, 0] = started(start, len(hazard))
    np.add(hazard[:, 1:], hazard[:, :-1], out=cumulated[:, 1:])
    return np.cumsum(cumulated, axis=1, out=cumulated)
