"""What the effects give for the published results that they were set by (pkpd.md 5).

Rows 18 and 29 need concentrations of the kinetics; rows 19 and 24 follow from the table alone and
come out because they were put in.
"""

from __future__ import annotations

from math import expm1

import numpy as np

from thecal.body.course import FloatArray
from thecal.body.effects.effect_site import follow
from thecal.body.effects.emax import fraction
from thecal.body.effects.parameters import (
    LEGS,
    PAIN,
    VENTILATION,
    Action,
    action,
    adaptation,
    surface,
)
from thecal.body.effects.spasticity import ashworth
from thecal.body.effects.tolerance import adapt, amplitude
from thecal.errors import DataError

_DAY = 24.0


def ashworth_at(cord: float) -> float:
    """Return the Ashworth score of the legs after a year at one level (row 18).

    Parameters
    ----------
    cord
        Baclofen in the cord at the levels of the legs, micrograms per mL, steady.
    """
    constants = adaptation("baclofen")
    days = round(constants.dose_ratio_time / _DAY)
    drive = np.full((1, days + 1), cord / _acting(LEGS, "baclofen").ec50)
    most = amplitude(constants, np.zeros(1))
    gained = adapt(drive, most, constants.time_constant, _DAY)
    return float(ashworth(LEGS, drive / (1.0 + gained))[0, -1])


def dose_ratio_after(hours: float) -> float:
    """Return the dose of baclofen for a constant effect over that at the start (row 19)."""
    constants = adaptation("baclofen")
    reached = -expm1(-hours / constants.time_constant)
    most = float(amplitude(constants, np.zeros(1))[0])
    return 1.0 + most * constants.reference_occupancy * reached


def minimum_effective_clonidine() -> float:
    """Return the level of clonidine in CSF for half the effect, micrograms per mL (row 24)."""
    return _acting(PAIN, "clonidine").ec50


def hypoxic_response(times: FloatArray, cisterna: FloatArray) -> float:
    """Return the mean response to hypoxia over that without drug, after morphine (row 29).

    The response falls as ventilation does at a constant PaCO2: 1 / (1 + U^g), without tolerance.

    Parameters
    ----------
    times
        Shape (times,), hours on an even grid, from the dose on.
    cisterna
        Morphine in the cisterna, shape (times,), micrograms per mL.
    """
    acting = _acting(VENTILATION, "morphine")
    lagged = follow(cisterna[np.newaxis], acting.ke0, float(times[1] - times[0]))
    left = 1.0 - fraction(lagged / acting.ec50, surface(VENTILATION).hill)[0]
    return float(np.trapezoid(left, times) / (times[-1] - times[0]))


def _acting(effect: str, drug: str) -> Action:
    found = action(effect, drug)
    if found is None:
        raise DataError(f"effects.csv has no figure of {drug} for {effect}")
    return found
