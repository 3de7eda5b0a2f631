"""The closed table of units that thecal reads and writes, by UCUM code, with exact factors."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

_DAY = 86400
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: its dimension and how many base units it is."""

    dimension: str
    factor: Fraction


def _table() -> dict[str, Unit]:
    table: dict[str, Unit] = {}

    def add(dimension: str, **codes: Fraction | int) -> None:
        for code, factor in codes.items():
            table[code] = Unit(dimension, Fraction(factor))

    masses = {
        "kg": Fraction(10**9),
        "mg": Fraction(1000),
        "ug": Fraction(1),
        "ng": Fraction(1, 1000),
    }
    volumes = {"mL": Fraction(1000), "uL": Fraction(1)}
    times = {"d": Fraction(_DAY), "h": Fraction(_HOUR), "min": Fraction(60), "s": Fraction(1)}
    add("mass", **masses)
    add("volume", **volumes)
    add("duration", **times)
    for mass in ("mg", "ug", "ng"):
        add("concentration", **{f"{mass}/mL": masses[mass] / 1000})
    for time in ("d", "h"):
        for mass in ("mg", "ug"):
            add("mass rate", **{f"{mass}/{time}": masses[mass] / times[time]})
        for volume, factor in volumes.items():
            add("volume rate", **{f"{volume}/{time}": factor / times[time]})
    add("length", cm=1)
    add("altitude", m=1)
    add("volume per length", **{"mL/cm": 1000})
    add("magnetic field", T=1)
    add("temperature", Cel=1)
    return table


UNITS: dict[str, Unit] = _table()
"""UCUM code to unit. `mcg` is read as `ug` by the grammar and is no code of its own."""
