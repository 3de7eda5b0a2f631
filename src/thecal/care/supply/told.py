"""An entry of a record as the rules of supply read it, and the kinds that they read.

Kinds of entries of a patient
-----------------------------
`solution.ordered`
    `code`, `mixture`, `volume`, `needed_by`, and `kit` where one was named; signed.
`solution.recomputed`
    `order` (the number of the entry that ordered it), `typed`, `diluent`, `differences`; signed.
`solution.confirmed`
    `order`: the prescriber looked at a difference and orders it as it stands; signed.
`solution.released`
    `order`, `lot`, `mixed`, `beyond_use`, `volume`, `storage`; signed.
`solution.received`
    `order`, `lot`, `beyond_use`, `volume`; signed.
`solution.ended`
    `order`, `how` (returned, destroyed, used outside a visit), `volume`, and `rest` of what
    was used: what was left of it and destroyed; signed.
`solution.witnessed`
    `order`: somebody else saw it destroyed; signed.
`solution.withdrawn`
    `order`; the reason is the entry's.
`solution.not_needed`
    `until`: for the refill up to this day nothing is compounded; the reason is the entry's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, final

ORDERED, RECOMPUTED, CONFIRMED = "solution.ordered", "solution.recomputed", "solution.confirmed"
RELEASED, RECEIVED = "solution.released", "solution.received"
ENDED, WITNESSED = "solution.ended", "solution.witnessed"
WITHDRAWN, NOT_NEEDED = "solution.withdrawn", "solution.not_needed"
OF_ORDERS = frozenset(
    {ORDERED, RECOMPUTED, CONFIRMED, RELEASED, RECEIVED, ENDED, WITNESSED, WITHDRAWN, NOT_NEEDED}
)
VISIT_BEGUN, VISIT_STEP, VISIT_WITNESS = "visit.begun", "visit.step", "visit.witness"
VISIT_CLOSED, VISIT_LEFT, EVENT = "visit.closed", "visit.left", "therapy.event"
IMPLANT_BEGUN, IMPLANT_STEP, IMPLANT_WITNESS = "implant.begun", "implant.step", "implant.witness"
IMPLANT_CLOSED, IMPLANT_LEFT = "implant.closed", "implant.left"
BEGUN = frozenset({VISIT_BEGUN, IMPLANT_BEGUN})
OF_VISITS = BEGUN | {
    *(VISIT_STEP, VISIT_WITNESS, VISIT_CLOSED, VISIT_LEFT),
    *(IMPLANT_STEP, IMPLANT_WITNESS, IMPLANT_CLOSED, IMPLANT_LEFT),
}
"""Of refills and of implants: at both a solution goes into a pump."""


@final
@dataclass(frozen=True, slots=True)
class Told:
    """One entry as it stands after its corrections.

    Attributes
    ----------
    by
        Login name of who wrote it.
    """

    seq: int
    kind: str
    by: str
    at: datetime
    body: Mapping[str, Any]
    reason: str = ""
