"""Notices about software and devices: put up, read, and signed for by everybody (K21)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from thecal.care.notices import Notice
from thecal.clinic.access.guard import ClinicRequest, page
from thecal.clinic.access.signing import ReauthenticationError, reauthenticate
from thecal.clinic.flows.notices import Posted, confirm, enter, posted, readers, withdraw
from thecal.clinic.flows.open_visits import open_visits
from thecal.clinic.web.choices import pump_choices
from thecal.clinic.web.flow import LONGEST
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.device import pump_models

_FIELDS = (
    SheetField("title", "Title", hint="What it says, in one line"),
    SheetField("day", "Date of the notice", "date"),
    SheetField(
        "models",
        "Pump models that it names",
        "choices",
        choices=pump_choices(),
        required=False,
        when="none ticked: every pump, or every pump with a programmer where versions are named",
    ),
    SheetField(
        "programmer_versions",
        "Versions of programmer software that it names",
        required=False,
        hint="parted by semicolons",
    ),
    SheetField("action", "What has to be done", "long"),
    SheetField("source", "Source", hint="who gave it, and where it can be read"),
)
_SIGN = (SheetField("password", "Your password, to sign", "password"),)
_REASON = (SheetField("reason", "Why it is taken away"),)


@page("read notices")
def index(request: ClinicRequest) -> HttpResponse:
    """List the notices that hold, and those that were taken away."""
    found, people = posted(request.clinic), readers(request.clinic)
    me = request.member.user.username
    rows = [
        {
            "one": one,
            "mine": one.read.get(me),
            "asks_me": me not in one.read and any(person.user.username == me for person in people),
            "missing": [person for person in people if person.user.username not in one.read],
        }
        for one in found
        if one.withdrawn is None
    ]
    given = {
        "open_visits": open_visits(request.member),
        "rows": rows,
        "people": people,
        "withdrawn": [one for one in found if one.withdrawn is not None],
    }
    return render(request, "clinic/notices.html", given)


@page("enter notices")
def new(request: ClinicRequest) -> HttpResponse:
    """Put up a notice."""
    sheet = Sheet.of(_FIELDS, request)
    if request.method == "POST" and not sheet.missing():
        notice = _typed(sheet)
        if notice is not None:
            enter(request.clinic, request.author, notice)
            messages.success(request, "The notice is up. Everybody is asked to read it.")
            return redirect("notices")
    status = 422 if sheet.errors else 200
    return render(request, "clinic/notice_new.html", {"sheet": sheet}, status=status)


@page("read notices")
def show(request: ClinicRequest, notice: uuid.UUID) -> HttpResponse:
    """Show a notice, whom it touches and who has read it."""
    return _page(request, _found(request, notice))


@page("confirm notices")
def read(request: ClinicRequest, notice: uuid.UUID) -> HttpResponse:
    """Sign that it was read."""
    one = _found(request, notice)
    if request.method != "POST":
        return redirect("notice", notice)
    sheet = Sheet.of(_SIGN, request)
    if not sheet.missing():
        try:
            reauthenticate(request, request.member, str(sheet.typed["password"]))
        except ReauthenticationError as error:
            sheet.refuse("password", f"{error.what}; {error.remedy}")
        else:
            confirm(request.member, request.author, one.notice)
            messages.success(request, "Your signature is written down: you have read it.")
            return redirect("notices")
    return _page(request, one, sign=sheet)


@require_POST
@page("enter notices")
def take_away(request: ClinicRequest, notice: uuid.UUID) -> HttpResponse:
    """Take a notice away, with a reason."""
    one = _found(request, notice)
    sheet = Sheet.of(_REASON, request)
    if sheet.missing():
        return _page(request, one, reason=sheet)
    withdraw(request.clinic, request.author, one.notice, str(sheet.typed["reason"])[:LONGEST])
    messages.success(request, "The notice is taken away. It stays in the log of the clinic.")
    return redirect("notices")


def _found(request: ClinicRequest, notice: uuid.UUID) -> Posted:
    for one in posted(request.clinic):
        if one.notice.id == str(notice):
            return one
    raise Http404("there is no such notice in this clinic")


def _page(
    request: ClinicRequest, one: Posted, *, sign: Sheet | None = None, reason: Sheet | None = None
) -> HttpResponse:
    people = readers(request.clinic)
    mine = one.read.get(request.member.user.username)
    names = {model.id: model.name for model in pump_models()}
    given: dict[str, Any] = {
        "open_visits": open_visits(request.member),
        "one": one,
        "mine": mine,
        "models": [names.get(model, model) for model in one.notice.models],
        "people": [(person, one.read.get(person.user.username)) for person in people],
        "sign": sign or Sheet(_SIGN),
        "reason": reason or Sheet(_REASON),
    }
    refused = any(sheet is not None and sheet.errors for sheet in (sign, reason))
    return render(request, "clinic/notice.html", given, status=422 if refused else 200)


def _typed(sheet: Sheet) -> Notice | None:
    """Return the notice that was typed; None where a field is wrong, and marked."""
    for one in sheet.fields:
        text = sheet.typed[one.name]
        if isinstance(text, str) and len(text) > LONGEST:
            sheet.refuse(one.name, f"{one.label}: at most {LONGEST} characters are kept")
    known = {model.id for model in pump_models()}
    models = [str(one) for one in sheet.typed["models"]]
    if not known.issuperset(models):
        sheet.refuse("models", "one of these is no pump model known here")
    day = _day(sheet)
    if sheet.errors or day is None:
        return None
    versions = str(sheet.typed["programmer_versions"]).split(";")
    return Notice(
        id=str(uuid.uuid4()),
        title=str(sheet.typed["title"]),
        day=day,
        models=tuple(models),
        programmer_versions=tuple(one.strip() for one in versions if one.strip()),
        action=" ".join(str(sheet.typed["action"]).split()),
        source=str(sheet.typed["source"]),
    )


def _day(sheet: Sheet) -> date | None:
    try:
        return date.fromisoformat(str(sheet.typed["day"]))
    except ValueError:
        sheet.refuse("day", "Date of the notice: this is no date")
        return None


urlpatterns = [
    path("", index, name="notices"),
    path("new/", new, name="new notice"),
    path("<uuid:notice>/", show, name="notice"),
    path("<uuid:notice>/read/", read, name="confirm notice"),
    path("<uuid:notice>/withdraw/", take_away, name="withdraw notice"),
]
