"""What is typed into a draft: texts in fields whose units are fixed, read into one program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any, final

from thecal.errors import ThecalError
from thecal.pharmacy import Mixture, drug
from thecal.program.program import InfusionProgram, Mode, PatientBolus, Step
from thecal.therapy.consistency import check_references
from thecal.therapy.days import read_days, read_time_of_day, write_days, write_time_of_day
from thecal.therapy.events import Program, Therapy
from thecal.therapy.file_reader import read_event_table
from thecal.units import Duration, Mass, MassRate, Quantity, parse_typed

Typed = Mapping[str, str]
STEP_PARTS = ("days", "start", "lasts", "dose")
STEP_DURATION, BOLUS_DURATION, LOCKOUT = "min", "min", "h"
_NO_DOSE = (Mode.STOPPED, Mode.MINIMUM_RATE)
_DECIMALS = 6
LONGEST_TYPED = 200
"""Characters of one field: more is refused whole, for a text cut short may say something else."""
NOTHING: Typed = MappingProxyType({})


@final
@dataclass(frozen=True, slots=True)
class DraftField:
    """A quantity of a draft: the unit is fixed and stands beside the field."""

    name: str
    label: str
    kind: type[Quantity]
    unit: str


@final
@dataclass(frozen=True, slots=True)
class ReadDraft:
    """A draft as read: the event that it would be, or what is wrong with which field."""

    event: Program | None
    errors: Mapping[str, str]


def mass_unit(primary: str) -> str:
    """Return the unit in which the doses of a drug are typed."""
    return drug(primary).mass_unit


def quantities(primary: str, bridged: str, steps: int) -> tuple[DraftField, ...]:
    """Return every quantity that a draft may hold.

    Parameters
    ----------
    primary, bridged
        The drug whose doses are typed, and the one whose old solution a bridge would bring.
    steps
        How many rows of steps there are.
    """
    mass = mass_unit(primary)
    return (
        DraftField("daily_dose", f"Background of {primary}", MassRate, f"{mass}/d"),
        DraftField("bolus_dose", f"Bolus of {primary}", Mass, mass),
        DraftField("bolus_duration", "Given over", Duration, BOLUS_DURATION),
        DraftField("bolus_lockout", "Lockout", Duration, LOCKOUT),
        DraftField("bolus_most_dose", f"Most {primary} in 24 hours", Mass, mass),
        DraftField("bridge_dose", f"Bridge of {bridged}", MassRate, f"{mass_unit(bridged)}/d"),
        *(
            one
            for number in range(steps)
            for one in (
                DraftField(f"step{number}_lasts", "Lasts", Duration, STEP_DURATION),
                DraftField(f"step{number}_dose", f"Dose of {primary}", Mass, mass),
            )
        ),
    )


def step_rows(typed: Typed) -> int:
    """Return how many rows of steps were sent."""
    numbers = [
        int(name[4 : -len("_days")])
        for name in typed
        if name.startswith("step") and name.endswith("_days") and name[4:-5].isdecimal()
    ]
    return max(numbers, default=-1) + 1


def read_draft(
    typed: Typed,
    solution: Mixture,
    therapy: Therapy,
    now: datetime,
    known: Typed = NOTHING,
) -> ReadDraft:
    """Read what was typed; every wrong field is named, none is mended.

    Parameters
    ----------
    solution
        What the pump was told it holds: the drugs that can be the primary one.
    now
        When the program would be written.
    known
        What stood in the fields before anybody typed: steps of it that stay behind in a mode
        without steps are dropped with the program that they belong to, others are an error.
    """
    errors = _too_long(typed)
    mode = _choice(typed, "mode", tuple(Mode), errors)
    primary = _choice(typed, "primary", tuple(solution), errors)
    table: dict[str, Any] = {"type": "program", "time": now, "mode": mode}
    if typed.get("reason", "").strip():
        table["reason"] = typed["reason"].strip()
    if not errors and mode not in _NO_DOSE:
        table["primary"] = primary
        _running(typed, known, primary, str(mode), table, errors)
    if not errors and mode in _NO_DOSE and "reason" not in table:
        errors["reason"] = "say why the pump is left without therapy"
    if errors:
        return ReadDraft(None, errors)
    try:
        event = read_event_table(table, "the draft", therapy.utc_offset)
        check_references((*therapy.events, event), "the draft")
    except ThecalError as error:
        name = "bridge_dose" if "bridge" in error.place else "steps"
        return ReadDraft(None, {name: _words(error)})
    assert isinstance(event, Program)
    return ReadDraft(event, {})


def _too_long(typed: Typed) -> dict[str, str]:
    """Return an error for each field that holds more than may be typed into it."""
    return {
        name: f"{len(text)} characters are more than the {LONGEST_TYPED} that this page takes;"
        " shorten it, nothing of it was cut or kept"
        for name, text in typed.items()
        if len(text) > LONGEST_TYPED
    }


def _running(
    typed: Typed,
    known: Typed,
    primary: str,
    mode: str,
    table: dict[str, Any],
    errors: dict[str, str],
) -> None:
    """Read the parts of a program that runs into a table of the therapy file."""
    rows = step_rows(typed)
    bridged = typed.get("bridge_drug", "") or primary
    read = {
        one.name: text
        for one in quantities(primary, bridged, rows)
        if (text := _quantity(typed, one, errors))
    }
    if "daily_dose" not in read and "daily_dose" not in errors:
        errors["daily_dose"] = "a dose is needed: a pump is stopped by its mode, not by 0"
    table["daily_dose"] = read.get("daily_dose", "")
    if mode != Mode.FLEX and _stray_steps(typed, known, rows):
        errors["steps"] = "steps belong to the mode flex: choose it, or empty their fields"
    if mode == Mode.FLEX:
        table["steps"] = _steps(typed, rows, read, errors)
        if not table["steps"]:
            errors.setdefault("steps", "flex needs a step; without one, choose continuous")
    bolus = _together(read, errors, ("bolus_dose", "bolus_duration", "bolus_lockout"), "bolus")
    if bolus is not None:
        table["patient_bolus"] = dict(zip(("dose", "duration", "lockout"), bolus, strict=True))
        if "bolus_most_dose" in read:
            table["patient_bolus"]["max_dose_per_day"] = read["bolus_most_dose"]
        count = typed.get("bolus_most", "").strip()
        if count:
            if count.isascii() and count.isdecimal() and 0 < int(count) < 10**_DECIMALS:
                table["patient_bolus"]["max_per_day"] = int(count)
            else:
                errors["bolus_most"] = f'"{count}" is no whole number above zero'
    if "bridge_dose" in read:
        table["bridge"] = {"daily_dose": read["bridge_dose"]}
        if bridged != primary:
            table["bridge"]["drug"] = bridged


def _stray_steps(typed: Typed, known: Typed, rows: int) -> bool:
    names = [f"step{number}_{part}" for number in range(rows) for part in STEP_PARTS]
    return any(typed.get(name, "") not in ("", known.get(name, "")) for name in names)


def _steps(
    typed: Typed, rows: int, read: Mapping[str, str], errors: dict[str, str]
) -> list[dict[str, str]]:
    steps = []
    for number in range(rows):
        name = f"step{number}_"
        parts = {part: typed.get(name + part, "").strip() for part in STEP_PARTS}
        if not any(parts[part] for part in ("start", "lasts", "dose")):
            continue
        missing = [part for part in STEP_PARTS if not parts[part]]
        for part in missing:
            errors[name + part] = "a step needs its days, its start, how long it lasts and its dose"
        for part, reads in (("days", read_days), ("start", read_time_of_day)):
            try:
                reads(parts[part])
            except ThecalError as error:
                errors.setdefault(name + part, _words(error))
        steps.append(
            {
                "days": parts["days"],
                "start": parts["start"],
                "duration": read.get(name + "lasts", ""),
                "dose": read.get(name + "dose", ""),
            }
        )
    return steps


def _together(
    read: Mapping[str, str], errors: dict[str, str], names: tuple[str, ...], what: str
) -> tuple[str, ...] | None:
    """Return the parts of something that is given whole or not at all."""
    given = [name for name in names if name in read]
    if not given:
        return None
    for name in names:
        if name not in read:
            errors.setdefault(name, f"a {what} needs this too; leave all of it empty for none")
    return tuple(read.get(name, "") for name in names)


def _choice(typed: Typed, name: str, choices: tuple[str, ...], errors: dict[str, str]) -> str:
    given = typed.get(name, "")
    if given not in choices:
        errors[name] = "choose one of " + ", ".join(choices)
    return given


def _quantity(typed: Typed, one: DraftField, errors: dict[str, str]) -> str:
    """Return what was typed with its unit; empty where nothing was."""
    given = typed.get(one.name, "").strip()
    if not given:
        return ""
    try:
        parse_typed(given, one.unit, one.kind)
    except ThecalError as error:
        errors[one.name] = _words(error)
        return ""
    return f"{given} {one.unit}"


def _words(error: ThecalError) -> str:
    return f"{error.what}; {error.remedy}" if error.remedy else error.what


# -- a program as it would be typed ----------------------------------------------------------------


def typed_of(program: InfusionProgram | None, primary: str) -> dict[str, str]:
    """Return what would have to be typed for a program: where every draft begins.

    A bridge is not taken over: it belongs to one change and has run.
    """
    if program is None or program.daily_dose is None or program.primary is None:
        mode = Mode.CONTINUOUS if program is None else program.mode
        return {"mode": mode.value, "primary": primary}
    unit = mass_unit(program.primary)
    typed = {
        "mode": program.mode.value,
        "primary": program.primary,
        "daily_dose": _figure(program.daily_dose.in_unit(f"{unit}/d")),
    }
    for number, step in enumerate(program.steps):
        typed |= _step_typed(number, step, unit)
    if program.patient_bolus is not None:
        typed |= _bolus_typed(program.patient_bolus, unit)
    return typed


def _step_typed(number: int, step: Step, unit: str) -> dict[str, str]:
    return {
        f"step{number}_days": write_days(step.days),
        f"step{number}_start": write_time_of_day(int(step.start.base)),
        f"step{number}_lasts": _figure(step.duration.in_unit(STEP_DURATION)),
        f"step{number}_dose": _figure(step.dose.in_unit(unit)),
    }


def _bolus_typed(bolus: PatientBolus, unit: str) -> dict[str, str]:
    typed = {
        "bolus_dose": _figure(bolus.dose.in_unit(unit)),
        "bolus_duration": _figure(bolus.duration.in_unit(BOLUS_DURATION)),
        "bolus_lockout": _figure(bolus.lockout.in_unit(LOCKOUT)),
    }
    if bolus.max_per_day is not None:
        typed["bolus_most"] = str(bolus.max_per_day)
    if bolus.max_dose_per_day is not None:
        typed["bolus_most_dose"] = _figure(bolus.max_dose_per_day.in_unit(unit))
    return typed


def _figure(number: Fraction) -> str:
    """Return digits that read back to the number; empty where none do: it is typed anew then."""
    scaled = number * 10**_DECIMALS
    if scaled.denominator != 1:
        return ""
    whole, rest = divmod(scaled.numerator, 10**_DECIMALS)
    decimals = f"{rest:0{_DECIMALS}}".rstrip("0")
    return f"{whole}.{decimals}" if decimals else str(whole)
