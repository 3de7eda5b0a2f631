"""The end of a refill visit: closed and signed, or left; and the page that is printed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.care.visit import follow_ups
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.signing import ReauthenticationError, reauthenticate
from thecal.clinic.flows.education import teaching_left
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import write
from thecal.clinic.pages.refill_parts import fresh, news_of, page_of
from thecal.clinic.pages.supervised import refill_close
from thecal.clinic.refill.closing import closing_drafts, leaving_drafts
from thecal.clinic.refill.entries import visits
from thecal.clinic.refill.outcome import outcome_of, vouched
from thecal.clinic.refill.papers import papers_left
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.standing import left_standing, reason_said, starts_again_here
from thecal.clinic.refill.summary import event_rows, summary_of
from thecal.clinic.web.whole_text import whole_text
from thecal.errors import StepRefusedError


@patient_page("read patients")
def end(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show what will be written down at the end of the visit."""
    return _end(request, Situation.of(chart, request.clinic), "")


@patient_page("write the record")
def close(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write down all that the visit was, in one write, signed."""
    if request.method != "POST":
        return redirect("close refill", chart.patient.pk)
    situation = Situation.of(chart, request.clinic)
    news = news_of(request, situation)
    if news:
        return _end(request, situation, "", news)
    try:
        said = whole_text(" ".join(request.POST.get("why_standing", "").split()))
        drafts = closing_drafts(situation, request.member, said)
        held = refill_close(situation, request.member)
        if held is not None and held.holds:
            return _end(request, situation, f"Nothing was signed: {held.problem}.")
        reauthenticate(request, request.member, request.POST.get("password", ""))
    except ReauthenticationError as error:
        return _end(request, situation, f"{error.what}; {error.remedy}")
    write(chart.patient, author_of(request), drafts, expected=chart.seq)
    messages.success(request, "The visit is closed and signed.")
    return redirect("refill summary", chart.patient.pk, situation.running.number)


@patient_page("write the record")
def leave(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Break off the visit for good; nothing holds that up, what was done to the pump is kept."""
    situation = Situation.of(chart, request.clinic)
    if request.method != "POST":
        return render(request, "clinic/refill_leave.html", page_of(request, situation))
    reason = whole_text(" ".join(request.POST.get("reason", "").split()))
    if not reason:
        raise StepRefusedError("leaving a visit needs a reason", remedy="write why")
    # Breaking off is held up by nothing: what a second person did meanwhile changes nothing in it.
    news_of(request, situation)
    drafts = leaving_drafts(situation, reason)
    write(chart.patient, author_of(request), drafts, expected=chart.seq)
    messages.warning(request, "The visit was left. What is unfinished stands as a task.")
    return redirect("refill", chart.patient.pk)


@patient_page("read patients")
def summary(request: ClinicRequest, chart: Chart, number: int) -> HttpResponse:
    """Show a visit on one page, to be printed."""
    running = next((one for one in visits(chart.entries) if one.number == number), None)
    if running is None:
        raise Http404("there is no such visit")
    situation = Situation(chart, request.clinic, running)
    given = {"chart": fresh(chart), "tab": "refill", "running": running}
    return render(request, "clinic/refill_summary.html", given | summary_of(situation))


def _end(
    request: ClinicRequest, situation: Situation, problem: str, news: tuple[str, ...] = ()
) -> HttpResponse:
    typed = request.POST.get("why_standing", reason_said(situation))
    given = page_of(request, situation) | outcome_of(situation)
    given |= {
        "problem": problem,
        "news": news,
        "types_again": "the password",
        "left_standing": left_standing(situation),
        "why_standing": typed,
        "starts_again_here": starts_again_here(situation),
        "vouched": vouched(situation),
        "teaching_left": teaching_left(situation.chart, request.clinic, clock.now()),
        "papers": papers_left(situation),
        "events": event_rows(situation.final_events()),
        "tasks": follow_ups(situation.findings, situation.now),
        "supervision": refill_close(situation, request.member),
    }
    status = 409 if news else 422 if problem else 200
    return render(request, "clinic/refill_end.html", given, status=status)


urlpatterns = [
    path("end/", end, name="close refill"),
    path("end/sign/", close, name="sign refill"),
    path("leave/", leave, name="leave refill"),
    path("summary/<int:number>/", summary, name="refill summary"),
]
