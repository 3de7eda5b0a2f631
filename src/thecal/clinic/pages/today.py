"""The list of today: what has to be done, the most urgent first, each with the rule behind it."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render

from thecal.care.due.urgency import Urgency
from thecal.clinic import clock
from thecal.clinic.access.competence import matrix_of
from thecal.clinic.access.guard import ClinicRequest, page
from thecal.clinic.access.permissions import may
from thecal.clinic.access.staff import exceptions, month_begun
from thecal.clinic.access.supervision import today_in
from thecal.clinic.flows.competence_rows import expiring_rows, names_in
from thecal.clinic.flows.due_pages import page_for
from thecal.clinic.flows.enquiry_log import waiting as enquiries_waiting
from thecal.clinic.flows.notices import Posted, standing
from thecal.clinic.flows.open_visits import open_visits
from thecal.clinic.ledger.projector import refresh
from thecal.clinic.models import Clinic, Projection
from thecal.record.entry import entry_of

_SHOWN = 100
_REFRESHED = 20
"""Lists that ran out are made anew while the page is asked for, at most so many at a time."""


@page("see today")
def show(request: ClinicRequest) -> HttpResponse:
    """Show who is due."""
    behind = _bring_up(request.clinic)
    waiting = Projection.of_clinic(request.clinic).filter(urgency__isnull=False)
    counts = dict(waiting.values_list("urgency").annotate(Count("pk")).order_by("urgency"))
    first = waiting.order_by("urgency", "urgent")[:_SHOWN]
    groups: dict[str, list[dict[str, Any]]] = {one.value: [] for one in Urgency}
    for row in first:
        content = json.loads(row.content)
        for item in content["due"]:
            page = page_for(item["rule"], request.member.role)
            line = {"patient": row.patient_id, **content, "item": item, "page": page}
            groups[item["urgency"]].append(line)
    for items in groups.values():
        items.sort(key=lambda one: one["item"]["due"])
    return render(
        request,
        "clinic/today.html",
        {
            "groups": [
                {"urgency": one.value, "patients": counts.get(one.place, 0), "rows": groups[one]}
                for one in Urgency
            ],
            "now": clock.now(),
            "behind": behind,
            "open_visits": open_visits(request.member),
            "notices_unread": _unread(request),
            "alone": _alone(request),
            "expiring": _expiring(request),
            "enquiries_waiting": _enquiries(request),
            "shown": _SHOWN,
            "waiting": sum(counts.values()),
        },
    )


def _alone(request: ClinicRequest) -> dict[str, Any] | None:
    """Return how often nobody checked this month: to who may check, and to who went on alone."""
    since = month_begun(request.clinic)
    by = [entry_of(one.text).actor for one in exceptions(request.clinic, since)]
    mine = by.count(request.member.user.username)
    if not by or not (mine or may(request.member.role, "check as second person")):
        return None
    return {"count": len(by), "mine": mine, "since": since}


def _expiring(request: ClinicRequest) -> list[dict[str, Any]]:
    """Return the levels that expired or soon will: one's own, and everybody's to who assesses."""
    matrix, today = matrix_of(request.clinic), today_in(request.clinic)
    if not matrix.kept:
        return []
    me = request.member.user.username
    everybody = {one.person for one in matrix.levels.values()}
    people = everybody if may(request.member.role, "assess competence") else {me}
    ending = matrix.expiring(people, today)
    names = names_in(request.clinic) if ending else {}
    at_work = [one for one in ending if one.person in names]
    return expiring_rows(at_work, today, me, names)


def _enquiries(request: ClinicRequest) -> tuple[int, int]:
    """Return how many messages from outside wait for this person, and how many are urgent."""
    if not may(request.member.role, "answer enquiries"):
        return 0, 0
    return enquiries_waiting(request.clinic)


def _unread(request: ClinicRequest) -> list[Posted]:
    """Return the notices that this person has not signed for, the newest first."""
    me = request.member.user.username
    return [one for one in standing(request.clinic) if me not in one.read]


def _bring_up(clinic: Clinic) -> int:
    """Make lists anew that hold no more; return how many are still waiting for that."""
    over = Projection.of_clinic(clinic).filter(wakes__lte=clock.now())
    for projection in over.select_related("patient__clinic").order_by("wakes")[:_REFRESHED]:
        refresh(projection)
    return over.count()
