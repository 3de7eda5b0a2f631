"""Up to which entry somebody had read when they sent a form."""

from __future__ import annotations

from django.http import HttpRequest

_NOTHING = -1


def seen_of(request: HttpRequest) -> int:
    """Return the number of entries that the page was made from.

    A page that does not say counts as out of date: nothing is written then.
    """
    told = str(request.POST.get("seen", ""))
    return int(told) if told.isdecimal() and told.isascii() else _NOTHING
