"""Teach-back: what a patient said in own words, what the clinic confirmed, and what is missing.

The items are those of form PE (`education.csv`, workflow.md 3 patient education).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import final

from thecal.care.document import Text
from thecal.care.forms.education import EducationItem
from thecal.care.information.words import RULES, names_in, tell
from thecal.care.papers.words import day
from thecal.units import Duration

SHOWN, REPEAT = "shown", "repeat"
SURE = "sure"
OPEN, TOLD, CONFIRMED, AGAIN, OLD = "open", "told", "confirmed", "again", "old"


@final
@dataclass(frozen=True, slots=True)
class Answer:
    """What a patient said of an item; `order` is its place in the record."""

    order: int
    item: str
    sure: str
    on: date


@final
@dataclass(frozen=True, slots=True)
class Judged:
    """What the clinic found of an item: `shown` (told in own words) or `repeat`."""

    order: int
    item: str
    result: str
    on: date


@final
@dataclass(frozen=True, slots=True)
class Learned:
    """How an item stands: `open`, `told`, `confirmed`, `again` or `old`."""

    item: EducationItem
    state: str
    answer: Answer | None = None
    judged: Judged | None = None

    @property
    def missing(self) -> bool:
        """Whether it is still to be told in own words in the clinic."""
        return self.state != CONFIRMED

    def words(self) -> Text:
        """Return the state for the patient."""
        if self.judged is not None and self.state in (CONFIRMED, AGAIN, OLD):
            return tell(f"learning-{self.state}", day=day(self.judged.on))
        return tell(f"learning-{self.state}")


def learned(
    items: Sequence[EducationItem],
    answers: Sequence[Answer],
    judged: Sequence[Judged],
    today: date,
) -> tuple[Learned, ...]:
    """Return every item as it stands: an answer alone confirms nothing."""
    said = {one.item: one for one in sorted(answers, key=lambda one: one.order)}
    found = {one.item: one for one in sorted(judged, key=lambda one: one.order)}
    return tuple(_learned(one, said.get(one.id), found.get(one.id), today) for one in items)


def read_answer(sure: str, words: str) -> Text | None:
    """Return why an answer is not taken; None: it is."""
    if sure not in names_in("learning", "sure"):
        return tell("learning-choose")
    most = longest_answer()
    if len(words) > most:
        return tell("learning-long", most=str(most))
    if sure == SURE and not words:
        return tell("learning-write")
    return None


def longest_answer() -> int:
    """Return how many characters an answer may have."""
    return int(RULES.get("learning", "longest", Fraction).value)


def _learned(
    item: EducationItem, answer: Answer | None, judged: Judged | None, today: date
) -> Learned:
    return Learned(item, _state(answer, judged, today), answer, judged)


def _state(answer: Answer | None, judged: Judged | None, today: date) -> str:
    if judged is None:
        return OPEN if answer is None else TOLD
    later = answer is not None and answer.order > judged.order
    if judged.result == SHOWN and not (later and answer is not None and answer.sure != SURE):
        holds = timedelta(days=int(RULES.get("learning", "holds", Duration).value.in_unit("d")))
        if today - judged.on <= holds:
            return CONFIRMED
        return TOLD if later else OLD
    return TOLD if later else AGAIN
