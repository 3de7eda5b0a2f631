"""Many patients for many days: the same steps as `march`, on an even grid, kept by the day.

A schedule repeats a day of even steps, scaled from day to day. Memory is what was asked for: three
figures a day for each output, or every step. Threads share the work, for the kernel holds no lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import exp, gcd
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
_BLOCK = 8
"""Most steps to a block: as fast as 12 and faster than 16 a day, and cheapest before the first."""


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

    def check(self, patients: int) -> None:
        """Raise `UsageError` unless it has one row, or one for each of `patients`."""
        for array in (self.pattern, self.scale):
            if len(array) not in (1, patients):
                raise UsageError(
                    f"the schedule is for {len(array)} patients, the batch has {patients}",
                    remedy="give one row, or one for each patient",
                )

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
    schedule.check(len(modes.rate))
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
        gcd(int(schedule.pattern.shape[1]), _BLOCK),
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

    Raises
    ------
    UsageError
        If the schedule is for another number of patients.
    """
    schedule.check(patients.count)

    def one(first: int) -> tuple[slice, Days]:
        part = slice(first, min(first + block, patients.count))
        some = patients.part(part)
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


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "nsz", "reassoc"})
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
    length,
    every_step,
):
    """Step from block to block; what all steps of a day show is then one matrix product."""
    patients, size = rate.shape
    deep = plasma_rate.shape[1]
    columns = readout.shape[2] + 1
    in_day, days = pattern.shape[1], scale.shape[1]
    blocks = in_day // length
    low = np.empty((patients, days, columns))
    mean = np.empty((patients, days, columns))
    high = np.empty((patients, days, columns))
    steps = np.empty((patients, days * in_day if every_step else 0, columns))
    known = np.empty((blocks, size + deep + length))
    read = np.empty((blocks, columns * length))
    for one in range(patients):
        decay, gain, plasma_decay, plasma_gain, couple = _step_of(
            rate[one], entry[one], absorption[one], plasma_rate[one], plasma_entry[one], step
        )
        shown, left, passed = _block_of(
            readout[one],
            plasma_concentration[one],
            decay,
            gain,
            plasma_decay,
            plasma_gain,
            couple,
            length,
        )
        decay, plasma_decay = decay**length, plasma_decay**length
        inflow = pattern[one % len(pattern)].copy().reshape(blocks, length)
        added = np.dot(inflow, left)
        factor = scale[one % len(scale)]
        z, p = np.zeros(size), np.zeros(deep)
        for day in range(days):
            given = factor[day]
            for block in range(blocks):
                for t in range(length):
                    known[block, size + deep + t] = given * inflow[block, t]
                for j in range(deep):
                    known[block, size + j] = p[j]
                    arriving = given * added[block, size + j]
                    for k in range(size):
                        arriving += passed[j, k] * z[k]
                    p[j] = plasma_decay[j] * p[j] + arriving
                for k in range(size):
                    known[block, k] = z[k]
                    z[k] = decay[k] * z[k] + given * added[block, k]
            np.dot(known, shown, read)
            _fold(read, length, low[one, day], mean[one, day], high[one, day])
            if every_step:
                first = day * in_day
                for block in range(blocks):
                    for column in range(columns):
                        for t in range(length):
                            at = first + block * length + t
                            steps[one, at, column] = read[block, column * length + t]
    return low, mean, high, steps


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _step_of(rate, entry, absorption, plasma_rate, plasma_entry, step):  # type: ignore[no-untyped-def]
    """Return what one step does: decay and gain of the modes and of plasma, and what passes."""
    size, deep = len(rate), len(plasma_rate)
    decay, gain = np.empty(size), np.empty(size)
    plasma_decay, plasma_gain = np.empty(deep), np.zeros(deep)
    couple = np.empty((deep, size))
    for k in range(size):
        decay[k] = exp(rate[k] * step)
        gain[k] = entry[k] * step * first_difference(rate[k] * step, 0.0)
    for j in range(deep):
        y = plasma_rate[j] * step
        plasma_decay[j] = exp(y)
        for k in range(size):
            x = rate[k] * step
            weight = plasma_entry[j] * absorption[k] * step
            couple[j, k] = weight * first_difference(x, y)
            plasma_gain[j] += weight * entry[k] * step * second_difference(x, y, 0.0)
    return decay, gain, plasma_decay, plasma_gain, couple


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _block_of(  # type: ignore[no-untyped-def]
    readout, concentration, decay, gain, plasma_decay, plasma_gain, couple, length
):
    """Return what follows in a block of steps from one unit of all that decides it.

    That is each mode and each plasma mode at its start, then the rate given in each step; so the
    rows of `shown`, whose columns are the steps of the first output, of the next, and of plasma.
    `left` is what a rate in each step leaves at the end, in the modes and in plasma; `passed` is
    what each mode at the start leaves in plasma.
    """
    size, outputs = readout.shape
    deep = len(plasma_decay)
    shown = np.zeros((size + deep + length, (outputs + 1) * length))
    left = np.empty((length, size + deep))
    passed = np.empty((deep, size))
    central = outputs * length
    p = np.empty(deep)
    for k in range(size):
        value = 1.0
        p[:] = 0.0
        for t in range(length):
            for j in range(deep):
                p[j] = plasma_decay[j] * p[j] + couple[j, k] * value
                shown[k, central + t] += concentration[j] * p[j]
            value *= decay[k]
            for i in range(outputs):
                shown[k, i * length + t] = readout[k, i] * value
        passed[:, k] = p
    for j in range(deep):
        value = 1.0
        for t in range(length):
            value *= plasma_decay[j]
            shown[size + j, central + t] = concentration[j] * value
    z = gain.copy()
    p[:] = plasma_gain
    reading = np.empty(outputs + 1)
    for after in range(length):
        reading[:] = 0.0
        for k in range(size):
            for i in range(outputs):
                reading[i] += readout[k, i] * z[k]
        for j in range(deep):
            reading[outputs] += concentration[j] * p[j]
        for given in range(length - after):
            for i in range(outputs + 1):
                shown[size + deep + given, i * length + given + after] = reading[i]
        left[length - 1 - after, :size] = z
        left[length - 1 - after, size:] = p
        for j in range(deep):
            p[j] *= plasma_decay[j]
            for k in range(size):
                p[j] += couple[j, k] * z[k]
        z *= decay
    return shown, left, passed


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"nnan", "nsz", "reassoc"})
def _fold(read, length, low, mean, high):  # type: ignore[no-untyped-def]
    """Fold a day: first over the blocks, for all columns side by side, then within the block."""
    blocks, width = read.shape
    # Three arrays of their own: views of one would keep the compiler from working side by side.
    least, total, most = read[0].copy(), read[0].copy(), read[0].copy()
    for block in range(1, blocks):
        for column in range(width):
            value = read[block, column]
            least[column] = min(least[column], value)
            most[column] = max(most[column], value)
            total[column] += value
    for output in range(len(low)):
        first = output * length
        lowest, sum_of_all, highest = least[first], 0.0, most[first]
        for column in range(first, first + length):
            lowest = min(lowest, least[column])
            highest = max(highest, most[column])
            sum_of_all += total[column]
        low[output], high[output] = lowest, highest
        mean[output] = sum_of_all / (blocks * length)
