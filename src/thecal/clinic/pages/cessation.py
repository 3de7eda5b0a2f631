"""The end of a therapy whose pump stays in the body.

How to get there in steps is a plan of its own (`plans/cessation`); a stop needs none and is never
refused. What is written is the step on the pathway (`ceased`), signed, and what follows from it.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from thecal.care.pathway import Given, Transition, transition
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.flows.pathway_steps import drugs_of, follow_up_drafts, pathway_state, step_draft
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import write
from thecal.clinic.web.flow import FlowForm, accepted, flow_form, show_flow, signs
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField

TITLE, CEASED = "Ending the therapy", "ceased"


@patient_page("sign orders")
def cessation(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write the end of a therapy down."""
    links = [
        (reverse("stop pump", args=[chart.patient.pk]), "Stop the pump now"),
        (reverse("plan", args=[chart.patient.pk, "cessation"]), "Plan the way there in steps"),
        (reverse("explant", args=[chart.patient.pk]), "The pump is taken out"),
    ]
    lead = ["Stopping and lowering need no plan and are never refused."]
    if pathway_state(chart).stage == CEASED:
        lead.append("It is on record that the therapy has ended.")
        return show_flow(request, chart, TITLE, (), lead=lead, links=links)
    form = flow_form(
        request,
        "cease",
        "The therapy has ended",
        "Sign the end",
        (SheetField("reason", "Why it has ended", "long"),),
        sign="Your password, to sign",
        hint="The pump stays in the body; its alarms go on until it is taken out.",
    )
    if accepted(form) and signs(request, form):
        _cease(request, chart, form)
        return redirect("cessation", chart.patient.pk)
    return show_flow(request, chart, TITLE, (form,), lead=lead, links=links)


def _cease(request: ClinicRequest, chart: Chart, form: FlowForm) -> None:
    given = Given(
        role=request.member.role, reason=str(form.sheet.typed["reason"]), drugs=drugs_of(chart)
    )
    found = transition(pathway_state(chart), CEASED, given, clock.now())
    assert isinstance(found, Transition), "an end is refused only where it has come already"
    step = step_draft(CEASED, given)
    signed = signature_draft(chart.stream, request.member, "therapy ended", [step])
    drafts = (step, signed, *follow_up_drafts(found.follow_ups))
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    for one in found.findings:
        messages.warning(request, f"{one.message}.")
    messages.success(request, "The therapy has ended; tasks ask for what follows.")


urlpatterns = [path("", cessation, name="cessation")]
