"""The diary on the patient's own pages: written twice a day, corrected by a new entry.

Kinds of entries: `diary.entry`, and for a danger sign a task on the clinic's list of today.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods

from thecal.care.document import Text
from thecal.care.own.diary import (
    DUAL,
    DiaryEntry,
    Reading,
    lines_of,
    read_diary,
    rule_number,
)
from thecal.care.own.words import own_list, own_say
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.ledger.log import write
from thecal.clinic.own.diary_log import KIND, Kept, diary_drafts, diary_of, notes_of
from thecal.clinic.own.guard import Own, own_page, show_own
from thecal.clinic.own.limits import TOO_MANY, too_many
from thecal.clinic.own.logins import DIARY
from thecal.clinic.web.seen import number_in
from thecal.clinic.web.wall_clock import with_offset

_FIELDS = (
    ("when", "moment"),
    ("flags", "choices"),
    ("pain", "count"),
    ("spasm", "count"),
    ("boluses", "count"),
    ("refused", "count"),
    ("before", "count"),
    ("after", "count"),
    ("side_effects", "choices"),
    ("rescue", "count"),
    ("alarm", "choice"),
    ("falls", "count"),
    ("note", "long"),
)
_CHOICES = {
    "flags": ("red-flags", "flag-{}"),
    "side_effects": ("side-effects", "side-{}"),
    "alarm": ("alarms", "alarm-{}-heard"),
}
_LABELS = {"flags": "diary-flags", "side_effects": "diary-side"}
_TICKED = ("flags", "side_effects")
_FLAGGED = "diary flagged"
"""Key of the session: the entry that was just written names a danger sign."""


@require_http_methods(["GET", "POST"])
@own_page("write own diary", DIARY)
def diary(request: ClinicRequest, own: Own) -> HttpResponse:
    """Show the diary, and take an entry or a correction."""
    now = clock.now()
    if request.method != "POST":
        return _shown(request, own, _empty(request, now))
    given = _sent(request)
    reading = read_diary(
        {name: str(value) for name, value in given.items() if name not in _TICKED},
        {name: given[name] for name in _TICKED},
        _moment(given["when"], ZoneInfo(request.clinic.timezone)),
        now,
        own.login.who,
    )
    replaces = _replaced(request, own)
    if reading.entry is None:
        return _shown(request, own, given, reading, replaces)
    refused = too_many(request, own, KIND)
    if refused:
        return _shown(request, own, given, reading, replaces, refused)
    entry = reading.entry
    if replaces is not None:
        entry = _correction(entry, replaces)
    drafts = diary_drafts(entry, given["note"], now)
    write(own.chart.patient, request.author, drafts, expected=None)
    messages.success(request, own.words("diary-saved"))
    request.session[_FLAGGED] = bool(entry.flags)
    return redirect("own diary")


@own_page("write own diary", DIARY)
def correct(request: ClinicRequest, own: Own, seq: int) -> HttpResponse:
    """Show an entry in the form, to be written anew."""
    kept = _kept(own, seq)
    entry, zone = kept.entry, ZoneInfo(request.clinic.timezone)
    given: dict[str, Any] = {name: str(value) for name, value in entry.numbers.items()}
    given |= {"flags": entry.flags, "side_effects": entry.side_effects, "alarm": entry.alarm or ""}
    given["note"] = notes_of(own.chart.stream, (kept,)).get(seq, "")
    given["when"] = f"{entry.when.astimezone(zone):%Y-%m-%dT%H:%M}"
    return _shown(request, own, given, replaces=kept)


def _shown(
    request: ClinicRequest,
    own: Own,
    given: Mapping[str, Any],
    reading: Reading | None = None,
    replaces: Kept | None = None,
    refused: str = "",
) -> HttpResponse:
    wrong = {} if reading is None else reading.errors
    rows = [_row(own, name, kind, given, wrong) for name, kind in _FIELDS]
    kept = diary_of(own.chart.entries)[::-1][: rule_number("shown")]
    notes = notes_of(own.chart.stream, kept)
    zone = ZoneInfo(request.clinic.timezone)
    phone = request.clinic.telephone_always or request.clinic.telephone
    correcting = ""
    if replaces is not None:
        when = Text.same(f"{replaces.entry.when.astimezone(zone):%Y-%m-%d %H:%M}")
        correcting = own.words("diary-correcting", when=when)
    return show_own(
        request,
        own,
        "clinic/own_diary.html",
        TOO_MANY if refused else 422 if wrong else 200,
        page="diary",
        rows=rows,
        errors=[
            {"name": one["name"], "label": one["label"], "what": one["error"]}
            for one in rows
            if one["error"]
        ],
        flagged=_names_danger(given)
        if wrong or refused
        else reading is None and request.session.pop(_FLAGGED, False),
        call_number=own.words("call-now-number", phone=phone),
        too_many=refused,
        replaces="" if replaces is None else replaces.seq,
        correcting=correcting,
        kept=[
            {
                "seq": one.seq,
                "when": one.entry.when.astimezone(zone),
                "lines": [(own.say(a), own.say(b)) for a, b in lines_of(one.entry)],
                "by": own.words(f"by-{one.entry.by}"),
                "note": notes.get(one.seq, ""),
            }
            for one in kept
        ],
    )


def _names_danger(given: Mapping[str, Any]) -> bool:
    """Whether what was typed names a danger sign: then to call matters more than a wrong field."""
    return bool(given["flags"]) or given["alarm"] == DUAL


def _row(
    own: Own, name: str, kind: str, given: Mapping[str, Any], wrong: Mapping[str, Text]
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": name,
        "kind": kind,
        "label": own.words(_LABELS.get(name, f"diary-{name}")),
        "value": given.get(name, () if name in _TICKED else ""),
        "error": own.say(wrong[name]) if name in wrong else "",
    }
    if name in _CHOICES:
        known, words = _CHOICES[name]
        row["choices"] = [(one, own.say(own_say(words.format(one)))) for one in own_list(known)]
    return row


def _empty(request: ClinicRequest, now: datetime) -> dict[str, Any]:
    local = now.astimezone(ZoneInfo(request.clinic.timezone))
    return {"when": f"{local:%Y-%m-%dT%H:%M}"}


def _sent(request: ClinicRequest) -> dict[str, Any]:
    return {
        name: request.POST.getlist(name) if name in _TICKED else request.POST.get(name, "").strip()
        for name, _ in _FIELDS
    }


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(with_offset(text, zone))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _replaced(request: ClinicRequest, own: Own) -> Kept | None:
    text = request.POST.get("replaces", "")
    return _kept(own, number_in(text) or 0) if text else None


def _kept(own: Own, seq: int) -> Kept:
    """Return an entry of this diary; raises `Http404` for any other number."""
    found = next((one for one in diary_of(own.chart.entries) if one.seq == seq), None)
    if found is None:
        raise Http404("there is no such entry in this diary now")
    return found


def _correction(entry: DiaryEntry, of: Kept) -> DiaryEntry:
    return DiaryEntry(
        when=entry.when,
        by=entry.by,
        numbers=entry.numbers,
        side_effects=entry.side_effects,
        flags=entry.flags,
        alarm=entry.alarm,
        replaces=of.seq,
    )


urlpatterns = [
    path("", diary, name="own diary"),
    path("<int:seq>/", correct, name="own diary entry"),
]
