"""A network in modes: m' = K m + b u becomes one decaying number for each mode, in full.

K of a tree is symmetric after scaling each cell by s, with s_child / s_parent the root of the rate
down over the rate up (pkpd.md 4.4). So its rates are real, its modes orthogonal, and every step is
exact for any length. `reduced` projects on few vectors first; what comes out has the same form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from thecal.body.course import FloatArray
from thecal.body.network import Network
from thecal.errors import CannotComputeError

_HIGHEST_RISE = 1e8
"""Of the scale above that of the source: errors stay below 1e-7 of the peak, as measured."""
_WIDEST = 1e100
"""Range of the scale; its squares have to fit."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Modes:
    """A batch of networks in r modes, z' = rate z + entry u.

    Attributes
    ----------
    rate
        Shape (patients, r), not positive, per hour.
    entry
        Shape (patients, r): of one microgram given where the source is.
    readout
        Shape (patients, outputs, r): what was asked for, per unit of each mode.
    absorption
        Shape (patients, r): mass that goes to plasma per hour.
    """

    rate: FloatArray
    entry: FloatArray
    readout: FloatArray
    absorption: FloatArray


def symmetric_scale(network: Network, source: FloatArray | None = None) -> FloatArray:
    """Return s of shape (patients, n): S^-1 K S is symmetric. Its squares add up to 1.

    Parameters
    ----------
    source
        Shape (n,): part of a dose that goes into each cell; None: into any. Rounding is amplified
        by how far the scale rises from there, which is along a drift.

    Raises
    ------
    CannotComputeError
        If an exchange does not run both ways, or a drift is so strong that rounding would drown
        the answer.
    """
    up, down = network.up[:, 1:], network.down[:, 1:]
    if not (np.all(up > 0) and np.all(down > 0)):
        raise CannotComputeError(
            "an exchange between two cells of the body does not run both ways",
            why="an exchange rate is zero, or a drift is too strong",
            remedy="give a small rate instead of zero, or a weaker drift",
        )
    scale = np.ones_like(network.volume)
    with np.errstate(over="ignore"):  # refused below
        for cell in range(1, network.cells):
            ratio = np.sqrt(down[:, cell - 1] / up[:, cell - 1])
            scale[:, cell] = scale[:, network.parent[cell]] * ratio
        highest, lowest = scale.max(axis=1), scale.min(axis=1)
        start = lowest if source is None else scale[:, source != 0].min(axis=1)
        within = np.all(highest <= _HIGHEST_RISE * start) and np.all(highest <= _WIDEST * lowest)
    if not within:
        raise CannotComputeError(
            "the drift along the canal is too strong to compute",
            why="rounding would drown the answer",
            remedy="give a weaker drift",
        )
    normed: FloatArray = scale / np.linalg.norm(scale, axis=1, keepdims=True)
    return normed


def diagonal_of(network: Network) -> FloatArray:
    """Return the diagonal of K, shape (patients, n): all that leaves each cell, negative."""
    leaving = network.loss + network.up
    for cell in range(1, network.cells):
        leaving[:, network.parent[cell]] += network.down[:, cell]
    return -leaving


def full_modes(network: Network, source: FloatArray, readout: FloatArray) -> Modes:
    """Return every mode of each network by a dense symmetric eigendecomposition.

    Parameters
    ----------
    source
        Shape (n,): part of a dose that goes into each cell.
    readout
        Shape (outputs, n) or (patients, outputs, n): weights on the masses of the cells.
    """
    scale = symmetric_scale(network, source)
    cells = np.arange(1, network.cells)
    symmetric = np.zeros((network.patients, network.cells, network.cells))
    beside = np.sqrt(network.up[:, 1:] * network.down[:, 1:])
    symmetric[:, cells, network.parent[1:]] = beside
    symmetric[:, network.parent[1:], cells] = beside
    diagonal = np.arange(network.cells)
    symmetric[:, diagonal, diagonal] = diagonal_of(network)
    rate, vectors = np.linalg.eigh(symmetric)
    weights = np.broadcast_to(readout, (network.patients, *readout.shape[-2:]))
    return Modes(
        rate=np.minimum(rate, 0.0),
        entry=np.einsum("pn,pnr->pr", source / scale, vectors),
        readout=(weights * scale[:, None, :]) @ vectors,
        absorption=np.einsum("pn,pnr->pr", network.loss * scale, vectors),
    )
