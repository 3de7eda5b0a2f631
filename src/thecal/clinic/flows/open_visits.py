"""The refill visits of a clinic that go on, for the pages that lead back to them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import final
from uuid import UUID

from thecal.clinic.access.permissions import may
from thecal.clinic.models import Membership, Projection

VISIT_OPEN = '"visit_open": true'
"""How a stored projection says that a visit goes on."""
_SHOWN = 20


@final
@dataclass(frozen=True, slots=True)
class OpenVisit:
    """A visit that goes on; the name is its patient's."""

    patient: UUID
    name: str


def open_visits(member: Membership) -> tuple[OpenVisit, ...]:
    """Return the visits that go on in somebody's clinic, where they may read its patients."""
    if not may(member.role, "read patients"):
        return ()
    going = Projection.of_clinic(member.clinic).filter(content__contains=VISIT_OPEN)
    return tuple(
        OpenVisit(one.patient_id, json.loads(one.content)["name"])
        for one in going.order_by("urgent")[:_SHOWN]
    )
