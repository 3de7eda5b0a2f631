"""Step 5 as fields: the solution against its order and its label."""

from __future__ import annotations

from collections.abc import Sequence

from thecal.care.visit.solution import LabelReading
from thecal.clinic.refill.form import (
    Form,
    Recorded,
    Typed,
    choice,
    mixture_in,
    mixture_typed,
    table_of,
    yes_no,
)
from thecal.clinic.refill.mixture_text import write_mixture
from thecal.clinic.refill.situation import Situation
from thecal.clinic.web.sheet import Sheet, SheetField

_SOLUTION = "as in: morphine 10 mg/mL, bupivacaine 20 mg/mL"


def _fields(_: Situation) -> Sequence[SheetField]:
    return (
        SheetField(
            "order",
            "Solution on the order",
            hint=f"from the physician's signed order, not from the label; {_SOLUTION}",
            wide=True,
        ),
        choice(
            "label_reading",
            "The label was",
            LabelReading,
            hint="scanned with a barcode reader, or typed by you twice",
        ),
        SheetField(
            "label",
            "Solution on the label",
            hint="of the syringe or vial in your hand, every drug with its concentration",
            wide=True,
        ),
        SheetField(
            "label_again",
            "Solution on the label, typed again",
            required=False,
            when="needed where it was typed",
            hint="look at the label again, not at what was typed first",
            wide=True,
        ),
        SheetField(
            "volume",
            "Volume in the syringes",
            kind="quantity",
            unit="mL",
            hint="what is there to be filled, read from the syringes",
        ),
        SheetField("lot", "Lot", hint="stands on the label"),
        SheetField(
            "beyond_use",
            "Beyond-use date: the last day to inject it",
            kind="date",
            hint="how long it may stay in the pump is another date; refill-by takes part of it",
        ),
        yes_no("patient_on_label", "Does the label name this patient?"),
        yes_no("intact", "Are seal and package whole?"),
    )


def _read(sheet: Sheet, situation: Situation, _: str) -> Recorded:
    table = table_of(sheet, situation)
    again = table.pop("label_again", "")
    if table.get("label_reading") == LabelReading.TYPED_TWICE and not sheet.errors:
        first, second = mixture_in(sheet, "label"), mixture_in(sheet, "label_again")
        if first is not None and second is not None and first != second:
            sheet.refuse(
                "label_again",
                f"The label was typed as two solutions ({table['label']}; {again}): read it again",
            )
    mixture_typed(sheet, "order", table)
    mixture_typed(sheet, "label", table)
    return Recorded(table)


def _shown(situation: Situation) -> Typed:
    verified = situation.visit.verify
    if verified is None:
        return {}
    return {"order": write_mixture(verified.order), "label": write_mixture(verified.label)}


FORMS = (Form("verify", _fields, _read, shown=_shown),)
