"""The visit for a scan: before, during and after it, by what a scanner does to this pump.

It is signed before the scan (never while a pump that has to be emptied holds drug) and closed after
a reading that shows the pump running. What happened is written down whether or not it was signed.
Kinds of entries: `clinic.scan_visit`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from thecal.care.due.items import due_items
from thecal.care.due.knowledge import Knowledge
from thecal.care.mri_visit import (
    MriVisit,
    before_findings,
    close_findings,
    during,
    family,
)
from thecal.care.pathway import Given
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.permissions import may
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.access.supervision import Supervision
from thecal.clinic.flows.pathway_steps import pathway_state, side_step
from thecal.clinic.flows.scan_visit import (
    CALLED_OFF,
    CLOSED,
    ENDED,
    PLANNED,
    READING,
    ScanVisit,
    scan_visit,
)
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.ledger.tasks import open_tasks
from thecal.clinic.pages.mri_forms import scan_forms
from thecal.clinic.pages.supervised import scan
from thecal.clinic.pumps import telemetry
from thecal.clinic.pumps.telemetry import Order
from thecal.clinic.web.flow import (
    FlowForm,
    accepted,
    event_draft,
    on_pump_clock,
    show_flow,
    signs,
    stands_against,
    task_done_draft,
    task_draft,
    told,
    typed_moment,
    typed_quantity,
    zone_of,
)
from thecal.clinic.web.seen import number_in, seen_of
from thecal.errors import EntryError
from thecal.record.fold import effective
from thecal.safety.finding import Finding
from thecal.safety.scan import check_emptied
from thecal.therapy.events import Empty, Interrogate, Mri
from thecal.units import Duration, MagneticField, Volume

STANDS, READ_AFTER = "pump-stands-after-scan", "reading-after-scan"
_LEFT_RUNNING = "left-running"


@patient_page("read patients")
def mri(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show how the visit stands and what comes next."""
    found = scan_visit(chart)
    return _page(
        request, chart, found, [] if found is None else scan_forms(request, found, chart), ()
    )


