"""Reading the `[pump]` and `[catheter]` tables, at the head of a file and in its events."""

from __future__ import annotations

from thecal.device import catheter_model, catheter_models, implant_catheter, pump_models
from thecal.errors import ThecalError
from thecal.therapy.events import CatheterRecord, PumpRecord
from thecal.therapy.table import Table
from thecal.units import Length, Volume, VolumePerLength, parse_number

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
    )
    table.finish()
    return record


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
