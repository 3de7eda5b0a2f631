"""Notes on a patient: what somebody saw, with a pain score where one was asked for.

Both are therapy events (`note` and `observe`), written together or not at all.
"""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.care.trial.scales import read_score, scale_figure
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.web.seen import seen_of
from thecal.errors import EntryError
from thecal.record.fold import EVENT, event_body
from thecal.therapy.events import Event, Note, Observe

SCALE = "nrs"
_SHOWN = 50


@patient_page("write the record")
def notes(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the latest notes and take a new one."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        # An event of the therapy holds one line; the words count, not where a line ends.
        text = " ".join(request.POST.get("text", "").split())
        if not text:
            errors["text"] = "Write what you saw or heard."
        elif not text.isprintable():
            errors["text"] = "There are characters in it that cannot be printed: type it anew."
        score = _score(request.POST.get("score", "").strip(), errors)
        if not errors:
            _write(request, chart, text, score)
            return redirect("notes", chart.patient.pk)
    given = request.POST if request.method == "POST" else {"text": "", "score": ""}
    context = {"chart": chart, "tab": "notes", "errors": errors, "given": given}
    context |= {"notes": _latest(chart), "limits": _limits()}
    return render(request, "clinic/notes.html", context, status=422 if errors else 200)


def _write(request: ClinicRequest, chart: Chart, text: str, score: Fraction | None) -> None:
    at = _moment(request, chart)
    events: list[Event] = [Note(time=at, text=text)]
    if score is not None:
        whole = score.denominator == 1
        events.append(Observe(time=at, scale=SCALE, value=int(score) if whole else float(score)))
    drafts = [Draft(EVENT, event_body(event), pump_time=event.time) for event in events]
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))


def _moment(request: ClinicRequest, chart: Chart) -> datetime:
    """Return now on the pump's clock, or on the clinic's where there is no pump yet."""
    now = clock.now().replace(microsecond=0)
    if chart.therapy is None:
        return now.astimezone(ZoneInfo(request.clinic.timezone))
    return chart.therapy.moment(chart.therapy.instant(now))


def _score(text: str, errors: dict[str, str]) -> Fraction | None:
    if not text:
        return None
    try:
        return read_score(SCALE, text)
    except EntryError as error:
        errors["score"] = str(error)
        return None


def _limits() -> tuple[Fraction, Fraction]:
    return scale_figure(SCALE, "lowest").value, scale_figure(SCALE, "highest").value


def _latest(chart: Chart) -> list[dict[str, object]]:
    told = [one for one in chart.entries if one.kind == EVENT and one.body.get("type") == "note"]
    return [
        {"text": one.body["text"], "actor": one.actor, "written": one.utc, "seq": one.seq}
        for one in reversed(told[-_SHOWN:])
    ]


urlpatterns = [path("<uuid:patient>/notes/", notes, name="notes")]
