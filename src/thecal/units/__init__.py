"""Floor 0: exact quantities with units, number entry and display rules."""

from thecal.units.display import (
    NO_BREAK_SPACE,
    show,
    show_date,
    show_number,
    show_percent,
    show_time,
    show_unit,
)
from thecal.units.grammar import parse_number, parse_quantity
from thecal.units.quantity import (
    DAY,
    HOUR,
    Altitude,
    Concentration,
    Duration,
    Length,
    MagneticField,
    Mass,
    MassRate,
    Quantity,
    Temperature,
    Volume,
    VolumePerLength,
    VolumeRate,
)

__all__ = [
    "DAY",
    "HOUR",
    "NO_BREAK_SPACE",
    "Altitude",
    "Concentration",
    "Duration",
    "Length",
    "MagneticField",
    "Mass",
    "MassRate",
    "Quantity",
    "Temperature",
    "Volume",
    "VolumePerLength",
    "VolumeRate",
    "parse_number",
    "parse_quantity",
    "show",
    "show_date",
    "show_number",
    "show_percent",
    "show_time",
    "show_unit",
]
