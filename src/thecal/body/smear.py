"""Fronts between two solutions, smeared on their way through the catheter: optional."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import erf, exp, pi, sqrt
from typing import final

import numpy as np

from thecal.body.course import FloatArray
from thecal.body.source import Row


@final
@dataclass(frozen=True, slots=True)
class Smear:
    """What smears a front on its way through the catheter: volume mL, radius cm, D cm2/h."""

    catheter_volume: float
    bore_radius: float
    diffusivity: float

    def spread(self, flow: float) -> float:
        """Return the standard deviation in mL of a front that went through at `flow` mL/h.

        Taylor and Aris: D (1 + Pe^2 / 48) with Pe = U r / D, for the time of the passage
        (pkpd.md 4.2).
        """
        area = pi * self.bore_radius**2
        peclet = flow / area * self.bore_radius / self.diffusivity
        dispersion = self.diffusivity * (1.0 + peclet**2 / 48.0)
        return area * sqrt(2.0 * dispersion * self.catheter_volume / flow)


def smeared(rows: Sequence[Row], smear: Smear) -> list[Row]:
    """Return the deliveries of one drug with the fronts between solutions smeared.

    Each front becomes a Gaussian in the volume that has left the tip, as wide as its own passage
    made it; rows near a front are cut finely. Mass is kept but for what a front near the first or
    the last row moves into or out of the line.

    Parameters
    ----------
    rows
        In order of time, purposes mixed.
    """
    flowing = [row for row in rows if row.volume > 0]
    edges = np.concatenate([[0.0], np.cumsum([row.volume for row in flowing])])
    strengths = [row.mass / row.volume for row in flowing]
    fronts: list[tuple[float, float, float]] = []
    for index in range(1, len(flowing)):
        jump = strengths[index] - strengths[index - 1]
        if abs(jump) > 1e-9 * max(strengths[index], strengths[index - 1]):
            flow = _mean_flow(flowing, edges, index, smear.catheter_volume)
            fronts.append((float(edges[index]), jump, smear.spread(flow)))
    if not fronts:
        return list(rows)
    out: list[Row] = []
    for index, row in enumerate(flowing):
        out += _cut(row, edges[index], strengths[0], fronts)
    return out


def _mean_flow(rows: Sequence[Row], edges: FloatArray, front: int, volume: float) -> float:
    """Return the flow in mL/h over the last catheter volume before a front left the tip."""
    first = int(np.searchsorted(edges, edges[front] - volume, side="right")) - 1
    first = max(first, 0)
    span = rows[front - 1].end - rows[first].start
    moved = float(edges[front] - edges[first])
    return moved / span if span > 0 else moved


_REACH, _PIECES_PER_SIGMA = 6.0, 4.0


def _cut(
    row: Row, before: float, first: float, fronts: Sequence[tuple[float, float, float]]
) -> list[Row]:
    """Return a row with its mass by the smeared fronts, in pieces where one is near."""
    low, high = before, before + row.volume
    near = [s for place, _, s in fronts if low - _REACH * s < place < high + _REACH * s]
    if not near:
        return [row]
    pieces = max(1, int(np.ceil(row.volume / min(near) * _PIECES_PER_SIGMA)))
    cuts = np.linspace(low, high, pieces + 1)
    held = first * cuts + sum(
        jump * np.array([_ramp(cut - place, spread) for cut in cuts])
        for place, jump, spread in fronts
    )
    masses = np.diff(held)
    times = row.start + (row.end - row.start) * (cuts - low) / row.volume
    return [
        replace(row, start=float(a), end=float(b), volume=row.volume / pieces, mass=float(mass))
        for a, b, mass in zip(times[:-1], times[1:], masses, strict=True)
    ]


def _ramp(distance: float, spread: float) -> float:
    """Return the integral of a smeared step up to `distance` behind its place."""
    z = distance / spread
    normal = 0.5 * (1.0 + erf(z / sqrt(2.0)))
    return distance * normal + spread * exp(-0.5 * z * z) / sqrt(2.0 * pi)
