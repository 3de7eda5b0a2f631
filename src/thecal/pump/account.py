"""The books of every drug: filled = withdrawn + reservoir + line + delivered + unaccounted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import final

from thecal.pharmacy import Mixture
from thecal.program.delivery import Purpose
from thecal.program.holes import Lost, Place
from thecal.program.line import Parcel
from thecal.units import Mass, Volume


@final
@dataclass(slots=True)
class Account:
    """Running sums of what entered and left. Volumes are microlitres, masses micrograms, exact."""

    filled: dict[str, Fraction] = field(default_factory=dict)
    withdrawn: dict[str, Fraction] = field(default_factory=dict)
    unaccounted: dict[str, Fraction] = field(default_factory=dict)
    delivered_volumes: dict[tuple[Purpose, Mixture], Fraction] = field(default_factory=dict)
    lost_volumes: dict[tuple[Place, Mixture], Fraction] = field(default_factory=dict)

    def copy(self) -> Account:
        """Return an independent copy."""
        return Account(
            dict(self.filled),
            dict(self.withdrawn),
            dict(self.unaccounted),
            dict(self.delivered_volumes),
            dict(self.lost_volumes),
        )

    def fill(self, volume: Volume, mixture: Mixture) -> None:
        """Book what entered."""
        _add(self.filled, mixture, volume.base)

    def withdraw(self, volume: Volume, mixture: Mixture) -> None:
        """Book what was drawn out."""
        _add(self.withdrawn, mixture, volume.base)

    def withdraw_parcels(self, parcels: Iterable[Parcel]) -> None:
        """Book parcels of the line that left it other than by the tip."""
        for parcel in parcels:
            self.withdraw(parcel.volume, parcel.solution.actual)

    def lose(self, place: Place, volume: Fraction, mixture: Mixture) -> None:
        """Book microlitres that a fault let out of the system other than by the tip."""
        if not volume:
            return
        key = place, mixture
        self.lost_volumes[key] = self.lost_volumes.get(key, Fraction(0)) + volume

    def lose_parcels(self, lost: Lost) -> None:
        """Book what left the line at its holes."""
        for place, parcels in lost:
            for parcel in parcels:
                self.lose(place, parcel.volume.base, parcel.solution.actual)

    def lost(self, drug: str, place: Place | None = None) -> Mass:
        """Return the mass of `drug` that faults let out, at one place or at all."""
        return Mass(
            sum(
                (
                    volume * mixture.get_concentration(drug).base
                    for (booked, mixture), volume in self.lost_volumes.items()
                    if place is None or booked is place
                ),
                Fraction(0),
            )
        )

    def left_otherwise(self, drug: str) -> Mass:
        """Return the mass of `drug` that left other than by the tip: drawn, spilled and lost."""
        return Mass(self.withdrawn.get(drug, Fraction(0))) + self.lost(drug)

    def miss(self, volume: Volume, mixture: Mixture) -> None:
        """Book a signed volume that a recorded aspirate contradicts."""
        _add(self.unaccounted, mixture, volume.base)

    def deliver(self, purpose: Purpose, volume: Fraction, mixture: Mixture) -> None:
        """Book what left at the tip, in microlitres."""
        key = (purpose, mixture)
        self.delivered_volumes[key] = self.delivered_volumes.get(key, Fraction(0)) + volume

    def delivered(self, drug: str, purpose: Purpose | None = None) -> Mass:
        """Return the mass of `drug` that left at the tip, for one purpose or all."""
        return Mass(
            sum(
                (
                    volume * mixture.get_concentration(drug).base
                    for (booked, mixture), volume in self.delivered_volumes.items()
                    if purpose is None or booked is purpose
                ),
                Fraction(0),
            )
        )


def _add(book: dict[str, Fraction], mixture: Mixture, volume: Fraction) -> None:
    for drug in mixture:
        book[drug] = book.get(drug, Fraction(0)) + mixture[drug].base * volume
