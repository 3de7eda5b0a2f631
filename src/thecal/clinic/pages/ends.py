"""Ends of a therapy that are not planned here but written down: an explant and a death.

No end is held up by paperwork: what is missing is said, and becomes a task. Kinds of entries:
`form.filled` (F16) with the therapy event `explant`, and `death.recorded` {died, told_by}, both
signed; the step on the pathway stands beside them and closes the reminders.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from thecal.care.forms import Filled, FormErrors, findings_to_sign, form, read_form
from thecal.care.pathway import Given, Transition, transition
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.flows.form_facts import facts_of
from thecal.clinic.flows.form_log import (
    SIGNERS,
    filled_draft,
    known_of,
    meaning_of,
    status_of,
)
from thecal.clinic.flows.form_sheet import FormSheet
from thecal.clinic.flows.paper_details import DEATH
from thecal.clinic.flows.pathway_steps import (
    drugs_of,
    follow_up_drafts,
    has_pump,
    pathway_state,
    step_draft,
)
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.web.flow import (
    FlowForm,
    accepted,
    event_draft,
    flow_form,
    last_body,
    on_pump_clock,
    show_flow,
    signs,
    task_draft,
    typed_moment,
    zone_of,
)
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.safety.finding import Finding
from thecal.therapy.events import Explant
from thecal.units import show, show_time

EXPLANTED, DECEASED, F16 = "explanted", "deceased", "F16"
_KIND, _DAY = "kind", "ended_on"
_SIGN = "Your password, to sign"


@patient_page("write the record")
def explant(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write down that pump and catheter were taken out, and what became of drug and device."""
    title = "Explant"
    paper = reverse("document", args=[chart.patient.pk, "explant"])
    links = [(f"{paper}?language=en", "Record of the explant to print")]
    if not has_pump(chart):
        lead = ["No pump is in the body by the record."]
        return show_flow(request, chart, title, (), lead=lead, links=links if chart.therapy else [])
    fields = (
        SheetField("explanted_at", "When pump and catheter were taken out", "moment"),
        *_fields(_kind(chart), zone_of(request)),
    )
    sheet = flow_form(request, "explant", "Form F16", "Sign the explant", fields, sign=_SIGN)
    if accepted(sheet):
        _explanted(request, chart, sheet)
        if accepted(sheet):
            return redirect("patient", chart.patient.pk)
    simulation = chart.simulation(clock.now())
    assert simulation is not None
    lead = [f"By the record the reservoir holds {show(simulation.reservoir_volume, 'mL')}."]
    return show_flow(request, chart, title, (sheet,), lead=lead, links=links)


def _explanted(request: ClinicRequest, chart: Chart, sheet: FlowForm) -> None:
    zone = zone_of(request)
    at = typed_moment(sheet, "explanted_at", zone)
    if at is None:
        return
    time = on_pump_clock(chart, at, zone)
    filled = _filled(request, sheet, _kind(chart), time)
    if filled is None:
        return
    status = status_of(chart, clock.now())
    findings = findings_to_sign(filled, known_of(status))
    # A nurse signs as the witness: the form then still waits for a physician, as a task.
    signer = next(one for one in form(F16).signs if request.member.role in SIGNERS[one])
    given = Given(
        role=request.member.role,
        reason=filled.get("reason", str),
        drugs=drugs_of(chart),
        forms=frozenset({F16} if signer in form(F16).signs[:1] else ()),
    )
    found = transition(pathway_state(chart), EXPLANTED, given, clock.now())
    if not signs(request, sheet):
        return
    recorded = filled_draft(filled, facts_of(chart, form(F16), clock.now(), zone, filled), 0)
    meaning = meaning_of(form(F16), signer)
    drafts = [
        recorded,
        signature_draft(chart.stream, request.member, meaning, [recorded]),
        event_draft(Explant(time=time, reason=given.reason)),
    ]
    if isinstance(found, Transition):
        drafts += [
            step_draft(EXPLANTED, given),
            *follow_up_drafts(found.follow_ups, _done(filled)),
        ]
    drafts += _asked(findings)
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    for one in findings:
        messages.warning(request, f"{one.check}: {one.message}. A task waits for it.")
    messages.success(request, "The explant is written down; the reminders of the pump end.")


