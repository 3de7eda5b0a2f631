"""A clinical rule asked from a page: what is told to it, what it answers, the papers that follow.

It proposes and explains; it orders nothing. Writes `case.stated`; the answer is made anew each
time the page is opened.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, patient_page
from thecal.clinic.access.permissions import may
from thecal.clinic.ledger.case_values import case_from_json, case_table, case_to_json
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.follow_ups import opened_draft
from thecal.clinic.ledger.log import write
from thecal.clinic.patient.advice_rows import advice_rows
from thecal.clinic.plans.catalogue import PLANS
from thecal.clinic.plans.log import case_draft, last_case
from thecal.clinic.plans.plan import Plan
from thecal.clinic.plans.sheet import CaseSheet
from thecal.clinic.web.documents import print_document, show_document
from thecal.clinic.web.seen import seen_of
from thecal.errors import BadFileError, CannotComputeError, EntryError

_REFUSED = 422


@patient_page("read patients")
def index(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """List what can be planned, and what was."""
    rows = [{"plan": one, "last": last_case(chart.entries, one.topic)} for one in PLANS.values()]
    return render(request, "clinic/plans.html", {"chart": chart, "tab": "plans", "rows": rows})


@patient_page("read patients")
def show(request: ClinicRequest, chart: Chart, topic: str) -> HttpResponse:
    """Show the last answer with the fields behind it; sent as a form, ask anew."""
    plan = _plan(topic)
    now = clock.now().astimezone(ZoneInfo(request.clinic.timezone))
    fields = plan.fields(chart, now)
    last = last_case(chart.entries, topic)
    if request.method == "POST":
        if not may(request.member.role, plan.allowed):
            raise PermissionDenied(f"as {request.member.get_role_display()} you may not plan this")
        sheet = CaseSheet.sent(fields, request.POST)
        case = sheet.case(plan.known(chart, now))
        if not sheet.errors:
            try:
                plan.advise(case_table(case_to_json(case), topic))
            except BadFileError as error:
                sheet.refuse_place(error)
            except (EntryError, CannotComputeError) as error:
                sheet.refuse("", "; ".join(one for one in (error.what, error.remedy) if one))
        if not sheet.errors:
            opened = plan.opens(case_table(case_to_json(case), topic), now)
            drafts = [case_draft(topic, case), *(opened_draft(one) for one in opened)]
            write(chart.patient, request.author, drafts, expected=seen_of(request))
            told = "".join(f" Opened, on the list of today: {one.what}." for one in opened)
            messages.success(request, f"Written down; the answer is below.{told}")
            return redirect("plan", chart.patient.pk, topic)
    else:
        sheet = CaseSheet.from_case(fields, {} if last is None else case_from_json(last.values))
    advice = None if last is None else plan.advise(case_table(last.values, topic))
    papers = () if last is None else plan.documents(case_table(last.values, topic))
    given = {
        "chart": chart,
        "tab": "plans",
        "plan": plan,
        "known": plan.known(chart, now),
        "last": last,
        "advice": None if advice is None else advice_rows(advice),
        "papers": papers,
        "sheet": sheet.sheet(),
        "may_write": may(request.member.role, plan.allowed),
    }
    return render(request, "clinic/plan.html", given, status=_REFUSED if sheet.errors else 200)


@patient_page("print documents")
def paper(request: ClinicRequest, chart: Chart, topic: str, kind: str) -> HttpResponse:
    """Show a paper that follows from the last answer; sent as a form, it comes as PDF."""
    plan, last = _plan(topic), last_case(chart.entries, topic)
    if last is None:
        raise Http404("nothing was asked yet, so no paper follows")
    for document in plan.documents(case_table(last.values, topic)):
        if document.kind == kind:
            if request.method == "POST":
                return print_document(request, chart, document)
            return show_document(request, chart, document)
    raise Http404("no such paper follows from this answer")


def _plan(topic: str) -> Plan:
    if topic not in PLANS:
        raise Http404("there is no such topic")
    return PLANS[topic]


urlpatterns = [
    path("", index, name="plans"),
    path("<slug:topic>/", show, name="plan"),
    path("<slug:topic>/papers/<slug:kind>/", paper, name="plan paper"),
]
