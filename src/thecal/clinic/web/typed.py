"""What somebody typed into a form that was not accepted: it is shown again, never thrown away.

Pages are not kept by browsers, so that going back would show an empty form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from django.http import HttpRequest

from thecal.clinic.web.field_labels import label_of

_NEVER = ("csrfmiddlewaretoken", "seen", "shown")
_SECRET = ("password", "code", "token")


@final
@dataclass(frozen=True, slots=True)
class Typed:
    """One field: its name, its label, and what stood in it; a secret is asked for anew."""

    name: str
    words: str
    value: str
    secret: bool


def typed_again(request: HttpRequest) -> tuple[Typed, ...]:
    """Return the fields of a form that was sent, in order; none where nothing was sent."""
    if request.method != "POST":
        return ()
    found = []
    for name, values in request.POST.lists():
        if name in _NEVER:
            continue
        secret = any(word in name for word in _SECRET)
        words = label_of(request, name)
        found += [Typed(name, words, "" if secret else str(value), secret) for value in values]
    return tuple(found)
