"""The history of the therapy, from `history.csv`."""

from __future__ import annotations

from thecal.care.advice import Cited, Listing
from thecal.data import cached, fact_of, rows


@cached
def history() -> tuple[Cited, ...]:
    """Return what happened, by period, the earliest first."""
    return tuple(Cited(row["period"], fact_of(row).of_kind(str)) for row in rows("history"))


def history_listing() -> Listing:
    """Return the history as a table with sources."""
    rows_shown = tuple(
        (one.what, one.fact.of_kind(str).value, one.fact.provenance()) for one in history()
    )
    return Listing("History", ("when", "what", "source"), rows_shown)
