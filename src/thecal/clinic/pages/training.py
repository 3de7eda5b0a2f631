"""Training: cases and runs, the training box's buttons, the debrief, and who leads the training.

Entries of a run stand in its training stream (`training.runs`); none is in the learner's record.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from thecal.care.competence import Evidence, skill, skills
from thecal.care.training.rules import RULES
from thecal.care.training.score import ratings
from thecal.clinic import clock
from thecal.clinic.access.competence import evidence, matrix_of
from thecal.clinic.access.guard import ClinicRequest, page, patient_page
from thecal.clinic.access.permissions import may
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Author, Draft, write_to_training
from thecal.clinic.ledger.truth import UnreadableCaseError, case_of
from thecal.clinic.models import TrainingRun
from thecal.clinic.patient.body_jobs import SECONDS
from thecal.clinic.training import colleague
from thecal.clinic.training.box import Box, filled_words
from thecal.clinic.training.debrief import Debrief
from thecal.clinic.training.runs import (
    ASKED,
    ENDED,
    RATED,
    TrainingError,
    UnreadableCase,
    add_case,
    all_cases,
    begin,
    let_pass,
)
from thecal.clinic.web.documents import for_training
from thecal.clinic.web.whole_text import whole_text
from thecal.errors import ThecalError
from thecal.report.documents.pdf import document_pdf
from thecal.report.words import duration
from thecal.units import Duration

_MOST = 1024 * 1024
_SHOWN = 100


RunPage = Callable[[ClinicRequest, Chart], HttpResponse]


def _of_run(view: RunPage) -> RunPage:
    """Return a decorated page of a run; for a patient who is of none it leads to the list.

    Where the case of the run cannot be read any more a page says so, with what is still known.
    """

    @functools.wraps(view)
    def guarded(request: ClinicRequest, chart: Chart) -> HttpResponse:
        if request.run is None:
            return redirect("training")
        try:
            return view(request, chart)
        except UnreadableCaseError as error:
            given = {"chart": chart, "tab": "training", "run": request.run, "error": error}
            return render(request, "clinic/training_unreadable.html", given, status=422)

    return guarded


def _needs_training(request: ClinicRequest) -> None:
    if not request.clinic.training:
        raise Http404("this is no training clinic")


@page("train")
def index(request: ClinicRequest) -> HttpResponse:
    """List the cases, the own runs, and for who leads the training everybody's."""
    _needs_training(request)
    own = TrainingRun.objects.filter(learner=request.member).order_by("-begun")[:_SHOWN]
    given: dict[str, Any] = {"cases": all_cases(request.clinic), "runs": own}
    if may(request.member.role, "lead training"):
        others = TrainingRun.objects.filter(patient__clinic=request.clinic)
        given["others"] = others.select_related("learner__user").order_by("-begun")[:_SHOWN]
    return render(request, "clinic/training.html", given)


@page("train")
def start(request: ClinicRequest, case: str) -> HttpResponse:
    """Begin a case anew, on a patient of its own."""
    _needs_training(request)
    if request.method != "POST":
        return redirect("training")
    file = next((one for one in all_cases(request.clinic) if one.id == case), None)
    if file is None:
        raise Http404("there is no such case")
    if isinstance(file, UnreadableCase):
        raise file.error
    run = begin(request.clinic, request.member, file)
    return redirect("training case", run.pk)


@page("lead training")
def add(request: ClinicRequest) -> HttpResponse:
    """Take in an instructor's case; what is wrong with it is told with its place."""
    _needs_training(request)
    given: dict[str, Any] = {}
    if request.method == "POST":
        try:
            case = add_case(request.clinic, request.member, *_uploaded(request))
            messages.success(request, f"Case {case.id} can be begun now.")
            return redirect("training")
        except ThecalError as error:
            given["error"] = error
    return render(request, "clinic/training_add.html", given, status=422 if given else 200)


