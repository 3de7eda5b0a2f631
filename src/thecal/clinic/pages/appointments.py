"""The appointments of one patient, the calls about them, and what planning has to know.

Kinds of entries: `therapy.plan` (an appointment, or none any more), `appointment.kept`,
`appointment.missed`, `appointment.contacted`, `appointment.details`; their bodies stand in
`ledger.appointments`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from thecal.care.appointments.risk import total
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.permissions import may
from thecal.clinic.appointments.booking import cancel_draft
from thecal.clinic.appointments.calls import call_of
from thecal.clinic.appointments.listed import HOME, Listed, listed_of
from thecal.clinic.ledger.appointments import (
    CONTACTED,
    KEPT,
    MISSED,
    Appointment,
    Standing,
    appointments,
    contacts,
)
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.pages.appointment_booking import book, booking_form
from thecal.clinic.pages.appointment_details import details_form, details_taken
from thecal.clinic.web.days import full_day, full_moment
from thecal.clinic.web.flow import FlowForm, accepted, flow_form, show_flow, table, zone_of
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.record.fold import effective
from thecal.safety.finding import Finding
from thecal.units import show_time

TITLE = "Appointments"
_YES_NO = (("yes", "yes"), ("no", "no"))
_WHOM = ("patient", "carer", "next of kin", "family doctor", "physician", "another clinic")
_HOW = ("telephone", "message", "letter", "in person")


@patient_page("read patients")
def show(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the appointment that stands, those before it, calls, and the risk score."""
    return _page(request, chart, _forms(request, chart), ())


