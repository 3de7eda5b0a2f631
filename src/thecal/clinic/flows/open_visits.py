"""The refill visits of a clinic that go on, for the pages that lead back to them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import final
from uuid import UUID

from django.db.models import Q

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
    """Return the visits that go on in somebody's clinic, where they may read its patients.

    Of training runs those of their own: a case is nobody else's work.
    """
    if not may(member.role, "read patients"):
        return ()
    own = Q(patient__run__learner=member, patient__run__ended=None)
    going = Projection.objects.filter(Q(patient__run=None) | own, clinic=member.clinic)
    going = going.filter(content__contains=VISIT_OPEN)
    return tuple(
        OpenVisit(one.patient_id, json.loads(one.content)["name"])
        for one in going.order_by("urgent")[:_SHOWN]
    )