@patient_page("train")
@_of_run
def brief(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Tell the learner what this case is and what to do."""
    run = _own(request)
    box = Box(chart, request.clinic, run)
    given = {"chart": chart, "tab": "training", "case": box.case, "run": run}
    going = chart.content["visit_open"]
    given["first"] = reverse(
        "go on with refill" if going else box.case.page, args=[chart.patient.pk]
    )
    given["stands_after"] = duration(RULES.get("time", "stands-after", Duration).value)
    return render(request, "clinic/training_case.html", given)


@patient_page("train")
@_of_run
def go_on(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Lead back into a case: to the open step of its visit, or to its story where none goes on."""
    _own(request)
    name = "go on with refill" if chart.content["visit_open"] else "training case"
    return redirect(name, chart.patient.pk)


@patient_page("train")
@_of_run
def wait(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Let time pass in this run, and in no other place."""
    run = _going(request)
    if request.method == "POST":
        box = Box(chart, request.clinic, run)
        wanted = {str(minutes): minutes for minutes, _ in box.jumps}
        minutes = wanted.get(request.POST.get("minutes", ""))
        if minutes is None:
            raise TrainingError("nothing says how much shall pass", remedy="press one of them")
        longest = RULES.get("time", "longest", Duration).value
        let_pass(run, minutes, longest.base, request.author)
    return _back(request, chart)


@patient_page("train")
@_of_run
def ask(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Ask the virtual patient."""
    run = _going(request)
    if request.method == "POST":
        box = Box(chart, request.clinic, run)
        said = box.answer(request.POST.get("question", ""))
        if said is None:
            raise TrainingError("nobody answers that", remedy="choose a question of the list")
        body = {"question": said.id, "words": filled_words(box, said.words)}
        write_to_training(chart.patient, request.author, (Draft(ASKED, body),))
    return _back(request, chart)


@patient_page("train")
@_of_run
def sign(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Let the simulated colleague sign what waits; it is counted."""
    run = _going(request)
    if request.method != "POST":
        return _back(request, chart)
    box = Box(chart, request.clinic, run)
    author, what = request.author, request.POST.get("what", "")
    if what == "check":
        colleague.check_all(chart, request.clinic, author)
    elif what == "witness" and box.situation is not None:
        colleague.witness(box.situation, author)
    elif what == "difference" and box.situation is not None:
        category, _, action = request.POST.get("decision", "").partition(" ")
        colleague.decide(box.situation, author, category, action)
    elif what == "answer" and box.situation is not None:
        reason = whole_text(" ".join(request.POST.get("reason", "").split()))
        check, message = request.POST.get("check", ""), request.POST.get("message", "")
        colleague.answer(box.situation, author, check, message, reason)
    else:
        raise TrainingError("there is nothing to sign", remedy="look at what waits")
    messages.success(request, "The simulated colleague signed. They looked at nothing: you did.")
    return _back(request, chart)


@patient_page("train")
@_of_run
def end(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """End the case, if it can be read; what it is worth is computed from what was done."""
    run = _going(request)
    if request.method != "POST":
        return render(request, "clinic/training_end.html", {"chart": chart, "run": run})
    case_of(run)
    run.ended = clock.now()
    found = Debrief(chart, request.clinic, run).score
    TrainingRun.objects.filter(pk=run.pk, ended=None).update(
        ended=run.ended, passed=found.passed, percent=found.percent
    )
    body = {
        "passed": found.passed,
        "points": found.points,
        "of": found.of,
        "percent": found.percent,
    }
    write_to_training(chart.patient, request.author, (Draft(ENDED, body),))
    return redirect("training debrief", chart.patient.pk)


@patient_page("train")
@_of_run
def debrief(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show what happened inside the pump beside what was done; only once the case is over."""
    run = _run(request)
    if run.ended is None:
        return redirect("training case", chart.patient.pk)
    given: dict[str, Any] = {
        "chart": chart,
        "tab": "training",
        "run": run,
        "debrief": Debrief(chart, request.clinic, run),
        "ratings": list(enumerate(ratings(), start=1)),
        "skills": skills(),
    }
    if may(request.member.role, "lead training"):
        given["handed_over"] = [skill(one.skill) for one in _handed_over(run)]
    return render(request, "clinic/training_debrief.html", given)


@patient_page("train")
@_of_run
def body(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the body of what was true beside what was done; it is computed beside other work."""
    run = _run(request)
    if run.ended is None:
        return redirect("training case", chart.patient.pk)
    found = Debrief(chart, request.clinic, run)
    if request.method == "POST":
        found.begin_body()
        return redirect("training body", chart.patient.pk)
    answer, percent = found.body.answer, found.body.percent
    given: dict[str, Any] = {
        "chart": chart,
        "tab": "training",
        "run": run,
        "debrief": found,
        "percent": percent,
        "seconds": SECONDS,
        "body_page": request.path,
    }
    if answer is not None:
        given |= {"error": answer["error"]} if "error" in answer else {"body": answer}
    part = request.headers.get("HX-Request") == "true" and answer is None and percent is not None
    page = "clinic/body_progress.html" if part else "clinic/training_body.html"
    return render(request, page, given)


@patient_page("train")
@_of_run
def debrief_pdf(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Print the debrief."""
    document = Debrief(chart, request.clinic, _run(request)).document()
    pdf = document_pdf(for_training(document), "en", made_at=clock.real())
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="training-debrief.pdf"'
    return response


@patient_page("lead training")
@_of_run
def rate(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Give the global rating; whoever trains never rates their own run."""
    _led(request)
    if request.method == "POST":
        rating = request.POST.get("rating", "")
        if rating not in [str(number) for number in range(1, len(ratings()) + 1)]:
            raise TrainingError("no rating was chosen", remedy="choose 1 to 5")
        reason = whole_text(" ".join(request.POST.get("why", "").split()))
        body = {"rating": int(rating)}
        write_to_training(chart.patient, request.author, (Draft(RATED, body, reason),))
        messages.success(request, "The rating is written down.")
    return redirect("training debrief", chart.patient.pk)


@patient_page("lead training")
@_of_run
def hand_over(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Hand a passed case over as evidence for a level of competence; it is never the level."""
    run = _led(request)
    if request.method == "POST":
        if not run.passed or run.ended is None:
            raise TrainingError("only a passed case is evidence", remedy="let them do it again")
        text = f"training case {run.case} passed, {run.percent} % of the checklist"
        author = Author.of(request.member, "training")
        chosen, day = request.POST.get("skill", ""), clock.real().date()
        with transaction.atomic():
            TrainingRun.objects.select_for_update().get(pk=run.pk)
            before = [one for one in _handed_over(run) if one.skill == chosen]
            if not before:
                evidence(run.learner, chosen, text, day, author=author, run=str(run.pk))
        if before:
            words = "It was handed over as evidence for this skill before: nothing was written."
            messages.warning(request, words)
        else:
            messages.success(request, "It stands as evidence with this person. It gives no level.")
    return redirect("training debrief", chart.patient.pk)


def _handed_over(run: TrainingRun) -> list[Evidence]:
    """Return as what a run was handed over."""
    told = matrix_of(run.learner.clinic).evidence
    return [one for one in told if one.run == str(run.pk)]


def _run(request: ClinicRequest) -> TrainingRun:
    assert request.run is not None
    return request.run


def _own(request: ClinicRequest) -> TrainingRun:
    run = _run(request)
    if run.learner_id != request.member.pk:
        raise Http404("this run is somebody else's")
    return run


def _going(request: ClinicRequest) -> TrainingRun:
    run = _own(request)
    if run.ended is not None:
        raise TrainingError("this case is over", remedy="look at its debrief, or begin it anew")
    return run


def _led(request: ClinicRequest) -> TrainingRun:
    run = _run(request)
    if run.learner_id == request.member.pk:
        raise TrainingError("this run is your own", remedy="somebody else rates it")
    if run.ended is None:
        raise TrainingError("this case has not ended", remedy="wait until the learner ends it")
    return run


def _back(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Return to the page of the run from which a button was pressed."""
    here = request.POST.get("here", "")
    root = reverse("patient", args=[chart.patient.pk])
    if here.startswith(root) and url_has_allowed_host_and_scheme(here, allowed_hosts=None):
        return redirect(here)
    return redirect("training case", chart.patient.pk)


def _uploaded(request: ClinicRequest) -> tuple[bytes, str]:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        raise TrainingError("no file came with the form", remedy="choose a case file")
    if file.size > _MOST:
        raise TrainingError("the file is larger than 1 MB", remedy="choose the right file")
    return bytes(file.read()), "the uploaded case"


urlpatterns = [
    path("", index, name="training"),
    path("begin/<str:case>/", start, name="begin training"),
    path("add/", add, name="add training case"),
]
patient_urlpatterns = [
    path("", brief, name="training case"),
    path("on/", go_on, name="go on training"),
    path("time/", wait, name="training time"),
    path("ask/", ask, name="training ask"),
    path("colleague/", sign, name="training colleague"),
    path("end/", end, name="end training"),
    path("debrief/", debrief, name="training debrief"),
    path("debrief/body/", body, name="training body"),
    path("debrief.pdf", debrief_pdf, name="training debrief to print"),
    path("rate/", rate, name="rate training"),
    path("evidence/", hand_over, name="training evidence"),
]