@patient_page("write the record")
def change(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Take one form of the page."""
    forms = _forms(request, chart)
    sent = next((one for one in forms if one.sent), None)
    if sent is None:
        return redirect("appointments", chart.patient.pk)
    findings: tuple[Finding, ...] = ()
    if sent.what == "book" and accepted(sent):
        forms, findings = book(request, chart, sent, forms)
    elif accepted(sent):
        drafts = _TAKEN[sent.what](request, chart, sent)
        if accepted(sent):
            write(chart.patient, author_of(request), drafts, expected=seen_of(request))
            messages.success(request, "Written down.")
    if all(accepted(one) for one in forms if one.sent):
        return redirect("appointments", chart.patient.pk)
    return _page(request, chart, forms, findings)


# -- what the page shows ---------------------------------------------------------------------------


def _page(
    request: ClinicRequest, chart: Chart, forms: Sequence[FlowForm], findings: Sequence[Finding]
) -> HttpResponse:
    one = listed_of(chart.projection, request.clinic)
    standing = effective(chart.entries)
    made = appointments(standing)
    lead, warnings = ["No pump is on record that is refilled here."], []
    tables = []
    if one is not None:
        lead = list(_lead(one))
        warnings = [item["what"] for item in chart.content["due"] if item["rule"] in _ABOUT_VISITS]
        points = one.risk(clock.now())
        rows = [(each.what, str(each.points), each.source) for each in points]
        caption = f"Risk score: {total(points)} points; a project rule, not a validated score"
        tables.append(table(caption, ("What", "Points", "Whose figure"), rows))
    tables.append(_made_table(request, made))
    tried = contacts(standing)
    calls = [
        (
            show_time(each.at.astimezone(zone_of(request))),
            f"{each.days} days before",
            f"{each.whom}, {each.how}",
            "reached" if each.reached else "not reached",
            each.outcome,
            each.by,
        )
        for each in reversed(tried)
    ]
    head = ("When", "Call", "Whom, how", "Reached", "What came of it", "Who")
    tables.append(table("Calls about a refill", head, calls))
    return show_flow(
        request,
        chart,
        TITLE,
        forms,
        lead=lead,
        warnings=warnings,
        findings=findings,
        tables=tables,
        links=[(reverse("calendar"), "The calendar of the clinic")],
        action=reverse("change appointments", args=[chart.patient.pk]),
    )


_ABOUT_VISITS = ("contact", "no-visit", "missed-visit", "late-visit", "interval")


def _lead(one: Listed) -> Iterator[str]:
    if one.booked is None:
        yield "No appointment stands."
    else:
        when = full_day(one.booked) if one.at is None else full_moment(one.at)
        yield f"The next visit stands: {when}, {'at home' if one.place == HOME else 'here'}."
    if one.refill_by is None:
        yield "No date to refill by is known."
    else:
        yield f"Refill by {full_moment(one.refill_by)}; a visit after it is refused."


def _made_table(request: ClinicRequest, made: Sequence[Appointment]) -> dict[str, Any]:
    zone = zone_of(request)
    rows = [
        (
            full_day(each.day) if each.at is None else full_moment(each.at.astimezone(zone)),
            "at home" if each.place == HOME else "here",
            str(each.standing),
            each.reason,
            f"{each.by}, {show_time(each.written.astimezone(zone))}",
        )
        for each in reversed(made)
    ]
    return table("Appointments", ("Visit", "Where", "Standing", "Reason", "Booked by"), rows)


# -- its forms -------------------------------------------------------------------------------------


def _forms(request: ClinicRequest, chart: Chart) -> list[FlowForm]:
    one = listed_of(chart.projection, request.clinic)
    if one is None or request.emergency or not may(request.member.role, "write the record"):
        return []
    made = appointments(effective(chart.entries))
    forms = [booking_form(request, one, ())]
    reason = (SheetField("reason_cancel", "Why"),)
    if one.booked is not None:
        forms.append(flow_form(request, "cancel", "Cancel the appointment", "Cancel it", reason))
    today = clock.now().astimezone(zone_of(request)).date()
    come = [each for each in made if each.standing is Standing.STANDS and each.day <= today]
    if come:
        fields = (
            SheetField("came", "The patient came", "choice", choices=_YES_NO),
            SheetField("why_not", "Why not", required=False, when="needed where nobody came"),
        )
        title = f"The appointment of {full_day(come[-1].day)}"
        forms.append(flow_form(request, "came", title, "Write down whether they came", fields))
    forms += [_contact_form(request), details_form(request, one)]
    return forms


def _contact_form(request: ClinicRequest) -> FlowForm:
    def words(some: Sequence[str]) -> tuple[tuple[str, str], ...]:
        return tuple((one, one) for one in some)

    fields = (
        SheetField("whom", "Whom", "choice", choices=words(_WHOM)),
        SheetField("how", "How", "choice", choices=words(_HOW)),
        SheetField("reached", "Reached", "choice", choices=_YES_NO),
        SheetField("outcome", "What came of it", "long"),
    )
    hint = "Each try counts, also one that reached nobody."
    return flow_form(
        request, "contact", "A call about the refill", "Write down the call", fields, hint=hint
    )


# -- what they write -------------------------------------------------------------------------------


def _cancel(request: ClinicRequest, chart: Chart, form: FlowForm) -> Sequence[Draft]:
    one = listed_of(chart.projection, request.clinic)
    assert one is not None
    return (cancel_draft(one, str(form.sheet.typed["reason_cancel"])),)


def _came(request: ClinicRequest, chart: Chart, form: FlowForm) -> Sequence[Draft]:
    made = appointments(effective(chart.entries))
    seq = next(each.seq for each in reversed(made) if each.standing is Standing.STANDS)
    came, why = form.sheet.typed["came"] == "yes", str(form.sheet.typed["why_not"])
    if not came and not why:
        form.sheet.refuse("why_not", "Why not: write why, or that nobody knows")
    body = {"appointment": seq}
    return (Draft(KEPT, body, why) if came else Draft(MISSED, body, why),)


def _contact(request: ClinicRequest, chart: Chart, form: FlowForm) -> Sequence[Draft]:
    typed, one = form.sheet.typed, listed_of(chart.projection, request.clinic)
    body = {
        "days": 0 if one is None else call_of(one),
        "whom": typed["whom"],
        "how": typed["how"],
        "reached": typed["reached"] == "yes",
        "outcome": typed["outcome"],
    }
    return (Draft(CONTACTED, body),)


_TAKEN: dict[str, Callable[[ClinicRequest, Chart, FlowForm], Sequence[Draft]]] = {
    "cancel": _cancel,
    "came": _came,
    "contact": _contact,
    "details": details_taken,
}

urlpatterns = [
    path("", show, name="appointments"),
    path("change/", change, name="change appointments"),
]
