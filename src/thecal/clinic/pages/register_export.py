"""The export of the register without names: what it leaves out is said, and that it was made noted.

Writes `register.exported` {format, people, small, withheld, sha256, purpose} to the clinic.
"""

from __future__ import annotations

import hashlib
import secrets

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods

from thecal.care.complications.export import (
    LEFT_OUT,
    Export,
    Subject,
    export,
    small_groups,
)
from thecal.care.complications.rules import few
from thecal.clinic.access.guard import ClinicRequest, page
from thecal.clinic.cohort.summary import Summary, summaries
from thecal.clinic.ledger.log import Draft, write_to_clinic
from thecal.clinic.models import Clinic, EntryRow, Stream
from thecal.clinic.web.flow import FlowForm, accepted, flow_form, signs
from thecal.clinic.web.sheet import SheetField
from thecal.record.entry import Entry, entry_of

EXPORTED = "register.exported"
_FORMATS = (("csv", "CSV, for spreadsheets"), ("json", "JSON"))
_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
_ID_BYTES = 6
_SHOWN = 20


@require_http_methods(["GET", "POST"])
@page("export the register")
def show(request: ClinicRequest) -> HttpResponse:
    """Say what an export holds, and make it."""
    subjects = _subjects(request.clinic)
    form = _form(request)
    if accepted(form) and _fits(form) and signs(request, form):
        return _file(request, form, subjects)
    told = {
        "forms": [form],
        "left_out": LEFT_OUT,
        "people": len(subjects),
        "small": small_groups(subjects),
        "cell": few("cell"),
        "made": _made(request.clinic),
    }
    status = 422 if form.sheet.errors else 200
    return render(request, "clinic/register_export.html", told, status=status)


def _form(request: ClinicRequest) -> FlowForm:
    fields = (
        SheetField("purpose", "What it is for", hint="stays in the log of the clinic"),
        SheetField("format", "Format", "choice", choices=_FORMATS),
        SheetField(
            "keep",
            "Leave age, sex and pathway of small groups in: somebody may then be recognised",
            "flag",
            required=False,
        ),
    )
    return flow_form(
        request, "export", "Make an export", "Make the file", fields, sign="Your password"
    )


def _fits(form: FlowForm) -> bool:
    if form.sheet.typed["format"] not in _TYPES:
        form.sheet.refuse("format", "choose one of the list")
    return not form.sheet.errors


def _file(request: ClinicRequest, form: FlowForm, subjects: list[Subject]) -> HttpResponse:
    chosen = str(form.sheet.typed["format"])
    made = export(subjects, lambda: secrets.token_hex(_ID_BYTES), withhold=not _keeps(form))
    data = (made.as_csv() if chosen == "csv" else made.as_json()).encode()
    draft = Draft(EXPORTED, _body(made, chosen, data), str(form.sheet.typed["purpose"]))
    write_to_clinic(request.clinic, request.author, (draft,))
    response = HttpResponse(data, content_type=_TYPES[chosen])
    response["Content-Disposition"] = f'attachment; filename="register-without-names.{chosen}"'
    return response


def _keeps(form: FlowForm) -> bool:
    return bool(form.sheet.typed["keep"])


def _body(made: Export, chosen: str, data: bytes) -> dict[str, object]:
    return {
        "format": chosen,
        "people": made.people,
        "rows": len(made.rows),
        "small": made.small,
        "withheld": made.withheld,
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _subjects(clinic: Clinic) -> list[Subject]:
    return [_subject(one) for one in summaries(clinic) if one.began is not None and one.lives]


def _subject(one: Summary) -> Subject:
    assert one.began is not None
    answers = [
        (visit.day, name, score.band or score.shown)
        for visit in one.visits
        for name, score in visit.scores.items()
    ]
    for asked in one.asked:
        for name, told in (("would-recommend", asked.recommend), ("choose-again", asked.again)):
            if told is not None:
                answers.append((asked.on, name, "yes" if told else "no"))
    return Subject(
        born=one.born,
        sex=one.who["sex"],
        pathway=one.who["pathway"],
        began=one.began,
        lives=one.lives,
        complications=one.recorded,
        answers=tuple(answers),
    )


def _made(clinic: Clinic) -> list[Entry]:
    """Return the latest exports of a clinic."""
    rows = EntryRow.objects.filter(
        stream__clinic=clinic, stream__kind=Stream.Kind.CLINIC, kind=EXPORTED
    )
    texts = rows.order_by("-seq").values_list("text", flat=True)[:_SHOWN]
    return [entry_of(text) for text in texts]


urlpatterns = [path("", show, name="register export")]
