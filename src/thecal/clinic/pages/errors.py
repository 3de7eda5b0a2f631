"""The pages of what went wrong: plain words, and nothing about anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

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
    """Say that the program failed; nothing was half-written."""
    error = ThecalError(
        "the program failed, and nothing was half-written",
        remedy="go back, look whether your entry is there, and tell the administrator",
    )
    return _problem(request, error, 500)


def _problem(request: HttpRequest, error: ThecalError, status: int) -> HttpResponse:
    return render(request, "clinic/problem.html", {"error": error}, status=status)
