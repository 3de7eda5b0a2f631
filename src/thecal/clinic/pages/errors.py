"""The pages of what went wrong: plain words, and nothing about anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from thecal import BANNER
from thecal.errors import ThecalError


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a role may not do this."""
    error = ThecalError(str(exception) or "you may not do this", remedy="ask somebody who may")
    return _problem(request, error, 403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form came from another page or another session."""
    error = ThecalError(
        "this form does not belong to your session", remedy="open the page again and send it anew"
    )
    return _problem(request, error, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing here for this person."""
    error = ThecalError("there is no such page in your clinic", remedy="start from Today")
    return _problem(request, error, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that the program failed; the page asks neither database nor session, they may be why."""
    return HttpResponseServerError(render_to_string("clinic/broken.html", {"banner": BANNER}))


def _problem(request: HttpRequest, error: ThecalError, status: int) -> HttpResponse:
    return render(request, "clinic/problem.html", {"error": error}, status=status)
