"""Reading a fault of a therapy file: its kind decides which keys it may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from thecal.device import fault_kind, fault_kinds
from thecal.errors import ThecalError
from thecal.pump.fault_settings import OUTSIDE, FaultSettings, check_settings
from thecal.therapy.events import Fault, Override
from thecal.therapy.hardware_reader import LEVELS
from thecal.therapy.table import Table
from thecal.units import Duration, Length, Volume, VolumeRate, parse_number


def read_fault(table: Table, time: datetime, override: tuple[Override, ...]) -> Fault:
    """Read a fault; a key that does not belong to its kind is left for `finish` to refuse."""
    kind = fault_kind(table.take_choice("kind", tuple(kind.id for kind in fault_kinds())))
    if table.optional("mended", table.take_flag):
        if kind.part == "fill":
            raise table.error(f"a {kind.id} is over with the next fill", "", "mended")
        return Fault(time=time, override=override, kind=kind.id, mended=True)
    values = {
        key: table.optional(key, read) for key, read in _readers(table).items() if key in kind.keys
    }
    clock = values.pop("pump_clock", None)
    replaced = bool(values.pop("replaced", False))
    settings = FaultSettings(**values, replaced=replaced)
    try:
        check_settings(kind, settings)
    except ThecalError as error:
        raise table.error(error.what, "see faults.csv") from None
    return Fault(time=time, override=override, kind=kind.id, settings=settings, pump_clock=clock)


def _readers(table: Table) -> Mapping[str, Callable[[str], Any]]:
    def number(key: str) -> Fraction:
        try:
            return parse_number(table.take_text(key))
        except ThecalError as error:
            raise table.error(error.what, error.remedy, key) from None

    return {
        "factor": number,
        "fraction": number,
        "duration": lambda key: table.take_quantity(key, Duration),
        "rate": lambda key: table.take_quantity(key, VolumeRate),
        "volume": lambda key: table.take_quantity(key, Volume),
        "distance": lambda key: table.take_quantity(key, Length),
        "mixture": lambda key: table.take_mixture(key, empty_allowed=True),
        "tip": lambda key: table.take_choice(key, (*LEVELS, OUTSIDE)),
        "pump_clock": table.take_moment,
        "replaced": table.take_flag,
    }
