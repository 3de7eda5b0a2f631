"""Planning to end a therapy: the doses down to its end, what covers it, and the end itself.

A stop is never refused and needs no plan. Kinds of entries: `cessation.planned` {reason, starts,
speed, at_once, covered, verdict, steps}; the step on the pathway (`ceased`) ends it.
"""

from __future__ import annotations

from datetime import datetime, time

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from thecal.care.advice import Advice
from thecal.care.cessation.advise import advice_on
from thecal.care.cessation.case import REASONS, SPEEDS, CessationCase
from thecal.care.cessation.plan import wean_plan
from thecal.care.dose_words import dose_text
from thecal.care.pathway import Given, Transition, transition
from thecal.clinic import clock
from thecal.clinic.chart import Chart
from thecal.clinic.flow import (
    FlowForm,
    accepted,
    flow_form,
    last_body,
    seen,
    show_flow,
    signs,
    table,
    task_draft,
    typed_day,
    zone_of,
)
from thecal.clinic.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.log import Draft, write
from thecal.clinic.pathway_steps import drugs_of, follow_up_drafts, pathway_state, step_draft
from thecal.clinic.sheet import SheetField
from thecal.clinic.signing import signature_draft
from thecal.program.clock import SECONDS_PER_DAY
from thecal.units import MassRate, show_date

TITLE, PLANNED, CEASED = "Ending the therapy", "cessation.planned", "ceased"
_COVERED = (("yes", "ordered"), ("no", "not ordered"))


@patient_page("sign orders")
def cessation(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the plan of what was typed, keep it, and write the end down."""
    doses = _doses(chart)
    forms = [_end_form(request)]
    if doses:
        forms.insert(0, _plan_form(request))
    sent = next((one for one in forms if one.sent), None)
    advice: Advice | None = None
    case: CessationCase | None = None
    if sent is not None and accepted(sent) and sent.what == "plan":
        case = _case(sent, doses)
        if case is not None:
            advice = advice_on(case)
            if "keep" in sent.sheet.typed["keep"]:
                _keep(request, chart, sent, case, advice)
                return redirect("cessation", chart.patient.pk)
    elif sent is not None and accepted(sent) and signs(request, sent):
        _cease(request, chart, sent)
        return redirect("cessation", chart.patient.pk)
    lead = ["Stopping and lowering need no plan and are never refused."]
    if not doses:
        lead.append("No dose is programmed: there is nothing to lower in steps.")
    known = last_body(chart, PLANNED)
    tables = []
    if known is not None:
        rows = [(one["day"], one["dose"]) for one in known["steps"]]
        tables.append(table(f"The plan on record: {known['verdict']}", ("From", "Dose"), rows))
    if advice is not None and case is not None:
        lead.append(f"What was typed comes to: {advice.summary}.")
        tables += _told(advice, case)
    stop = reverse("stop pump", args=[chart.patient.pk])
    return show_flow(
        request,
        chart,
        TITLE,
        forms,
        lead=lead,
        tables=tables,
        findings=() if advice is None else advice.findings,
        links=[(stop, "Stop the pump now")],
    )


def _doses(chart: Chart) -> tuple[tuple[str, MassRate], ...]:
    simulation = chart.simulation(clock.now())
    if simulation is None or simulation.program is None:
        return ()
    return tuple(
        (drug, MassRate(mass.base / SECONDS_PER_DAY))
        for drug, mass in simulation.program.daily_doses().items()
        if mass
    )


def _plan_form(request: ClinicRequest) -> FlowForm:
    fields = (
        SheetField("starts", "First day of the plan", "date"),
        SheetField("why", "Why it ends", "choice", choices=_words(REASONS)),
        SheetField("speed", "How fast", "choice", choices=_words(SPEEDS)),
        SheetField("at_once", "It stops at once", "flag", required=False),
        SheetField("covered", "Cover by mouth", "choice", choices=_COVERED, required=False),
        SheetField(
            "keep",
            "Keep it",
            "choices",
            choices=(("keep", "keep this plan on record"),),
            required=False,
        ),
    )
    return flow_form(request, "plan", "A plan", "Show the plan", fields)


def _end_form(request: ClinicRequest) -> FlowForm:
    fields = (SheetField("reason", "Why it has ended", "long"),)
    return flow_form(
        request,
        "cease",
        "The therapy has ended",
        "Sign the end",
        fields,
        sign="Your password, to sign",
        hint="The pump stays in the body; its alarms go on until it is taken out.",
    )


def _words(ids: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(one, one.replace("-", " ")) for one in ids]


def _case(form: FlowForm, doses: tuple[tuple[str, MassRate], ...]) -> CessationCase | None:
    typed, starts = form.sheet.typed, typed_day(form, "starts")
    for name, known in (("why", REASONS), ("speed", SPEEDS)):
        if typed[name] not in known:
            form.sheet.refuse(name, "choose one of the list")
    if starts is None or form.sheet.errors:
        return None
    covered = {"yes": True, "no": False}.get(str(typed["covered"]))
    return CessationCase(
        doses,
        starts,
        str(typed["why"]),
        bool(typed["at_once"]),
        None,
        None,
        str(typed["speed"]),
        covered,
    )


def _steps(case: CessationCase) -> list[tuple[str, str]]:
    drug, _ = case.deciding
    return [
        (show_date(one.day), f"{drug} {dose_text(drug, one.dose)}") for one in wean_plan(case).rows
    ]


def _told(advice: Advice, case: CessationCase) -> list[dict[str, object]]:
    reasons = [
        (one.text, "; ".join(f"{cited.name}: {cited.fact.provenance()}" for cited in one.figures))
        for one in advice.reasons
    ]
    return [
        table("The plan", ("From", "Dose a day"), _steps(case)),
        table("Why", ("What", "Source"), reasons),
    ]


def _keep(
    request: ClinicRequest, chart: Chart, form: FlowForm, case: CessationCase, advice: Advice
) -> None:
    steps = [{"day": day, "dose": dose} for day, dose in _steps(case)]
    body = {
        "reason": case.reason,
        "starts": case.starts.isoformat(),
        "speed": case.speed,
        "at_once": case.at_once,
        "covered": str(form.sheet.typed["covered"]),
        "verdict": advice.verdict,
        "steps": steps,
    }
    first = datetime.combine(case.starts, time.min, tzinfo=zone_of(request))
    drafts = [
        Draft(PLANNED, body),
        task_draft("cessation-begins", "the plan to end the therapy begins: program it", first),
    ]
    for one in advice.findings:
        if one.follow_up:
            drafts.append(task_draft(f"cessation-{one.check}", one.follow_up, first))
    write(chart.patient, author_of(request), drafts, expected=seen(request))
    messages.success(
        request, "The plan is on record. Each step is programmed and signed by itself."
    )


def _cease(request: ClinicRequest, chart: Chart, form: FlowForm) -> None:
    given = Given(
        role=request.member.role, reason=str(form.sheet.typed["reason"]), drugs=drugs_of(chart)
    )
    found = transition(pathway_state(chart), CEASED, given, clock.now())
    if not isinstance(found, Transition):
        messages.warning(request, "It is on record already that the therapy has ended.")
        return
    step = step_draft(CEASED, given)
    signed = signature_draft(chart.stream, request.member, "therapy ended", [step])
    drafts = (step, signed, *follow_up_drafts(found.follow_ups))
    write(chart.patient, author_of(request), drafts, expected=seen(request))
    for one in found.findings:
        messages.warning(request, f"{one.message}.")
    messages.success(request, "The therapy has ended; tasks ask for what follows.")


urlpatterns = [path("", cessation, name="cessation")]
