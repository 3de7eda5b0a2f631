"""An implant, the replacement of a pump, or the revision of a catheter, from the imaging on.

One step after the other is written down; what stands against one keeps the next shut. The end is
signed: only then the record holds the pump, judged by the review of every therapy, and the 24-hour
watch begins. Kinds of entries: `clinic.flows.implant_visit`; `watch.begun`.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from thecal.care.implant_visit import IMPLANT, REPLACEMENT, REVISION, account, visit_findings
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.permissions import may
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.flows.implant_end import why_not_begun
from thecal.clinic.flows.implant_picture import catheter_picture, segment_rows
from thecal.clinic.flows.implant_standing import doses_of, held_step, visit_standing
from thecal.clinic.flows.implant_visit import (
    BEGUN,
    WITNESS,
    RunningVisit,
    asked_digest,
    implant_visits,
    open_implant,
)
from thecal.clinic.flows.pathway_steps import has_pump
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.pages.implant_end import ENDS, SIGN, end_forms, leave_form
from thecal.clinic.pages.implant_forms import step_form
from thecal.clinic.pages.implant_step import write_step
from thecal.clinic.web.flow import FlowForm, accepted, flow_form, show_flow, signs, table, zone_of
from thecal.clinic.web.seen import seen_of

TITLES = {
    IMPLANT: "Implant of a pump",
    REPLACEMENT: "Replacement of a pump: the operation",
    REVISION: "Revision of the catheter alone",
}
_OLD, _REST = "witness", "witness-rest"
_SAW = {
    _OLD: "saw the drug of a removed pump destroyed",
    _REST: "saw the rest of a new solution destroyed",
}


@patient_page("read patients")
def implant(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the visit that goes on, or what stands against beginning one."""
    return _shown(request, chart)


