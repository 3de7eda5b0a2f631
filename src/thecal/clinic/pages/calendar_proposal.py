"""A calendar that the optimiser proposes: nothing is booked before a person confirms it.

Writes `therapy.plan` in the stream of each patient who is confirmed, as the page of a patient does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from thecal.care.appointments.plan import weights
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, page
from thecal.clinic.appointments.booking import booking_draft
from thecal.clinic.appointments.demand import needs_of
from thecal.clinic.appointments.listed import listed
from thecal.clinic.appointments.proposal import SAME, Line, lines, with_room, without_place
from thecal.clinic.appointments.proposal_jobs import ProposalJob, seconds_allowed
from thecal.clinic.appointments.settings_log import opening_for
from thecal.clinic.ledger.log import LostUpdateError, write
from thecal.clinic.models import Patient
from thecal.clinic.web.flow import zone_of

AT_ONCE = 40
"""So many appointments one press books; the page says how many wait for the next one."""


@page("read patients")
def show(request: ClinicRequest) -> HttpResponse:
    """Show the proposal beside what is booked, or how far it is."""
    job = ProposalJob.of(request.clinic)
    progress = job.progress
    if request.headers.get("HX-Request") == "true" and progress is not None:
        return render(request, "clinic/calendar_progress.html", _running(progress))
    content: dict[str, Any] = {"seconds": seconds_allowed(), "weights": weights()}
    if progress is not None:
        content |= _running(progress)
    elif job.answer is not None:
        content |= _answered(request, job)
    return render(request, "clinic/calendar_proposal.html", content)


@require_POST
@page("write the record")
def propose(request: ClinicRequest) -> HttpResponse:
    """Begin a proposal; nothing is written to any record."""
    now = clock.now().astimezone(zone_of(request))
    people = listed(request.clinic)
    needs, _ = needs_of(people, opening_for(request.clinic), now)
    ProposalJob.of(request.clinic).begin(needs, {one.patient: one.seq for one in people}, now)
    return redirect("calendar proposal")


@require_POST
@page("write the record")
def cancel(request: ClinicRequest) -> HttpResponse:
    """End a proposal that is being made, or put one away."""
    ProposalJob.of(request.clinic).cancel()
    messages.success(request, "The proposal is put away; nothing was booked by it.")
    return redirect("calendar proposal")


@require_POST
@page("write the record")
def confirm(request: ClinicRequest) -> HttpResponse:
    """Book what a person confirms: those who are ticked, or everybody, as the page showed them."""
    every = _lines(request, ProposalJob.of(request.clinic))
    if request.POST.get("shown") != _shown(every):
        messages.warning(
            request, "Nothing was booked: the proposal is another one by now. Look at it again."
        )
        return redirect("calendar proposal")
    wanted = set(request.POST.getlist("take"))
    everybody = request.POST.get("all") == "yes"
    ready = [
        one for one in every if one.can_be_confirmed and (everybody or one.one.patient in wanted)
    ]
    if not ready:
        messages.warning(request, "Nothing was booked: nobody who can be booked was ticked.")
        return redirect("calendar proposal")
    taken, crowded = with_room(ready[:AT_ONCE], listed(request.clinic), opening_for(request.clinic))
    if crowded:
        words = "who is booked at that time now was not moved, not booked"
        messages.warning(request, f"{', '.join(one.one.name for one in crowded)}: {words}.")
    lost = [line.one.name for line in taken if not _book(request, line)]
    done, left = len(taken) - len(lost), len(ready) - len(ready[:AT_ONCE])
    messages.success(request, f"Booked: {done}." + (f" Still to confirm: {left}." if left else ""))
    if lost:
        words = "somebody else wrote to the record meanwhile, not booked"
        messages.warning(request, f"{', '.join(lost)}: {words}.")
    return redirect("calendar proposal")


def _book(request: ClinicRequest, line: Line) -> bool:
    """Write one appointment; False where the record is another one by now."""
    patient = Patient.objects.select_related("clinic").get(
        pk=line.one.patient, clinic=request.clinic
    )
    draft = booking_draft(line.one, line.day, line.at, line.place, more={"proposed": True})
    try:
        write(patient, request.author, (draft,), expected=line.one.seq)
    except LostUpdateError:
        return False
    return True


def _lines(request: ClinicRequest, job: ProposalJob) -> tuple[Line, ...]:
    asked, answer = job.asked, job.answer
    if asked is None or answer is None or "plan" not in answer:
        return ()
    now = clock.now().astimezone(zone_of(request))
    people = listed(request.clinic)
    found = lines(people, opening_for(request.clinic), asked, answer, zone_of(request), now)
    return tuple(one for one in found if one.day >= now.date())


def _shown(every: Sequence[Line]) -> str:
    """Return the hash of what a page shows: who, when and where."""
    told = [(one.one.patient, one.day.isoformat(), one.time, one.place) for one in every]
    return hashlib.sha256(json.dumps(told).encode("ascii")).hexdigest()


def _running(progress: dict[str, Any]) -> dict[str, Any]:
    return {"progress": progress, "seconds": seconds_allowed()}


def _answered(request: ClinicRequest, job: ProposalJob) -> dict[str, Any]:
    answer, asked = job.answer, job.asked
    assert answer is not None
    if "error" in answer:
        return {"error": answer["error"]}
    if "cancelled" in answer or asked is None:
        return {"cancelled": True}
    now = clock.now().astimezone(zone_of(request))
    people, opening = listed(request.clinic), opening_for(request.clinic)
    every = _lines(request, job)
    _, left_out = needs_of(people, opening, now)
    gap = answer["gap"]
    return {
        "made": asked.made,
        "changes": [one for one in every if one.change != SAME],
        "same": sum(one.change == SAME for one in every),
        "shown": _shown(every),
        "ready": sum(one.can_be_confirmed for one in every),
        "at_once": AT_ONCE,
        "without_place": without_place(people, answer),
        "left_out": left_out,
        "answer": answer,
        "gap_percent": None if gap is None else f"{100 * gap:.1f}",
        "figures": _figures(answer),
    }


_NAMES = (
    ("visits", "visits in the next months"),
    ("broken", "without a place before refill-by"),
    ("deliveries", "deliveries of solution"),
    ("tours", "days of travel"),
    ("early", "days before the last day, all together"),
    ("short", "days of slack that patients at risk lack"),
    ("moved", "appointments that are moved"),
)


def _figures(answer: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Return what the proposal and first-come planning come to, line by line."""
    return [
        (words, answer["measured"][name], answer["first_measured"][name]) for name, words in _NAMES
    ]


urlpatterns = [
    path("proposal/", show, name="calendar proposal"),
    path("proposal/begin/", propose, name="begin calendar proposal"),
    path("proposal/cancel/", cancel, name="cancel calendar proposal"),
    path("proposal/confirm/", confirm, name="confirm calendar proposal"),
]
