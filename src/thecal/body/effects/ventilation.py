"""Ventilation and PaCO2 under opioids, an indirect-response model with the feedback of CO2.

dP/dt = kel (P0 - P v), v = (P/P0)^F s, s = 1 / (1 + U^g) (pkpd.md 3.1, 3.4; the structure of
Anesthesiology 2003 99:779). v is ventilation relative to rest. With p = P/P0 and the pressure
p* = s^(-1/(1+F)) at which the present drive would settle, p' = kel (1 - (p/p*)^(1+F)).
"""

from __future__ import annotations

from math import ceil, exp

import numpy as np
from numba import njit

from thecal.body.course import FloatArray
from thecal.body.effects.effect_site import ABREAST, started
from thecal.body.effects.parameters import Breathing

_LONGEST_STEP = 1.0 / 12.0
"""Hours. CO2 has a time constant of 2 to 13 min: longer steps are divided."""
_NEAR = 0.02
_SMALL = 1e-3


def breathe(
    drive: FloatArray,
    hill: float,
    constants: Breathing,
    step: float,
    start: FloatArray | float | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Return PaCO2 in mmHg and ventilation relative to rest, each of shape (patients, times).

    Each step is an exponential Rosenbrock step of second order (Hochbruck and Ostermann 2010, doi
    10.1017/S0962492910000048): the linear part is exact, so the fast CO2 needs no short steps. On
    steps of five minutes the error is below 0.2 mmHg for drives that change over hours, and about
    1 mmHg within a step that brings a whole drive; it is forgotten within a quarter of an hour.

    Parameters
    ----------
    drive
        U of the opioids, with tolerance, shape (patients, times). The pressure at which it would
        settle is taken as linear between two times.
    hill
        g of the response surface.
    step
        Hours between two times.
    start
        PaCO2 at the first time in mmHg: one value, or shape (patients,). None: at rest.
    """
    settled = steady_paco2(drive, hill, constants) / constants.paco2
    parts = max(1, ceil(step / _LONGEST_STEP - 1e-9))
    first = constants.paco2 if start is None else start
    pressure, ventilation = _relax(
        settled,
        1.0 + constants.gain,
        constants.kel * step / parts,
        parts,
        started(first, len(settled)) / constants.paco2,
    )
    pressure *= constants.paco2
    return pressure, ventilation


def steady_paco2(drive: FloatArray, hill: float, constants: Breathing) -> FloatArray:
    """Return the PaCO2 in mmHg at which a constant drive settles: P0 (1 + U^g)^(1/(1+F))."""
    settled: FloatArray = np.maximum(drive, 0.0)
    settled **= hill
    settled += 1.0
    settled **= 1.0 / (1.0 + constants.gain)
    settled *= constants.paco2
    return settled


@njit(cache=True, nogil=True, error_model="numpy")
def _power(base: float, exponent: float) -> float:
    """Return a power, near 1 by its series: CO2 mostly follows closely, and `**` is slow."""
    x = base - 1.0
    if abs(x) > _NEAR:
        return float(base**exponent)
    e = exponent
    tail = 1.0 + (e - 4.0) / 5.0 * x
    tail = 1.0 + (e - 3.0) / 4.0 * x * tail
    tail = 1.0 + (e - 2.0) / 3.0 * x * tail
    tail = 1.0 + (e - 1.0) / 2.0 * x * tail
    return 1.0 + e * x * tail


@njit(cache=True, nogil=True, error_model="numpy")
def _relax(
    settled: FloatArray, exponent: float, advance: float, parts: int, start: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Step p; `advance` is kel times the step."""
    patients, times = settled.shape
    pressure = np.empty((patients, times))
    ventilation = np.empty((patients, times))
    p = start.copy()
    removed = np.empty(patients)
    for one in range(patients):
        removed[one] = _power(p[one] / settled[one, 0], exponent)
        pressure[one, 0] = p[one]
        ventilation[one, 0] = removed[one] / p[one]
    for first in range(0, patients, ABREAST):
        for time in range(1, times):
            for one in range(first, min(first + ABREAST, patients)):
                goal = settled[one, time - 1]
                moved = (settled[one, time] - goal) / parts
                now, gone = p[one], removed[one]
                for _ in range(parts):
                    # z and `drift` are the derivatives of p' by p and by time, times the step.
                    z = -exponent * advance * gone / now
                    drift = exponent * advance * gone * moved / goal
                    if z > -_SMALL:
                        phi1 = 1.0 + z * (0.5 + z / 6.0)
                        phi2 = 0.5 + z * (1.0 / 6.0 + z / 24.0)
                    else:
                        phi1 = (exp(z) - 1.0) / z
                        phi2 = (phi1 - 1.0) / z
                    now += phi1 * advance * (1.0 - gone) + phi2 * drift
                    goal += moved
                    gone = _power(now / goal, exponent)
                p[one], removed[one] = now, gone
                pressure[one, time] = now
                ventilation[one, time] = gone / now
    return pressure, ventilation
