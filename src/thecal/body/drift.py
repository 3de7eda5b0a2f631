"""A bolus under drift, by the exponential of its dense matrix.

Drift makes the scale that symmetrises a network rise by exp(U x / D) along the canal: at the drift
of a heavy solution in an upright person every digit is lost. The matrix exponential needs no scale;
it costs 10 ms a step, and drifts last minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from thecal.body.course import FloatArray
from thecal.body.network import Network
from thecal.body.plasma import PlasmaModes


@final
@dataclass(frozen=True, slots=True, eq=False)
class Drifted:
    """A bolus at the times asked for.

    Attributes
    ----------
    cells
        Shape (times, n): micrograms in each cell.
    plasma
        Shape (times, J): of the plasma modes.
    eliminated
        Shape (times,): micrograms.
    """

    cells: FloatArray
    plasma: FloatArray
    eliminated: FloatArray


def drift(network: Network, plasma: PlasmaModes, masses: FloatArray, times: FloatArray) -> Drifted:
    """Return what becomes of masses in the cells of the first patient of a batch.

    Parameters
    ----------
    masses
        Shape (n,), micrograms at time zero.
    times
        Shape (times,), hours, not negative, rising.
    """
    # Slow to import, and only a dose with baricity needs it.
    from scipy.linalg import expm

    cells, deep = network.cells, plasma.rate.shape[1]
    matrix = np.zeros((cells + deep + 1, cells + deep + 1))
    matrix[:cells, :cells] = network.matrix(0)
    matrix[cells:-1, :cells] = np.outer(plasma.entry[0], network.loss[0])
    matrix[cells:-1, cells:-1] = np.diag(plasma.rate[0])
    matrix[-1, cells:-1] = plasma.elimination[0]
    state = np.concatenate([masses, np.zeros(deep + 1)])
    course = np.empty((len(times), len(state)))
    now, length, step = 0.0, -1.0, np.eye(len(state))
    for index, time in enumerate(times):
        if time - now != length:
            length = time - now
            step = expm(matrix * length)
        state = step @ state
        course[index], now = state, time
    return Drifted(course[:, :cells], course[:, cells:-1], course[:, -1])
