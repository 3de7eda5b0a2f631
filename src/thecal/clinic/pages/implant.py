"""An implant, the replacement of a pump, or the revision of a catheter, from the imaging on.

One step after the other is written down; what stands against one keeps the next shut. The end is
signed: only then the record holds the pump, judged by the review of every therapy, and the 24-hour
watch begins. Kinds of entries: `clinic.flows.implant_visit`; `watch.begun`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from thecal.care.forms import FormErrors, read_form
from thecal.care.implant_visit import (
    IMPLANT,
    REPLACEMENT,
    REVISION,
    ImplantStep,
    ImplantVisit,
    suspect_pump,
    visit_findings,
)
from thecal.care.visit.rules import RULES
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.permissions import may
from thecal.clinic.access.second import go_on_alone, is_given, open_about
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.flows.implant_end import (
    MEANING,
    REVISED,
    closing_drafts,
    second_digest,
    second_draft,
    second_wanted,
    why_not_begun,
    witness_findings,
)
from thecal.clinic.flows.implant_events import (
    Planned,
    hardware_of,
    line_advice,
    on_clock,
    planned,
    prime_volume,
    read_program,
)
from thecal.clinic.flows.implant_picture import catheter_picture, segment_rows
from thecal.clinic.flows.implant_visit import (
    BEGUN,
    LEFT,
    WITNESS,
    RunningVisit,
    implant_visits,
    old_digest,
    open_implant,
    step_draft,
)
from thecal.clinic.flows.pathway_steps import has_pump
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.models import Patient
from thecal.clinic.pages.implant_forms import (
    MOMENTS,
    MOST_DRUGS,
    asked_fields,
    f4_values,
    step_form,
)
from thecal.clinic.pages.supervised import implant_close
from thecal.clinic.pumps import telemetry
from thecal.clinic.pumps.telemetry import Order
from thecal.clinic.web.flow import (
    FlowForm,
    accepted,
    flow_form,
    show_flow,
    signs,
    stands_against,
    table,
    task_draft,
    typed_moment,
    typed_quantity,
    zone_of,
)
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.errors import ThecalError
from thecal.pharmacy import both_units
from thecal.safety.finding import Finding, Severity
from thecal.therapy.events import Override
from thecal.therapy.timeline import own_worst_case
from thecal.units import Mass, Volume, show

TITLES = {
    IMPLANT: "Implant of a pump",
    REPLACEMENT: "Replacement of a pump: the operation",
    REVISION: "Revision of the catheter alone",
}
_HELD_BY = {"imaging": "before", "F4": "pump", "K25": "catheter", "K10": "catheter"}
_SIGN = "Your password, to sign"


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
        elif what in _ENDS:
            done = _ENDS[what](request, chart, running, form)
        else:
            done = _write_step(request, chart, running, form)
    if done:
        return redirect("implant", chart.patient.pk)
    return _shown(request, chart, forms)


@patient_page("witness the waste")
def witness(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Say, signed and in a login of one's own, that the drug of the old pump was destroyed."""
    running = open_implant(chart.entries)
    if request.method != "POST" or running is None:
        return redirect("implant", chart.patient.pk)
    form = _witness_form(request)
    if request.member.user.username in running.people:
        form.sheet.refuse(form.password, "you did steps of this visit: somebody else is witness")
    if accepted(form) and signs(request, form):
        of = old_digest(running.visit.asked.get("old", {}))
        seen = Draft(WITNESS, {"visit": running.number, "of": of})
        meaning = "saw the drug of a removed pump destroyed"
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
    found, plan, warnings = _standing(request, chart, running)
    more |= {"running": running, "steps": _steps(running), "tables": _tables(running)}
    more |= {"picture": catheter_picture(running.visit), "warnings": warnings}
    if plan is not None:
        more["doses"] = _doses(plan)
    if not may(request.member.role, "write the record"):
        forms = []
    if _wants_witness(running) and may(request.member.role, "witness the waste"):
        more["witness"] = refused or _witness_form(request)
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


