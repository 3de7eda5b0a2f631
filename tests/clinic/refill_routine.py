"""What a routine refill types at each step, by the name of the field: of every test of the visit.

Here stands what is typed whoever the patient is; who they are, what their pump tells and the days
are added by whoever types.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

_NO = ("weakness", "numbness", "bladder_or_bowel", "walking", "alarms_heard", "mri_since")

ROUTINE: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "identify": {"identifiers": ["name", "birth-date"], "identifiers_match": "yes"},
        "complaints": {**dict.fromkeys(_NO, "no"), "score": "3"},
        "vitals": {
            "consciousness": "alert",
            "gait": "steady",
            "heart_rate": "72",
            "systolic": "128",
            "diastolic": "76",
            "respiratory_rate": "14",
        },
        "interrogate": {},
        "verify": {
            "label_reading": "typed-twice",
            "volume": "38",
            "lot": "L-17",
            "patient_on_label": "yes",
            "intact": "yes",
        },
        "decide": {},
        "access": {
            "consent": "yes",
            "kit": "synchromed-refill",
            "kit_lot": "K-3",
            "needle_gauge": "22",
            "needle_length": "3.8",
            "aseptic": "yes",
            "port": "reservoir",
            "template_fits": "yes",
            "attempts": "1",
            "imaging": "none",
            "second_needle": "no",
        },
        "aspirate": {"colour": "colourless", "appearance": "clear"},
        "discrepancy": {},
        "fill": {
            "filtered": "yes",
            "portions": "7 of 5 mL, 3 mL",
            "re_aspirated": "yes",
            "resistance": "no",
            "swelling": "no",
            "imaged": "not-done",
        },
        "program": {"first": "38", "second": "38"},
        "read_back": {},
        "waste": {"received": "38", "injected": "38", "wasted": "0", "returned": "0"},
        "observe": {"consciousness": "alert", "gait": "steady", "escort": "daughter"},
        "leave": {"documents": ["patient-summary"], "papers_why": "made at the last visit"},
    }
)


def portions_of(volume: str) -> str:
    """Return how a volume in millilitre goes in: fives, and what is left over."""
    fives, rest = divmod(Decimal(volume), 5)
    parts = [f"{fives} of 5 mL"] if fives else []
    return ", ".join([*parts, f"{rest} mL"] if rest else parts)
