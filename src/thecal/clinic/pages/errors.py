"""The pages of what went wrong: plain words, and nothing about anybody."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from thecal import BANNER
from thecal.clinic.access.language import in_words, page_language
from thecal.errors import ThecalError


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a role may not do this."""
    error = ThecalError(str(exception) or "you may not do this", remedy="ask somebody who may")
    return _problem(request, error, 403, "problem-forbidden")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form came from another page or another session."""
    error = ThecalError(
        "this form does not belong to your session", remedy="open the page again and send it anew"
    )
    return _problem(request, error, 403, "problem-session")


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that what came could not be taken, and what there was too much of."""
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // (1024 * 1024)
    whole = "nothing of it was read or stored, so that no part of a form is ever taken for all"
    match exception:
        case RequestDataTooBig():
            error = ThecalError(
                f"this form is larger than the {most} MB that the clinic takes",
                why=whole,
                remedy="go back, shorten the longest text, and send the form again",
            )
        case TooManyFieldsSent() | TooManyFilesSent():
            fields = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
            error = ThecalError(
                f"this form has more than the {fields} fields or files that the clinic takes",
                why=whole,
                remedy="go back, take rows away, and send the rest as a second form",
            )
        case _:
            error = ThecalError(
                "your browser sent something that the clinic cannot read",
                why="nothing of it was stored",
                remedy="open the page again from Today; if it happens again, tell the"
                " administrator",
            )
    return _problem(request, error, 400, "problem-unreadable")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing here for this person."""
    error = ThecalError("there is no such page in your clinic", remedy="start from Today")
    return _problem(request, error, 404, "problem-not-found")


def broken(request: HttpRequest) -> HttpResponse:
    """Say that the program failed; the page asks neither database nor session, they may be why."""
    return HttpResponseServerError(render_to_string("clinic/broken.html", {"banner": BANNER}))


def _problem(request: HttpRequest, error: ThecalError, status: int, german: str) -> HttpResponse:
    if page_language(request) == "de":
        error = in_words(german)
    return render(request, "clinic/problem.html", {"error": error}, status=status)
