"""What outsiders sent: the inbox of the clinic, closing a message, making a referral a patient.

Kinds of entries: `clinic.flows.enquiry_log`.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from thecal.care.enquiry import REFERRAL, standing
from thecal.clinic.access.guard import ClinicRequest, page
from thecal.clinic.access.permissions import may
from thecal.clinic.flows.enquiry_log import (
    ANSWERED,
    DECLINED,
    OPEN,
    SPAM,
    Enquiry,
    EnquiryError,
    accept,
    as_typed,
    close,
    enquiries,
    note_read,
    sent_of,
)
from thecal.clinic.models import Projection
from thecal.clinic.patient.details import PATHWAYS, SEXES, DetailError, read_details
from thecal.clinic.web.flow import FlowForm, accepted, flow_form
from thecal.clinic.web.sheet import SheetField
from thecal.errors import BadFileError

_SHOWN = 100
_REFUSED = 422
_HOW = ((ANSWERED, "answered"), (DECLINED, "declined"), (SPAM, "unwanted: no message for us"))


@require_safe
@page("answer enquiries")
def index(request: ClinicRequest) -> HttpResponse:
    """List what came from outside."""
    found = enquiries(request.clinic)
    told = {
        "open": [one for one in found if one.state == OPEN],
        "closed": [one for one in found if one.state != OPEN][:_SHOWN],
        "shown": _SHOWN,
        "handle": request.clinic.handle,
        "address": _address(request),
    }
    return render(request, "clinic/enquiries.html", told)


@require_http_methods(["GET", "POST"])
@page("answer enquiries")
def show(request: ClinicRequest, number: int) -> HttpResponse:
    """Show a message with its answers, close it, or register the patient of a referral."""
    one = _found(request, number)
    sent = sent_of(one)
    forms = [] if one.state != OPEN else list(_forms(request, one, sent or {}))
    form = next((each for each in forms if each.sent), None)
    if form is None and request.method == "POST":
        raise EnquiryError(
            "this message is not open any more",
            why="somebody has dealt with it after you opened this page",
            remedy="open the list again",
        )
    if form is not None and accepted(form):
        away = _taken(request, one, form) if form.what == "accept" else _closed(request, one, form)
        if away is not None:
            return away
    if sent is not None:
        note_read(request.clinic, request.author, one)
    told = {
        "one": one,
        "gone": sent is None,
        "typed": [] if sent is None else as_typed(one.kind, sent),
        "fields": _fields(one, sent),
        "forms": forms,
        "twin": _twin(request, sent),
    }
    return render(
        request,
        "clinic/enquiry.html",
        told,
        status=_REFUSED if form is not None and form.sheet.errors else 200,
    )


def _closed(request: ClinicRequest, one: Enquiry, form: FlowForm) -> HttpResponse | None:
    how = str(form.sheet.typed["how"])
    if how not in dict(_HOW):
        form.sheet.refuse("how", "choose one of the list")
        return None
    remove = how == SPAM or bool(form.sheet.typed["remove"])
    reason = " ".join(str(form.sheet.typed["reason"]).split())
    close(request.clinic, request.author, one.number, how, reason, remove=remove)
    messages.success(request, f"Closed: {dict(_HOW)[how]}.{' What was typed is gone.' * remove}")
    return redirect("enquiries")


def _taken(request: ClinicRequest, one: Enquiry, form: FlowForm) -> HttpResponse | None:
    typed = {name: str(value) for name, value in form.sheet.typed.items()}
    try:
        details = read_details(typed)
        patient = accept(request.clinic, request.author, one.number, details)
    except DetailError as error:
        form.sheet.refuse(error.field, "; ".join(x for x in (error.what, error.remedy) if x))
        return None
    messages.success(
        request,
        "Registered, in stage referred; the answers of the referral stand in the assessment.",
    )
    if may(request.member.role, "read patients"):
        return redirect("patient", patient.pk)
    return redirect("enquiries")


def _forms(request: ClinicRequest, one: Enquiry, sent: dict[str, str] | Any) -> Any:
    if one.kind == REFERRAL and sent and may(request.member.role, "register patients"):
        fields = (
            SheetField("name", "Name"),
            SheetField("number", "Number in this clinic"),
            SheetField("birth_date", "Date of birth", "date"),
            SheetField("sex", "Sex", "choice", choices=[(each, each) for each in SEXES]),
            SheetField("pathway", "Pathway", "choice", choices=[(each, each) for each in PATHWAYS]),
            SheetField("telephone", "Telephone", required=False),
        )
        title = "Register the patient"
        form = flow_form(request, "accept", title, "Register in stage referred", fields)
        if not form.sent:
            given = {"name": "patient_name", "telephone": "patient_telephone"}
            for field in fields:
                form.sheet.typed[field.name] = sent.get(given.get(field.name, field.name), "")
        yield form
    closing = (
        SheetField("how", "What became of it", "choice", choices=_HOW),
        SheetField(
            "reason", "How it was answered, or why it is declined", "long", hint="stays in the log"
        ),
        SheetField(
            "remove",
            "Take away what was typed; that something came and who closed it stays",
            "flag",
            required=False,
        ),
    )
    yield flow_form(request, "close", "Answer, decline, close", "Close it", closing)


def _fields(one: Enquiry, sent: Any) -> list[dict[str, str]]:
    """Return what a referral holds of what its pathway asks, the red flags first."""
    if one.kind != REFERRAL or sent is None:
        return []
    try:
        found = standing(sent)
    except BadFileError:
        return []  # a table changed since it was sent: the answers themselves are shown above
    order = ("red flag", "missing", "given")
    rows = sorted(found, key=lambda each: order.index(each.standing))
    return [{"name": each.name.en, "standing": each.standing} for each in rows]


def _twin(request: ClinicRequest, sent: Any) -> Projection | None:
    """Return a patient of this clinic with the name of a referral; None where there is none."""
    name = "" if sent is None else sent.get("patient_name", "").lower()
    if not name:
        return None
    return Projection.of_clinic(request.clinic).filter(name_key=name).first()


def _found(request: ClinicRequest, number: int) -> Enquiry:
    for one in enquiries(request.clinic):
        if one.number == number:
            return one
    raise Http404("there is no such message in this clinic")


def _address(request: ClinicRequest) -> str:
    handle = request.clinic.handle
    return reverse("outside in any language", args=[handle]) if handle else ""


urlpatterns = [
    path("", index, name="enquiries"),
    path("<int:number>/", show, name="enquiry"),
]
