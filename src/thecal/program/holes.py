"""Fluid through a catheter that leaks: part of the flow leaves at each hole before the tip.

The catheter is cut at its holes into stretches of plug flow; a stretch behind a hole moves by what
is left of the flow, and what lies behind a break stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import final

from thecal.program.line import Line, Parcel, Segment, Solution
from thecal.units import Volume


@final
class Place(StrEnum):
    """Where drug went that left neither by the tip nor by a syringe of the clinic."""

    TISSUE = "tissue"
    POCKET = "pocket"
    DIVERTED = "diverted"


@final
@dataclass(frozen=True, slots=True)
class Hole:
    """A hole in the catheter.

    `distal` is the catheter's volume between the hole and the tip, `fraction` the part of the flow
    arriving there that leaves by it.
    """

    distal: Volume
    fraction: Fraction
    place: Place


Lost = tuple[tuple[Place, tuple[Parcel, ...]], ...]


def share_at_tip(holes: tuple[Hole, ...]) -> Fraction:
    """Return the part of the flow that reaches the tip."""
    left = Fraction(1)
    for hole in holes:
        left *= 1 - hole.fraction
    return left


def push_through(
    line: Line, volume: Volume, solution: Solution, holes: tuple[Hole, ...]
) -> tuple[Line, tuple[Parcel, ...], Lost]:
    """Return the line after `volume` entered from the reservoir, what left at the tip, and where.

    `holes` run from the pump to the tip.
    """
    tubing, flow = line.tubing.pushed((Parcel(volume, solution),))
    catheter, flow, lost = push_catheter(line.catheter, flow, holes)
    return Line(tubing, catheter), flow, lost


def push_catheter(
    catheter: Segment, flow: tuple[Parcel, ...], holes: tuple[Hole, ...]
) -> tuple[Segment, tuple[Parcel, ...], Lost]:
    """Return the catheter after `flow` entered it, what left at the tip, and what at each hole."""
    moved: list[Segment] = []
    lost: list[tuple[Place, tuple[Parcel, ...]]] = []
    stretches = _stretches(catheter, holes)
    for hole, stretch in zip(holes, stretches, strict=False):
        stretch, flow = stretch.pushed(flow)
        moved.append(stretch)
        lost.append((hole.place, _scaled(flow, hole.fraction)))
        flow = _scaled(flow, 1 - hole.fraction)
    stretch, flow = stretches[-1].pushed(flow)
    moved.append(stretch)
    return Segment.joined(*reversed(moved)), flow, tuple(lost)


def next_at_tip(line: Line, holes: tuple[Hole, ...]) -> tuple[Fraction, Solution] | None:
    """Return what comes to the tip now, and the microlitres that the pump moves until it changes.

    None where nothing reaches the tip, or where the line has no volume.
    """
    share = share_at_tip(holes)
    if not share:
        return None
    for number, stretch in enumerate(reversed(_stretches(line.catheter, holes))):
        if stretch.parcels:
            return stretch.parcels[0].volume.base / share, stretch.parcels[0].solution
        if number < len(holes):
            share /= 1 - holes[-1 - number].fraction
    if not line.tubing.parcels:
        return None
    return line.tubing.parcels[0].volume.base, line.tubing.parcels[0].solution


def _stretches(catheter: Segment, holes: tuple[Hole, ...]) -> list[Segment]:
    """Cut a catheter at its holes; the stretch at the pump comes first."""
    stretches: list[Segment] = []
    rest, passed = catheter, Fraction(0)
    for hole in reversed(holes):
        front, rest = rest.cut(Volume(hole.distal.base - passed))
        stretches.append(front)
        passed = hole.distal.base
    return [*reversed([*stretches, rest])]


def _scaled(parcels: tuple[Parcel, ...], share: Fraction) -> tuple[Parcel, ...]:
    if not share:
        return ()
    return tuple(Parcel(parcel.volume.scaled(share), parcel.solution) for parcel in parcels)
