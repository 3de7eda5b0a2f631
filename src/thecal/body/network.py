"""The tree of cells that one drug spreads through, for a batch of patients.

Mass in the cells follows m' = K m + b u. K has no loop: head, cisterna and canal are a chain, and
on each canal cell hang tissue, epidural water and fat. Every exchange runs both ways and losses go
to plasma alone, so each K has positive pairs beside its diagonal and columns that sum to minus the
loss (pkpd.md 4.1, 4.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import final

import numpy as np
from numpy.typing import NDArray

from thecal.body.anatomy import anatomy_number
from thecal.body.canal import Canal
from thecal.body.course import FloatArray
from thecal.body.kinetics import Kinetics
from thecal.body.patients import Patients

IntArray = NDArray[np.int64]


@final
class Cell(IntEnum):
    """What a cell of the network is."""

    CORTICAL = 0
    CISTERNA = 1
    CSF = 2
    TISSUE = 3
    EPIDURAL = 4
    FAT = 5


FIRST_CSF = 2
"""Cells 0 and 1 are the head; the canal's CSF begins here, from the foramen magnum down."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A batch of trees of n cells with the same shape.

    Attributes
    ----------
    kind, parent
        Shape (n,): what each cell is, and the cell it hangs on; a parent comes before its children,
        and the first cell has none (-1).
    volume
        Shape (patients, n), mL: concentration is mass over it.
    up, down
        Shape (patients, n), per hour: from each cell to its parent, and from the parent to it.
    loss
        Shape (patients, n), per hour: to plasma.
    """

    kind: IntArray
    parent: IntArray
    volume: FloatArray
    up: FloatArray
    down: FloatArray
    loss: FloatArray

    @property
    def cells(self) -> int:
        """Number of cells in a tree."""
        return len(self.kind)

    @property
    def patients(self) -> int:
        """Number of trees."""
        return len(self.volume)

    def matrix(self, patient: int) -> FloatArray:
        """Return the dense K of one patient, shape (n, n), per hour."""
        dense = np.zeros((self.cells, self.cells))
        child = np.arange(1, self.cells)
        parent = self.parent[1:]
        dense[parent, child] = self.up[patient, 1:]
        dense[child, parent] = self.down[patient, 1:]
        dense[np.arange(self.cells), np.arange(self.cells)] = -(
            dense.sum(axis=0) + self.loss[patient]
        )
        return dense


def build_network(
    canal: Canal, kinetics: Kinetics, patients: Patients, drift: float = 0.0
) -> Network:
    """Return the trees of one drug in a batch of patients.

    Parameters
    ----------
    drift
        Of the drug against the fluid along the canal, cm/h, towards the feet where positive. It is
        carried by an exponentially fitted flux, so that no rate becomes negative whatever its size.
    """
    cells = canal.cells
    lengths = patients.length[:, None] * np.diff(canal.edges)
    csf_area = canal.csf_area * np.where(canal.in_sac, patients.sac_csf[:, None], 1.0)
    csf = csf_area * lengths
    builder = _Builder(patients.count)
    head = [anatomy_number("head", f"{part}-volume") for part in ("cortical", "cisterna")]
    cranial = kinetics.cranial_loss_rate * patients.cranial_loss
    flow = anatomy_number("head", "exchange-flow")
    builder.add(Cell.CORTICAL, -1, head[0], 0.0, 0.0, cranial)
    builder.add(Cell.CISTERNA, 0, head[1], flow / head[1], flow / head[0], cranial)

    distance = np.diff(np.concatenate([canal.edges[:1], _middles(canal.edges)]))
    distance = patients.length[:, None] * distance
    # The first face stands between the cisterna and the canal, half a cell above its first middle.
    face = np.concatenate([canal.csf_area[:1], canal.face_area])
    in_sac = np.concatenate([canal.in_sac[:1], canal.face_in_sac])
    face = face * np.where(in_sac, patients.sac_csf[:, None], 1.0)
    dispersion = np.concatenate([canal.dispersion[:1], canal.dispersion])
    dispersion = dispersion * patients.dispersion[:, None]
    conductance = face * dispersion / distance
    peclet = drift * distance / dispersion
    above = np.concatenate([np.full((patients.count, 1), head[1]), csf[:, :-1]], axis=1)
    csf_loss = kinetics.csf_loss_rate * patients.csf_loss
    for index in range(cells):
        builder.add(
            Cell.CSF,
            FIRST_CSF + index - 1,
            csf[:, index],
            conductance[:, index] * _bernoulli(peclet[:, index]) / csf[:, index],
            conductance[:, index] * _bernoulli(-peclet[:, index]) / above[:, index],
            csf_loss,
        )
    _add_tissue(builder, canal, kinetics, patients, lengths, csf)
    if kinetics.epidural is not None:
        _add_epidural(builder, canal, kinetics, patients, lengths, csf)
    return builder.network()


def _middles(edges: FloatArray) -> FloatArray:
    middles: FloatArray = (edges[:-1] + edges[1:]) / 2
    return middles


def _bernoulli(peclet: FloatArray) -> FloatArray:
    """Return x / (exp(x) - 1), 1 at zero: the weight of an exponentially fitted flux."""
    size = np.abs(peclet)
    safe = np.where(size < 1e-8, 1.0, size)
    along = np.where(size < 1e-8, 1.0 + size / 2, safe / -np.expm1(-safe))
    return np.where(peclet > 0, along * np.exp(-size), along)


def _add_tissue(
    builder: _Builder,
    canal: Canal,
    kinetics: Kinetics,
    patients: Patients,
    lengths: FloatArray,
    csf: FloatArray,
) -> None:
    tissue = canal.tissue_area * lengths
    exchange = kinetics.cord_exchange_rate * patients.cord_exchange
    for index in range(canal.cells):
        builder.add(
            Cell.TISSUE,
            FIRST_CSF + index,
            tissue[:, index],
            exchange / kinetics.cord_partition,
            exchange * tissue[:, index] / csf[:, index],
            kinetics.cord_loss_rate,
        )


def _add_epidural(
    builder: _Builder,
    canal: Canal,
    kinetics: Kinetics,
    patients: Patients,
    lengths: FloatArray,
    csf: FloatArray,
) -> None:
    epidural = kinetics.epidural
    assert epidural is not None
    water = anatomy_number("epidural", "volume-per-length") * lengths
    fat = anatomy_number("fat", "volume-per-length") * lengths
    across = epidural.dura_permeability * canal.dura_perimeter * lengths
    across = across * patients.csf_loss[:, None]
    first = builder.count
    for index in range(canal.cells):
        builder.add(
            Cell.EPIDURAL,
            FIRST_CSF + index,
            water[:, index],
            across[:, index] / water[:, index],
            across[:, index] / csf[:, index],
            epidural.loss_rate,
        )
    for index in range(canal.cells):
        builder.add(
            Cell.FAT,
            first + index,
            fat[:, index],
            epidural.fat_exchange_rate / epidural.fat_partition,
            epidural.fat_exchange_rate * fat[:, index] / water[:, index],
            0.0,
        )


@final
class _Builder:
    def __init__(self, patients: int) -> None:
        self._patients = patients
        self._kind: list[int] = []
        self._parent: list[int] = []
        self._columns: list[list[FloatArray]] = [[], [], [], []]

    @property
    def count(self) -> int:
        return len(self._kind)

    def add(
        self,
        kind: Cell,
        parent: int,
        volume: FloatArray | float,
        up: FloatArray | float,
        down: FloatArray | float,
        loss: FloatArray | float,
    ) -> None:
        self._kind.append(int(kind))
        self._parent.append(parent)
        for column, value in zip(self._columns, (volume, up, down, loss), strict=True):
            column.append(np.broadcast_to(np.asarray(value, dtype=float), (self._patients,)))

    def network(self) -> Network:
        volume, up, down, loss = (np.stack(column, axis=1) for column in self._columns)
        return Network(np.array(self._kind), np.array(self._parent), volume, up, down, loss)
