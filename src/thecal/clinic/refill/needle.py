"""Steps 7 to 10 as fields: the needle, the aspirate, what a difference means, the fill."""

from __future__ import annotations

from collections.abc import Sequence

from thecal.care.kits import UNLISTED, Port, kits
from thecal.care.visit import discrepancy
from thecal.care.visit.needle import Appearance, Colour, Filling, Imaging
from thecal.care.visit.portions import HOW, read_portions, sum_of, write_portions
from thecal.care.visit.residual import action_title
from thecal.clinic.refill.form import (
    YES_NO,
    Form,
    Recorded,
    choice,
    count,
    figure,
    table_of,
    yes_no,
)
from thecal.clinic.refill.situation import Situation
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.clinic.web.whole_text import whole_text
from thecal.errors import ThecalError
from thecal.therapy.file_writer import write_quantity
from thecal.units import Volume, parse_quantity, show

_NOT_DONE = "not-done"
_PORTS = {Port.RESERVOIR: "RESERVOIR", Port.SIDE: "CATHETER ACCESS PORT"}


def kit_choices() -> tuple[tuple[str, str], ...]:
    """Return every kit with the port that it is for in front: look-alikes differ there."""
    known = tuple(
        (one.id, f"{_PORTS[Port(one.port.value)]}: {one.name}") for one in kits().values()
    )
    return (*known, (UNLISTED, "another kit, in no catalogue"))


def _access_fields(_: Situation) -> Sequence[SheetField]:
    return (
        yes_no("consent", "Does the patient consent to this refill?"),
        SheetField("kit", "Kit in hand", kind="choice", choices=kit_choices()),
        SheetField("kit_lot", "Lot of the kit"),
        count("needle_gauge", "Needle, gauge"),
        SheetField("needle_length", "Needle, length", kind="quantity", unit="cm"),
        yes_no("aseptic", "Was asepsis kept?"),
        choice("port", "The needle is in", Port),
        yes_no("template_fits", "Does the template fit?"),
        count("attempts", "Punctures of the skin"),
        choice("imaging", "Imaging of the needle", Imaging),
        yes_no("second_needle", "Was a second needle used to confirm where the first one is?"),
    )


def _plain(sheet: Sheet, situation: Situation, _: str) -> Recorded:
    return Recorded(table_of(sheet, situation))


def _aspirate_fields(situation: Situation) -> Sequence[SheetField]:
    why = SheetField("why_emptied", "Why the pump is emptied and not filled")
    return (
        *((why,) if situation.is_emptying else ()),
        SheetField(
            "volume_drawn",
            "Volume drawn, until nothing came",
            kind="quantity",
            unit="mL",
            hint="0 where nothing came",
        ),
        choice("colour", "Colour", Colour),
        choice("appearance", "Appearance", Appearance),
        SheetField("air", "Air", kind="quantity", unit="mL", required=False),
    )


def _aspirate(sheet: Sheet, situation: Situation, _: str) -> Recorded:
    table = table_of(sheet, situation)
    if "volume_drawn" in table:
        table["volume"] = table.pop("volume_drawn")
    why = whole_text(" ".join(str(table.pop("why_emptied", "")).split()))
    return Recorded(table, {"reason": why} if why else {})


def _difference_fields(situation: Situation) -> Sequence[SheetField]:
    advice = discrepancy(situation.visit, situation.knowledge)
    fitting = () if advice is None else advice.categories
    actions = dict.fromkeys(action for one in fitting for action in one.actions)
    return (
        SheetField(
            "category",
            "The difference is taken for",
            kind="choice",
            choices=tuple((one.id, one.title) for one in fitting),
        ),
        SheetField(
            "action",
            "What is done",
            kind="choice",
            choices=tuple((one, action_title(one)) for one in actions),
            hint="a red difference is answered by somebody else than who does the refill",
        ),
        SheetField("note", "Note", required=False),
    )


