"""Many patients for many days: the same steps as `march`, on an even grid, kept by the day.

A schedule repeats a day of even steps, scaled from day to day. Memory is what was asked for: three
figures a day for each output, or every step. Threads share the work, for the kernel holds no lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from math import exp
from typing import final

import numpy as np
from numba import njit

from thecal.body.canal import Canal
from thecal.body.course import FloatArray
from thecal.body.exponentials import first_difference, second_difference
from thecal.body.kinetics import Kinetics
from thecal.body.modes import Modes
from thecal.body.network import build_network
from thecal.body.patients import Patients
from thecal.body.plasma import PlasmaModes, plasma_modes
from thecal.body.reduced import reduced_modes
from thecal.errors import UsageError

HOURS_PER_DAY = 24.0


@final
@dataclass(frozen=True, slots=True, eq=False)
class DailySchedule:
    """What goes in, from an empty body on.

    Attributes
    ----------
    pattern
        Shape (patients or 1, steps): micrograms per hour in each even step of a day.
    scale
        Shape (patients or 1, days): factor on the pattern, day by day.
    """

    pattern: FloatArray
    scale: FloatArray

    def __post_init__(self) -> None:
        for name in ("pattern", "scale"):
            array = getattr(self, name)
            if array.ndim != 2 or 0 in array.shape:
                raise UsageError(
                    f"the {name} of a schedule has the shape {array.shape}",
                    remedy="give patients (or 1) by steps or days, at least one of each",
                )
            if not np.all(np.isfinite(array)) or np.any(array < 0):
                raise UsageError(
                    f"the {name} of a schedule holds a negative or unknown figure",
                    remedy="give micrograms per hour, and factors, that are not below zero",
                )

    @property
    def step(self) -> float:
        """Length of a step in hours."""
        return HOURS_PER_DAY / int(self.pattern.shape[1])

    def of(self, patients: slice) -> DailySchedule:
        """Return the schedule of some of the patients."""
        return DailySchedule(
            *(one if len(one) == 1 else one[patients] for one in (self.pattern, self.scale))
        )


@final
@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """What came of it; the last output is the plasma concentration, micrograms per mL.

    Attributes
    ----------
    low, mean, high
        Shape (patients, days, outputs + 1), over the ends of the steps of each day.
    steps
        Shape (patients, days * steps, outputs + 1), or (patients, 0, outputs + 1) if not wanted.
    """

    low: FloatArray
    mean: FloatArray
    high: FloatArray
    steps: FloatArray


def run_days(
    modes: Modes, plasma: PlasmaModes, schedule: DailySchedule, *, every_step: bool = False
) -> Days:
    """Step a batch of patients through a schedule.

    Raises
    ------
    UsageError
        If the schedule is for another number of patients.
    """
    patients = len(modes.rate)
    for array in (schedule.pattern, schedule.scale):
        if len(array) not in (1, patients):
            raise UsageError(
                f"the schedule is for {len(array)} patients, the batch has {patients}",
                remedy="give one row, or one for each patient",
            )
    low, mean, high, steps = _run_days(
        modes.rate,
        modes.entry,
        np.ascontiguousarray(modes.readout.transpose(0, 2, 1)),
        modes.absorption,
        plasma.rate,
        plasma.entry,
        plasma.concentration,
        schedule.pattern,
        schedule.scale,
        schedule.step,
        every_step,
    )
    return Days(low, mean, high, steps)


def run_population(
    canal: Canal,
    kinetics: Kinetics,
    patients: Patients,
    source: FloatArray,
    outputs: FloatArray,
    schedule: DailySchedule,
    *,
    block: int = 250,
    threads: int = 2,
    every_step: bool = False,
) -> Iterator[tuple[slice, Days]]:
    """Yield the days of one block of patients after the other, in order.

    Parameters
    ----------
    source
        Shape (cells,): part of the dose that goes into each cell of the network.
    outputs
        Cells whose concentration is wanted, shape (outputs,), whole numbers.
    block
        Patients to a block; with `threads` it bounds the memory.
    """

    def one(first: int) -> tuple[slice, Days]:
        part = slice(first, min(first + block, patients.count))
        some = _some(patients, part)
        network = build_network(canal, kinetics, some)
        readout = np.zeros((some.count, len(outputs), network.cells))
        rows = np.arange(len(outputs))
        readout[:, rows, outputs] = 1.0 / network.volume[:, outputs]
        modes = reduced_modes(network, source, readout)
        plasma = plasma_modes(kinetics.plasma, some)
        return part, run_days(modes, plasma, schedule.of(part), every_step=every_step)

    with ThreadPoolExecutor(threads) as pool:
        waiting = []
        for first in range(0, patients.count, block):
            waiting.append(pool.submit(one, first))
            if len(waiting) > threads:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _some(patients: Patients, part: slice) -> Patients:
    return Patients(
        **{field.name: getattr(patients, field.name)[part] for field in fields(patients)}
    )


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _run_days(  # type: ignore[no-untyped-def]
    rate,
    entry,
    readout,
    absorption,
    plasma_rate,
    plasma_entry,
    plasma_concentration,
    pattern,
    scale,
    step,
    every_step,
):
    patients, size = rate.shape
    deep = plasma_rate.shape[1]
    outputs = readout.shape[2]
    in_day, days = pattern.shape[1], scale.shape[1]
    low = np.empty((patients, days, outputs + 1))
    mean = np.empty((patients, days, outputs + 1))
    high = np.empty((patients, days, outputs + 1))
    steps = np.empty((patients, days * in_day if every_step else 0, outputs + 1))
    decay, gain, z = np.empty((3, size))
    plasma_decay, plasma_gain, p = np.empty((3, deep))
    # Columns behind the outputs: what each plasma mode takes from the canal in the next step.
    weights = np.empty((size, outputs + deep))
    course = np.empty((in_day, size))
    read = np.empty((in_day, outputs + deep))
    feed, central = np.zeros(deep), np.empty(in_day)
    for one in range(patients):
        for k in range(size):
            x = rate[one, k] * step
            decay[k] = exp(x)
            gain[k] = entry[one, k] * step * first_difference(x, 0.0)
            weights[k, :outputs] = readout[one, k]
        for j in range(deep):
            y = plasma_rate[one, j] * step
            plasma_decay[j] = exp(y)
            plasma_gain[j] = 0.0
            for k in range(size):
                x = rate[one, k] * step
                couple = plasma_entry[one, j] * absorption[one, k] * step
                weights[k, outputs + j] = couple * first_difference(x, y)
                plasma_gain[j] += couple * entry[one, k] * step * second_difference(x, y, 0.0)
        z[:] = 0.0
        p[:] = 0.0
        feed[:] = 0.0
        inflow = pattern[one % len(pattern)]
        factor = scale[one % len(scale)]
        for day in range(days):
            for s in range(in_day):
                given = inflow[s] * factor[day]
                for k in range(size):
                    value = decay[k] * z[k] + gain[k] * given
                    z[k] = value
                    course[s, k] = value
            np.dot(course, weights, read)
            for s in range(in_day):
                given = inflow[s] * factor[day]
                held = 0.0
                for j in range(deep):
                    p[j] = plasma_decay[j] * p[j] + feed[j] + plasma_gain[j] * given
                    feed[j] = read[s, outputs + j]
                    held += plasma_concentration[one, j] * p[j]
                central[s] = held
            for i in range(outputs):
                least = most = read[0, i]
                total = 0.0
                for s in range(in_day):
                    value = read[s, i]
                    least = value if value < least else least
                    most = value if value > most else most
                    total += value
                low[one, day, i], mean[one, day, i], high[one, day, i] = least, total / in_day, most
            low[one, day, outputs] = central.min()
            mean[one, day, outputs] = central.mean()
            high[one, day, outputs] = central.max()
            if every_step:
                for s in range(in_day):
                    for i in range(outputs):
                        steps[one, day * in_day + s, i] = read[s, i]
                    steps[one, day * in_day + s, outputs] = central[s]
    return low, mean, high, steps
