"""The refill visit: begun, gone through step by step, left and taken up again, by anybody."""

from __future__ import annotations

from enum import StrEnum

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.care.visit import Path, Purpose, refill_only_screens
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.due import WATCH_RELEASED
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.pages import refill_end, refill_people, refill_pump, refill_step
from thecal.clinic.pages.refill_parts import news_of, page_of, place
from thecal.clinic.refill.again import filled_today
from thecal.clinic.refill.entries import BEGUN, PATH, running_visit, visits
from thecal.clinic.refill.fills_besides import fills_besides
from thecal.clinic.refill.situation import NoVisitError, Situation
from thecal.clinic.refill.watch import open_watches
from thecal.clinic.web.field_labels import label_of
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.whole_text import whole_text
from thecal.errors import StepRefusedError

_EXTERNAL = "external"


@patient_page("read patients")
def show(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show how the visit stands, what is open and what holds it; without one, offer to begin."""
    running = running_visit(chart.entries)
    if running is None:
        past = visits(chart.entries)
        given = {
            "chart": chart,
            "tab": "refill",
            "past": tuple(reversed(past)),
            "fills": fills_besides(chart, past),
            "why_none": _why_none(chart),
            "watches": open_watches(chart.entries),
            "few_pages": len(refill_only_screens()),
            "filled_today": filled_today(chart, request.clinic),
        }
        return render(request, "clinic/refill_begin.html", given)
    situation = Situation(chart, request.clinic, running)
    return render(request, "clinic/refill.html", page_of(request, situation))


@patient_page("read patients")
def go_on(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Lead to the open step of the visit, as one comes back to it from elsewhere."""
    if running_visit(chart.entries) is None:
        return redirect("refill", chart.patient.pk)
    return redirect(*place(chart, request.clinic).address)


@patient_page("write the record")
def begin(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Begin a visit; two never go on at once."""
    if request.method != "POST":
        return redirect("refill", chart.patient.pk)
    why = _why_none(chart)
    if why:
        raise NoVisitError(why, remedy="record pump and catheter first")
    if running_visit(chart.entries) is not None:
        raise StepRefusedError(
            "a visit goes on already", remedy="go on with it, or leave it with a reason"
        )
    body = {
        "purpose": _chosen(request, "purpose", Purpose),
        "path": _chosen(request, "path", Path),
        "started": clock.now().replace(microsecond=0).isoformat(),
        "operator": request.member.user.username,
    }
    again = whole_text(" ".join(request.POST.get("again", "").split()))
    today = filled_today(chart, request.clinic)
    if today and body["purpose"] == Purpose.REFILL and not again:
        raise StepRefusedError(
            f"this pump was {today}, and nobody said why it is filled again today",
            remedy="write why, or leave it",
        )
    draft = Draft(BEGUN, body, again if today else "")
    write(chart.patient, author_of(request), (draft,), expected=seen_of(request))
    return redirect("refill step", chart.patient.pk, "identify")


@patient_page("write the record")
def change_path(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Go on with all pages, or with the few of a plain refill."""
    if request.method == "POST":
        situation = Situation.of(chart, request.clinic)
        news = news_of(request, situation)
        if news:
            given = page_of(request, situation) | {"news": news}
            return render(request, "clinic/refill.html", given, status=409)
        body = {"visit": situation.running.number, "path": _chosen(request, "path", Path)}
        write(chart.patient, author_of(request), (Draft(PATH, body),), expected=chart.seq)
    return redirect("refill", chart.patient.pk)


@patient_page("write the record")
def release(request: ClinicRequest, chart: Chart, number: int) -> HttpResponse:
    """End a watch that outlasted its visit."""
    if request.method == "POST":
        if number not in {one.seq for one in open_watches(chart.entries)}:
            raise StepRefusedError("this watch is over", remedy="look at the list as it stands")
        draft = Draft(WATCH_RELEASED, {"watch": number}, whole_text(request.POST.get("reason", "")))
        write(chart.patient, author_of(request), (draft,), expected=seen_of(request))
        messages.success(request, "The watch is over.")
    return redirect("refill", chart.patient.pk)


def _chosen(request: ClinicRequest, name: str, kind: type[StrEnum]) -> str:
    """Return a choice of a form; raises `StepRefusedError` for none or another one."""
    given = request.POST.get(name, "")
    if given not in [str(one) for one in kind]:
        raise StepRefusedError(
            f"“{label_of(request, name)}” is not chosen", remedy="choose one: " + ", ".join(kind)
        )
    return given


def _why_none(chart: Chart) -> str:
    if chart.therapy is None:
        return "no pump is recorded for this patient"
    if chart.content["therapy"]["kind"] == _EXTERNAL:
        return "an external pump gets a new bag, not a refill"
    return ""


urlpatterns = [
    path("", show, name="refill"),
    path("on/", go_on, name="go on with refill"),
    path("begin/", begin, name="begin refill"),
    path("watch/<int:number>/", release, name="release watch"),
    path("path/", change_path, name="refill path"),
    *refill_step.urlpatterns,
    *refill_pump.urlpatterns,
    *refill_people.urlpatterns,
    *refill_end.urlpatterns,
]