def _difference(sheet: Sheet, situation: Situation, who: str) -> Recorded:
    return Recorded({**table_of(sheet, situation), "decided_by": who})


def _fill_fields(_: Situation) -> Sequence[SheetField]:
    return (
        yes_no("filtered", "Was the solution filtered?"),
        SheetField(
            "portions",
            "Portions injected, the volume of each",
            wide=True,
            hint=f"in their order, written as {HOW}; about 5 mL, then draw back. Together they"
            " are what was in the syringes, less what is left in them",
        ),
        SheetField(
            "not_injected",
            "Left in the syringes, not injected",
            kind="quantity",
            unit="mL",
            required=False,
            hint="empty or 0 where all of it went in; the volume told to the pump is held against"
            " what the syringes held less this",
        ),
        yes_no("re_aspirated", "Was it drawn back between the portions?"),
        yes_no("resistance", "Was there resistance?"),
        yes_no("swelling", "Does the pocket swell?"),
        SheetField(
            "imaged",
            "Imaging afterwards: does it show the solution in the reservoir?",
            kind="choice",
            choices=((_NOT_DONE, "no imaging was done"), *YES_NO),
        ),
    )


def _fill(sheet: Sheet, situation: Situation, _: str) -> Recorded:
    table = table_of(sheet, situation)
    imaged = table.pop("imaged", _NOT_DONE)
    if imaged != _NOT_DONE:
        table["imaged"] = imaged == "yes"
    given = _portions(sheet)
    _held_against_filled(sheet, situation, given)
    table |= {"portions": len(given), "given": [write_quantity(one, "mL") for one in given]}
    return Recorded(table)


def _portions(sheet: Sheet) -> tuple[Volume, ...]:
    try:
        return read_portions(str(sheet.typed.get("portions", "")))
    except ThecalError as error:
        sheet.refuse("portions", f"Portions injected: {error.what}; {error.remedy}")
        return ()


def _held_against_filled(sheet: Sheet, situation: Situation, given: Sequence[Volume]) -> None:
    """Refuse portions that do not add up to what went in; a wrong figure is marked elsewhere."""
    verified, left = situation.visit.verify, str(sheet.typed.get("not_injected", ""))
    if verified is None or not given:
        return
    try:
        kept = parse_quantity(f"{left or 0} mL", Volume, zero_allowed=True)
    except ThecalError:
        return
    went_in, together = verified.volume - kept, sum_of(given)
    if together == went_in:
        return
    held = f"{show(verified.volume, 'mL')} in the syringes"
    less = f" less {show(kept, 'mL')} left in them make {show(went_in, 'mL')}" if kept else ""
    sheet.refuse(
        "portions",
        f"Portions injected: {write_portions(given)} are {show(together, 'mL')} together, but"
        f" {held}{less or ' were to be injected'}; correct the portions, or what is left in the"
        " syringes",
    )


def _fill_shown(situation: Situation) -> dict[str, str]:
    filling = situation.visit.fill
    if filling is None:
        return {}
    shown = {"portions": portions_shown(filling)}
    return shown if filling.imaged is not None else shown | {"imaged": _NOT_DONE}


def portions_shown(filling: Filling) -> str:
    """Return the portions as they are typed; of an older record what it tells of them."""
    if filling.given:
        return write_portions(filling.given)
    if filling.portion is None:
        return str(filling.portions)
    return f"{filling.portions} of {write_quantity(filling.portion, 'mL')}"


def _drawn_shown(situation: Situation) -> dict[str, str]:
    drawn = situation.visit.aspirate
    if drawn is None:
        return {}
    return {
        "volume_drawn": figure(drawn.volume, "mL"),
        "why_emptied": situation.beside("aspirate").get("reason", ""),
    }


FORMS = (
    Form("access", _access_fields, _plain),
    Form("aspirate", _aspirate_fields, _aspirate, shown=_drawn_shown),
    Form("discrepancy", _difference_fields, _difference),
    Form("fill", _fill_fields, _fill, shown=_fill_shown),
)
