"""Up to which entry somebody had read when they sent a form."""

from __future__ import annotations

from django.http import HttpRequest

_NOTHING = -1
_MOST_DIGITS = 9
"""No record is longer; beyond some thousands of digits Python reads no number at all."""


def seen_of(request: HttpRequest) -> int:
    """Return the number of entries that the page was made from.

    A page that does not say counts as out of date: nothing is written then.
    """
    told = number_in(str(request.POST.get("seen", "")))
    return _NOTHING if told is None else told


def number_in(text: str) -> int | None:
    """Return the whole number that a form or an address carries; None for anything else."""
    plain = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if plain else None
