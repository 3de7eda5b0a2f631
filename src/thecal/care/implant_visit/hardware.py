"""The pump and the catheter of a visit as the therapy's record names them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from thecal.care.forms import Filled
from thecal.care.implant_visit.visit import ImplantVisit
from thecal.device import catheter_model
from thecal.therapy.events import CatheterRecord, PumpRecord
from thecal.units import Length, Volume, VolumePerLength


def pump_record(visit: ImplantVisit, implanted: date | None = None) -> PumpRecord:
    """Return the pump that goes in; its step has been recorded."""
    filled = visit.filled
    model, serial = filled.get("pump_model", str), filled.get("serial", str)
    assert model is not None
    assert serial is not None
    constant = filled.typed.get("calibration_label")
    return PumpRecord(
        model=model,
        serial=serial,
        calibration_constant=None if constant is None else str(constant),
        implanted=implanted,
    )


def segment_lengths(filled: Filled) -> tuple[Length | None, ...]:
    """Return the implanted length of each segment: measured, else supplied less trimmed."""
    return tuple(_length(row) for row in filled.rows("segments"))


def _length(row: Mapping[str, object]) -> Length | None:
    measured, supplied, trimmed = (row.get(one) for one in ("measured", "supplied", "trimmed"))
    if isinstance(measured, Length):
        return measured
    if isinstance(supplied, Length) and isinstance(trimmed, Length) and trimmed < supplied:
        return supplied - trimmed
    return None


def volume_per_length(id: str) -> VolumePerLength | None:
    """Return what a centimetre of a catheter's row holds; None where it is not on record."""
    found = catheter_model(id).volume_per_length
    return None if found is None else found.value


def segment_volumes(filled: Filled) -> tuple[Volume | None, ...]:
    """Return the volume of each segment: length times the millilitres per centimetre of its row."""
    found = []
    for row, length in zip(filled.rows("segments"), segment_lengths(filled), strict=True):
        each = volume_per_length(str(row["catheter"]))
        found.append(None if length is None or each is None else length * each)
    return tuple(found)


def catheter_record(visit: ImplantVisit) -> CatheterRecord:
    """Return the catheter that goes in; its length stays unknown where a segment's is."""
    filled = visit.filled
    rows, tip = filled.rows("segments"), filled.get("tip_level", str)
    assert tip is not None
    models = tuple(str(row["catheter"]) for row in rows)
    volumes = segment_volumes(filled)
    known = [(one, volume) for one, volume in zip(segment_lengths(filled), volumes, strict=True)]
    lengths = [one for one, volume in known if one is not None and volume is not None]
    if len(lengths) < len(rows):
        return CatheterRecord(model=models[0], tip=tip)
    total = sum(lengths[1:], lengths[0])
    if len(rows) == 1:
        supplied, trimmed = rows[0]["supplied"], rows[0].get("trimmed")
        assert isinstance(supplied, Length)
        assert trimmed is None or isinstance(trimmed, Length)
        return CatheterRecord(models[0], tip, supplied, trimmed, implanted_length=total)
    each = {volume_per_length(one) for one in models}
    mean = None
    if len(each) > 1:
        held = sum(one.in_unit("mL") for one in volumes if one is not None)
        mean = VolumePerLength.of(held / total.in_unit("cm"), "mL/cm")
    return CatheterRecord(models[0], tip, implanted_length=total, volume_per_length=mean)
