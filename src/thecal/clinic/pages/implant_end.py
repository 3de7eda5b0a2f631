"""The end of an implant visit: a second person, a supervisor, the signature; or it is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages

from thecal.care.implant_visit import REVISION, visit_findings
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of
from thecal.clinic.access.permissions import may
from thecal.clinic.access.second import go_on_alone, is_given, open_about
from thecal.clinic.flows.implant_end import (
    MEANING,
    REVISED,
    closing_drafts,
    second_digest,
    second_draft,
    second_wanted,
    witness_findings,
)
from thecal.clinic.flows.implant_events import planned
from thecal.clinic.flows.implant_visit import LEFT, RunningVisit
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.models import Patient
from thecal.clinic.pages.supervised import implant_close
from thecal.clinic.pumps import telemetry
from thecal.clinic.pumps.telemetry import Order
from thecal.clinic.web.flow import FlowForm, flow_form, signs, stands_against, task_draft, zone_of
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.errors import ThecalError
from thecal.safety.finding import Severity
from thecal.therapy.events import Override

SIGN = "Your password, to sign"


def end_forms(request: ClinicRequest, chart: Chart, running: RunningVisit) -> list[FlowForm]:
    """Return the forms of a visit whose steps are all written: who checks first, and the end."""
    try:
        plan = planned(chart, running)
    except ThecalError:
        return []
    made = []
    digest = second_digest(plan)
    if second_wanted(plan) and is_given(chart.entries, digest) is None:
        asked = open_about(chart.entries, digest)
        if asked is None:
            made.append(
                flow_form(
                    request,
                    "second",
                    "A second person checks (K8)",
                    "Ask for a second person",
                    hint="; ".join(second_wanted(plan)),
                )
            )
        elif request.clinic.second_person == "exception":
            why = (SheetField("why_alone", "Why nobody else can check now", "long"),)
            made.append(flow_form(request, "alone", "Nobody checks", "Go on alone", why))
    held = implant_close(chart, request.member, running)
    if held.holds and held.asked is None:
        made.append(
            flow_form(
                request,
                "supervisor",
                "A supervisor signs first",
                "Ask for a supervisor",
                hint=held.problem,
            )
        )
    fields = (
        SheetField("reason", "Reason, where a question above stands", "long", required=False),
    )
    made.append(
        flow_form(
            request,
            "close",
            "The end of the visit",
            f"Sign: {REVISED if running.visit.purpose == REVISION else MEANING}",
            fields,
            sign=SIGN,
        )
    )
    return made


def leave_form(request: ClinicRequest) -> FlowForm:
    """Return the form that leaves a visit unfinished, offered at every step."""
    return flow_form(
        request,
        "leave",
        "The visit is not gone on with",
        "Leave it unfinished",
        (SheetField("why_left", "Why", "long"),),
    )


def _leave(request: ClinicRequest, chart: Chart, running: RunningVisit, form: FlowForm) -> bool:
    why = str(form.sheet.typed["why_left"])
    words = f"an implant visit was left unfinished: {why}"
    drafts = (
        Draft(LEFT, {"visit": running.number}, why),
        task_draft("finish-the-implant", words, clock.now()),
    )
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    messages.warning(request, "The visit was left. The record holds no pump from it.")
    return True


def _ask_second(request: ClinicRequest, chart: Chart, running: RunningVisit, _: FlowForm) -> bool:
    draft = second_draft(planned(chart, running))
    write(chart.patient, author_of(request), (draft,), expected=seen_of(request))
    messages.success(request, "A second person finds this under Checks, in a login of their own.")
    return True


def _alone(request: ClinicRequest, chart: Chart, running: RunningVisit, form: FlowForm) -> bool:
    asked = open_about(chart.entries, second_digest(planned(chart, running)))
    if asked is not None:
        reason = str(form.sheet.typed["why_alone"])
        go_on_alone(chart, request.clinic, author_of(request), asked.seq, reason)
    return True


def _ask_supervisor(
    request: ClinicRequest, chart: Chart, running: RunningVisit, _: FlowForm
) -> bool:
    held = implant_close(chart, request.member, running)
    write(chart.patient, author_of(request), (held.draft(),), expected=seen_of(request))
    messages.success(request, "Asked for: a supervisor signs under Checks.")
    return True


def _close(request: ClinicRequest, chart: Chart, running: RunningVisit, form: FlowForm) -> bool:
    if not may(request.member.role, "sign orders"):
        form.sheet.refuse(form.password, "a physician signs an implant: ask one to open this page")
        return False
    plan, reason = planned(chart, running), str(form.sheet.typed["reason"])
    found = [*visit_findings(running.visit), *witness_findings(running, chart), *plan.findings()]
    asked = [one for one in found if one.severity is Severity.SOFT]
    by = request.member.user.username
    answers = tuple(Override(one.check, reason, by) for one in asked) if reason else ()
    held = implant_close(chart, request.member, running)
    if stands_against(found, reason):
        form.sheet.refuse("reason", "something above stands against the end of this visit")
    elif second_wanted(plan) and is_given(chart.entries, second_digest(plan)) is None:
        form.sheet.refuse(form.password, "a second person checks solution, volume and dose first")
    elif held.holds:
        form.sheet.refuse(form.password, held.problem)
    elif signs(request, form):
        drafts = closing_drafts(plan, request.member, zone_of(request), found, answers, reason)
        write(chart.patient, author_of(request), drafts, expected=seen_of(request))
        revised = running.visit.purpose == REVISION
        held_now = "the new catheter" if revised else "the pump"
        words = f"Signed: the record holds {held_now}. The 24-hour watch has begun."
        messages.success(request, words)
        _read_pump(request, chart)
        return True
    return False


def _read_pump(request: ClinicRequest, chart: Chart) -> None:
    """Read the pump that the record now tells: what it says stands beside what was written."""
    fresh = Chart(Patient.objects.select_related("projection").get(pk=chart.patient.pk))
    known = fresh.folded.replay
    if not telemetry.has_telemetry(fresh.therapy):
        return
    if known is None or not known.hardware.catheter_length_known:
        return
    outcome = telemetry.interrogate(fresh, Order(author=author_of(request)))
    if not outcome.done:
        messages.error(request, f"The pump could not be read: {outcome.why}.")
    for finding in outcome.findings:
        messages.error(request, f"{finding.check}: {finding.message}.")


ENDS: Mapping[str, Callable[[ClinicRequest, Chart, RunningVisit, FlowForm], bool]] = {
    "close": _close,
    "leave": _leave,
    "second": _ask_second,
    "alone": _alone,
    "supervisor": _ask_supervisor,
}
"""What each form of the end does; each returns whether it was written."""
