"""Error of the reduced model in every cell, against the full eigendecomposition of this run.

The reference body and draws from the priors; five-minute boluses, a constant rate and an impulse.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from bench import tell
from bench_case import ACCURACY, BASAL, STEPS, pattern, source_of

from thecal.body.anatomy import reference_anatomy
from thecal.body.canal import grid
from thecal.body.course import FloatArray
from thecal.body.kinetics import kinetics_of
from thecal.body.modes import Modes, full_modes
from thecal.body.network import Cell, build_network
from thecal.body.patients import Patients, drawn_patients, one_patient
from thecal.body.plasma import PlasmaModes, plasma_modes
from thecal.body.population import DailySchedule, run_days
from thecal.body.reduced import reduced_modes

DRAWS, SEED, BATCH = 40, 2, 8
SECONDS_PER_HOUR = 3600.0
Pairs = list[tuple[FloatArray, FloatArray]]
"""Exact and reduced, each of shape (patients, times, cells)."""


def nominal_and_draws() -> list[Patients]:
    """Return the reference body and the draws, in small batches: every cell is kept."""
    drawn, nominal = drawn_patients(None, DRAWS, SEED), one_patient()
    names = [field.name for field in fields(Patients)]
    whole = {name: np.concatenate([getattr(nominal, name), getattr(drawn, name)]) for name in names}
    return [
        Patients(**{name: whole[name][first : first + BATCH] for name in names})
        for first in range(0, DRAWS + 1, BATCH)
    ]


def stepped(modes: Modes, plasma: PlasmaModes, rates: FloatArray) -> FloatArray:
    """Return every cell and plasma every five minutes of a day."""
    return run_days(modes, plasma, DailySchedule(rates, np.ones((1, 1))), every_step=True).steps


def impulse(modes: Modes) -> FloatArray:
    """Return every cell from one second to a day after a microgram was given at once."""
    times = np.geomspace(1.0 / SECONDS_PER_HOUR, 24.0, 120)
    held = modes.entry[:, None, :] * np.exp(modes.rate[:, None, :] * times[:, None])
    return np.asarray(held @ modes.readout.transpose(0, 2, 1))


def compare(drug: str) -> None:
    """Print the worst error of one drug: of the peak, and of each CSF cell's own peak."""
    canal, kinetics = grid(reference_anatomy()), kinetics_of(drug)
    worst: dict[str, list[tuple[float, float]]] = {}
    for patients in nominal_and_draws():
        network = build_network(canal, kinetics, patients)
        readout = np.eye(network.cells) / network.volume[:, None, :]
        source, plasma = source_of(canal, network), plasma_modes(kinetics.plasma, patients)
        both = [make(network, source, readout) for make in (full_modes, reduced_modes)]
        fluid = np.flatnonzero(network.kind == Cell.CSF)
        constant = np.full((1, STEPS), BASAL)
        for name, (exact, found) in {
            "boluses of 5 min": [stepped(modes, plasma, pattern()) for modes in both],
            "constant rate": [stepped(modes, plasma, constant) for modes in both],
            "impulse, from 1 s": [impulse(modes) for modes in both],
        }.items():
            wrong, peak = np.abs(found - exact).max(axis=1), exact.max(axis=1)
            cells = slice(0, network.cells)
            everywhere = wrong[:, cells].max(axis=1) / peak[:, cells].max(axis=1)
            own = wrong[:, fluid] / peak[:, fluid]
            worst.setdefault(name, []).append((float(everywhere.max()), float(own.max())))
            if peak.shape[1] > network.cells:
                in_plasma = float((wrong[:, -1] / peak[:, -1]).max())
                worst.setdefault(f"{name}, plasma", []).append((in_plasma, in_plasma))
    for name, found_errors in worst.items():
        everywhere, own = np.max(found_errors, axis=0)
        what = f"error of the reduced model, {drug}, {name}, {DRAWS} draws and the reference body"
        tell(what, float(everywhere), "of the peak", f"demanded {ACCURACY}", ACCURACY)
        if "plasma" not in name:
            tell(f"{what}, CSF", float(own), "of each cell's own peak", "of the peak", everywhere)


def errors() -> None:
    """Compare a drug without and one with epidural cells."""
    for drug in ("morphine", "fentanyl"):
        compare(drug)


if __name__ == "__main__":
    errors()
