"""Stepping modes and plasma through time, exactly from event to event.

Between two points of time the input is constant, so each step is a closed form whatever its
length. Doses are given to the step and never looked up by it: none can be missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from thecal.body.course import FloatArray
from thecal.body.exponentials import first_difference, second_difference
from thecal.body.modes import Modes
from thecal.body.plasma import PlasmaModes

_SAME_LENGTH = 4
"""Lengths that differ by fewer units in the last place of the latest point are the same."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Where a march stands: modes (patients, r), plasma modes (patients, J), mass (patients,)."""

    modes: FloatArray
    plasma: FloatArray
    eliminated: FloatArray


@final
@dataclass(frozen=True, slots=True, eq=False)
class Input:
    """What goes in, shared by the batch.

    Attributes
    ----------
    points
        Shape (E + 1,), rising, hours.
    infusion
        Shape (E,), micrograms per hour from each point to the next.
    bolus
        Shape (E + 1,), micrograms at each point.
    """

    points: FloatArray
    infusion: FloatArray
    bolus: FloatArray

    @property
    def dose(self) -> float:
        """All mass given, micrograms."""
        return float(self.infusion @ np.diff(self.points) + self.bolus.sum())


@final
@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """What a march read at the points that were asked for.

    Attributes
    ----------
    values
        Shape (patients, kept, outputs): the readouts just after any bolus at that point.
    peaks
        The same shape: highest since the point kept before.
    plasma
        Shape (patients, kept): central concentration, micrograms per mL.
    state
        At the last point.
    """

    values: FloatArray
    peaks: FloatArray
    plasma: FloatArray
    state: State


def start_of(modes: Modes, plasma: PlasmaModes) -> State:
    """Return the state of a body without drug."""
    return State(np.zeros_like(modes.rate), np.zeros_like(plasma.rate), np.zeros(len(modes.rate)))


def march(
    modes: Modes, plasma: PlasmaModes, given: Input, kept: NDArray[np.bool_], state: State
) -> Track:
    """Step a batch of patients through the same input.

    Parameters
    ----------
    kept
        Shape (E + 1,): the points at which the readouts are wanted.
    state
        At the first point, before its bolus.
    """
    lengths, which, infusion = _by_length(given)
    outcome = _march(
        modes.rate,
        modes.entry,
        np.ascontiguousarray(modes.readout.transpose(0, 2, 1)),
        modes.absorption,
        plasma.rate,
        plasma.entry,
        plasma.concentration,
        plasma.elimination,
        lengths,
        which,
        infusion,
        given.bolus,
        np.flatnonzero(kept),
        state.modes,
        state.plasma,
        state.eliminated,
    )
    values, peaks, central, end_modes, end_plasma, eliminated = outcome
    return Track(values, peaks, central, State(end_modes, end_plasma, eliminated))


def _by_length(given: Input) -> tuple[FloatArray, NDArray[np.int64], FloatArray]:
    """Return the lengths that steps have, which each step has, and its flow at that length.

    Even steps between points far from zero differ by rounding, and each length costs its own
    coefficients. The flow makes good what the length lost, so that no mass is.
    """
    steps = np.diff(given.points)
    unit = _SAME_LENGTH * np.spacing(np.abs(given.points).max())
    rounded = np.round(steps / unit) * unit
    rounded = np.where(rounded > 0, rounded, steps)
    share = np.divide(steps, rounded, out=np.ones_like(steps), where=rounded > 0)
    lengths, which = np.unique(rounded, return_inverse=True)
    return lengths, which, given.infusion * share


def periodic_state(modes: Modes, plasma: PlasmaModes, given: Input) -> State:
    """Return the state at the first point of an input that repeats for ever, in closed form.

    What one period adds to an empty body is divided by what a period leaves of it. `eliminated`
    is zero: over a period as much leaves as is given.

    Parameters
    ----------
    given
        One period, from its first point to its last; a bolus at the last belongs to the next.
    """
    bolus = given.bolus.copy()
    bolus[-1] = 0.0
    once = Input(given.points, given.infusion, bolus)
    nothing = np.zeros(len(given.points), dtype=bool)
    empty = start_of(modes, plasma)
    added = march(modes, plasma, once, nothing, empty).state
    period = float(given.points[-1] - given.points[0])
    settled = added.modes / -np.expm1(modes.rate * period)
    # Plasma: carry the settled canal through one period without plasma of its own.
    carried = march(modes, plasma, once, nothing, State(settled, empty.plasma, empty.eliminated))
    settled_plasma = carried.state.plasma / -np.expm1(plasma.rate * period)
    return State(settled, settled_plasma, np.zeros(len(modes.rate)))


