"""The matrix of a clinic: who holds which level until when, folded from what was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import final

from thecal.care.competence.catalogue import (
    NONE,
    independent_level,
    items,
    level_words,
    skill,
    tell_before,
    trainer_level,
)
from thecal.units import show_date

UPDATES, DRUGS = "software-updates", "emergency-drugs"


@final
class Practice(StrEnum):
    """What a person does, as the curriculum parts it."""

    IMPLANTING = "implanting"
    MANAGING = "managing"
    BOTH = "both"

    def asks(self, practices: Sequence[str]) -> bool:
        """Whether somebody of this practice needs a skill of some practices."""
        return self is Practice.BOTH or self.value in practices


@final
@dataclass(frozen=True, slots=True)
class Assessed:
    """A level that an assessor gave.

    Attributes
    ----------
    until
        The last day on which it holds.
    by
        Login name of the assessor.
    evidence
        Class of evidence; `text` says which.
    """

    person: str
    skill: str
    level: int
    on: date
    until: date
    by: str
    evidence: str
    text: str
    entry: int


@final
@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that speaks for a level, and is none itself: an audit, a course, a passed case.

    Attributes
    ----------
    run
        Id of the training run that it is; empty for what is none.
    """

    person: str
    skill: str
    on: date
    evidence: str
    text: str
    by: str
    entry: int
    run: str = ""


@final
@dataclass(frozen=True, slots=True)
class Logged:
    """Cases that were typed in: seen or done where no record of this clinic tells of them."""

    person: str
    skill: str
    on: date
    how: str
    supervisor: str
    text: str
    by: str
    entry: int


@final
@dataclass(frozen=True, slots=True)
class ItemDone:
    """A mandatory item that somebody did, or confirmed."""

    person: str
    item: str
    on: date
    by: str
    text: str
    entry: int


@final
@dataclass(frozen=True, slots=True)
class Lack:
    """Why somebody does not do a step alone."""

    skill: str
    why: str


@final
@dataclass(frozen=True)
class Matrix:
    """What a clinic has written down.

    Attributes
    ----------
    kept_since
        Since when levels are asked; None: the clinic does not keep the matrix, and none is.
    levels
        The level that was given last, by person and skill.
    place, place_entry
        Where the emergency drugs are, and the entry that says so.
    """

    kept_since: date | None = None
    levels: Mapping[tuple[str, str], Assessed] = field(default_factory=dict)
    history: tuple[Assessed, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    logged: tuple[Logged, ...] = ()
    done: tuple[ItemDone, ...] = ()
    practices: Mapping[str, Practice] = field(default_factory=dict)
    place: str = ""
    place_entry: int = 0

    @property
    def kept(self) -> bool:
        """Whether levels are asked in this clinic."""
        return self.kept_since is not None

    def with_level(self, given: Assessed) -> Matrix:
        """Return the matrix with one more level given."""
        levels = {**self.levels, (given.person, given.skill): given}
        return replace(self, levels=levels, history=(*self.history, given))

    def level(self, person: str, skill: str, today: date) -> int:
        """Return the level that holds today; one that has expired is none."""
        found = self.levels.get((person, skill))
        return NONE if found is None or found.until < today else found.level

    def lack(self, person: str, skill_id: str, today: date) -> Lack | None:
        """Return why somebody does not do something alone; None where they do."""
        if self.level(person, skill_id, today) >= independent_level():
            return None
        found, name = self.levels.get((person, skill_id)), skill(skill_id).name.en
        if found is None:
            return Lack(skill_id, f"{name}: no level was given")
        if found.until < today:
            return Lack(skill_id, f"{name}: the level expired on {show_date(found.until)}")
        return Lack(skill_id, f"{name}: level {level_words(found.level).en}")

    def lacks(self, person: str, asked: Iterable[str], today: date) -> tuple[Lack, ...]:
        """Return why somebody does not do a step alone; empty where they do, or none is asked."""
        if not self.kept:
            return ()
        found = (self.lack(person, one, today) for one in dict.fromkeys(asked))
        return tuple(one for one in found if one is not None)

    def may_supervise(self, person: str, doer: str, asked: Iterable[str], today: date) -> bool:
        """Whether somebody may sign beside a doer: another person, who does all of it alone."""
        return person != doer and not any(self.lack(person, one, today) for one in asked)

    def trains(self, person: str, skill_id: str, today: date) -> bool:
        """Whether somebody trains others in a skill."""
        return self.level(person, skill_id, today) >= trainer_level()

    def expiring(self, people: Iterable[str], today: date) -> tuple[Assessed, ...]:
        """Return the levels of people that expired or soon will, the earliest first.

        A level below that of working alone is none that anybody waits for.
        """
        wanted, until = set(people), today + tell_before()
        found = [
            one
            for one in self.levels.values()
            if one.person in wanted and one.level >= independent_level() and one.until <= until
        ]
        return tuple(sorted(found, key=lambda one: (one.until, one.person, one.skill)))

    def open_items(self, person: str, *, unread: int) -> tuple[str, ...]:
        """Return the mandatory items that somebody has yet to do.

        Parameters
        ----------
        unread
            How many notices about programmer software they have not signed for.
        """
        found = []
        for one in items().values():
            if not any(self._holds_some(person, each) for each in one.asked_of):
                continue
            done = [each for each in self.done if (each.person, each.item) == (person, one.id)]
            again = one.id == UPDATES and unread > 0
            moved = one.id == DRUGS and bool(done) and done[-1].entry < self.place_entry
            if not done or again or moved:
                found.append(one.id)
        return tuple(found)

    def _holds_some(self, person: str, skill_id: str) -> bool:
        found = self.levels.get((person, skill_id))
        return found is not None and found.level > NONE
