"""Reading the `[pump]` and `[catheter]` tables, at the head of a file and in its events."""

from __future__ import annotations

from fractions import Fraction

from thecal.device import (
    catheter_model,
    catheter_models,
    implant_catheter,
    pump_model,
    pump_models,
)
from thecal.device.alarm_signals import critical_interval_selectable
from thecal.device.battery import has_battery
from thecal.errors import ThecalError
from thecal.therapy.events import CatheterRecord, PumpRecord
from thecal.therapy.table import Table
from thecal.units import Duration, Length, Volume, VolumePerLength, parse_number

LEVELS = (
    *(f"C{n}" for n in range(1, 9)),
    *(f"T{n}" for n in range(1, 13)),
    *(f"L{n}" for n in range(1, 6)),
    *(f"S{n}" for n in range(1, 6)),
)


def read_pump(table: Table) -> PumpRecord:
    """Read a `[pump]` table."""
    ids = tuple(model.id for model in pump_models())
    constant = table.optional("calibration_constant", table.take_text)
    if constant is not None:
        try:
            parse_number(constant)
        except ThecalError as error:
            raise table.error(error.what, error.remedy, "calibration_constant") from None
    record = PumpRecord(
        model=table.take_choice("model", ids),
        serial=table.take_text("serial"),
        low_reservoir_alarm=table.optional(
            "low_reservoir_alarm", lambda key: table.take_quantity(key, Volume)
        ),
        calibration_constant=constant,
        implanted=table.optional("implanted", table.take_date),
        battery_used=table.optional("battery_used", lambda key: _part(table, key)),
        critical_alarm_interval=table.optional(
            "critical_alarm_interval", lambda key: table.take_quantity(key, Duration)
        ),
    )
    table.finish()
    _check_battery(record, table)
    return record


def _part(table: Table, key: str) -> Fraction:
    try:
        part = parse_number(table.take_text(key))
    except ThecalError as error:
        raise table.error(error.what, error.remedy, key) from None
    if part > 1:
        raise table.error("more than all of the charge is used", 'write a part: "0.35"', key)
    return part


def _check_battery(record: PumpRecord, table: Table) -> None:
    """Refuse what the model cannot have, and a used battery of unknown age."""
    model = pump_model(record.model)
    if record.battery_used is not None:
        if record.implanted is None:
            raise table.error(
                "a battery that was used has an age", "add implanted = 2020-05-04", "battery_used"
            )
        if not has_battery(model):
            raise table.error(f"{model.name} has no battery", "leave it out", "battery_used")
    if record.critical_alarm_interval is not None and not critical_interval_selectable(model):
        raise table.error(
            f"no choice of alarm intervals is on record for {model.name}",
            "leave it out",
            "critical_alarm_interval",
        )


def read_catheter(table: Table) -> CatheterRecord:
    """Read a `[catheter]` table; lengths that contradict each other are refused."""
    ids = tuple(model.id for model in catheter_models())

    def length(key: str) -> Length:
        return table.take_quantity(key, Length, zero_allowed=key == "trimmed_length")

    record = CatheterRecord(
        model=table.take_choice("model", ids),
        tip=table.take_choice("tip", LEVELS),
        supplied_length=table.optional("supplied_length", length),
        trimmed_length=table.optional("trimmed_length", length),
        implanted_length=table.optional("implanted_length", length),
        implanted_length_range=table.optional(
            "implanted_length_range", lambda key: _length_range(table, key)
        ),
        volume_per_length=table.optional(
            "volume_per_length", lambda key: table.take_quantity(key, VolumePerLength)
        ),
    )
    table.finish()
    try:
        implant_catheter(
            catheter_model(record.model),
            supplied_length=record.supplied_length,
            trimmed_length=record.trimmed_length,
            implanted_length=record.implanted_length,
            implanted_length_range=record.implanted_length_range,
            volume_per_length=record.volume_per_length,
        )
    except ThecalError as error:
        raise table.error(
            f"{error.what}, {error.why}" if error.why else error.what, error.remedy, error.place
        ) from None
    return record


def _length_range(table: Table, key: str) -> tuple[Length, Length]:
    values = table.take_list(key)
    if len(values) != 2:
        raise table.error("a range has two ends", 'write ["40 cm", "90 cm"]', key)
    ends = Table({"shortest": values[0], "longest": values[1]}, f"{table.place}: {key}")
    low, high = (ends.take_quantity(end, Length) for end in ("shortest", "longest"))
    if low >= high:
        raise table.error("the range's second end is not the longer one", "", key)
    return low, high
