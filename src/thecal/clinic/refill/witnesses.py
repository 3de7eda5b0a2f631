"""Who may sign as witness of a visit's waste, and why somebody may not."""

from __future__ import annotations

from typing import Any

from thecal.care.visit.leaving_checks import controlled_drugs
from thecal.clinic.access.permissions import may
from thecal.clinic.models import Membership, Role
from thecal.clinic.refill.entries import Running
from thecal.clinic.refill.situation import Situation
from thecal.units import show

PERMISSION = "witness the waste"


def is_awaited(running: Running) -> bool:
    """Return whether an account of the waste stands without a witness, of whatever drugs."""
    waste = running.visit.waste
    return waste is not None and waste.witness is None


def witness_wanted(situation: Situation) -> dict[str, Any]:
    """Return what somebody else has to have seen; nothing where nobody has to, or has."""
    waste = situation.visit.waste
    drugs = controlled_drugs(situation.visit, situation.knowledge)
    if waste is None or not is_awaited(situation.running) or not drugs:
        return {}
    rows = [
        ("New solution, destroyed", show(waste.wasted, "mL")),
        ("Old solution, destroyed", show(waste.old_wasted, "mL")),
    ]
    return {"drugs": drugs, "rows": rows, "who": who_may_witness(situation)}


def why_no_witness(running: Running, member: Membership) -> str:
    """Return why somebody is no witness of this waste; empty where they may be."""
    if member.user.username in running.people:
        return "you did steps of this visit, so it is somebody else"
    if member.role == Role.CHECKER:
        return "a checker works from afar and was not in the room where it was destroyed"
    if not may(member.role, PERMISSION):
        return f"your role here, {member.get_role_display()}, does not witness the waste"
    return ""


def who_may_witness(situation: Situation) -> tuple[str, ...]:
    """Return who of the clinic may sign as witness of the waste, with their roles."""
    members = Membership.objects.select_related("user").filter(
        clinic=situation.clinic, active=True, user__is_active=True
    )
    fitting = [one for one in members if not why_no_witness(situation.running, one)]
    return tuple(sorted(f"{one.user.name} ({one.get_role_display()})" for one in fitting))