def _kind(chart: Chart) -> str:
    """Return what ended the therapy, in the words of F16."""
    return "death" if pathway_state(chart).stage == DECEASED else "explant"


def _filled(request: ClinicRequest, sheet: FlowForm, kind: str, time: datetime) -> Filled | None:
    """Return the form as it was typed; what is wrong is marked."""
    typed = FormSheet.sent(form(F16), request.POST, zone_of(request)).values()
    read = read_form(form(F16), {**typed, _KIND: kind, _DAY: time.date().isoformat()})
    if isinstance(read, FormErrors):
        for error in read.errors:
            sheet.sheet.refuse(error.place, f"{error.what}; {error.remedy}")
        return None
    return read


def _fields(kind: str, zone: ZoneInfo) -> list[SheetField]:
    """Return the fields of F16 that a person fills in here; a death asks for more."""
    known = form(F16)
    other = {
        one.id
        for one in known.plain_fields()
        if one.when is not None and one.when.field == _KIND and kind not in one.when.answers
    }
    parts = FormSheet(known, {}, zone).sections()
    fields = [one for part in parts for sheet in part.sheets for one in sheet.fields]
    return [one for one in fields if one.name not in (_KIND, _DAY, *other)]


def _done(filled: Filled) -> set[str]:
    """Return the follow-ups that the form already answers."""
    done = set()
    if filled.get("witness", str) and filled.typed.get("destroyed_volume") == filled.typed.get(
        "residual_volume"
    ):
        done.add("explanted residual")
    if filled.get("disposition", str) == "maker":
        done.add("explanted device")
    return done


def _asked(findings: tuple[Finding, ...]) -> list[Draft]:
    return [
        task_draft(f"end-{one.check.lower()}", one.follow_up, clock.now())
        for one in findings
        if one.follow_up
    ]


@patient_page("write the record")
def death(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write a death down: reminders end, and cremation and pump are asked about within a day."""
    title, known = "Death", last_body(chart, DEATH)
    paper = reverse("document", args=[chart.patient.pk, "death"])
    links = [(f"{paper}?language=en", "Record of the death to print")] if chart.therapy else []
    if known is not None:
        links.append((reverse("explant", args=[chart.patient.pk]), "Explant"))
        lead = [f"Died {show_time(datetime.fromisoformat(str(known['died'])))}."]
        return show_flow(request, chart, title, (), lead=lead, links=links)
    fields = (
        SheetField("died", "When", "moment"),
        SheetField("told_by", "Who told it", required=False),
    )
    sheet = flow_form(request, "death", "A death", "Sign the death", fields, sign=_SIGN)
    if accepted(sheet):
        zone = zone_of(request)
        died = typed_moment(sheet, "died", zone)
        if died is not None and signs(request, sheet):
            _died(
                request, chart, on_pump_clock(chart, died, zone), str(sheet.sheet.typed["told_by"])
            )
            return redirect("death", chart.patient.pk)
    lead = ["Every reminder ends with it. What follows becomes a task."]
    return show_flow(request, chart, title, (sheet,), lead=lead, links=links)


def _died(request: ClinicRequest, chart: Chart, died: datetime, told_by: str) -> None:
    given = Given(role=request.member.role, drugs=drugs_of(chart))
    found = transition(pathway_state(chart), DECEASED, given, clock.now())
    recorded = Draft(DEATH, {"died": died.isoformat(), "told_by": told_by})
    signed = signature_draft(chart.stream, request.member, "death recorded", [recorded])
    drafts = [recorded, signed]
    if isinstance(found, Transition):
        drafts += [step_draft(DECEASED, given), *follow_up_drafts(found.follow_ups)]
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    messages.success(request, "Written down. The reminders end; tasks ask for what follows.")


explant_urlpatterns = [path("", explant, name="explant")]
death_urlpatterns = [path("", death, name="death")]
