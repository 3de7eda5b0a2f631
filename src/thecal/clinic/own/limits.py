"""How often an own login may write one kind of entry, so that nobody floods a record with it."""

from __future__ import annotations

from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.access_rules import access_count, access_time
from thecal.clinic.own.guard import Own

TOO_MANY = 429
"""The status of a page that says so."""
_RULE = "own-login"


def too_many(request: ClinicRequest, own: Own, kind: str) -> str:
    """Return the words that refuse one more entry of a kind; empty where it may be written.

    Entries that were corrected or taken out of the record count too.

    Raises
    ------
    DataError
        If the table of limits does not name the kind.
    """
    most, within = access_count(_RULE, kind), access_time(_RULE, "within")
    since, actor = clock.real() - within, request.author.actor
    written = sum(
        one.kind == kind and one.actor == actor and one.written > since for one in own.chart.entries
    )
    if written < most:
        return ""
    return own.words("too-many", most=most, hours=within.days * 24 + within.seconds // 3600)
