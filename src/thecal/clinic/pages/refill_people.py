"""Other people at a refill visit: answers to what asks, and the check of a second person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path

from thecal.care.visit import write_record
from thecal.care.visit.visit import Answered
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.second import go_on_alone, open_about, request_draft
from thecal.clinic.access.signing import reauthenticate, signature_draft
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.refill.dose import programmable
from thecal.clinic.refill.entries import ANSWER, SUBJECT
from thecal.clinic.refill.screens import screens
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.witness import MEANING as WITNESSED
from thecal.clinic.refill.witness import WITNESS, waste_digest
from thecal.clinic.refill.witnesses import why_no_witness
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.whole_text import whole_text
from thecal.errors import StepRefusedError

MEANING = "answered at a refill visit"
_WHERE_A_SECOND_SIGNS = "A second person finds this under Checks, in a login of their own."
_WHERE_THE_COLLEAGUE_SIGNS = (
    "Asked for: press “Let the simulated colleague check and sign” in the training box."
)


@patient_page("check as second person")
def answer(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Answer a soft finding, signed; who did the visit's steps is not the second person."""
    if request.method != "POST":
        return redirect("refill", chart.patient.pk)
    situation = Situation.of(chart, request.clinic)
    who = request.member.user.username
    if who in situation.running.people and not situation.knowledge.exception_allowed:
        raise StepRefusedError(
            "a second person answers this, and you did steps of this visit",
            remedy="ask a colleague to log in and answer here",
        )
    check, message = request.POST.get("check", ""), request.POST.get("message", "")
    standing = [one for one in situation.asks if (one.check, one.message) == (check, message)]
    reason = whole_text(" ".join(request.POST.get("reason", "").split()))
    if not standing:
        raise StepRefusedError(
            "this question does not stand any more", remedy="read what stands now"
        )
    if not reason:
        raise StepRefusedError("an answer says why it may go on", remedy="write the reason")
    reauthenticate(request, request.member, request.POST.get("password", ""))
    given = Answered(check=check, message=message, reason=reason, by=who)
    draft = Draft(ANSWER, {"visit": situation.running.number, "record": write_record(given)})
    drafts = (draft, signature_draft(chart.stream, request.member, MEANING, (draft,)))
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    messages.success(request, f"{check} is answered.")
    return redirect("refill", chart.patient.pk)


@patient_page("write the record")
def ask_second(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Ask for a second person who enters solution, volume and dose without seeing them."""
    if request.method != "POST":
        return redirect("refill", chart.patient.pk)
    situation = Situation.of(chart, request.clinic)
    if situation.visit.verify is None:
        raise StepRefusedError(
            "there is nothing to check yet", remedy="record the drug in step 5 first"
        )
    draft = request_draft(
        SUBJECT,
        {"visit": situation.running.number, **situation.check_content},
        [
            "the label on the syringe names this patient",
            "order and label say the same solution",
            "the dose that shall run after the visit, on the order"
            if programmable(situation)
            else "the strength on the order: the dose follows from it and the pump's flow",
            *_steps(situation),
        ],
        situation.blind,
        situation.why_second or ("it was asked for",),
        situation.running.people,
    )
    write(chart.patient, author_of(request), (draft,), expected=seen_of(request))
    messages.success(request, _WHERE_THE_COLLEAGUE_SIGNS if request.run else _WHERE_A_SECOND_SIGNS)
    return _back(request, situation)


def _steps(situation: Situation) -> list[str]:
    """Return that the order has steps: a day's total is reckoned with them."""
    program = situation.ordered
    if program is None or not program.steps:
        return []
    return [f"{len(program.steps)} steps: their times and doses in the order"]


@patient_page("witness the waste")
def witness(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Say, signed and in a login of one's own, that the waste was destroyed before one's eyes."""
    if request.method != "POST":
        return redirect("refill", chart.patient.pk)
    situation = Situation.of(chart, request.clinic)
    waste = situation.visit.waste
    if waste is None or waste.witness is not None:
        raise StepRefusedError(
            "there is nothing to witness now", remedy="look at the account as it stands"
        )
    not_they = why_no_witness(situation.running, request.member)
    if not_they:
        raise StepRefusedError(
            "you are no witness of this waste",
            why=not_they,
            remedy="ask who saw it to log in and sign here",
        )
    reauthenticate(request, request.member, request.POST.get("password", ""))
    draft = Draft(WITNESS, {"visit": situation.running.number, "of": waste_digest(waste)})
    drafts = (draft, signature_draft(chart.stream, request.member, WITNESSED, (draft,)))
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    messages.success(request, "You are the witness of this waste.")
    return redirect("refill", chart.patient.pk)


@patient_page("write the record")
def alone(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Go on without a second person where the clinic allows it: with a reason, and counted."""
    if request.method != "POST":
        return redirect("refill", chart.patient.pk)
    situation = Situation.of(chart, request.clinic)
    asked = open_about(chart.entries, situation.digest)
    if asked is None:
        raise StepRefusedError("nobody was asked yet", remedy="ask for a second person first")
    reason = whole_text(request.POST.get("reason", ""))
    go_on_alone(chart, request.clinic, author_of(request), asked.seq, reason)
    messages.warning(request, "Written down and counted: nobody checked.")
    return _back(request, situation)


def _back(request: ClinicRequest, situation: Situation) -> HttpResponse:
    """Return to the page of the visit from which this was asked."""
    patient, name = situation.chart.patient.pk, request.POST.get("screen", "")
    if name in [one.name for one in screens(situation)]:
        return redirect("refill step", patient, name)
    return redirect("refill", patient)


urlpatterns = [
    path("answer/", answer, name="answer refill"),
    path("second/", ask_second, name="ask second for refill"),
    path("alone/", alone, name="refill alone"),
    path("witness/", witness, name="witness refill"),
]
