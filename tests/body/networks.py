"""A bench for the body: canals and networks to solve, and plain readings to compare them with.

`Bench.dense` writes cells, plasma and what was eliminated as one matrix, as pkpd.md 4.1 has them;
`steps_by_exponential` and `steps_by_integrator` step that matrix and share no line with the modes.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from thecal.body.anatomy import reference_anatomy
from thecal.body.canal import Canal, canal_on, grid
from thecal.body.course import FloatArray
from thecal.body.kinetics import Kinetics, PlasmaKinetics, kinetics_of
from thecal.body.march import Input, State, Track, march, start_of
from thecal.body.modes import Modes, full_modes
from thecal.body.network import FIRST_CSF, Network, build_network
from thecal.body.patients import Patients, one_patient
from thecal.body.plasma import PlasmaModes, plasma_modes
from thecal.body.reduced import reduced_modes
from thecal.pharmacy import drugs

ANATOMY = reference_anatomy()
CANAL = grid(ANATOMY)
COARSE = canal_on(ANATOMY, np.linspace(0.0, ANATOMY.length, 16))
"""Cells of 4 cm: as hard to step as the canal itself, and quick to check by dense matrices."""

DRUGS = tuple(drug.id for drug in drugs())
TIPS = ("C3", "T6", "T10", "L3", "S1")
PLASMAS = {1: "morphine", 2: "clonidine", 3: "sufentanil"}
"""A drug with so many compartments of plasma."""


@dataclass(frozen=True, eq=False)
class Bench:
    """One drug given at one place of a batch of patients; all cells are read, then their sum."""

    canal: Canal
    kinetics: Kinetics
    patients: Patients
    network: Network
    source: FloatArray

    @property
    def readout(self) -> FloatArray:
        """Shape (patients, cells + 1, cells): concentration of each cell, and all mass."""
        cells = self.network.cells
        own = np.eye(cells) / self.network.volume[:, :, None]
        return np.concatenate([own, np.ones((self.network.patients, 1, cells))], axis=1)

    @property
    def full(self) -> Modes:
        return full_modes(self.network, self.source, self.readout)

    @property
    def reduced(self) -> Modes:
        return reduced_modes(self.network, self.source, self.readout)

    @property
    def plasma(self) -> PlasmaModes:
        return plasma_modes(self.kinetics.plasma, self.patients)

    def run(self, given: Input, modes: Modes | None = None) -> Track:
        """Return the march from an empty body, read at every point."""
        modes = modes or self.full
        everywhere = np.ones(len(given.points), dtype=bool)
        return march(modes, self.plasma, given, everywhere, start_of(modes, self.plasma))

    def in_plasma(self, state: State) -> FloatArray:
        """Return the mass in all compartments of plasma, shape (patients,)."""
        return np.asarray((self.plasma.content * state.plasma).sum(axis=1))

    def balance(self, given: Input, track: Track) -> FloatArray:
        """Return what is in the body or was eliminated, less the dose, as a part of the dose."""
        found = track.values[:, -1, -1] + self.in_plasma(track.state) + track.state.eliminated
        return np.asarray(found / given.dose - 1.0)

    def dense(self, patient: int = 0) -> FloatArray:
        """Return the matrix of cells, plasma compartments, eliminated mass and one constant 1.

        The last column holds what one microgram per hour adds: an infusion of that size.
        """
        cells = self.network.cells
        plasma = self.kinetics.plasma
        clearance = plasma.clearance * self.patients.plasma_clearance[patient]
        flows = np.array(plasma.flows) * self.patients.plasma_clearance[patient]
        volumes = np.array(plasma.volumes) * self.patients.plasma_volume[patient]
        size = cells + len(volumes) + 2
        matrix = np.zeros((size, size))
        matrix[:cells, :cells] = self.network.matrix(patient)
        matrix[cells, :cells] = self.network.loss[patient]
        for index, flow in enumerate(flows, start=1):
            deep = cells + index
            matrix[deep, cells] = flow / volumes[0]
            matrix[cells, deep] = flow / volumes[index]
            matrix[deep, deep] = -flow / volumes[index]
        matrix[-2, cells] = clearance / volumes[0]
        matrix[cells, cells] = -(clearance + flows.sum()) / volumes[0]
        matrix[:cells, -1] = self.source
        return matrix


def bench(
    drug: str | Kinetics,
    place: str | float = "L3",
    canal: Canal = CANAL,
    patients: Patients | None = None,
    drift: float = 0.0,
) -> Bench:
    """Return a bench with the tip at a level or at cm from the foramen magnum."""
    kinetics = kinetics_of(drug) if isinstance(drug, str) else drug
    some = patients or one_patient()
    network = build_network(canal, kinetics, some, drift)
    source = np.zeros(network.cells)
    centimetres = ANATOMY.middle(place) if isinstance(place, str) else place
    source[FIRST_CSF + canal.cell_at(centimetres)] = 1.0
    return Bench(canal, kinetics, some, network, source)


def one_of(patients: Patients, index: int) -> Patients:
    """Return a batch of one out of a batch."""
    part = slice(index, index + 1)
    return Patients(**{one.name: getattr(patients, one.name)[part] for one in fields(patients)})


def given_at(points: FloatArray, infusion: float = 0.0, **boluses: float) -> Input:
    """Return an input with a constant infusion and boluses as `at_3=10.0`: 10 ug at points[3]."""
    bolus = np.zeros(len(points))
    for name, dose in boluses.items():
        bolus[int(name.removeprefix("at_"))] = dose
    return Input(points, np.full(len(points) - 1, infusion), bolus)


def steps_by_exponential(bench: Bench, given: Input) -> FloatArray:
    """Return cells, plasma compartments and eliminated mass at each point, by matrix exponential.

    Shape (points, n + compartments + 1), of the first patient, just after any bolus.
    """
    matrix = bench.dense()
    state = np.zeros(len(matrix))
    rows = []
    for index, point in enumerate(given.points):
        if index:
            state[-1] = given.infusion[index - 1]
            state = expm(matrix * (point - given.points[index - 1])) @ state
        state[: bench.network.cells] += bench.source * given.bolus[index]
        rows.append(state[:-1].copy())
    return np.array(rows)


def steps_by_integrator(bench: Bench, given: Input, method: str) -> FloatArray:
    """Return the same by a stiff integrator that starts anew at every point."""
    matrix = bench.dense()
    inner, inflow = matrix[:-1, :-1], matrix[:-1, -1]
    state = np.zeros(len(inner))
    rows = []
    for index, point in enumerate(given.points):
        if index:
            flow = given.infusion[index - 1]

            def slope(_: float, mass: FloatArray, flow: float = flow) -> FloatArray:
                return np.asarray(inner @ mass + inflow * flow)

            span = (given.points[index - 1], point)
            state = solve_ivp(
                slope, span, state, method=method, jac=inner, rtol=1e-9, atol=1e-11 * given.dose
            ).y[:, -1]
        state[: bench.network.cells] += bench.source * given.bolus[index]
        rows.append(state.copy())
    return np.array(rows)


def uniform_canal(length: float, cells: int, area: float, dispersion: float) -> Canal:
    """Return a canal with the same area (cm2) and dispersion (cm2/h) all along."""
    return Canal(
        edges=np.linspace(0.0, length, cells + 1),
        csf_area=np.full(cells, area),
        tissue_area=np.full(cells, 0.4),
        dura_perimeter=np.full(cells, 4.0),
        face_area=np.full(cells - 1, area),
        dispersion=np.full(cells - 1, dispersion),
        in_sac=np.zeros(cells, dtype=bool),
        face_in_sac=np.zeros(cells - 1, dtype=bool),
    )


def open_canal_kinetics(loss: float) -> Kinetics:
    """Return a drug that leaves the CSF at `loss` per hour and enters no tissue worth the name."""
    return replace(
        kinetics_of("morphine"),
        csf_loss_rate=loss,
        cord_exchange_rate=1e-30,  # not 0: a tree needs every pair
        cranial_loss_rate=loss,
        plasma=PlasmaKinetics(60_000.0, (30_000.0,), ()),
    )