@njit(cache=True, nogil=True, error_model="numpy")
def _march(  # type: ignore[no-untyped-def]
    rate,
    entry,
    readout,
    absorption,
    plasma_rate,
    plasma_entry,
    plasma_concentration,
    plasma_elimination,
    lengths,
    which,
    infusion,
    bolus,
    kept,
    start_modes,
    start_plasma,
    start_eliminated,
):
    patients, size = rate.shape
    deep = plasma_rate.shape[1]
    outputs = readout.shape[2]
    values = np.zeros((patients, len(kept), outputs))
    peaks = np.zeros((patients, len(kept), outputs))
    central = np.zeros((patients, len(kept)))
    modes = start_modes.copy()
    plasma = start_plasma.copy()
    eliminated = start_eliminated.copy()
    count = len(lengths)
    decay, gain, held, fed = np.empty((4, count, size))
    plasma_decay, plasma_gain = np.empty((2, count, deep))
    couple = np.empty((count, deep, size))
    moved = np.empty(deep)
    reading, highest = np.empty((2, outputs))
    for one in range(patients):
        for at in range(count):
            step = lengths[at]
            for k in range(size):
                x = rate[one, k] * step
                decay[at, k] = exp(x)
                part = first_difference(x, 0.0)
                gain[at, k] = entry[one, k] * step * part
                held[at, k] = absorption[one, k] * step * part
                weight = absorption[one, k] * entry[one, k] * step * step
                fed[at, k] = weight * second_difference(x, 0.0, 0.0)
            for j in range(deep):
                y = plasma_rate[one, j] * step
                plasma_decay[at, j] = exp(y)
                plasma_gain[at, j] = 0.0
                for k in range(size):
                    x = rate[one, k] * step
                    weight = plasma_entry[one, j] * absorption[one, k] * step
                    couple[at, j, k] = weight * first_difference(x, y)
                    weight *= entry[one, k] * step
                    plasma_gain[at, j] += weight * second_difference(x, y, 0.0)
        z, p = modes[one], plasma[one]
        slot = 0
        highest[:] = -np.inf
        for point in range(len(bolus)):
            if point > 0:
                at = which[point - 1]
                flow = infusion[point - 1]
                absorbed = 0.0
                for k in range(size):
                    absorbed += held[at, k] * z[k] + fed[at, k] * flow
                for j in range(deep):
                    new = plasma_decay[at, j] * p[j] + plasma_gain[at, j] * flow
                    for k in range(size):
                        new += couple[at, j, k] * z[k]
                    moved[j] = new
                for j in range(deep):
                    # The integral of each mode, from its own equation.
                    whole = (moved[j] - p[j] - plasma_entry[one, j] * absorbed) / plasma_rate[
                        one, j
                    ]
                    eliminated[one] += plasma_elimination[one, j] * whole
                    p[j] = moved[j]
                for k in range(size):
                    z[k] = decay[at, k] * z[k] + gain[at, k] * flow
                _read(readout[one], z, reading)
                for i in range(outputs):
                    highest[i] = max(highest[i], reading[i])
            if bolus[point] != 0.0:
                for k in range(size):
                    z[k] += entry[one, k] * bolus[point]
            if bolus[point] != 0.0 or point == 0:
                _read(readout[one], z, reading)
                for i in range(outputs):
                    highest[i] = max(highest[i], reading[i])
            if slot < len(kept) and kept[slot] == point:
                for j in range(deep):
                    central[one, slot] += plasma_concentration[one, j] * p[j]
                values[one, slot] = reading
                peaks[one, slot] = highest
                highest[:] = -np.inf
                slot += 1
    return values, peaks, central, modes, plasma, eliminated


@njit(cache=True, nogil=True, error_model="numpy")
def _read(readout, z, reading):  # type: ignore[no-untyped-def]
    reading[:] = 0.0
    for k in range(len(z)):
        for i in range(len(reading)):
            reading[i] += readout[k, i] * z[k]
