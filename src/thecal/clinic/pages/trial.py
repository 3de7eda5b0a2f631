"""The trial: plan, doses with their second person, scores by the clock, verdict, papers.

The kinds of entries stand in `thecal.clinic.flows.trial_log`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from thecal.care.document import Document
from thecal.care.pathway import trial_word
from thecal.care.trial.advise import advice_on, documents
from thecal.care.trial.case import NO_TRIAL
from thecal.care.trial.no_trial import REFUSED as NOT_WITHOUT
from thecal.care.trial.no_trial import judge_no_trial
from thecal.care.trial.reader import read_trial
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, patient_page
from thecal.clinic.access.second import digest_of, go_on_alone, is_given, open_about
from thecal.clinic.flows.trial_fields import (
    order_fields,
    plan_fields,
    plan_known,
    score_fields,
    state_fields,
)
from thecal.clinic.flows.trial_log import (
    DROPPED,
    ENDED,
    GIVEN,
    PLANNED,
    SCORED,
    STATED,
    TrialRecord,
    preview,
    trial_of,
)
from thecal.clinic.flows.trial_orders import check_order, order_drafts
from thecal.clinic.ledger.case_values import case_from_json, case_to_json
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.pages.supervised import trial_give
from thecal.clinic.patient.advice_rows import advice_rows
from thecal.clinic.patient.medicines import medicines_of, planned_hold
from thecal.clinic.plans.sheet import CaseField, CaseSheet
from thecal.clinic.web.documents import print_document, show_document
from thecal.clinic.web.flow import zone_of
from thecal.clinic.web.seen import seen_of
from thecal.errors import BadFileError
from thecal.safety.finding import Finding, Severity
from thecal.therapy.days import whole_years
from thecal.therapy.table import Table

_REFUSED = 422
_TIME = "given.time"


@patient_page("read patients")
def show(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the trial: what is planned, what was given, every score, and what it comes to."""
    return _page(request, chart)


