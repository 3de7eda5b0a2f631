"""What happens around every page: nothing is kept by browsers, sessions end, errors stay plain."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import override

from thecal import BANNER
from thecal.care.enquiry import limit, said
from thecal.clinic import clock
from thecal.clinic.access.language import in_words, page_language
from thecal.clinic.ledger.log import LostUpdateError
from thecal.clinic.web.meanwhile_page import ahead_of, written_meanwhile
from thecal.clinic.web.typed import typed_again
from thecal.errors import ThecalError
from thecal.record.errors import AnchorError

OUTSIDE = "/outside/"
"""Under it lie the pages that everybody may open."""
_TOO_LARGE = 413
Handler = Callable[[HttpRequest], HttpResponse]


def no_store(handle: Handler) -> Handler:
    """Forbid browsers and proxies to keep a page."""

    def around(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        response.setdefault("Cache-Control", "no-store")
        return response

    return around


def short_from_outside(handle: Handler) -> Handler:
    """Refuse a form of an outsider that is too large before anything of it is read."""
    most = limit("length", "body")

    def around(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if request.path.startswith(OUTSIDE) and not (length.isdecimal() and int(length) <= most):
            words = {"words": said("too-large"), "banner": BANNER}
            page = render_to_string("clinic/outside_refused.html", words)
            return HttpResponse(page, status=_TOO_LARGE, headers={"Cache-Control": "no-store"})
        return handle(request)

    return around


def session_ends(handle: Handler) -> Handler:
    """End sessions that were idle or open for too long."""
    from thecal.clinic.access.sessions import end_if_over

    def around(request: HttpRequest) -> HttpResponse:
        away = end_if_over(request)
        return away if away is not None else handle(request)

    return around


def in_one_language(handle: Handler) -> Handler:
    """Let the words of the framework, as on a weak password, be in the language of the page."""

    def around(request: HttpRequest) -> HttpResponse:
        with override(page_language(request)):
            return handle(request)

    return around


class PlainErrors:
    """Show an error of thecal as a page that says what, why and what to do."""

    def __init__(self, handle: Handler) -> None:
        self._handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._handle(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page of an error; None for what thecal did not raise on purpose."""
        if not isinstance(error, ThecalError):
            return None
        lost = isinstance(error, LostUpdateError)
        # The anchor is the last step: what was sent is stored, and must not be sent again.
        stored = isinstance(error, AnchorError)
        typed = () if stored else typed_again(request)
        shown: ThecalError = error
        if page_language(request) == "de":
            shown = in_words(
                "problem-stored" if stored else "problem-lost" if lost else "problem-other"
            )
        values = {"error": shown, "typed": typed, "stored": stored}
        if isinstance(error, LostUpdateError) and request.method == "POST":
            values |= {"head": error.head, "patient": _patient_of(request)}
        with clock.ahead_by(ahead_of(request)):
            if lost:
                values |= written_meanwhile(request)
            return render(request, "clinic/problem.html", values, status=409 if lost else 422)


def _patient_of(request: HttpRequest) -> object:
    match = request.resolver_match
    return None if match is None else match.kwargs.get("patient")
