"""A training case as its file tells it: what the learner sees, what is hidden, what counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, final

from thecal.care.training.conditions import Condition
from thecal.units import Duration, Mass


@final
@dataclass(frozen=True, slots=True)
class Person:
    """The invented patient."""

    name: str
    birth_date: date
    sex: str
    pathway: str


@final
@dataclass(frozen=True, slots=True)
class Delivered:
    """What really reached the tip in the last so many hours: more or less than a mass.

    `least` and `below` are None where they do not bind.
    """

    drug: str
    window: Duration
    above: Mass | None = None
    below: Mass | None = None


@final
@dataclass(frozen=True, slots=True)
class Tell:
    """What the learner notices by being there; shown once its moment has come.

    Attributes
    ----------
    step
        Of a refill visit: it is told from when that step may be reached; None: not bound to one.
    after
        Since the begin of the run, by its clock.
    when
        It is told from when any of these has happened; empty: not bound to one.
    delivered
        It is told only while this holds in the body.
    text
        May hold `{aspirated}`, what the syringe draws now, and `{count}`, what the pump reckons.
    """

    id: str
    text: str
    step: str | None = None
    after: Duration | None = None
    when: tuple[Condition, ...] = ()
    delivered: Delivered | None = None


@final
@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says when asked; of several with one id the first that fits is said."""

    id: str
    question: str
    words: str
    after: Duration | None = None
    when: tuple[Condition, ...] = ()
    delivered: Delivered | None = None


@final
@dataclass(frozen=True, slots=True)
class Action:
    """Something that should be done.

    Attributes
    ----------
    done
        Any of these is enough.
    unless
        None of these may hold.
    before
        Ids of actions; it counts only where it came before each of them that was done at all.
    after
        Ids of actions; only what came after each of them counts, and nothing where one was missed.
    critical
        Missed, it fails the case.
    """

    id: str
    what: str
    why: str
    critical: bool
    done: tuple[Condition, ...]
    unless: tuple[Condition, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that fails the case: any of `when`, unless any of `unless`, or what was delivered.

    Attributes
    ----------
    delivered
        Any time from the begin of the run to the end of its horizon.
    """

    id: str
    what: str
    why: str
    when: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    delivered: Delivered | None = None


@final
@dataclass(frozen=True, slots=True)
class DoseBand:
    """What a drug should give in any 24 hours from a time of the run on, to another.

    Attributes
    ----------
    since, until
        After the begin of the run; `until` None: to the horizon.
    """

    drug: str
    least: Mass
    most: Mass
    since: Duration
    until: Duration | None = None


@final
@dataclass(frozen=True, slots=True)
class Target:
    """The intended course.

    Attributes
    ----------
    horizon
        How long after the end of the run it is followed.
    until_next_visit
        Whether it is followed no longer than to the visit that is planned in the record.
    """

    horizon: Duration
    bands: tuple[DoseBand, ...]
    until_next_visit: bool = False


@final
@dataclass(frozen=True, slots=True)
class Recognition:
    """When the sign was there and what shows that the learner saw it; `aim` is how soon."""

    what: str
    sign: tuple[Condition, ...]
    seen: tuple[Condition, ...]
    aim: Duration


@final
@dataclass(frozen=True)
class Case:
    """A case.

    Attributes
    ----------
    story, task, lessons
        Paragraphs: what the learner is told, what to do step by step, what the debrief says.
    page
        Where the case begins: a page of the patient, as in `refill`.
    role
        What the learner is in this case, whatever they are in the clinic.
    starts
        Time of day at which the run begins.
    setup, events, next_visit, stage
        The record that the learner finds, as `care.counted_days` reads it.
    hidden
        Events that are true and stand in no record; written as `events` are.
    source
        Where the case comes from.
    """

    id: str
    title: str
    story: tuple[str, ...]
    task: tuple[str, ...]
    lessons: tuple[str, ...]
    page: str
    role: str
    starts: time
    person: Person
    setup: Mapping[str, Any]
    events: tuple[Mapping[str, Any], ...]
    next_visit: int | None
    stage: str
    hidden: tuple[Mapping[str, Any], ...]
    tells: tuple[Tell, ...]
    answers: tuple[Answer, ...]
    actions: tuple[Action, ...]
    mistakes: tuple[Mistake, ...]
    target: Target
    recognition: Recognition | None
    source: str

    def conditions(self) -> Iterator[tuple[str, tuple[Condition, ...]]]:
        """Yield every list of conditions, each with the part of the case that it stands in."""
        for action in self.actions:
            yield f"actions {action.id}", (*action.done, *action.unless)
        for mistake in self.mistakes:
            yield f"mistakes {mistake.id}", (*mistake.when, *mistake.unless)
        for tell in self.tells:
            yield f"tells {tell.id}", tell.when
        for answer in self.answers:
            yield f"answers {answer.id}", answer.when
        if self.recognition is not None:
            yield "recognition", (*self.recognition.sign, *self.recognition.seen)
