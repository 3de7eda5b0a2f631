"""What second people did to a visit while a page of it was typed, and whether that makes it old."""

from __future__ import annotations

from collections.abc import Sequence

from thecal.clinic.ledger.log import LostUpdateError
from thecal.clinic.ledger.signatures import SIGNATURE
from thecal.clinic.refill.entries import ANSWER
from thecal.clinic.refill.record_words import names_of
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.witness import WITNESS
from thecal.clinic.web.documents import PRINTED
from thecal.record.entry import Entry
from thecal.record.second_person import AGREES, GIVEN, REFUSED

_OF_SECOND_PEOPLE = (GIVEN, REFUSED, ANSWER, WITNESS, SIGNATURE)


def meanwhile(situation: Situation, seen: int, mine: str) -> tuple[str, ...]:
    """Return what second people did since a page was made that is read before the page is sent.

    Who agreed, a witness who signed, and a paper that anybody printed make it no older: nothing
    that stands on the page is changed by that.

    Parameters
    ----------
    seen
        How many entries the page was made from.
    mine
        Login name of who sends it.

    Raises
    ------
    LostUpdateError
        If something else was written since, or by the same person.
    """
    chart = situation.chart
    since = chart.entries[seen:] if 0 <= seen <= chart.seq else None
    if since is None or not all(_of_another(one, mine) for one in since):
        raise LostUpdateError(
            "this page is older than the record",
            why="somebody wrote to it since, or this was sent twice; nothing was written now",
            remedy="look at the visit as it stands, then go on",
        )
    people = names_of(situation)
    told = (_words(one, people.get(one.actor, one.actor), chart.entries) for one in since)
    return tuple(words for words in told if words)


def _of_another(entry: Entry, mine: str) -> bool:
    return entry.kind == PRINTED or (entry.kind in _OF_SECOND_PEOPLE and entry.actor != mine)


def _words(entry: Entry, who: str, entries: Sequence[Entry]) -> str:
    """Return what has to be read of an entry; never a value that was typed blind."""
    body = entry.body
    if entry.kind == REFUSED:
        return f"{who} refused the check: {entry.reason}"
    if entry.kind == ANSWER:
        return f"{who} answered {body['record']['check']}: {body['record']['reason']}"
    if entry.kind == GIVEN and body["outcome"] != AGREES:
        asked = next(one for one in entries if one.seq == body["request"])
        wrong = body.get("differs_in", ())
        labels = [one["label"] for one in asked.body["blind"] if one["key"] in wrong]
        where = f" in: {'; '.join(labels)}" if labels else ""
        return f"{who} checked as second person and typed something else{where}"
    return ""