@patient_page("write the record")
def step(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Take what was sent of the visit."""
    what = request.POST.get("what", "")
    if request.method != "POST":
        return redirect("implant", chart.patient.pk)
    running = open_implant(chart.entries)
    forms = _forms(request, chart, running)
    form = next((one for one in forms if one.sent), None)
    if form is None:
        return redirect("implant", chart.patient.pk)
    done = False
    if accepted(form):
        if running is None:
            done = _begin(request, chart, form)
        elif what in ENDS:
            done = ENDS[what](request, chart, running, form)
        else:
            done = write_step(request, chart, running, form)
    if done:
        return redirect("implant", chart.patient.pk)
    return _shown(request, chart, forms)


@patient_page("witness the waste")
def witness(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Say, signed and in a login of one's own, that the drug of the old pump was destroyed."""
    running = open_implant(chart.entries)
    if request.method != "POST" or running is None:
        return redirect("implant", chart.patient.pk)
    form = next((one for one in _witness_forms(request, running) if one.sent), None)
    if form is None:
        return redirect("implant", chart.patient.pk)
    if request.member.user.username in running.people:
        form.sheet.refuse(form.password, "you did steps of this visit: somebody else is witness")
    if accepted(form) and signs(request, form):
        step = "fill" if form.what == _REST else "old"
        of = {"visit": running.number, "of": asked_digest(running.visit.asked.get(step, {}))}
        seen = Draft(WITNESS, of | ({"what": step} if form.what == _REST else {}))
        meaning = _SAW[form.what]
        signed = signature_draft(chart.stream, request.member, meaning, [seen])
        write(chart.patient, author_of(request), (seen, signed), expected=seen_of(request))
        messages.success(request, "You are the witness of this destruction.")
        return redirect("implant", chart.patient.pk)
    page = _shown(request, chart, refused=form)
    page.status_code = 422
    return page


@patient_page("read patients")
def result(request: ClinicRequest, chart: Chart, number: int) -> HttpResponse:
    """Show a visit that was closed: the catheter as a picture and as a table, and its papers."""
    running = next((one for one in implant_visits(chart.entries) if one.number == number), None)
    if running is None or running.closed is None:
        raise Http404("there is no such visit")
    here = chart.patient.pk
    links = [
        (reverse("document", args=[here, "operation"]), "Record of the operation to print"),
        (reverse("document", args=[here, "card"]), "Implant card of the patient"),
        (reverse("document", args=[here, "session"]), "Printout of the programming"),
        (reverse("watch", args=[here]), "24-hour watch"),
    ]
    return show_flow(
        request,
        chart,
        TITLES[running.visit.purpose],
        (),
        template="clinic/implant.html",
        tables=_tables(running),
        picture=catheter_picture(running.visit),
        links=links,
    )


# -- what is shown ------------------------------------------------------------------------------


def _shown(
    request: ClinicRequest,
    chart: Chart,
    forms: list[FlowForm] | None = None,
    *,
    refused: FlowForm | None = None,
) -> HttpResponse:
    """Show the visit as it stands; `refused` is the form of a witness that was not accepted."""
    running = open_implant(chart.entries)
    if forms is None:
        forms = _forms(request, chart, running)
    closed = [one for one in implant_visits(chart.entries) if one.closed is not None]
    links = [
        (reverse("implant result", args=[chart.patient.pk, one.number]), _done_words(one))
        for one in closed
    ]
    action = reverse("implant step", args=[chart.patient.pk])
    more: dict[str, Any] = {"links": links, "action": action}
    purpose = _purpose(chart) if running is None else running.visit.purpose
    if running is None:
        against = why_not_begun(chart, zone_of(request))
        return show_flow(
            request,
            chart,
            TITLES[purpose],
            forms if may(request.member.role, "write the record") else [],
            findings=against,
            **more,
        )
    found, plan, warnings = visit_standing(chart, running)
    more |= {"running": running, "steps": _steps(running), "tables": _tables(running)}
    more |= {"picture": catheter_picture(running.visit), "warnings": warnings}
    if plan is not None:
        more["doses"] = doses_of(plan)
    if not may(request.member.role, "write the record"):
        forms = []
    if may(request.member.role, "witness the waste"):
        more["witnesses"] = [
            refused if refused is not None and refused.what == one.what else one
            for one in _witness_forms(request, running)
        ]
        more["witness_action"] = reverse("implant witness", args=[chart.patient.pk])
    return show_flow(
        request,
        chart,
        TITLES[purpose],
        forms,
        template="clinic/implant.html",
        findings=found,
        **more,
    )


def _purpose(chart: Chart) -> str:
    return REPLACEMENT if has_pump(chart) else IMPLANT


def _done_words(one: RunningVisit) -> str:
    serial = one.visit.filled.get("serial", str)
    if serial is None:
        return TITLES[one.visit.purpose]
    return f"{TITLES[one.visit.purpose]}, pump {serial}"


def _steps(running: RunningVisit) -> list[dict[str, object]]:
    return [
        {"id": one.id, "title": one.title, "done": one.id in running.visit.asked}
        for one in running.visit.steps
    ]


def _tables(running: RunningVisit) -> list[dict[str, Any]]:
    rows = segment_rows(running.visit)
    if not rows:
        return []
    head = ("Segment", "Supplied", "Trimmed", "Implanted", "Holds in 1 cm", "Volume")
    return [table("The catheter, from the pump to the tip", head, rows)]


# -- the forms ----------------------------------------------------------------------------------


def _forms(request: ClinicRequest, chart: Chart, running: RunningVisit | None) -> list[FlowForm]:
    if running is None:
        if why_not_begun(chart, zone_of(request)):
            return []
        title = TITLES[_purpose(chart)]
        begins = [flow_form(request, "begin", title, "Begin in the operating theatre")]
        if _purpose(chart) == REPLACEMENT and chart.folded.replay is not None:
            begins.append(
                flow_form(request, REVISION, TITLES[REVISION], "Begin: the pump stays where it is")
            )
        return begins
    found = list(visit_findings(running.visit))
    steps = {one.id: one for one in running.visit.steps}
    wanted = request.POST.get("what", "") or request.GET.get("step", "")
    held = held_step(found)
    first = next((one.id for one in running.visit.missing), "")
    chosen = wanted if wanted in steps and (wanted in running.visit.asked) else held or first
    forms = [step_form(request, chart, running, steps[chosen])] if chosen else []
    if not chosen:
        forms += end_forms(request, chart, running)
    return [*forms, leave_form(request)]


def _witness_forms(request: ClinicRequest, running: RunningVisit) -> list[FlowForm]:
    """Return the forms of a witness, one for each solution that nobody else saw destroyed."""
    told, wanted = account(running.visit), []
    if "old" in running.visit.asked and not running.witness:
        wanted.append((_OLD, "the drug of the old pump"))
    if told is not None and told.wasted and not running.fill_witness:
        wanted.append((_REST, "the rest of the new solution"))
    return [
        flow_form(
            request,
            what,
            f"Witness: {seen} was destroyed before my eyes",
            "Sign as witness",
            sign=SIGN,
        )
        for what, seen in wanted
    ]


# -- what was sent: each returns whether it was written -----------------------------------------


def _begin(request: ClinicRequest, chart: Chart, form: FlowForm) -> bool:
    body = {"purpose": _purpose(chart)}
    if form.what == REVISION:
        assert chart.folded.replay is not None
        body = {"purpose": REVISION, "pump": chart.folded.replay.pump_record.model}
    draft = Draft(BEGUN, body)
    write(chart.patient, author_of(request), (draft,), expected=seen_of(request))
    return True


urlpatterns = [
    path("", implant, name="implant"),
    path("step/", step, name="implant step"),
    path("witness/", witness, name="implant witness"),
    path("<int:number>/", result, name="implant result"),
]
