"""What a rise asks for, and which of it nobody has answered."""

from __future__ import annotations

from thecal.care.titration.case import BACLOFEN, OPIOID, TitrationCase

_BEFORE_A_RISE = ("response", "side-effects", "refill-overdue", "sedation")


def open_points(case: TitrationCase) -> dict[str, tuple[object, str]]:
    """Return what a rise asks for: the answer, None where it is open, and what it is."""
    asked: dict[str, tuple[object, str]] = {
        "response": (case.response, "the effect of the present dose"),
        "side-effects": (case.side_effects, "side effects"),
        "refill-overdue": (case.refill_overdue, "whether a refill is overdue"),
    }
    if case.drug == BACLOFEN:
        asked["origin"] = (case.origin, "origin of the spasticity: the smaller step is taken")
        asked["age"] = (case.age, "age: the limits of a child are taken")
    else:
        asked["cancer"] = (case.cancer, "cancer or not: the smaller, slower step is taken")
        if case.cancer is not True:
            asked["inpatient"] = (
                case.inpatient,
                "inpatient or not: the slower step is taken",
            )
    if case.drug_class == OPIOID:
        asked["sedation"] = (case.sedation, "sedation (POSS)")
    return asked


def unanswered(case: TitrationCase) -> tuple[str, ...]:
    """Return the questions that are open and without whose answer nobody raises a dose (S0.19)."""
    asked = open_points(case)
    return tuple(one for one in _BEFORE_A_RISE if one in asked and asked[one][0] is None)
