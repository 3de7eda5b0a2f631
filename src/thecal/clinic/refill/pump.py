"""Steps 11 and 12 as fields: the volume twice, what was typed into the pump, what it says back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from thecal.care.visit import write_record
from thecal.care.visit.programming import ProgramLine, changed_lines, lines_of
from thecal.clinic.refill.form import (
    Form,
    Recorded,
    Typed,
    choice,
    mixture_in,
    table_of,
    yes_no,
)
from thecal.clinic.refill.lines import MODE, VOLUME, visit_lines
from thecal.clinic.refill.mixture_text import mixture_table
from thecal.clinic.refill.now_or_typed import now_or_typed, put_now
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.standing import was_stopped
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.errors import ThecalError
from thecal.pharmacy import Mixture, drug
from thecal.program.program import InfusionProgram, Mode
from thecal.therapy.file_writer import write_quantity
from thecal.units import MassRate, Volume, parse_quantity

_TYPED_VOLUME = "the volume that you type"


def line_changes(situation: Situation) -> list[dict[str, str]]:
    """Return old beside new, each line that changes; the volume is the one to be typed."""
    old = lines_of(_old(situation))
    new = {**lines_of(_new(situation, None)), VOLUME: _TYPED_VOLUME}
    return [
        {"name": one.name, "old": one.old or "nothing", "new": one.new or "nothing"}
        for one in changed_lines(old, new)
    ]


def _old(situation: Situation) -> Any:
    volume = situation.pump.expected if situation.pump.last_fill is not None else None
    before = situation.pump.last_fill or situation.solution
    lines = visit_lines(situation.program_before, before, volume)
    if not was_stopped(situation):
        return lines
    stopped = ProgramLine(name=MODE, value=Mode.STOPPED.value)
    return tuple(stopped if one.name == MODE else one for one in lines)


def _new(situation: Situation, volume: Volume | None) -> Any:
    return visit_lines(situation.ordered, situation.solution, volume)


def is_written(situation: Situation) -> bool:
    """Return whether the pump is told by telemetry what is entered here."""
    return situation.by_telemetry and not situation.is_emptying


def nothing_changes(situation: Situation) -> bool:
    """Whether the pump keeps solution, mode and doses."""
    return situation.running.program is None and situation.solution == situation.pump.last_fill


def _program_fields(situation: Situation) -> Sequence[SheetField]:
    volume = (
        SheetField(
            "first",
            "Volume injected",
            kind="masked",
            unit="mL",
            hint="read it from the syringes; it is hidden, and typed once more in the next field",
        ),
        SheetField("second", "Volume injected, typed again", kind="quantity", unit="mL"),
    )
    if not situation.pump.model.programmable:
        return volume
    changes = line_changes(situation)
    ticks = SheetField(
        "ticked",
        "I have looked at old and new of each line that changes",
        kind="choices",
        choices=tuple((one["name"], _told(one)) for one in changes),
        required=False,
    )
    if is_written(situation):
        return (*volume, ticks)
    typed = SheetField(
        "programmed_volume", "Volume typed into the pump", kind="quantity", unit="mL"
    )
    if nothing_changes(situation):
        left = yes_no("left", "Were solution, mode and doses in the pump left as they are?")
        return (*volume, typed, left, ticks)
    return (*volume, typed, *_typed_fields(situation), ticks)


def _told(one: dict[str, str]) -> str:
    return f"{one['name']}: from {one['old']} to {one['new']}"


def _typed_fields(situation: Situation) -> Sequence[SheetField]:
    fields = [
        SheetField("typed_mixture", "Solution typed into the pump", wide=True),
        choice("typed_mode", "Mode typed into the pump", Mode),
    ]
    program = situation.ordered
    if program is not None and program.primary is not None:
        fields.append(
            SheetField(
                "typed_background",
                f"Background of {program.primary} typed into the pump",
                kind="quantity",
                unit=f"{drug(program.primary).mass_unit}/d",
            )
        )
    return fields


def _program(sheet: Sheet, situation: Situation, _: str) -> Recorded | None:
    table = table_of(sheet, situation)
    if not situation.pump.model.programmable or sheet.errors:
        return Recorded(table)
    ticked = table.pop("ticked", [])
    program = situation.ordered
    if is_written(situation):
        table["programmed_volume"] = table.get("first")
        mixture = situation.solution
        mode = None if program is None else program.mode
        if nothing_changes(situation):
            mode = situation.pump.mode or mode
    elif nothing_changes(situation):
        if not table.pop("left", False):
            sheet.refuse(
                "left",
                "Something in the pump was changed: decide it in step 6 first, so that it is held"
                " against the order",
            )
            return None
        mixture, mode = situation.solution, None if program is None else program.mode
        mode = situation.pump.mode or mode
    else:
        found = mixture_in(sheet, "typed_mixture")
        if found is None:
            return None
        mixture, mode = found, Mode(table.pop("typed_mode"))
        table.pop("typed_mixture", None)
        background = table.pop("typed_background", None)
        if background is not None and program is not None:
            try:
                program = replace(program, daily_dose=parse_quantity(background, MassRate))
            except ThecalError as error:
                sheet.refuse("typed_background", f"{error.what}; {error.remedy}")
                return None
    doses = situation.doses_of(program) if mode in (Mode.CONTINUOUS, Mode.FLEX) else {}
    if nothing_changes(situation):
        doses = dict(situation.pump.daily_doses)
    try:
        volume = parse_quantity(table.get("programmed_volume"), Volume)
    except ThecalError as error:
        sheet.refuse("programmed_volume", f"{error.what}; {error.remedy}")
        return None
    table["ticked"] = ticked
    return _recorded(table, situation, program, mixture, mode, doses, volume)


def _recorded(
    table: dict[str, Any],
    situation: Situation,
    program: InfusionProgram | None,
    mixture: Mixture,
    mode: Mode | None,
    doses: Mapping[str, MassRate],
    volume: Volume,
) -> Recorded:
    new = visit_lines(program, mixture, volume)
    return Recorded(
        {
            **table,
            "mixture": mixture_table(mixture),
            **({} if mode is None else {"mode": mode.value}),
            "daily_doses": [
                {"drug": name, "daily_dose": write_quantity(dose, f"{drug(name).mass_unit}/d")}
                for name, dose in doses.items()
            ],
            "old": [write_record(one) for one in _old(situation)],
            "new": [write_record(one) for one in new],
        }
    )


def _blind_again(_: Situation) -> Typed:
    """What is typed blind and what is looked at is done anew where the step is corrected."""
    return {"second": "", "programmed_volume": "", "ticked": []}


def _back_fields(situation: Situation) -> Sequence[SheetField]:
    fields = [
        now_or_typed("read_at", "Read again at"),
        choice("read_mode", "Mode that the pump runs now", Mode),
    ]
    for number, line in enumerate(intended(situation)):
        fields.append(
            yes_no(
                f"same{number}",
                f"{line.name}: does the pump say {line.value}?",
            )
        )
        fields.append(
            SheetField(
                f"says{number}",
                f"{line.name}: what it says instead",
                required=False,
            )
        )
    fields.append(SheetField("reason", "Why it is left stopped or at its minimum", required=False))
    return fields


def intended(situation: Situation) -> Any:
    """Return the lines that the pump should say."""
    entered = situation.visit.program
    if entered is not None:
        return entered.new
    return tuple(
        ProgramLine(name=one.name, value=_TYPED_VOLUME) if one.name == VOLUME else one
        for one in _new(situation, None)
    )


def _back(sheet: Sheet, situation: Situation, _: str) -> Recorded:
    table = table_of(sheet, situation)
    put_now(table, "read_at", situation)
    meant = intended(situation)
    read = []
    for number, line in enumerate(meant):
        says = table.pop(f"says{number}", None)
        same = table.pop(f"same{number}", None)
        if same is False and says is None:
            sheet.refuse(f"says{number}", f"{line.name}: write what the pump says")
        read.append({"name": line.name, "value": line.value if same else says or "something else"})
    return Recorded(
        {
            "read_at": table["read_at"],
            "mode": table.get("read_mode", ""),
            "intended": [write_record(one) for one in meant],
            "read": read,
            **({"reason": table["reason"]} if "reason" in table else {}),
        }
    )


def _back_shown(situation: Situation) -> Typed:
    back = situation.visit.read_back
    if back is None:
        return {}
    shown: Typed = {"read_mode": back.mode.value, "reason": back.reason or ""}
    for number, (meant, read) in enumerate(zip(back.intended, back.read, strict=False)):
        shown[f"same{number}"] = "yes" if meant == read else "no"
        shown[f"says{number}"] = "" if meant == read else read.value
    return shown


FORMS = (
    Form("program", _program_fields, _program, shown=_blind_again),
    Form("read_back", _back_fields, _back, shown=_back_shown),
)
