"""Writing a therapy as a therapy file: read back, it replays to the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from thecal.errors import CannotComputeError
from thecal.pharmacy import Mixture, drug
from thecal.program.program import BridgeOrder, InfusionProgram, PatientBolus, Step
from thecal.therapy.bedside import Bedside
from thecal.therapy.bedside_reader import RESIDUAL
from thecal.therapy.days import write_days, write_time_of_day
from thecal.therapy.events import (
    AccessPort,
    BagChange,
    Bolus,
    CatheterRecord,
    Empty,
    Environment,
    Event,
    Fault,
    Fill,
    InfectionCare,
    Interrogate,
    Mri,
    Note,
    Observe,
    Patient,
    Prime,
    Program,
    PumpRecord,
    Replace,
    Revise,
    StrayBag,
    Therapy,
)
from thecal.therapy.file_reader import SCHEMA
from thecal.units import Quantity

_DECIMALS = 6
_UNITS: Mapping[str, tuple[str, ...]] = {
    "mass": ("mg", "ug", "ng", "kg"),
    "volume": ("mL", "uL"),
    "duration": ("h", "min", "s", "d"),
    "concentration": ("mg/mL", "ug/mL", "ng/mL"),
    "mass rate": ("mg/d", "ug/d", "mg/h", "ug/h"),
    "volume rate": ("mL/d", "uL/d", "mL/h", "uL/h"),
    "length": ("cm",),
    "volume per length": ("mL/cm",),
    "magnetic field": ("T",),
    "temperature": ("Cel",),
    "altitude": ("m",),
}


def write_therapy(therapy: Therapy, bedside: Bedside | None = None) -> str:
    """Return the therapy file of a therapy and of what was found at the bedside.

    Parameters
    ----------
    bedside
        What `read_with_bedside` gave beside the therapy; None: the file has no such table.

    Raises
    ------
    CannotComputeError
        If a quantity has no exact text within the grammar of entry, or the residual stands in the
        bedside both as a word and in volumes.
    """
    lines = [f'schema = "{SCHEMA}"', f'utc_offset = "{_offset(therapy.utc_offset)}"']
    lines += _table("patient", _patient(therapy.patient))
    lines += _table("pump", _pump(therapy.pump))
    lines += _table("catheter", _catheter(therapy.catheter))
    if therapy.next_visit is not None:
        lines += _table("plan", {"next_visit": therapy.next_visit})
    if bedside is not None:
        lines += _table("bedside", _bedside(bedside))
    for event in therapy.events:
        lines += ["", write_event(event)]
    return "\n".join(lines) + "\n"


def write_event(event: Event) -> str:
    """Return one `[[events]]` table; raises `CannotComputeError` as `write_therapy` does."""
    lines = [f"{key} = {_value(value)}" for key, value in _event(event).items()]
    return "\n".join(["[[events]]", *lines])


def write_quantity(quantity: Quantity, prefer: str = "") -> str:
    """Return the text of a quantity in the first unit that writes it exactly.

    Raises
    ------
    CannotComputeError
        If no unit does within 7 digits before and 6 after the point.
    """
    units = _UNITS[quantity.dimension]
    for unit in (prefer, *units) if prefer else units:
        number = _digits(quantity.in_unit(unit))
        if number is not None:
            return f"{number} {unit}"
    raise CannotComputeError(
        f"{float(quantity.base)} base units of {quantity.dimension} have no exact text",
        remedy="enter the figure with fewer digits",
    )


def write_number(number: Fraction) -> str:
    """Return the text of a plain number; raises `CannotComputeError` if it has no exact one."""
    text = _digits(number)
    if text is None:
        raise CannotComputeError("the number has no exact text", remedy="enter fewer digits")
    return text


def _digits(number: Fraction) -> str | None:
    """Return a number of up to 7 digits before and 6 after the point; None where it needs more."""
    scaled = number * 10**_DECIMALS
    if scaled.denominator != 1 or number >= 10**7:
        return None
    whole, rest = divmod(scaled.numerator, 10**_DECIMALS)
    decimals = f"{rest:0{_DECIMALS}}".rstrip("0")
    return f"{whole}.{decimals}" if decimals else str(whole)


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _table(name: str, values: Mapping[str, Any]) -> list[str]:
    return ["", f"[{name}]", *(f"{key} = {_value(value)}" for key, value in values.items())]


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case int() | float():
            return repr(value)
        case datetime() | date():
            return value.isoformat()
        case Quantity():
            return json.dumps(write_quantity(value))
        case dict():
            inner = ", ".join(f"{key} = {_value(entry)}" for key, entry in value.items())
            return "{ " + inner + " }" if inner else "{}"
        case list() | tuple():
            return "[" + ", ".join(_value(entry) for entry in value) + "]"
    raise CannotComputeError(f"{value!r} has no place in a therapy file")


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None and value != ()}


def _mixture(mixture: Mixture | None) -> dict[str, str] | None:
    if mixture is None:
        return None
    return {name: write_quantity(mixture[name], drug(name).concentration_unit) for name in mixture}


def _patient(patient: Patient) -> dict[str, Any]:
    return _given(
        {
            "id": patient.id,
            "birth_date": patient.birth_date,
            "sex": patient.sex,
            "weight": write_quantity(patient.weight, "kg"),
            "height": None if patient.height is None else write_quantity(patient.height, "cm"),
            "therapy": patient.therapy,
            "setting": patient.setting,
            "origin": patient.origin,
            "opioid_tolerant": patient.opioid_tolerant,
            "indication": patient.indication,
        }
    )


def _pump(pump: PumpRecord) -> dict[str, Any]:
    return _given(
        {
            "model": pump.model,
            "serial": pump.serial,
            "low_reservoir_alarm": pump.low_reservoir_alarm,
            "calibration_constant": pump.calibration_constant,
            "implanted": pump.implanted,
            "battery_used": None if pump.battery_used is None else write_number(pump.battery_used),
            "critical_alarm_interval": pump.critical_alarm_interval,
        }
    )


def _catheter(catheter: CatheterRecord) -> dict[str, Any]:
    return _given(
        {
            "model": catheter.model,
            "tip": catheter.tip,
            "supplied_length": catheter.supplied_length,
            "trimmed_length": catheter.trimmed_length,
            "implanted_length": catheter.implanted_length,
            "implanted_length_range": catheter.implanted_length_range,
            "volume_per_length": catheter.volume_per_length,
        }
    )


def _bedside(bedside: Bedside) -> dict[str, Any]:
    volumes = bedside.residual
    if volumes is not None and RESIDUAL in bedside.outcomes:
        raise CannotComputeError(
            "the residual of the bedside is a word and three volumes", remedy="leave one out"
        )
    drawn = None
    if volumes is not None:
        drawn = {
            "filled": volumes.filled,
            "expected": volumes.expected,
            "aspirated": volumes.aspirated,
        }
    given = dict(bedside.outcomes) if drawn is None else {**bedside.outcomes, RESIDUAL: drawn}
    return _given({**given, "planned": bedside.planned})


def _event(event: Event) -> dict[str, Any]:
    values: dict[str, Any] = {"time": event.time, "type": event.type}
    values |= _given(_details(event))
    if event.override:
        values["override"] = [
            _given({"check": one.check, "reason": one.reason, "by": one.by or None})
            for one in event.override
        ]
    return values


def _details(event: Event) -> dict[str, Any]:
    match event:
        case BagChange():
            # The same fill, but what is left in a bag is thrown away.
            filled = _filled(event)
            del filled["confirmed_by"]
            return filled | {"wasted": filled.pop("aspirated")}
        case Fill():
            return _filled(event)
        case Empty():
            return {
                "aspirated": event.aspirated,
                "reason": event.reason,
                "witness": event.witness,
            }
        case Prime():
            return {"kind": event.kind.value, "volume": event.volume}
        case Program():
            typed = _program(event.program) | {"rate": event.rate, "reason": event.reason}
            if event.dose_without_effect is not None:
                return typed | {"daily_dose": write_quantity(event.dose_without_effect, "ug/d")}
            return typed if event.rate is None else typed | {"daily_dose": None}
        case Bolus():
            return {"dose": event.dose, "duration": event.duration}
        case Interrogate():
            return {
                "serial": event.serial,
                "pump_clock": event.pump_clock,
                "programmer_clock": event.programmer_clock,
            }
        case AccessPort():
            return {
                "aspirated": event.aspirated,
                "injected": event.injected,
                "mixture": _mixture(event.mixture) if event.mixture else None,
            }
        case Replace():
            return {"pump": _pump(event.pump), "line": _mixture(event.line)}
        case Revise():
            return {"catheter": _catheter(event.catheter), "line": _mixture(event.line)}
        case StrayBag():
            return _details(event.bag)
        case InfectionCare():
            return {"done": event.done}
        case Environment():
            return {
                "duration": event.duration,
                "temperature": event.temperature,
                "altitude": event.altitude,
                "depth": event.depth,
            }
        case Mri():
            return {
                "field": event.field_strength,
                "duration": event.duration,
                "recovery": event.recovery,
                "telemetry_mode": event.telemetry_mode or None,
            }
        case Fault():
            return _fault(event)
        case Observe():
            return {"scale": event.scale, "value": event.value}
        case Note():
            return {"text": event.text}
        case _:
            return {"reason": getattr(event, "reason", None)}


def _filled(event: Fill) -> dict[str, Any]:
    return {
        "volume": event.volume,
        "mixture": _mixture(event.mixture),
        "programmed_volume": event.programmed_volume,
        "aspirated": event.aspirated,
        "order": _mixture(event.order),
        "label": _mixture(event.label),
        "lot": event.lot,
        "beyond_use": event.beyond_use,
        "confirmed_by": event.confirmed_by,
    }


def _fault(event: Fault) -> dict[str, Any]:
    settings = event.settings
    return {
        "kind": event.kind,
        "mended": event.mended or None,
        "factor": None if settings.factor is None else write_number(settings.factor),
        "fraction": None if settings.fraction is None else write_number(settings.fraction),
        "duration": settings.duration,
        "rate": settings.rate,
        "volume": settings.volume,
        "distance": settings.distance,
        "mixture": _mixture(settings.mixture),
        "tip": settings.tip,
        "pump_clock": event.pump_clock,
        "replaced": settings.replaced or None,
    }


def _program(order: InfusionProgram) -> dict[str, Any]:
    unit = "" if order.primary is None else drug(order.primary).mass_unit
    dose = None if order.daily_dose is None else write_quantity(order.daily_dose, f"{unit}/d")
    return {
        "primary": order.primary,
        "mode": order.mode.value,
        "daily_dose": dose,
        "steps": [_step(step, unit) for step in order.steps] or None,
        "patient_bolus": None
        if order.patient_bolus is None
        else _patient_bolus(order.patient_bolus, unit),
        "bridge": None if order.bridge is None else _bridge(order.bridge, unit),
    }


def _step(step: Step, unit: str) -> dict[str, Any]:
    return {
        "days": write_days(step.days),
        "start": write_time_of_day(int(step.start.base)),
        "duration": step.duration,
        "dose": write_quantity(step.dose, unit),
    }


def _patient_bolus(bolus: PatientBolus, unit: str) -> dict[str, Any]:
    most = bolus.max_dose_per_day
    return _given(
        {
            "dose": write_quantity(bolus.dose, unit),
            "duration": bolus.duration,
            "lockout": bolus.lockout,
            "max_per_day": bolus.max_per_day,
            "max_dose_per_day": None if most is None else write_quantity(most, unit),
        }
    )


def _bridge(bridge: BridgeOrder, unit: str) -> dict[str, Any]:
    return _given(
        {"drug": bridge.drug, "daily_dose": write_quantity(bridge.daily_dose, f"{unit}/d")}
    )
