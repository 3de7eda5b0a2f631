"""The case that every solver of the benchmark is given: one network, one day, five sites.

Morphine from a tip at T10: basal and an hourly bolus of five minutes, read every five minutes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from thecal.body.anatomy import reference_anatomy
from thecal.body.canal import Canal, canal_on, grid
from thecal.body.course import FloatArray
from thecal.body.kinetics import kinetics_of
from thecal.body.modes import Modes, full_modes
from thecal.body.network import FIRST_CSF, Network, build_network
from thecal.body.patients import Patients, one_patient
from thecal.body.plasma import PlasmaModes, plasma_modes
from thecal.body.population import DailySchedule, run_days
from thecal.body.reduced import reduced_modes

DRUG, TIP = "morphine", "T10"
SITES = ("T10", "L3", "T4", "C4", "L5")
STEPS = 288
BETWEEN_BOLUSES = 12
BASAL, BOLUS = 20.0, 600.0
"""Micrograms per hour: 20 all day, 600 in the first five minutes of each hour."""
ACCURACY = 1e-4
"""Of the peak: what the project demands of itself and the peers are tuned to."""


def best(action: Callable[[], object], runs: int = 5) -> float:
    """Return the least processor time of some runs in seconds, all threads together.

    Processor time, for on a busy machine the time of a clock says how busy it is.
    """
    times = []
    for _ in range(runs):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


def pattern() -> FloatArray:
    """Return the rate in each five minutes of the day, shape (1, 288), micrograms per hour."""
    rates = np.full((1, STEPS), BASAL)
    rates[0, ::BETWEEN_BOLUSES] = BOLUS
    return rates


def schedule(days: int) -> DailySchedule:
    """Return that day, `days` times."""
    return DailySchedule(pattern(), np.ones((1, days)))


def canal_of(cells: int) -> Canal:
    """Return the canal on that many cells of equal length."""
    anatomy = reference_anatomy()
    return canal_on(anatomy, np.linspace(0.0, anatomy.length, cells + 1))


def source_of(canal: Canal, network: Network) -> FloatArray:
    """Return where the tip gives the dose, shape (n,)."""
    source = np.zeros(network.cells)
    source[FIRST_CSF + canal.cell_at(reference_anatomy().middle(TIP))] = 1.0
    return source


def sites_of(canal: Canal, count: int = len(SITES)) -> FloatArray:
    """Return the CSF cells of the five sites, or that many spread along the canal."""
    if count == len(SITES):
        places = [reference_anatomy().middle(site) for site in SITES]
    else:
        places = list((np.arange(count) + 0.5) / count * reference_anatomy().length)
    return np.array([FIRST_CSF + canal.cell_at(place) for place in places])


def readout_of(network: Network, cells: FloatArray) -> FloatArray:
    """Return the weights that turn masses into the concentration of some cells."""
    readout = np.zeros((network.patients, len(cells), network.cells))
    readout[:, np.arange(len(cells)), cells] = 1.0 / network.volume[:, cells]
    return readout


def set_up(
    canal: Canal, drug: str, patients: Patients, outputs: int = len(SITES)
) -> tuple[Modes, PlasmaModes]:
    """Return what a batch of patients needs before it can be stepped."""
    kinetics = kinetics_of(drug)
    network = build_network(canal, kinetics, patients)
    readout = readout_of(network, sites_of(canal, outputs))
    modes = reduced_modes(network, source_of(canal, network), readout)
    return modes, plasma_modes(kinetics.plasma, patients)


@final
@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What a solver is given, and what it must find.

    Attributes
    ----------
    matrix, source
        m' = matrix m + source u, shapes (n, n) and (n,), per hour.
    sites, volumes
        Shape (5,): the cells to read, and their mL.
    starts, rates
        The points in hours at which the rate changes, the last of them the end, shape (49,); and
        micrograms per hour from each to the next, shape (48,).
    answer
        Shape (289, 5), micrograms per mL: by the full eigendecomposition.
    """

    matrix: FloatArray
    source: FloatArray
    sites: FloatArray
    volumes: FloatArray
    starts: FloatArray
    rates: FloatArray
    answer: FloatArray

    def error(self, found: FloatArray) -> float:
        """Return the largest error anywhere, as a part of the peak."""
        return float(np.abs(found - self.answer).max() / self.answer.max())


def case() -> Case:
    """Return the case for the reference body."""
    canal = grid(reference_anatomy())
    kinetics = kinetics_of(DRUG)
    network = build_network(canal, kinetics, one_patient())
    source, sites = source_of(canal, network), sites_of(canal)
    modes = full_modes(network, source, readout_of(network, sites))
    plasma = plasma_modes(kinetics.plasma, one_patient())
    answer = run_days(modes, plasma, schedule(1), every_step=True).steps[0, :, :-1]
    hours = np.arange(STEPS // BETWEEN_BOLUSES + 1.0)
    starts = np.sort(np.concatenate([hours, hours[:-1] + 1.0 / BETWEEN_BOLUSES]))
    return Case(
        matrix=network.matrix(0),
        source=source,
        sites=sites,
        volumes=network.volume[0, sites],
        starts=starts,
        rates=np.tile([BOLUS, BASAL], len(hours) - 1),
        answer=np.concatenate([np.zeros((1, len(SITES))), answer]),
    )
