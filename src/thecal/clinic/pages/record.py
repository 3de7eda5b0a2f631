"""The log of a patient on pages: the timeline, what was known on a day, corrections.

Writes `correction` (the entry it names, and what stands instead) and `signature`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, patient_page
from thecal.clinic.access.signing import reauthenticate, signature_draft
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.folding import folded_of
from thecal.clinic.ledger.log import Draft, LostUpdateError, read_entries, write
from thecal.clinic.ledger.signatures import unfitting
from thecal.clinic.patient.correcting import (
    consequences,
    correction_draft,
    needs_signature,
    standing_entry,
)
from thecal.clinic.patient.courses import Courses
from thecal.clinic.patient.overview import outlook
from thecal.clinic.patient.timeline import lines_of, page_of, timeline
from thecal.clinic.web.seen import number_in
from thecal.errors import EntryError, ThecalError
from thecal.record.body_text import texts_of, with_texts
from thecal.record.fold import known_on
from thecal.report.strip import program_strip

_ADDED = 3
"""Empty rows of the form for values that stood nowhere."""
_MEANING = "corrected"


@patient_page("read patients")
def log(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the entries, the newest first."""
    entries, sort = read_entries(chart.stream), request.GET.get("sort", "")
    page, find = (_number(request.GET.get(name, "")) for name in ("page", "find"))
    if find:
        page, sort = page_of(entries, find), ""
    shown = timeline(chart.stream, entries, sort, page)
    return render(
        request,
        "clinic/record.html",
        {
            "chart": chart,
            "tab": "record",
            "timeline": shown,
            "sort": sort,
            "unfitting": unfitting(entries),
        },
    )


@patient_page("read patients")
def known(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show what was known at the end of a day, from the entries written until then."""
    text = request.GET.get("day", "")
    content: dict[str, object] = {"chart": chart, "tab": "record", "day": text}
    try:
        end = _end_of(text, request.clinic.timezone)
    except EntryError as error:
        return render(request, "clinic/known.html", {**content, "error": error}, status=422)
    entries = known_on(chart.entries, end)
    content |= {"end": end, "count": len(entries), "later": len(chart.entries) - len(entries)}
    if entries:
        folded = folded_of(entries)
        change = Courses(folded).program
        if folded.therapy is not None and change is not None:
            content["table"] = program_strip(folded.therapy, change)[1]
        content |= {
            "outlook": outlook(folded, end),
            "lines": lines_of(chart.stream, entries, entries[-8:])[::-1],
        }
    return render(request, "clinic/known.html", content)


@patient_page("correct the record")
def correct(request: ClinicRequest, chart: Chart, seq: int) -> HttpResponse:
    """Correct or withdraw an entry: what would follow is shown first, then it is written."""
    one = standing_entry(chart.entries, seq)
    signed = needs_signature(chart.entries, one)
    places = texts_of(one.body or {})
    typed = [request.POST.get(f"value-{index}", place.text) for index, place in enumerate(places)]
    added = [
        (request.POST.get(f"name-{index}", "").strip(), request.POST.get(f"added-{index}", ""))
        for index in range(_ADDED)
    ]
    reason = request.POST.get("reason", "")
    content: dict[str, object] = {
        "chart": chart,
        "tab": "record",
        "line": lines_of(chart.stream, chart.entries, (one.entry,))[0],
        "rows": [
            {"index": index, "place": place, "typed": text, "changed": text != place.text}
            for index, (place, text) in enumerate(zip(places, typed, strict=True))
        ],
        "added": [{"index": index, "name": a, "text": b} for index, (a, b) in enumerate(added)],
        "reason": reason,
        "signed": signed,
        "withdraw": "withdraw" in request.POST,
    }
    if request.method != "POST":
        return render(request, "clinic/correct.html", content)
    try:
        body = None
        if "withdraw" not in request.POST:
            new = [(name, text) for name, text in added if name]
            body = with_texts(one.body or {}, [text.strip() for text in typed], new)
        draft = correction_draft(one, body, reason)
        content["differences"] = consequences(chart, draft, clock.now())
        if request.POST.get("step") == "write":
            _write(request, chart, draft, signed=signed)
            return redirect("record", patient=chart.patient.pk)
    except LostUpdateError:
        raise
    except (ThecalError, LookupError, TypeError, ValueError) as error:
        content["error"] = _told(error)
        return render(request, "clinic/correct.html", content, status=422)
    return render(request, "clinic/correct.html", content)


def _write(request: ClinicRequest, chart: Chart, draft: Draft, *, signed: bool) -> None:
    drafts = [draft]
    if signed:
        reauthenticate(request, request.member, request.POST.get("password", ""))
        drafts.append(signature_draft(chart.stream, request.member, _MEANING, [draft]))
    write(chart.patient, request.author, drafts, expected=seen_of(request))


def seen_of(request: HttpRequest) -> int:
    """Return how many entries the page was made from, as its form says."""
    told = number_in(request.POST.get("seen", ""))
    if told is None:
        raise EntryError("the form does not say what you had seen", remedy="open the page again")
    return told


def _number(text: str) -> int:
    """Return a number of an address; 0 for anything else."""
    return number_in(text) or 0


def _told(error: Exception) -> ThecalError:
    if isinstance(error, ThecalError):
        return error
    return EntryError(
        "with these values the record could not be read any more",
        why=str(error)[:120],
        remedy="type the values in the form in which they stood",
    )


def _end_of(text: str, zone: str) -> datetime:
    """Return the end of a day in a zone, or now where that comes first."""
    try:
        day = date.fromisoformat(text)
        end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    except (ValueError, OverflowError):
        raise EntryError(
            f'"{text[:20]}" is no day', remedy="write it as 2026-03-02: year, month, day"
        ) from None
    now = clock.now()
    if end - timedelta(days=1) > now:
        raise EntryError("this day has not come yet", remedy="choose today or an earlier day")
    return min(end, now).astimezone(UTC)


urlpatterns = [
    path("<uuid:patient>/record/", log, name="record"),
    path("<uuid:patient>/record/known/", known, name="known on a day"),
    path("<uuid:patient>/record/<int:seq>/correct/", correct, name="correct an entry"),
]
