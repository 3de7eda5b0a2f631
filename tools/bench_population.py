"""Run some patients for a year; print seconds, most bytes held before and after, bytes of answer.

A process of its own, for the most memory that a process has held never falls. With `effects` as a
second word every step is kept, a block at a time, and the effects of morphine follow from it.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
from bench_case import DRUG, SITES, STEPS, pattern, sites_of, source_of

from thecal.body.anatomy import reference_anatomy
from thecal.body.canal import grid
from thecal.body.course import FloatArray
from thecal.body.effects.course import State, Treated, run_effects
from thecal.body.effects.course import sites_of as effect_sites_of
from thecal.body.kinetics import kinetics_of
from thecal.body.network import FIRST_CSF, build_network
from thecal.body.patients import Patients, drawn_patients, one_patient
from thecal.body.population import HOURS_PER_DAY, DailySchedule, run_population

YEAR, WARM_UP_PATIENTS, WARM_UP_DAYS = 365, 500, 2
EFFECT_BLOCK, EFFECT_DAYS = 12, 7
KIBIBYTE = 1024


def run(patients: Patients, days: int, *, effects: bool) -> float:
    """Return seconds of effects alone; 0 without."""
    canal, kinetics, anatomy = grid(reference_anatomy()), kinetics_of(DRUG), reference_anatomy()
    source = source_of(canal, build_network(canal, kinetics, one_patient()))
    outputs = sites_of(canal)
    if effects:
        # A site in the cord is read in the middle of its middle level.
        outputs = np.array(
            [
                1
                if site.compartment == "cisterna"
                else FIRST_CSF
                + canal.cells
                + canal.cell_at(anatomy.middle(site.levels[len(site.levels) // 2]))
                for site in effect_sites_of(DRUG)
            ]
        )
    period = DailySchedule(pattern(), np.ones((1, days)))
    spent = 0.0
    for _, block in run_population(
        canal,
        kinetics,
        patients,
        source,
        outputs,
        period,
        block=EFFECT_BLOCK if effects else 250,
        every_step=effects,
    ):
        if effects:
            start = time.thread_time()
            follow(block.steps)
            spent += time.thread_time() - start
    return spent


def follow(steps: FloatArray) -> None:
    """Run the effects of a block over windows of a week, each from where the last ended."""
    treated = Treated.alike("pain", age=50.0, opioid_tolerant=True, patients=len(steps))
    state: State | None = None
    window = EFFECT_DAYS * STEPS
    for first in range(0, steps.shape[1] - 1, window):
        part = steps[:, first : first + window + 1]
        times = HOURS_PER_DAY / STEPS * np.arange(part.shape[1], dtype=np.float64)
        given = {site: part[:, :, index].copy() for index, site in enumerate(effect_sites_of(DRUG))}
        state = run_effects(times, {DRUG: given}, treated, state).state_at(-1)


def most_memory() -> int:
    """Return the most bytes that this process has held."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held if sys.platform == "darwin" else held * KIBIBYTE


if __name__ == "__main__":
    count, effects = int(sys.argv[1]), "effects" in sys.argv[2:]
    run(drawn_patients(None, WARM_UP_PATIENTS, 1), WARM_UP_DAYS, effects=effects)
    before = most_memory()
    start = time.perf_counter()
    spent = run(drawn_patients(None, count, 1), YEAR, effects=effects)
    seconds = time.perf_counter() - start
    answer = count * YEAR * (len(SITES) + 1) * 3 * np.dtype(float).itemsize
    print(seconds, before, most_memory(), answer, spent)
