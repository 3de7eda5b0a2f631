"""The training box of a page: what the learner notices now, whom they may ask, what may be signed.

It tells what a case says at its moment, and never the faults behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import final
from zoneinfo import ZoneInfo

from thecal.care.training.case import Answer, Case, Tell
from thecal.care.training.conditions import Happening, first_of
from thecal.care.training.rules import RULES
from thecal.care.training.true_course import (
    counted_volume,
    course_of,
    delivered_at,
    drawn_volume,
)
from thecal.care.visit import discrepancy
from thecal.care.visit.leaving_checks import is_unseen_waste
from thecal.care.visit.residual import action_title
from thecal.care.visit.steps import steps
from thecal.clinic import clock
from thecal.clinic.access.second import requests_open
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.truth import case_of, true_therapy_of
from thecal.clinic.models import Clinic, TrainingRun
from thecal.clinic.refill.entries import running_visit, visits
from thecal.clinic.refill.screens import screen_of
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.witnesses import is_awaited, witness_wanted
from thecal.clinic.training.happenings import happenings
from thecal.clinic.training.runs import ASKED, entries_of
from thecal.pharmacy.lookup import listed
from thecal.safety.finding import Finding
from thecal.therapy.events import Therapy
from thecal.units import Duration, Volume, parse_quantity, show, show_date, show_time

_IS_CLOSED = "the visit is over. Where nothing of your task is left, press “End the case”."
_MAY_CLOSE = (
    "the end of the visit: read its page through; where it says that a supervisor signs first, ask"
    " there and let the simulated colleague sign; then type your password and press “Close the"
    " visit and sign”."
)
_READ_BACK, _AFTER_IT = "read_back", "waste"
_COMPARES = (
    "step 12: compare line by line what was written with what the pump answers, then press “Go on”."
)
_IS_HELD = "the visit is held: settle what its page names, then go on."
_DAY = re.compile(r"\{day (-?[0-9]+)\}")


@final
@dataclass(frozen=True, slots=True)
class Told:
    """Something that the learner notices; `title` is the step that it belongs to."""

    text: str
    title: str
    now: bool


@final
class Box:
    """A run as its learner sees it on any page of its patient."""

    def __init__(self, chart: Chart, clinic: Clinic, run: TrainingRun) -> None:
        self.chart, self.clinic, self.run = chart, clinic, run
        self.now = clock.now()

    @cached_property
    def case(self) -> Case:
        """The case of the run."""
        return case_of(self.run)

    @cached_property
    def happenings(self) -> tuple[Happening, ...]:
        """What happened so far."""
        return happenings(self.chart, self.run)

    @property
    def over(self) -> bool:
        """Whether the run has ended."""
        return self.run.ended is not None

    @cached_property
    def situation(self) -> Situation | None:
        """The refill visit that goes on."""
        running = running_visit(self.chart.entries)
        return None if running is None else Situation(self.chart, self.clinic, running)

    @cached_property
    def truth(self) -> Therapy:
        """The record with what is hidden."""
        assert self.chart.therapy is not None
        return true_therapy_of(self.run, self.chart.therapy)

    @cached_property
    def told(self) -> tuple[Told, ...]:
        """Everything that the learner has noticed so far, in the order of the case."""
        titles = {one.key: one.title.value for one in steps()}
        found = []
        for one in self.case.tells:
            if self._is_told(one):
                title = "" if one.step is None else titles[one.step]
                here = one.step is None or one.step in self._open
                found.append(Told(self._filled(one.text), title, here))
        return tuple(found)

    @property
    def told_now(self) -> tuple[Told, ...]:
        """What belongs to the step that is open, and what holds at any time."""
        return tuple(one for one in self.told if one.now)

    @property
    def told_before(self) -> tuple[Told, ...]:
        """What was told at earlier steps."""
        return tuple(one for one in self.told if not one.now)

    @cached_property
    def questions(self) -> tuple[tuple[str, str], ...]:
        """What can be asked, each once."""
        return tuple({one.id: one.question for one in self.case.answers}.items())

    @cached_property
    def said(self) -> tuple[dict[str, str], ...]:
        """What was asked and answered, the newest first."""
        words = dict(self.questions)
        return tuple(
            {"question": words.get(one.body["question"], ""), "words": one.body["words"]}
            for one in reversed(entries_of(self.run))
            if one.kind == ASKED
        )

    def answer(self, question: str) -> Answer | None:
        """Return what the virtual patient says now; None for a question that nobody can ask."""
        fitting = [one for one in self.case.answers if one.id == question]
        return next((one for one in fitting if self._fits(one)), None)

    @cached_property
    def checks(self) -> tuple[str, ...]:
        """What waits for a second person."""
        return tuple(one.subject for one in requests_open(self.chart))

    @cached_property
    def asks(self) -> tuple[Finding, ...]:
        """Questions of the visit that a colleague may answer with the learner's reason."""
        if self.situation is None:
            return ()
        return tuple(
            one for one in self.situation.asks if one.check != "K8" and not is_unseen_waste(one)
        )

    @cached_property
    def unseen(self) -> tuple[Finding, ...]:
        """The question of a waste that nobody saw destroyed: the way besides its witness."""
        if self.situation is None:
            return ()
        return tuple(one for one in self.situation.asks if is_unseen_waste(one))

    @cached_property
    def to_do(self) -> str:
        """What the refill visit of the run asks now; empty where there is none."""
        situation = self.situation
        if situation is None:
            closed = any(one.ended is not None for one in visits(self.chart.entries))
            return _IS_CLOSED if closed else ""
        stands = situation.progress
        if stands.open is not None:
            return f"step {stands.open.number}, {stands.open.title.value}."
        return _MAY_CLOSE if stands.may_close else _IS_HELD

    def to_do_on(self, screen: str) -> str:
        """What is done now on a page of the visit: what was written is compared before one goes on.

        Parameters
        ----------
        screen
            The name of the page; empty on a page that is none of the visit.
        """
        situation = self.situation
        if screen == _READ_BACK and situation is not None:
            opened = situation.progress.open
            if situation.visit.read_back is not None and opened and opened.key == _AFTER_IT:
                return _COMPARES
        return self.to_do

    @cached_property
    def witness(self) -> bool:
        """Whether the waste waits for a witness."""
        situation = self.situation
        if situation is None or not is_awaited(situation.running):
            return False
        return bool(witness_wanted(situation))

    @cached_property
    def difference(self) -> tuple[tuple[str, str], ...]:
        """What a red difference may be taken for and what is done then; empty where none stands."""
        situation = self.situation
        if situation is None or situation.visit.discrepancy is not None:
            return ()
        advice = discrepancy(situation.visit, situation.knowledge)
        if advice is None or advice.assessed.band != "red":
            return ()
        return tuple(
            (f"{one.id} {action}", f"{one.title}: {action_title(action)}")
            for one in advice.categories
            for action in one.actions
        )

    @property
    def jumps(self) -> tuple[tuple[int, str], ...]:
        """What may pass at one press, in minutes and in words."""
        found = listed(RULES.get("time", "jumps", str))
        return tuple((int(parse_quantity(one, Duration).in_unit("min")), one) for one in found)

    @property
    def time(self) -> str:
        """What the clock of the run shows."""
        return show_time(self.now.astimezone(ZoneInfo(self.clinic.timezone)))

    @property
    def ended(self) -> str:
        """When the run ended; empty while it goes on."""
        ended = self.run.ended
        return "" if ended is None else show_time(ended.astimezone(ZoneInfo(self.clinic.timezone)))

    @cached_property
    def _open(self) -> frozenset[str]:
        """The steps of the page that is open in the visit."""
        situation = self.situation
        if situation is None:
            return frozenset()
        open_step = situation.progress.open
        if open_step is None:
            return frozenset()
        screen = screen_of(situation, open_step.key)
        shared = () if screen is None else screen.steps
        return frozenset({open_step.key, *(one.key for one in shared)})

    @cached_property
    def _reached(self) -> frozenset[str]:
        """The steps that may be reached, or were recorded."""
        situation = self.situation
        if situation is None:
            return self._done
        shut = {one.step.key for one in situation.progress.shut if one.step is not None}
        kept = {one.key for one in steps()} - shut
        opened = situation.progress.open
        last = 0 if opened is None else opened.number
        return (
            self._done
            | self._open
            | {one.key for one in steps() if one.key in kept and one.number <= last}
        )

    @cached_property
    def _done(self) -> frozenset[str]:
        return frozenset(
            str(one.fields["step"])
            for one in self.happenings
            if one.kind in ("visit.step", "visit.skipped")
        )

    def _is_told(self, one: Tell) -> bool:
        return (one.step is None or one.step in self._reached) and self._fits(one)

    def _fits(self, one: Tell | Answer) -> bool:
        passed = self.now - self.run.begun
        if one.after is not None and passed < timedelta(seconds=float(one.after.base)):
            return False
        if one.when and first_of(one.when, self.happenings, self.run.begun) is None:
            return False
        if one.delivered is None:
            return True
        instant = self.truth.instant(self.now)
        return delivered_at(course_of(self.truth, instant), one.delivered, instant)

    def _filled(self, text: str) -> str:
        zone = ZoneInfo(self.clinic.timezone)
        today = self.run.begun.astimezone(zone).date()
        text = _DAY.sub(lambda found: _day(today, int(found[1])), text)
        if "{now}" in text:
            text = text.replace("{now}", show_time(self.now.astimezone(zone)))
        if "{aspirated}" in text:
            drawn = drawn_volume(self.truth, self.run.begun, self.now)
            text = text.replace("{aspirated}", show(_read_off(drawn), "mL"))
        if "{count}" in text:
            text = text.replace("{count}", show(counted_volume(self.truth, self.now), "mL"))
        return text


def _read_off(volume: Volume) -> Volume:
    """Return a volume as a syringe shows it: to the nearest of its lines."""
    line = RULES.get("syringe", "line", Volume).value
    return line.scaled(round(volume.ratio(line)))


def filled_words(box: Box, words: str) -> str:
    """Return the words of an answer with its figures."""
    return box._filled(words)


def _day(today: date, days: int) -> str:
    return show_date(today + timedelta(days=days))
