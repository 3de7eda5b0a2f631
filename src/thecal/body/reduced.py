"""A network in few modes: rational Krylov projection of the symmetric tree, for whole batches.

The source is solved against K - shift for shifts spread over the rates that matter, one elimination
along the tree for each, and K is projected on those vectors (Galerkin, so every mode decays). The
scale vector s is added: the total mass s'x then lies in the space, and mass is conserved exactly.
Truncating to the slowest modes instead fails, for dozens of cord modes share one rate
(pkpd.md 4.5).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from thecal.body.course import FloatArray
from thecal.body.modes import Modes, diagonal_of, symmetric_scale
from thecal.body.network import Network

SHIFTS: FloatArray = np.concatenate(
    [[0.0], np.geomspace(0.03, 200.0, 18), np.geomspace(200.0, 100_000.0, 7)[1:]]
)
"""Per hour. Zero brings the exact steady state into the space; the six above 200 are for the first
seconds after a bolus in a wide, fast canal. Measured errors stand in `docs/model.md`."""


def reduced_modes(
    network: Network, source: FloatArray, readout: FloatArray, shifts: FloatArray = SHIFTS
) -> Modes:
    """Return each network projected on one vector for each shift, and one for the mass.

    Parameters
    ----------
    source
        Shape (n,): part of a dose that goes into each cell.
    readout
        Shape (outputs, n) or (patients, outputs, n): weights on the masses of the cells.
    shifts
        Shape (r - 1,), per hour, not negative.
    """
    scale = symmetric_scale(network)
    beside = np.sqrt(network.up * network.down)
    # A copy: the loop would be compiled once more for an array that may not be written to.
    weights = np.array(np.broadcast_to(readout, (network.patients, *readout.shape[-2:])), order="C")
    rate, entry, outputs, absorption = _reduce(
        network.parent,
        diagonal_of(network),
        beside,
        scale,
        source,
        weights,
        network.loss,
        shifts,
    )
    return Modes(rate, entry, outputs, absorption)


@njit(cache=True, nogil=True, error_model="numpy")
def _reduce(parent, diagonal, beside, scale, source, readout, loss, shifts):  # type: ignore[no-untyped-def]
    patients, cells = diagonal.shape
    size = len(shifts) + 1
    outputs = readout.shape[1]
    rate = np.empty((patients, size))
    entry = np.empty((patients, size))
    read = np.zeros((patients, outputs, size))
    absorption = np.empty((patients, size))
    basis = np.empty((size, cells))
    image = np.empty((size, cells))
    small = np.empty((size, size))
    for one in range(patients):
        start = source / scale[one]
        basis[0] = scale[one]
        for index in range(len(shifts)):
            _solve(parent, diagonal[one], beside[one], shifts[index], start, basis[index + 1])
        _orthonormalise(basis)
        for index in range(size):
            _apply(parent, diagonal[one], beside[one], basis[index], image[index])
        for a in range(size):
            for b in range(a + 1):
                small[a, b] = small[b, a] = np.dot(basis[a], image[b])
        rate[one], vectors = np.linalg.eigh(small)
        turned = np.dot(vectors.T, basis)
        entry[one] = np.dot(turned, start)
        for index in range(size):
            for cell in range(cells):
                image[index, cell] = turned[index, cell] * scale[one, cell]
        absorption[one] = np.dot(image, loss[one])
        read[one] = np.dot(readout[one], image.T)
    return rate, entry, read, absorption


@njit(cache=True, nogil=True, error_model="numpy")
def _solve(parent, diagonal, beside, shift, start, solution):  # type: ignore[no-untyped-def]
    """Solve (shift - A) x = start by one pass from the leaves and one back; all stays positive."""
    cells = len(parent)
    pivot = shift - diagonal
    solution[:] = start
    for cell in range(cells - 1, 0, -1):
        factor = beside[cell] / pivot[cell]
        pivot[parent[cell]] -= beside[cell] * factor
        solution[parent[cell]] += factor * solution[cell]
    solution[0] /= pivot[0]
    for cell in range(1, cells):
        solution[cell] = (solution[cell] + beside[cell] * solution[parent[cell]]) / pivot[cell]


@njit(cache=True, nogil=True, error_model="numpy")
def _apply(parent, diagonal, beside, vector, image):  # type: ignore[no-untyped-def]
    image[:] = diagonal * vector
    for cell in range(1, len(parent)):
        image[cell] += beside[cell] * vector[parent[cell]]
        image[parent[cell]] += beside[cell] * vector[cell]


@njit(cache=True, nogil=True, error_model="numpy")
def _orthonormalise(basis):  # type: ignore[no-untyped-def]
    """Gram-Schmidt, twice, which is enough for full precision."""
    for index in range(len(basis)):
        vector, before = basis[index], basis[:index]
        vector /= np.sqrt(np.dot(vector, vector))
        for _ in range(2):
            vector -= np.dot(np.dot(before, vector), before)
        vector /= np.sqrt(np.dot(vector, vector))
