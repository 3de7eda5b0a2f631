"""The pages that everybody may open: an enquiry, or the referral of a patient, to one clinic.

They show nothing of any record. A clinic has them only where it has chosen a public name; a name
that no clinic has is as one that has switched them off. Writes `enquiry.received`.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_http_methods, require_safe

from thecal.care.document import LANGUAGES, Language, Text
from thecal.care.enquiry import KINDS, Question, read_sent, said, sections
from thecal.care.enquiry.words import all_words
from thecal.clinic import clock
from thecal.clinic.access.outside import may_send, sender
from thecal.clinic.flows.enquiry_log import receive
from thecal.clinic.models import Clinic

_REFUSED, _TOO_MANY = 422, 429
_PREFIX = "o-"


@require_safe
def any_language(request: HttpRequest, handle: str) -> HttpResponse:
    """Lead to the page in the language of the browser."""
    _clinic(handle)
    wished = get_language_from_request(request)
    return redirect("outside", handle, "de" if wished.startswith("de") else "en")


@require_safe
def landing(request: HttpRequest, handle: str, language: str) -> HttpResponse:
    """Say what can be sent here, and what not."""
    clinic = _clinic(handle)
    return _render(request, "clinic/outside.html", clinic, _known(language), {"kinds": KINDS})


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, handle: str, language: str, kind: str) -> HttpResponse:
    """Take an enquiry or a referral."""
    clinic, spoken = _clinic(handle), _known(language)
    if kind not in KINDS:
        raise Http404("there is no such form")
    if request.method != "POST":
        return _form(request, clinic, spoken, kind, {}, {})
    today = clock.now().astimezone(ZoneInfo(clinic.timezone)).date()
    typed = {name: request.POST.get(name, "") for name in request.POST}
    sent = read_sent(kind, typed, today)
    if sent.errors:
        return _form(request, clinic, spoken, kind, typed, sent.errors, status=_REFUSED)
    refused = may_send(request, clinic)
    if refused:
        problem = {"problem": said(refused).get(spoken)}
        return _form(request, clinic, spoken, kind, typed, {}, status=_TOO_MANY, **problem)
    receive(clinic, sender(request), spoken, sent)
    return redirect("outside sent", handle, spoken)


@require_safe
def sent_page(request: HttpRequest, handle: str, language: str) -> HttpResponse:
    """Say that something was sent, and nothing of what."""
    return _render(request, "clinic/outside_sent.html", _clinic(handle), _known(language), {})


def _clinic(handle: str) -> Clinic:
    found = Clinic.objects.filter(handle=handle).first()
    if found is None:
        raise Http404("there is no such page")
    return found


def _known(language: str) -> Language:
    for one in LANGUAGES:
        if one == language:
            return one
    raise Http404("there is no such page")


def _form(
    request: HttpRequest,
    clinic: Clinic,
    language: Language,
    kind: str,
    typed: dict[str, str],
    errors: Any,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    rows = [
        {
            "name": name,
            "title": said(f"section-{name}").get(language),
            "questions": [_row(one, language, typed, errors) for one in asked],
        }
        for name, asked in sections(kind)
    ]
    given = {"kind": kind, "sections": rows, "errors": _summary(rows), **more}
    return _render(request, "clinic/outside_form.html", clinic, language, given, status)


def _row(
    one: Question, language: Language, typed: dict[str, str], errors: dict[str, Text]
) -> dict[str, Any]:
    wrong = errors.get(one.id)
    return {
        "id": one.id,
        "at": f"{_PREFIX}{one.id}",
        "kind": one.kind,
        "label": one.label.get(language),
        "required": one.required,
        "most": one.most,
        "unit": one.unit,
        "choices": [(id, text.get(language)) for id, text in one.choices.items()],
        "value": typed.get(one.id, "")[: one.most + 1],
        "error": "" if wrong is None else wrong.get(language),
    }


def _summary(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    asked = (one for section in rows for one in section["questions"])
    return [(one["at"], f"{one['label']}: {one['error']}") for one in asked if one["error"]]


def _render(
    request: HttpRequest,
    template: str,
    clinic: Clinic,
    language: Language,
    given: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    other = next(one for one in LANGUAGES if one != language)
    words = {name.replace("-", "_"): text.get(language) for name, text in all_words().items()}
    told = {
        "clinic": clinic,
        "language": language,
        "other": other,
        "word": words,
        "at": request.path.replace(f"/{language}/", f"/{other}/", 1),
        **given,
    }
    return render(request, template, told, status=status)


urlpatterns = [
    path("<slug:handle>/", any_language, name="outside in any language"),
    path("<slug:handle>/<slug:language>/", landing, name="outside"),
    path("<slug:handle>/<slug:language>/sent/", sent_page, name="outside sent"),
    path("<slug:handle>/<slug:language>/<slug:kind>/", write, name="write from outside"),
]
