"""Priming and bridging: the arithmetic of the line's volume."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import final

from thecal.units import Concentration, Duration, Mass, MassRate, Volume, VolumeRate


@final
class PrimeKind(StrEnum):
    """What a prime fills: the whole line, the catheter, or the tubing alone into the open."""

    FULL = "full"
    CATHETER = "catheter"
    BACK_TABLE = "back-table"


def prime_volume(kind: PrimeKind, *, tubing: Volume, catheter: Volume) -> Volume:
    """Return the volume that a prime of this kind needs."""
    match kind:
        case PrimeKind.FULL:
            return tubing + catheter
        case PrimeKind.CATHETER:
            return catheter
        case PrimeKind.BACK_TABLE:
            return tubing


@final
@dataclass(frozen=True, slots=True)
class Bridge:
    """A bridge in volumes: old solution out of tubing and catheter at the old concentration."""

    volume: Volume
    rate: VolumeRate
    duration: Duration
    dose: Mass


def plan_bridge(volume: Volume, daily_dose: MassRate, old_concentration: Concentration) -> Bridge:
    """Return the bridge that clears `volume` of old solution at `daily_dose`.

    The standard formula (facts/devices.md 3.4): rate is dose over the old concentration, duration
    is volume over rate, the dose given is volume times the old concentration.
    """
    rate = daily_dose / old_concentration
    return Bridge(volume, rate, volume / rate, volume * old_concentration)


@final
@dataclass(frozen=True, slots=True)
class Unbridged:
    """What the patient gets if the rate is switched to the new concentration at once."""

    daily_dose: MassRate
    duration: Duration


def without_bridge(
    volume: Volume,
    daily_dose: MassRate,
    old_concentration: Concentration,
    new_concentration: Concentration,
) -> Unbridged:
    """Return the dose rate, and for how long, while old solution leaves at the new rate."""
    new_rate = daily_dose / new_concentration
    return Unbridged(new_rate * old_concentration, volume / new_rate)