def _standing(
    request: ClinicRequest, chart: Chart, running: RunningVisit
) -> tuple[list[Finding], Planned | None, list[str]]:
    """Return what stands against the visit, the therapy that it makes, and what has to be said."""
    found = [*visit_findings(running.visit), *witness_findings(running, chart)]
    warnings = []
    if not {"fill", "line"}.isdisjoint(running.visit.asked) and not _held(found):
        hardware = hardware_of(chart, running)
        advice = line_advice(chart, running, hardware)
        warnings.append(f"Prime: {advice.why.value} ({advice.why.provenance()}).")
    if running.visit.missing or _held(found):
        return found, None, warnings
    try:
        plan = planned(chart, running)
        found += plan.findings()
    except ThecalError as error:
        return found, None, [*warnings, f"{error.what}; {error.remedy}"]
    volume = prime_volume(plan)
    if volume is not None:
        rate = plan.hardware.setup.maximum_rate
        lasts = "" if rate is None else f" in {show(volume / rate, 'min', digits=3)}"
        warnings.append(f"The prime drives {show(volume, 'mL')} into the line{lasts}.")
    if telemetry.has_telemetry(plan.setup or chart.therapy) and not (
        plan.hardware.catheter_length_known
    ):
        warnings.append("Without the length of the catheter the pump cannot be programmed here.")
    return found, plan, warnings


def _held(found: list[Finding]) -> str:
    """Return the step that a refusal keeps open; empty where none does."""
    hard = (one.check for one in found if one.severity is Severity.HARD)
    return next((_HELD_BY[one] for one in hard if one in _HELD_BY), "")


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


def _doses(plan: Planned) -> list[tuple[str, str]]:
    written = plan.written
    if written is None:
        return []
    found = []
    most = {} if written.program.patient_bolus is None else own_worst_case(written)
    for name, mass in written.daily_doses().items():
        words = both_units(name, mass)
        if name in most:
            words += f" (with every bolus that is let through: {both_units(name, most[name])})"
        found.append((name, words))
    return found


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
    held = _held(found)
    first = next((one.id for one in running.visit.missing), "")
    chosen = wanted if wanted in steps and (wanted in running.visit.asked) else held or first
    forms = [step_form(request, chart, running, steps[chosen])] if chosen else []
    if not chosen:
        forms += _end_forms(request, chart, running)
    forms.append(
        flow_form(
            request,
            "leave",
            "The visit is not gone on with",
            "Leave it unfinished",
            (SheetField("why_left", "Why", "long"),),
        )
    )
    return forms


def _end_forms(request: ClinicRequest, chart: Chart, running: RunningVisit) -> list[FlowForm]:
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
            sign=_SIGN,
        )
    )
    return made


def _witness_form(request: ClinicRequest) -> FlowForm:
    return flow_form(
        request,
        "witness",
        "Witness: the drug of the old pump was destroyed before my eyes",
        "Sign as witness",
        sign=_SIGN,
    )


def _wants_witness(running: RunningVisit) -> bool:
    return "old" in running.visit.asked and not running.witness


# -- what was sent: each returns whether it was written -----------------------------------------


def _begin(request: ClinicRequest, chart: Chart, form: FlowForm) -> bool:
    body = {"purpose": _purpose(chart)}
    if form.what == REVISION:
        assert chart.folded.replay is not None
        body = {"purpose": REVISION, "pump": chart.folded.replay.pump_record.model}
    draft = Draft(BEGUN, body)
    write(chart.patient, author_of(request), (draft,), expected=seen_of(request))
    return True


def _write_step(
    request: ClinicRequest, chart: Chart, running: RunningVisit, form: FlowForm
) -> bool:
    here = next(one for one in running.visit.steps if one.id == form.what)
    values = _read_f4(request, here, form)
    asked = _read_asked(request, chart, running, here, form)
    _check_asked(chart, running, here, form, asked)
    if form.sheet.errors:
        return False
    drafts = [step_draft(running.number, here.id, values, asked)]
    if here.id == "pump":
        after = ImplantVisit(running.visit.purpose, {here.id: values}, {here.id: asked})
        for one in suspect_pump(after):
            words = f"pump {values['serial']} is not implanted: {one.message}"
            drafts.append(task_draft("suspect-pump", words, clock.now()))
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    return True


