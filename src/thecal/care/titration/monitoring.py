"""How long and what to watch after a start, a rise and a restart."""

from __future__ import annotations

from thecal.care.advice import Cited, Listing
from thecal.care.derivation import Value
from thecal.care.titration.schemes import TABLE
from thecal.pharmacy import drug
from thecal.safety.finding import Amount
from thecal.units import Duration

EVENTS = ("start", "rise", "restart")


def watched(drug_id: str, event: str) -> Duration | None:
    """Return how long to watch after an event; None where no figure is on record."""
    subject, parameter = _subject(drug_id), f"watch-{event}"
    if not TABLE.has(subject, parameter):
        return None
    return TABLE.get(subject, parameter, Duration).value


def watch_figures(drug_id: str, *events: str) -> tuple[Cited, ...]:
    """Return the figures behind it, and what is watched."""
    subject = _subject(drug_id)
    names = [f"watch-{one}" for one in events if TABLE.has(subject, f"watch-{one}")]
    return TABLE.cited(subject, *names, "watch-what")


def watch_text(drug_id: str) -> str:
    """Return what is watched."""
    return TABLE.text(_subject(drug_id), "watch-what")


def monitoring_listing(drug_id: str) -> Listing:
    """Return how long to watch after each event, and what."""
    rows: list[tuple[Value, ...]] = []
    for event in EVENTS:
        long = watched(drug_id, event)
        rows.append((event, "no figure" if long is None else Amount(long, "h")))
    title = f"Watch: {watch_text(drug_id)}"
    return Listing(title, ("after", "at least"), tuple(rows))


def _subject(drug_id: str) -> str:
    """Return the drug where the table has rows of its own, else its class."""
    return drug_id if TABLE.has(drug_id, "watch-what") else drug(drug_id).drug_class
