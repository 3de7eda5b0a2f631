"""What goes in: deliveries at a catheter tip as exact input, or averaged over even steps.

Deliveries are never looked up by a solver: they are summed into mass between points of time, so
that what left the tip and what entered the body are the same to rounding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from thecal.body.course import FloatArray
from thecal.body.march import Input


@final
@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """Even deliveries of one drug that do not overlap, in order of time.

    Attributes
    ----------
    starts, ends
        Shape (deliveries,), hours; equal for what was pushed by hand.
    masses
        Shape (deliveries,), micrograms.
    """

    starts: FloatArray
    ends: FloatArray
    masses: FloatArray

    def before(self, times: FloatArray) -> FloatArray:
        """Return the mass delivered before each time, shape (times,), by infusion alone."""
        lasting = self.ends > self.starts
        starts, ends, masses = self.starts[lasting], self.ends[lasting], self.masses[lasting]
        if not len(starts):
            return np.zeros(len(times))
        places = np.column_stack([starts, ends]).ravel()
        given = np.repeat(np.concatenate([[0.0], np.cumsum(masses)]), 2)[1:-1]
        before: FloatArray = np.interp(times, places, given)
        return before

    def pushes(self) -> tuple[FloatArray, FloatArray]:
        """Return times and masses of what was pushed at once."""
        at_once = self.ends == self.starts
        return self.starts[at_once], self.masses[at_once]


@final
@dataclass(frozen=True, slots=True, eq=False)
class TipSource:
    """What one drug gave at one place of the tip: one stream for each purpose."""

    level: str
    streams: tuple[Stream, ...]


def exact_input(source: TipSource, wanted: FloatArray) -> tuple[Input, NDArray[np.bool_]]:
    """Return the input with a point at every edge of a delivery, and which points are wanted.

    Parameters
    ----------
    wanted
        Shape (times,), hours, rising from 0; deliveries after the last are left out.
    """
    edges = [wanted, *(one.starts for one in source.streams), *(one.ends for one in source.streams)]
    points = np.unique(np.concatenate(edges))
    points = points[points <= wanted[-1]]
    return _input(source, points), np.isin(points, wanted)


def averaged_input(source: TipSource, points: FloatArray) -> Input:
    """Return the input with each delivery averaged over the steps it falls in; mass is kept."""
    return _input(source, points)


def _input(source: TipSource, points: FloatArray) -> Input:
    given, bolus = np.zeros(len(points)), np.zeros(len(points))
    for stream in source.streams:
        given += stream.before(points)
        times, masses = stream.pushes()
        inside = times <= points[-1]
        np.add.at(bolus, np.searchsorted(points, times[inside]), masses[inside])
    return Input(points, np.diff(given) / np.diff(points), bolus)


@final
@dataclass(frozen=True, slots=True)
class Row:
    """One delivery of one drug before it is sorted into streams: hours, mL, micrograms."""

    purpose: str
    start: float
    end: float
    volume: float
    mass: float


def streams_of(rows: Sequence[Row]) -> tuple[Stream, ...]:
    """Return one stream for each purpose."""
    by: dict[str, list[Row]] = {}
    for row in rows:
        by.setdefault(row.purpose, []).append(row)
    return tuple(_stream(some) for some in by.values())


def _stream(rows: Sequence[Row]) -> Stream:
    return Stream(
        starts=np.array([row.start for row in rows]),
        ends=np.array([row.end for row in rows]),
        masses=np.array([row.mass for row in rows]),
    )


Sources = Mapping[str, tuple[TipSource, ...]]
"""Drug to what it gave at each place of the tip."""
