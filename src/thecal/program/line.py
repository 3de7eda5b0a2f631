"""The pump tubing and the catheter as first-in, first-out parcels of mixture.

Plug flow without mixing between parcels: what enters at the reservoir leaves at the tip in the same
order. The access port sits between tubing and catheter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.pharmacy import DRUG_FREE, Mixture
from thecal.units import Mass, Volume


@final
@dataclass(frozen=True, slots=True)
class Solution:
    """A mixture as it is, and as it was written when it was filled (mixing left out)."""

    actual: Mixture
    written: Mixture


NO_DRUG = Solution(DRUG_FREE, DRUG_FREE)


@final
@dataclass(frozen=True, slots=True)
class Parcel:
    """A stretch of the line that holds one solution."""

    volume: Volume
    solution: Solution


@final
@dataclass(frozen=True, slots=True)
class Segment:
    """One tube, full of fluid. `parcels` run from its outlet (towards the tip) to its inlet."""

    parcels: tuple[Parcel, ...]

    @classmethod
    def filled(cls, volume: Volume, solution: Solution) -> Segment:
        """Return a tube of `volume` that holds one solution throughout."""
        return cls((Parcel(volume, solution),) if volume else ())

    @classmethod
    def joined(cls, *tubes: Segment) -> Segment:
        """Return tubes in series, the one with the outlet first, as one."""
        return cls(_merged(tuple(parcel for tube in tubes for parcel in tube.parcels)))

    @property
    def volume(self) -> Volume:
        """The volume of the tube."""
        return Volume(sum((parcel.volume.base for parcel in self.parcels), Fraction(0)))

    def pushed(self, incoming: tuple[Parcel, ...]) -> tuple[Segment, tuple[Parcel, ...]]:
        """Return the tube after `incoming` (first to enter first), and what left at the outlet."""
        queue = _merged((*self.parcels, *incoming))
        total = sum((parcel.volume.base for parcel in incoming), Fraction(0))
        out, rest = _split(queue, Volume(total))
        return Segment(rest), out

    def drawn_back(self, volume: Volume, entering: Solution) -> tuple[Segment, tuple[Parcel, ...]]:
        """Return the tube after `volume` was drawn at the inlet, and what was drawn, first first.

        `entering` follows at the outlet: cerebrospinal fluid for a catheter.
        """
        queue = _merged((Parcel(volume, entering), *self.parcels)) if volume else self.parcels
        keep = Volume(sum((p.volume.base for p in queue), Fraction(0)) - volume.base)
        rest, drawn = _split(queue, keep)
        return Segment(rest), tuple(reversed(drawn))

    def cut(self, volume: Volume) -> tuple[Segment, Segment]:
        """Return the first `volume` from the outlet and the rest, as two tubes in series."""
        front, rest = _split(self.parcels, volume)
        return Segment(front), Segment(rest)


@final
@dataclass(frozen=True, slots=True)
class Line:
    """Pump tubing and catheter in series."""

    tubing: Segment
    catheter: Segment

    @classmethod
    def of_volumes(cls, tubing: Volume, catheter: Volume, solution: Solution = NO_DRUG) -> Line:
        """Return a line of these volumes that holds one solution throughout."""
        return cls(Segment.filled(tubing, solution), Segment.filled(catheter, solution))

    @property
    def parcels(self) -> tuple[Parcel, ...]:
        """All parcels from the tip to the reservoir."""
        return _merged((*self.catheter.parcels, *self.tubing.parcels))

    @property
    def volume(self) -> Volume:
        """The volume of tubing and catheter."""
        return self.tubing.volume + self.catheter.volume

    def pushed(self, volume: Volume, solution: Solution) -> tuple[Line, tuple[Parcel, ...]]:
        """Return the line after `volume` entered from the reservoir, and what left at the tip."""
        tubing, into_catheter = self.tubing.pushed((Parcel(volume, solution),))
        catheter, out = self.catheter.pushed(into_catheter)
        return Line(tubing, catheter), out

    def tip(self) -> Parcel | None:
        """Return the parcel next to leave, None where the line has no volume."""
        for segment in (self.catheter, self.tubing):
            if segment.parcels:
                return segment.parcels[0]
        return None

    def holds_only(self, solution: Solution) -> bool:
        """Whether the whole line holds `solution`."""
        return all(
            parcel.solution == solution
            for segment in (self.catheter, self.tubing)
            for parcel in segment.parcels
        )

    @property
    def drug_free_at_tip(self) -> Volume:
        """The drug-free volume that leaves before any drug does."""
        total = Fraction(0)
        for parcel in self.parcels:
            if parcel.solution.actual:
                break
            total += parcel.volume.base
        return Volume(total)

    def mass(self) -> Mapping[str, Mass]:
        """Return the mass of each drug in the line."""
        return mass_in(self.parcels)


def mass_in(parcels: tuple[Parcel, ...]) -> dict[str, Mass]:
    """Return the mass of each drug in some parcels."""
    masses: dict[str, Mass] = {}
    for parcel in parcels:
        for drug in parcel.solution.actual:
            mass = parcel.solution.actual.mass_of(drug, parcel.volume)
            masses[drug] = masses.get(drug, Mass.zero()) + mass
    return masses


def _merged(parcels: tuple[Parcel, ...]) -> tuple[Parcel, ...]:
    merged: list[Parcel] = []
    for parcel in parcels:
        if not parcel.volume:
            continue
        if merged and merged[-1].solution == parcel.solution:
            merged[-1] = Parcel(merged[-1].volume + parcel.volume, parcel.solution)
        else:
            merged.append(parcel)
    return tuple(merged)


def _split(
    parcels: tuple[Parcel, ...], volume: Volume
) -> tuple[tuple[Parcel, ...], tuple[Parcel, ...]]:
    """Cut a row of parcels after `volume` from its front."""
    front: list[Parcel] = []
    left = volume.base
    for index, parcel in enumerate(parcels):
        if left <= 0:
            return tuple(front), parcels[index:]
        if parcel.volume.base <= left:
            front.append(parcel)
            left -= parcel.volume.base
        else:
            front.append(Parcel(Volume(left), parcel.solution))
            rest = Parcel(Volume(parcel.volume.base - left), parcel.solution)
            return tuple(front), (rest, *parcels[index + 1 :])
    return tuple(front), ()
