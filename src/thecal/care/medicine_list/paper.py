"""The list of medicines as a paper has it, in both languages; names stand as they were stated."""

from __future__ import annotations

from datetime import datetime

from thecal.care.document import Field, Text
from thecal.care.medicine_list.checks import VISIT, morphine_equivalent, not_current
from thecal.care.medicine_list.fold import MedicineList
from thecal.units import show, show_date

BESIDE = Text("medicines beside the pump", "Arzneimittel neben der Pumpe")
_NOTHING = Text("none; that was asked", "keine; das wurde erfragt")
_OLD = Text(
    "the list is old or was never gone through: ask again",
    "die Liste ist alt oder wurde nie durchgegangen: erneut fragen",
)
_NOT_COUNTED = Text("not counted: a dose is not known", "nicht gezählt: eine Dosis ist unbekannt")


def medicine_fields(known: MedicineList, now: datetime) -> tuple[Field, ...]:
    """Return what is taken, when the list was gone through, and what its opioids count.

    Nothing where nothing was ever stated: a blank is left to be written by hand.
    """
    if not known.begun:
        return ()
    lines = "; ".join(f"{one.name} {one.shown_dose}" for one in known.medicines)
    done = known.reconciled
    nothing = done is not None and done.nothing
    # An empty list that nobody called empty says nothing of what is taken.
    taken = Text.same(lines) if lines else _NOTHING if nothing else _OLD
    fields = [Field(BESIDE, taken)]
    if done is not None:
        on = done.said.at.astimezone(now.tzinfo)
        label = Text("list gone through on", "Liste durchgegangen am")
        fields.append(Field(label, Text(show_date(on), on.strftime("%d.%m.%Y"))))
    if lines and not_current(known, now, VISIT):
        fields.append(Field(Text("caution", "Vorsicht"), _OLD, emphasis=True))
    equivalent = morphine_equivalent(known.medicines)
    counted = _NOT_COUNTED if equivalent is None else Text.same(show(equivalent, "mg/d"))
    fields.append(
        Field(
            Text(
                "morphine equivalent of the list, unverified",
                "Morphinäquivalent der Liste, ungeprüft",
            ),
            counted,
        )
    )
    return tuple(fields)