def _read_f4(request: ClinicRequest, here: ImplantStep, form: FlowForm) -> dict[str, Any]:
    part = f4_values(here, request)
    if part is None:
        return {}
    known, typed = part
    found = read_form(known, typed)
    if isinstance(found, FormErrors):
        names = [one.name for one in form.sheet.fields]
        for one in found.errors:
            form.sheet.refuse(_control(one.place, names), f"{one.what}; {one.remedy}")
        return {}
    values = found.to_json()["values"]
    assert isinstance(values, dict)
    return values


def _control(place: str, names: Sequence[str]) -> str:
    """Return the control of a place of F4, as in `segments 1: trimmed`."""
    row, _, inner = place.partition(": ")
    name = f"{row.replace(' ', '.')}.{inner}" if inner else place
    fitting = (one for one in names if one == name or one.startswith(f"{name}."))
    return next(fitting, name)


def _read_asked(
    request: ClinicRequest,
    chart: Chart,
    running: RunningVisit,
    here: ImplantStep,
    form: FlowForm,
) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    texts, zone = form.sheet.values(), zone_of(request)
    for one in asked_fields(chart, running, here):
        if one.name not in texts:
            continue
        if one.name in MOMENTS:
            moment = typed_moment(form, one.name, zone)
            if moment is not None:
                asked[one.name] = on_clock(chart, moment.astimezone(zone)).isoformat()
        else:
            # The digits of a program are read with their unit by the fields of a draft.
            digits = here.id == "program"
            asked[one.name] = form.sheet.typed[one.name] if digits else texts[one.name]
    return asked


def _check_asked(
    chart: Chart,
    running: RunningVisit,
    here: ImplantStep,
    form: FlowForm,
    asked: Mapping[str, Any],
) -> None:
    if here.id == "before":
        wanted = int(RULES.get("K30", "identifiers", Fraction).value)
        if len(asked.get("identified_by", ())) < wanted:
            form.sheet.refuse("identified_by", f"match the patient by {wanted} identifiers")
        typed_quantity(form, "weight", Mass)
    if here.id == "old":
        typed_quantity(form, "drawn", Volume)
        known = chart.content["therapy"]["serial"]
        if asked.get("returned_serial") != known:
            form.sheet.refuse("returned_serial", f"the record's pump is {known}: look again")
    if here.id == "fill" and not form.sheet.errors:
        drugs = [form.sheet.typed.get(f"mixture.drug{row}") for row in range(1, MOST_DRUGS + 1)]
        if asked["primary"] not in drugs:
            form.sheet.refuse("primary", "this drug is not in the solution")
    if here.id == "program" and not form.sheet.errors:
        _check_program(chart, running, form, asked)


def _check_program(
    chart: Chart, running: RunningVisit, form: FlowForm, asked: Mapping[str, Any]
) -> None:
    at = datetime.fromisoformat(asked["programmed_at"])
    if at < datetime.fromisoformat(running.visit.said("fill", "filled_at")):
        form.sheet.refuse("programmed_at", "this lies before the fill")
        return
    try:
        for name, why in read_program(chart, running, asked).errors.items():
            form.sheet.refuse(name, why)
    except ThecalError as error:
        form.sheet.refuse("daily_dose", f"{error.what}; {error.remedy}")


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


_ENDS = {
    "close": _close,
    "leave": _leave,
    "second": _ask_second,
    "alone": _alone,
    "supervisor": _ask_supervisor,
}
urlpatterns = [
    path("", implant, name="implant"),
    path("step/", step, name="implant step"),
    path("witness/", witness, name="implant witness"),
    path("<int:number>/", result, name="implant result"),
]