@require_POST
@patient_page("write the record")
def plan(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Plan a trial: from here a new one."""
    sheet = CaseSheet.sent(plan_fields(chart), request.POST)
    known = plan_known(chart)
    born = date.fromisoformat(chart.content["birth_date"])
    known = {**known, "age_years": whole_years(born, _now(request).date())}
    case = sheet.case(known)
    if not sheet.errors:
        try:
            read = read_trial(Table(dict(case), "trial"))
            if read.method == NO_TRIAL and judge_no_trial(read)[0] == NOT_WITHOUT:
                for one in judge_no_trial(read)[2]:
                    sheet.refuse("reason" if read.reason is None else "method", one.message)
        except BadFileError as error:
            sheet.refuse_place(error)
    if sheet.errors:
        return _page(request, chart, plan=sheet)
    return _written(request, chart, (Draft(PLANNED, {"case": case_to_json(case)}),), "Planned.")


@require_POST
@patient_page("write the record")
def order(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Order a dose: refused where a rule refuses it, and never given without a second person."""
    trial = _trial(chart)
    sheet = CaseSheet.sent(order_fields(trial), request.POST)
    asked = sheet.case({})
    findings: tuple[Finding, ...] = ()
    if not sheet.errors:
        try:
            known = medicines_of(chart.entries)
            now = clock.now().astimezone(zone_of(request))
            findings = check_order(trial, asked, known, now)
        except BadFileError as error:
            sheet.refuse_place(error)
    hard = any(one.severity is Severity.HARD for one in findings)
    soft = any(one.severity is Severity.SOFT for one in findings)
    if soft and not hard and not asked["order"].get("reason"):
        sheet.refuse("order.reason", "something below asks for a reason")
    if sheet.errors or hard:
        return _page(request, chart, order=sheet, findings=findings, refused=hard)
    drafts = order_drafts(trial, asked, findings, request.user.username)
    return _written(request, chart, drafts, "Ordered. A second person has to check it now.")


@require_POST
@patient_page("write the record")
def give(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write down that the ordered dose was given, once a second person has checked it."""
    trial = _trial(chart)
    if trial.order is None:
        raise Http404("no dose is ordered")
    body = trial.order.body
    sheet = CaseSheet.sent(_give_fields(), request.POST)
    typed = sheet.case({})
    if is_given(chart.entries, digest_of(body)) is None:
        sheet.refuse(_TIME, "no second person has checked this dose yet")
    held = trial_give(chart, request.member, trial)
    if held is not None and held.holds:
        sheet.refuse(_TIME, held.problem)
    if sheet.errors:
        return _page(request, chart, give=sheet)
    case = {**body["case"], **case_to_json(typed["given"])}
    draft = Draft(GIVEN, {"order": trial.order.seq, "case": case})
    return _written(request, chart, (draft,), "Given. Watch and score by the clock below.")


@require_POST
@patient_page("write the record")
def drop(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Drop a dose that is ordered and not given."""
    trial = _trial(chart)
    if trial.order is None:
        raise Http404("no dose is ordered")
    draft = Draft(DROPPED, {"order": trial.order.seq}, str(request.POST.get("reason", "")).strip())
    return _written(request, chart, (draft,), "Dropped.")


@require_POST
@patient_page("write the record")
def alone(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Go on without a second person, where the clinic allows it; counted and shown."""
    trial = _trial(chart)
    asked = None if trial.order is None else open_about(chart.entries, digest_of(trial.order.body))
    if asked is None:
        raise Http404("no check of a dose is open")
    reason = str(request.POST.get("reason", ""))
    go_on_alone(chart, request.clinic, request.author, asked.seq, reason)
    return redirect("trial", chart.patient.pk)


@require_POST
@patient_page("stop therapy")
def end(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write down that an infusion was stopped: that is never held up."""
    trial = _trial(chart)
    if trial.has_boluses or "infusion" not in trial.values:
        raise Http404("no infusion runs")
    sheet = CaseSheet.sent(_end_fields(), request.POST)
    typed = sheet.case({})
    ended = typed.get("ended", {}).get("ended", _now(request))
    body = {"order": trial.seq, "case": case_to_json({"ended": ended})}
    return _written(request, chart, (Draft(ENDED, body),), "Stopped.")


@require_POST
@patient_page("write the record")
def score(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write down the scores of one moment."""
    trial = _trial(chart)
    sheet = CaseSheet.sent(score_fields(trial), request.POST)
    typed = sheet.case({}).get("score", {})
    if not sheet.errors and set(typed) <= {"time"}:
        sheet.refuse("score.time", "nothing was scored: fill in at least one scale")
    if not sheet.errors:
        try:
            scores = [*trial.values.get("scores", ()), typed]
            trial.case(scores=sorted(scores, key=lambda one: one["time"]))
        except BadFileError as error:
            sheet.refuse_place(error)
    if sheet.errors:
        return _page(request, chart, score=sheet)
    draft = Draft(SCORED, {"case": case_to_json(typed)})
    return _written(request, chart, (draft,), "Scored.")


@require_POST
@patient_page("write the record")
def state(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write down what the patient says, and what the implanter needs."""
    trial = _trial(chart)
    sheet = CaseSheet.sent(state_fields(trial), request.POST)
    typed = sheet.case({})
    if not sheet.errors:
        body = {"case": case_to_json(typed.get("stated", {})), "said": typed.get("said", "")}
        try:
            _with(chart, Draft(STATED, body))
        except BadFileError as error:
            sheet.refuse_place(error)
    if sheet.errors:
        return _page(request, chart, state=sheet)
    return _written(request, chart, (Draft(STATED, body),), "Written down.")


@patient_page("print documents")
def paper(request: ClinicRequest, chart: Chart, kind: str) -> HttpResponse:
    """Show the chart, the decision or the hand-over; sent as a form, it comes as PDF."""
    for one in _papers(_trial(chart)):
        if one.kind == kind:
            if request.method == "POST":
                return print_document(request, chart, one)
            return show_document(request, chart, one)
    raise Http404("no such paper follows from this trial")


def _page(
    request: ClinicRequest,
    chart: Chart,
    *,
    findings: Sequence[Finding] = (),
    refused: bool = False,
    **sheets: CaseSheet,
) -> HttpResponse:
    trial = trial_of(chart.entries)
    fields: dict[str, Sequence[CaseField]] = {"plan": plan_fields(chart)}
    given: dict[str, Any] = {}
    if trial is not None and trial.values["method"] != NO_TRIAL:
        fields |= {"order": order_fields(trial), "give": _give_fields(), "end": _end_fields()}
        fields |= {"score": score_fields(trial), "state": state_fields(trial)}
        stated = {"stated": trial.values, "said": trial.said}
        sheets.setdefault("state", CaseSheet.from_case(fields["state"], stated))
    if trial is not None:
        case = trial.case()
        given = {
            "advice": advice_rows(advice_on(read_trial(Table(_with_order(trial), "trial")))),
            "word": trial_word(case),
            "papers": _papers(trial),
            "check": _check_of(chart, trial),
            "supervision": trial_give(chart, request.member, trial),
        }
    wrong = refused or any(one.errors for one in sheets.values())
    context = {
        "chart": chart,
        "tab": "trial",
        "trial": trial,
        "findings": findings,
        "hold": planned_hold(medicines_of(chart.entries), clock.now().astimezone(zone_of(request))),
        "refused": refused,
        **given,
        **{
            f"{name}_sheet": (sheets.get(name) or CaseSheet(one, {})).sheet()
            for name, one in fields.items()
        },
    }
    return render(request, "clinic/trial.html", context, status=_REFUSED if wrong else 200)


def _check_of(chart: Chart, trial: TrialRecord) -> Mapping[str, Any]:
    """Return how the second person's check of the ordered dose stands."""
    if trial.order is None:
        return {}
    digest = digest_of(trial.order.body)
    return {
        "given": is_given(chart.entries, digest),
        "open": open_about(chart.entries, digest),
        "planned": case_from_json(trial.order.body["case"]),
        "syringe": trial.order.body["syringe"],
    }


def _papers(trial: TrialRecord) -> tuple[Document, ...]:
    return documents(Table(_with_order(trial), "trial"))


def _with_order(trial: TrialRecord) -> dict[str, Any]:
    """Return the values with the dose that is ordered: it is watched from its planned time."""
    values = dict(trial.values)
    if trial.order is not None:
        key = "planned" if trial.has_boluses else "infusion"
        values[key] = case_from_json(trial.order.body["case"])
    return values


def _written(
    request: ClinicRequest, chart: Chart, drafts: Sequence[Draft], told: str
) -> HttpResponse:
    """Write entries after having looked that the trial can be read with them."""
    for draft in drafts:
        _with(chart, draft)
    write(chart.patient, request.author, drafts, expected=seen_of(request))
    messages.success(request, told)
    return redirect("trial", chart.patient.pk)


def _with(chart: Chart, draft: Draft) -> None:
    """Raise `BadFileError` where the trial could not be read with one more entry."""
    preview(chart.entries, draft.kind, draft.body)


def _trial(chart: Chart) -> TrialRecord:
    found = trial_of(chart.entries)
    if found is None:
        raise Http404("no trial is planned")
    return found


def _give_fields() -> Sequence[CaseField]:
    return (CaseField(_TIME, "Given at", "moment", required=True),)


def _end_fields() -> Sequence[CaseField]:
    return (CaseField("ended.ended", "Stopped at", "moment", when="now, where it is left empty"),)


def _now(request: ClinicRequest) -> datetime:
    local = clock.now().astimezone(ZoneInfo(request.clinic.timezone))
    return local.replace(tzinfo=None, second=0, microsecond=0)


urlpatterns = [
    path("", show, name="trial"),
    path("plan/", plan, name="plan trial"),
    path("order/", order, name="order trial dose"),
    path("give/", give, name="give trial dose"),
    path("drop/", drop, name="drop trial dose"),
    path("alone/", alone, name="trial dose alone"),
    path("end/", end, name="end trial infusion"),
    path("score/", score, name="score trial"),
    path("state/", state, name="state trial"),
    path("papers/<slug:kind>/", paper, name="trial paper"),
]
