"""What a patient takes beside the pump: a list that people state, and what follows from it."""

from thecal.care.medicine_list.checks import (
    accept,
    anticoagulant_case,
    interaction_case,
    morphine_equivalent,
    not_current,
    puncture_stages,
)
from thecal.care.medicine_list.fold import (
    ACCEPTED,
    CHANGED,
    PUNCTURE,
    RECONCILED,
    STOPPED,
    MedicineList,
    Statement,
    fold_medicines,
)
from thecal.care.medicine_list.listed import BLEEDING, ListedMedicine, names

__all__ = [
    "ACCEPTED",
    "BLEEDING",
    "CHANGED",
    "PUNCTURE",
    "RECONCILED",
    "STOPPED",
    "ListedMedicine",
    "MedicineList",
    "Statement",
    "accept",
    "anticoagulant_case",
    "fold_medicines",
    "interaction_case",
    "morphine_equivalent",
    "names",
    "not_current",
    "puncture_stages",
]
