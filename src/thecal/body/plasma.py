"""Plasma as one to three compartments in modes of its own, fed by what leaves the canal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from thecal.body.course import FloatArray
from thecal.body.kinetics import PlasmaKinetics
from thecal.body.patients import Patients


@final
@dataclass(frozen=True, slots=True, eq=False)
class PlasmaModes:
    """Modes p' = rate p + entry * (mass absorbed per hour), J of them; shapes (patients, J).

    Attributes
    ----------
    rate
        Negative, per hour.
    entry
        Of one microgram absorbed.
    concentration
        Of the central compartment, per unit of each mode, 1/mL.
    content
        Mass in all compartments per unit of each mode.
    elimination
        Mass eliminated per hour per unit of each mode.
    """

    rate: FloatArray
    entry: FloatArray
    concentration: FloatArray
    content: FloatArray
    elimination: FloatArray


def plasma_modes(kinetics: PlasmaKinetics, patients: Patients) -> PlasmaModes:
    """Return the modes of the mammillary model, which symmetrises as the canal does."""
    volumes = np.array(kinetics.volumes)[None, :] * patients.plasma_volume[:, None]
    flows = np.array(kinetics.flows)[None, :] * patients.plasma_clearance[:, None]
    clearance = kinetics.clearance * patients.plasma_clearance
    size = volumes.shape[1]
    symmetric = np.zeros((patients.count, size, size))
    symmetric[:, 0, 0] = -(clearance + flows.sum(axis=1)) / volumes[:, 0]
    for deep in range(1, size):
        flow = flows[:, deep - 1]
        symmetric[:, deep, deep] = -flow / volumes[:, deep]
        symmetric[:, 0, deep] = symmetric[:, deep, 0] = flow / np.sqrt(
            volumes[:, 0] * volumes[:, deep]
        )
    rate, vectors = np.linalg.eigh(symmetric)
    root = np.sqrt(volumes)
    central = vectors[:, 0, :]
    concentration = central / root[:, :1]
    return PlasmaModes(
        rate=rate,
        entry=central / root[:, :1],
        concentration=concentration,
        content=np.einsum("pi,pij->pj", root, vectors),
        elimination=concentration * clearance[:, None],
    )