@patient_page("write the record")
def step(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Take one step of the visit."""
    found = scan_visit(chart)
    if request.method != "POST" or found is None:
        return redirect("mri", chart.patient.pk)
    forms = scan_forms(request, found, chart)
    form = next((one for one in forms if one.sent), None)
    if form is None:
        return redirect("mri", chart.patient.pk)
    findings: tuple[Finding, ...] = ()
    if accepted(form):
        findings = _STEPS[form.what](request, chart, found, form)
    if accepted(form) and not findings:
        return redirect("mri", chart.patient.pk)
    return _page(request, chart, found, forms, findings)


def _page(
    request: ClinicRequest,
    chart: Chart,
    found: ScanVisit | None,
    forms: list[FlowForm],
    findings: tuple[Finding, ...],
) -> HttpResponse:
    if found is None:
        return show_flow(
            request, chart, "MRI visit", (), lead=["No pump is on record: nothing to scan for."]
        )
    model = found.visit.model
    return show_flow(
        request,
        chart,
        "MRI visit",
        forms if may(request.member.role, "write the record") else [],
        template="clinic/mri.html",
        scan=found,
        family=family(model),
        during=during(model),
        clock=_clock(found.visit),
        findings=findings or _standing(found),
        supervision=_asked_of(request, chart, found),
        links=[(reverse("document", args=[chart.patient.pk, "mri"]), "MRI form to print")],
        action=reverse("mri step", args=[chart.patient.pk]),
    )


def _asked_of(request: ClinicRequest, chart: Chart, found: ScanVisit) -> Supervision | None:
    """Return what the next signature asks of who may write; nothing is signed during the scan."""
    if not may(request.member.role, "write the record"):
        return None
    next_is_signed = found.planned is None or found.visit.ended is not None
    return scan(chart, request.member, found) if next_is_signed else None


def _standing(found: ScanVisit) -> tuple[Finding, ...]:
    """Return what stands whatever is typed: the drug before the scan, the reading after it."""
    if found.visit.ended is not None:
        return close_findings(found.visit, clock.now())
    holds = found.visit.holds_drug is not False
    return tuple(check_emptied(found.visit.model, holds_drug=holds))


def _clock(visit: MriVisit) -> list[str]:
    """Return what the reading after the scan waits for, as the Today list says it."""
    if visit.scan is None:
        return []
    due = due_items(Knowledge(scans=(visit.scan,)), clock.now())
    return [f"{one.urgency.value}: {one.what}" for one in due]


# -- the steps: each returns what stands against it, and nothing when it is done -----------------


def _plan(
    request: ClinicRequest, chart: Chart, found: ScanVisit, form: FlowForm
) -> tuple[Finding, ...]:
    typed = form.sheet.typed
    gradient = number_in(str(typed["gradient"]))
    if typed["gradient"] and gradient is None:
        form.sheet.refuse("gradient", "type a whole number of G/cm")
    done = set(typed["done_before"])
    if found.emptied:
        done.add("emptied")
    if found.stands:
        # A pump that was stopped cannot show whether it starts again after the scan.
        done.discard(_LEFT_RUNNING)
    visit = replace(
        found.visit,
        field=typed_quantity(form, "field", MagneticField),
        gradient=gradient,
        done=frozenset(done),
        cover=typed["cover"] or None,
        readings=(),
    )
    if form.sheet.errors:
        return ()
    findings, reason = before_findings(visit), str(typed["reason_before"])
    if stands_against(findings, reason):
        form.sheet.refuse("reason_before", "something below stands against the scan")
        return findings
    _supervised(request, chart, found, form)
    if form.sheet.errors or not signs(request, form):
        return findings
    body = {"visit": dict(visit.to_json()), "answered": told(findings)}
    planned = Draft(PLANNED, body, reason)
    signed = signature_draft(chart.stream, request.member, "cleared for the scan", [planned])
    moved = side_step(chart, "scan", Given(role=request.member.role, drugs=visit.drugs))
    write(chart.patient, author_of(request), (planned, signed, *moved), expected=seen_of(request))
    messages.success(request, "Signed: the scan may take place.")
    return ()


def _write_emptied(
    request: ClinicRequest, chart: Chart, _: ScanVisit, form: FlowForm
) -> tuple[Finding, ...]:
    """Emptying is never held up: not by an old page, not by a missing witness."""
    zone = zone_of(request)
    at, drawn = typed_moment(form, "emptied_at", zone), typed_quantity(form, "drawn", Volume)
    if at is None or drawn is None:
        return ()
    witness = str(form.sheet.typed["destroyed_with"])
    emptied = Empty(
        time=on_pump_clock(chart, at, zone),
        aspirated=drawn,
        reason="a scan",
        witness=witness or None,
    )
    drafts = [event_draft(emptied)]
    if not witness:
        words = "drug taken out before the scan: have its destruction countersigned"
        drafts.append(task_draft("witness-of-destruction", words, clock.now()))
    write(chart.patient, author_of(request), drafts, expected=None)
    messages.success(request, "Written down. The pump gives nothing until it is filled again.")
    return ()


def _write_ended(
    request: ClinicRequest, chart: Chart, found: ScanVisit, form: FlowForm
) -> tuple[Finding, ...]:
    zone, visit = zone_of(request), found.visit
    ended, lasted = typed_moment(form, "ended_at", zone), typed_quantity(form, "lasted", Duration)
    strength = visit.field
    if strength is None:
        strength = typed_quantity(form, "field_was", MagneticField)
    if ended is None or lasted is None or strength is None:
        return ()
    end = on_pump_clock(chart, ended, zone)
    start = end - timedelta(seconds=int(lasted.base))
    drafts = [Draft(ENDED, {"ended": end.isoformat(), "signed_before": found.planned is not None})]
    drafts.append(event_draft(Mri(time=start, field_strength=strength, duration=lasted)))
    if found.emptied:
        words = "read the pump after the scan, before it is filled"
        drafts.append(task_draft(READ_AFTER, words, clock.now()))
    if found.planned is None:
        messages.warning(request, "This scan was not cleared before it took place.")
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    messages.success(request, "The scan is written down. Read the pump now.")
    return ()


def _call_off(
    request: ClinicRequest, chart: Chart, _: ScanVisit, form: FlowForm
) -> tuple[Finding, ...]:
    draft = Draft(CALLED_OFF, {}, str(form.sheet.typed["why_off"]))
    back = _back(chart, request)
    write(chart.patient, author_of(request), (draft, *back), expected=seen_of(request))
    messages.success(request, "Called off. An emptied pump has to be filled again.")
    return ()


def _read(request: ClinicRequest, chart: Chart, _: ScanVisit, __: FlowForm) -> tuple[Finding, ...]:
    outcome = telemetry.interrogate(chart, Order(author=author_of(request)))
    if not outcome.done:
        messages.error(request, f"The pump could not be read: {outcome.why}.")
    for finding in outcome.findings:
        messages.error(request, f"{finding.check}: {finding.message}.")
    _after_reading(request, Chart(chart.patient.__class__.objects.get(pk=chart.patient.pk)))
    return ()


def _read_by_hand(
    request: ClinicRequest, chart: Chart, found: ScanVisit, form: FlowForm
) -> tuple[Finding, ...]:
    zone = zone_of(request)
    at = typed_moment(form, "read_at", zone)
    if at is None:
        return ()
    time, running = on_pump_clock(chart, at, zone), form.sheet.typed["running"] == "yes"
    try:
        found.visit.read(time, running=running)
    except EntryError as error:
        form.sheet.refuse("read_at", f"{error.what}; {error.remedy}")
        return ()
    drafts = [
        Draft(READING, {"time": time.isoformat(), "running": running}),
        event_draft(Interrogate(time=time)),
    ]
    if not running:
        words = "the pump was read after the scan and not seen running: read it again, treat it as"
        words += " stopped, find out why"
        drafts.append(task_draft(STANDS, words, clock.now()))
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    _after_reading(request, Chart(chart.patient.__class__.objects.get(pk=chart.patient.pk)))
    return ()


def _after_reading(request: ClinicRequest, chart: Chart) -> None:
    """Say what the reading shows, and end the tasks that waited for it."""
    found = scan_visit(chart)
    if found is None or not found.visit.readings:
        return
    if not found.visit.recovered:
        messages.error(
            request,
            "This reading does not show that the pump runs again: a recovery may show at the second"
            " reading alone. Read it again, and treat it as stopped until then.",
        )
        return
    open_ones = open_tasks(effective(chart.entries))
    done = [one.seq for one in open_ones if one.kind in (STANDS, READ_AFTER)]
    if done:
        drafts = [task_done_draft(one, "the pump was seen running after the scan") for one in done]
        write(chart.patient, author_of(request), drafts, expected=None)
    messages.success(request, "The pump was seen running after the scan.")


def _close(
    request: ClinicRequest, chart: Chart, found: ScanVisit, form: FlowForm
) -> tuple[Finding, ...]:
    done = found.visit.done | set(form.sheet.typed.get("done_after", ()))
    visit = replace(found.visit, done=frozenset(done))
    findings, reason = close_findings(visit, clock.now()), str(form.sheet.typed["reason_after"])
    if stands_against(findings, reason):
        form.sheet.refuse("reason_after", "something below stands against closing the visit")
        return findings
    _supervised(request, chart, found, form)
    if form.sheet.errors or not signs(request, form):
        return findings
    closed = Draft(CLOSED, {"visit": dict(visit.to_json()), "answered": told(findings)}, reason)
    signed = signature_draft(chart.stream, request.member, "runs again after the scan", [closed])
    back = _back(chart, request)
    write(chart.patient, author_of(request), (closed, signed, *back), expected=seen_of(request))
    messages.success(request, "The visit is closed.")
    return ()


def _supervised(request: ClinicRequest, chart: Chart, found: ScanVisit, form: FlowForm) -> None:
    """Refuse a signature that waits for a supervisor."""
    held = scan(chart, request.member, found)
    if held.holds:
        form.sheet.refuse(form.password, held.problem)


def _back(chart: Chart, request: ClinicRequest) -> tuple[Draft, ...]:
    """Return the step back to where the patient stood, where the scan was a step."""
    state = pathway_state(chart)
    if state.stage != "scan" or state.beside is None:
        return ()
    given = Given(
        role=request.member.role,
        forms=frozenset({"F12"}),
        done=frozenset({"post-scan-reading"}),
    )
    return side_step(chart, state.beside, given)


_STEPS: dict[str, Any] = {
    "plan": _plan,
    "emptied": _write_emptied,
    "ended": _write_ended,
    "call-off": _call_off,
    "read": _read,
    "read-by-hand": _read_by_hand,
    "close": _close,
}

urlpatterns = [
    path("", mri, name="mri"),
    path("step/", step, name="mri step"),
]
