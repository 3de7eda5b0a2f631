"""Constants as floats in the units of this room, each with the fact it came from."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from thecal.data import Fact, FactValue
from thecal.errors import DataError
from thecal.units import Concentration, Duration, Length, Mass, Quantity, Volume, VolumePerLength

_PLAIN: dict[str, float] = {
    "1": 1.0,
    "y": 1.0,
    "mm2": 0.01,
    "cm2": 1.0,
    "cm2/s": 3600.0,
    "um2/s": 3600.0e-8,
    "cm/h": 1.0,
    "1/h": 1.0,
    "1/min": 60.0,
    "1/d": 1.0 / 24.0,
    "L": 1000.0,
    "L/h": 1000.0,
    "L/min": 60_000.0,
    "mL/min": 60.0,
    "m2/kg": 1.0,
}
_QUANTITIES: dict[type[Quantity], Callable[[Quantity], Fraction]] = {
    Length: lambda value: value.base,
    Mass: lambda value: value.base,
    Volume: lambda value: value.base / 1000,
    Duration: lambda value: value.base / 3600,
    Concentration: lambda value: value.base * 1000,
    VolumePerLength: lambda value: value.base / 1000,
}


def number_of(fact: Fact[FactValue]) -> float:
    """Return a fact in cm, mL, h and ug.

    Raises
    ------
    DataError
        If the fact is a text, or its unit is none that the body knows.
    """
    value = fact.value
    if isinstance(value, Quantity):
        convert = _QUANTITIES.get(type(value))
        if convert is not None:
            return float(convert(value))
    elif isinstance(value, Fraction) and fact.unit in _PLAIN:
        return float(value) * _PLAIN[fact.unit]
    raise DataError(
        f'"{fact.unit}" is no unit of a figure of the body',
        remedy="use one of " + ", ".join(_PLAIN),
        place=fact.source,
    )
