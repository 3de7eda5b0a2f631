"""Another clinic takes a patient over: before the pump has to be refilled, or not at all.

Kind of entry: `transfer.agreed` {clinic, contact, accepted_on}, signed; the step on the pathway is
written with it. Until another clinic has accepted, this one stays in charge.
"""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from thecal.care.pathway import Given, Refusal, transition
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.permissions import may
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.flows.pathway_steps import (
    drugs_of,
    follow_up_drafts,
    pathway_state,
    refill_day,
    step_draft,
)
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.web.flow import (
    FlowForm,
    accepted,
    flow_form,
    last_body,
    show_flow,
    signs,
    typed_day,
)
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.safety.finding import Finding
from thecal.units import show_date

TITLE, AGREED, TO = "Transfer to another clinic", "transfer.agreed", "transferred-out"


@patient_page("write the record")
def transfer(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Agree a transfer; refused where the pump would run dry before it."""
    by, known = refill_day(chart), last_body(chart, AGREED)
    forms: tuple[FlowForm, ...] = ()
    findings: tuple[Finding, ...] = ()
    if pathway_state(chart).stage != TO:
        forms = (_form(request),)
        if accepted(forms[0]):
            findings = _agree(request, chart, forms[0])
            if accepted(forms[0]):
                return redirect("transfer", chart.patient.pk)
    lead = [f"Refill by {show_date(by)}." if by else "No date to refill by is known."]
    if known is not None:
        day = str(known["accepted_on"])
        since = show_date(date.fromisoformat(day)) if day else "no day named yet"
        lead.append(f"Agreed with {known['clinic']}, from: {since}.")
    paper = reverse("document", args=[chart.patient.pk, "transfer"])
    links = [(f"{paper}?language=en", "Pump passport"), (f"{paper}?language=de", "Pumpenpass")]
    if may(request.member.role, "read the log"):
        links.append((reverse("exports", args=[chart.patient.pk]), "Transfer packet (JSON)"))
    return show_flow(request, chart, TITLE, forms, lead=lead, findings=findings, links=links)


def _form(request: ClinicRequest) -> FlowForm:
    fields = (
        SheetField("clinic", "Clinic that takes over"),
        SheetField("contact", "Who was spoken to, and how they are reached", required=False),
        SheetField(
            "accepted_on",
            "First visit there",
            "date",
            required=False,
            hint="Empty: not accepted yet. This clinic then stays in charge of the refill.",
        ),
        SheetField("reason", "Why", "long", required=False),
    )
    return flow_form(
        request, "agree", "Hand over", "Sign the transfer", fields, sign="Your password, to sign"
    )


def _agree(request: ClinicRequest, chart: Chart, form: FlowForm) -> tuple[Finding, ...]:
    typed, day = form.sheet.typed, typed_day(form, "accepted_on")
    if form.sheet.errors:
        return ()
    given = Given(
        role=request.member.role,
        reason=typed["reason"] or None,
        drugs=drugs_of(chart),
        refill_by=refill_day(chart),
        accepted_on=day,
    )
    found = transition(pathway_state(chart), TO, given, clock.now())
    if isinstance(found, Refusal):
        form.sheet.refuse("accepted_on", "something above stands against this day")
        return found.findings
    if not signs(request, form):
        return found.findings
    agreed = Draft(
        AGREED,
        {
            "clinic": typed["clinic"],
            "contact": typed["contact"],
            "accepted_on": "" if day is None else day.isoformat(),
        },
        str(typed["reason"]),
    )
    signed = signature_draft(chart.stream, request.member, "handed over", [agreed])
    follow_ups = follow_up_drafts(found.follow_ups)
    if day is None:
        # Nobody has accepted: the patient stays in care here, and so do the reminders.
        drafts: tuple[Draft, ...] = (agreed, signed, *follow_ups)
        messages.warning(
            request, "Nobody has accepted yet: this clinic stays in charge, reminders go on."
        )
    else:
        drafts = (agreed, signed, step_draft(TO, given), *follow_ups)
        messages.success(request, "Handed over. Send passport and packet.")
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    return ()


urlpatterns = [path("", transfer, name="transfer")]
