"""What an emergency room checks the clinic's pump cards with, for the staff to hand out."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from thecal.clinic.access.guard import ClinicRequest, page
from thecal.clinic.own.cards import clinic_key
from thecal.record.card import fingerprint, public_text
from thecal.report.card_check import card_check_page


@require_safe
@page("hand out card checks")
def index(request: ClinicRequest) -> HttpResponse:
    """Say what to hand out, and show the fingerprint of the key in it."""
    key = clinic_key(request.clinic).public_key()
    values = {"fingerprint": fingerprint(key), "telephone": _telephone(request)}
    return render(request, "clinic/card_checks.html", values)


@require_safe
@page("hand out card checks")
def check_page(request: ClinicRequest) -> HttpResponse:
    """Hand out the page that checks the clinic's cards, as a file."""
    clinic = request.clinic
    made = card_check_page(clinic_key(clinic).public_key(), clinic.name, _telephone(request))
    response = HttpResponse(made, content_type="text/html; charset=utf-8")
    name = "-".join(filter(None, ("check-pump-card", slugify(clinic.name))))
    response["Content-Disposition"] = f'attachment; filename="{name}.html"'
    return response


@require_safe
@page("hand out card checks")
def key_file(request: ClinicRequest) -> HttpResponse:
    """Hand out the public key, for the command."""
    text = public_text(clinic_key(request.clinic).public_key())
    response = HttpResponse(text, content_type="text/plain")
    response["Content-Disposition"] = 'attachment; filename="clinic.pub"'
    return response


def _telephone(request: ClinicRequest) -> str:
    return request.clinic.telephone_always or request.clinic.telephone


urlpatterns = [
    path("", index, name="card checks"),
    path("check.html", check_page, name="card check page"),
    path("clinic.pub", key_file, name="card check key"),
]
