"""What is read from a network: concentrations at a level, and the mass in each kind of cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, final

import numpy as np

from thecal.body.anatomy import CISTERNA, Anatomy
from thecal.body.canal import Canal
from thecal.body.course import FloatArray
from thecal.body.network import FIRST_CSF, Cell, Network

Compartment = Literal["csf", "cord", "plasma"]
GROUPS: tuple[tuple[str, tuple[Cell, ...]], ...] = (
    ("csf", (Cell.CSF,)),
    ("cord", (Cell.TISSUE,)),
    ("epidural", (Cell.EPIDURAL,)),
    ("fat", (Cell.FAT,)),
    ("cranial", (Cell.CORTICAL, Cell.CISTERNA)),
)
"""The parts of the mass balance, in its order, and the cells they are made of."""


@final
@dataclass(frozen=True, slots=True)
class Site:
    """A place to read: a level, or the cisterna with compartment `csf`."""

    level: str
    compartment: Literal["csf", "cord"] = "csf"


def cell_of(anatomy: Anatomy, canal: Canal, site: Site) -> int:
    """Return the cell of the network at a site; raises `UnknownIdError` for an unknown level."""
    if site.level == CISTERNA:
        return int(Cell.CISTERNA)
    along = canal.cell_at(anatomy.middle(site.level))
    return FIRST_CSF + along + (canal.cells if site.compartment == "cord" else 0)


def concentrations(network: Network, cells: Sequence[int]) -> FloatArray:
    """Return weights of shape (patients, len(cells), n) that read micrograms per mL in `cells`."""
    weights = np.zeros((network.patients, len(cells), network.cells))
    weights[:, np.arange(len(cells)), cells] = 1.0 / network.volume[:, list(cells)]
    return weights


def group_masses(network: Network) -> FloatArray:
    """Return weights of shape (patients, groups, n) that read the mass of each of `GROUPS`."""
    weights = np.stack([np.isin(network.kind, kinds) for _, kinds in GROUPS]).astype(float)
    return np.broadcast_to(weights, (network.patients, *weights.shape)).copy()


def source_at(network: Network, canal: Canal, place: float, volume: float = 0.0) -> FloatArray:
    """Return the part of a dose in each cell, shape (n,): a plug of `volume` mL around a place.

    The plug is laid out in the fluid of the first patient of the batch.
    """
    source = np.zeros(network.cells)
    fluid = slice(FIRST_CSF, FIRST_CSF + canal.cells)
    source[fluid] = canal.plug(place, volume, network.volume[0, fluid])
    return source
