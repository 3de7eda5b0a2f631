"""What is handed over at the end of a refill: each paper with whether it was made at the visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, final

from thecal.care.papers.kinds import EMERGENCY, title
from thecal.clinic.refill.entries import STEP
from thecal.clinic.refill.situation import Situation
from thecal.clinic.web.documents import PRINTED
from thecal.record.fold import effective
from thecal.units import show_time

_SHOWN_ON_PAPER = ("aspirate", "verify", "decide", "fill", "program", "leave")
"""Steps whose records a paper tells; of the last one it tells the next refill."""
NOT_MADE = "not made since the next refill was recorded"


@final
@dataclass(frozen=True, slots=True)
class Handed:
    """Something that a patient leaves with.

    Attributes
    ----------
    made_as
        The kind of document under which its making is written down; empty where it is none.
    page
        The word that asks for it under Documents; empty where it is none.
    """

    key: str
    made_as: str = ""
    page: str = ""

    @property
    def words(self) -> str:
        """The name of the paper as Documents lists it; else the key in words."""
        return title(self.page) if self.page else self.key.replace("-", " ")


PAPERS = (
    Handed("patient-summary", "patient-summary", "summary"),
    Handed("session-printout", "session-printout", "session"),
    Handed("emergency-card", "emergency-sheet", EMERGENCY),
    Handed("appointment"),
)


def made_at(situation: Situation, paper: Handed) -> datetime | None:
    """Return when a paper was last made of the visit as it stands; None where it was not.

    One that shows the record before the visit does not tell it, nor one that was made before the
    next refill was recorded or before the fill was corrected.
    """
    made = _makings(situation, paper)
    return made[-1] if made else None


def _makings(situation: Situation, paper: Handed) -> list[datetime]:
    """Return when a paper was made of the visit as it stands, the earliest first."""
    since = _stands_since(situation)
    return [
        one.written.astimezone(situation.now.tzinfo)
        for one in situation.chart.entries
        if one.kind == PRINTED
        and one.seq > since
        and one.body["kind"] == paper.made_as
        and not one.body.get("is_before")
    ]


def handed_before_made(
    situation: Situation, ticked: Sequence[str], given_at: datetime
) -> tuple[str, ...]:
    """Return which papers were first made after the minute in which they were handed over."""
    found = []
    for one in PAPERS:
        made = _makings(situation, one) if one.key in ticked and one.made_as else []
        if made and given_at < made[0].replace(second=0, microsecond=0):
            found.append(f"{one.words} (made on {show_time(made[0])})")
    return tuple(found)


def papers_left(situation: Situation) -> dict[str, list[str]]:
    """Return, for the end of a visit, which papers were handed over and which were not."""
    leave = situation.visit.leave
    ticked = () if leave is None else leave.documents
    found: dict[str, list[str]] = {"handed": [], "not_handed": []}
    for one in PAPERS:
        place = "handed" if one.key in ticked else "not_handed"
        found[place].append(paper_words(situation, one))
    return found


def paper_words(situation: Situation, paper: Handed) -> str:
    """Return a paper for people, with when it was made."""
    return f"{paper.words} ({paper_state(situation, paper)})" if paper.made_as else paper.words


def paper_state(situation: Situation, paper: Handed) -> str:
    """Return when a paper was made of the visit as it stands, or that it was not."""
    made = made_at(situation, paper)
    return NOT_MADE if made is None else f"made on {show_time(made)}"


def not_made(
    situation: Situation, ticked: Sequence[str], next_visit: date | None
) -> tuple[str, ...]:
    """Return which of the papers that were ticked nobody made with this date of the next refill."""
    leave = situation.visit.leave
    other_day = leave is None or leave.next_visit != next_visit
    return tuple(
        one.words
        for one in PAPERS
        if one.key in ticked and one.made_as and (other_day or made_at(situation, one) is None)
    )


def _stands_since(situation: Situation) -> int:
    """Return the number of the last entry that changed what a paper shows, else of the begin."""
    number = situation.running.number
    shown: dict[str, Any] = {}
    for one in effective(situation.chart.entries):
        body = one.body
        if body is None or one.entry.kind != STEP or body["visit"] != situation.running.number:
            continue
        step, record = body["step"], body["record"]
        if step not in _SHOWN_ON_PAPER:
            continue
        told = (record["next_visit"], record.get("visit_at")) if step == "leave" else record
        if shown.get(step) != told:
            number, shown[step] = one.entry.seq, told
    return number
