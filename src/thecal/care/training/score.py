"""What a run is worth: the checklist, what failed it, unsafe states, time to recognise, overrides.

The rule is workflow.md 6: a weighted checklist in which a critical action counts threefold and a
missed one fails the case. Weights stand in `training_rules.csv`. Nobody validated the score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from fractions import Fraction
from typing import Any, final

from thecal.care.training.case import Action, Case, Mistake
from thecal.care.training.conditions import Happening, first_of
from thecal.care.training.rules import RULES
from thecal.care.training.true_course import (
    TrueCourse,
    UnsafeState,
    first_delivered,
    unsafe_states,
)
from thecal.pharmacy.lookup import listed
from thecal.program.clock import Instant
from thecal.therapy.events import Therapy


@final
@dataclass(frozen=True, slots=True)
class ActionDone:
    """An action of the checklist; `at` None: it was missed."""

    action: Action
    at: datetime | None
    weight: int

    @property
    def done(self) -> bool:
        """Whether it was done."""
        return self.at is not None


@final
@dataclass(frozen=True, slots=True)
class MistakeMade:
    """A mistake of the case that was made."""

    mistake: Mistake
    at: datetime


@final
@dataclass(frozen=True, slots=True)
class Overridden:
    """A question or rule that was answered, left out or gone past, with its reason.

    Attributes
    ----------
    good
        Whether the reason says enough: a project rule over its words, for the debrief to begin at.
    """

    at: datetime
    what: str
    reason: str
    good: bool


@final
@dataclass(frozen=True)
class Score:
    """What a run is worth.

    Attributes
    ----------
    points, of
        Of the weighted checklist.
    recognised
        From the sign to the first thing that shows it was seen; None: never, or not asked here.
    """

    actions: tuple[ActionDone, ...]
    mistakes: tuple[MistakeMade, ...]
    unsafe: tuple[UnsafeState, ...]
    overrides: tuple[Overridden, ...]
    points: int
    of: int
    recognised: timedelta | None

    @property
    def missed(self) -> tuple[Action, ...]:
        """The critical actions that were not done."""
        return tuple(one.action for one in self.actions if one.action.critical and not one.done)

    @property
    def passed(self) -> bool:
        """Whether every critical action was done and no mistake was made."""
        return not self.missed and not self.mistakes

    @property
    def percent(self) -> int:
        """Of the weighted checklist, rounded down: it never looks better than it is."""
        return self.points * 100 // self.of


def weight_of(critical: bool) -> int:
    """Return how much an action counts."""
    parameter = "critical" if critical else "other"
    return int(RULES.get("weight", parameter, Fraction).value)


def ratings() -> tuple[str, ...]:
    """Return the words of the global rating, for 1 first."""
    return tuple(RULES.text("global-rating", str(number)) for number in range(1, 6))


def score(
    case: Case,
    happenings: Sequence[Happening],
    begun: datetime,
    ended: datetime,
    therapy: Therapy,
    course: TrueCourse,
) -> Score:
    """Return what a run is worth.

    Parameters
    ----------
    happenings
        In order of time; what happened before the run began is not among them.
    therapy, course
        The true ones, followed to the horizon of the case.
    """
    first, last = therapy.instant(begun), followed_to(case, ended, therapy)
    actions = _actions(case, happenings, begun)
    mistakes = []
    for one in case.mistakes:
        at = _made(one, happenings, begun)
        if at is None and one.delivered is not None:
            hour = first_delivered(course, one.delivered, first, last)
            at = None if hour is None else therapy.moment(hour)
        if at is not None:
            mistakes.append(MistakeMade(one, at))
    return Score(
        actions=actions,
        mistakes=tuple(mistakes),
        unsafe=unsafe_states(course, case.target.bands, first, last),
        overrides=overrides(happenings),
        points=sum(one.weight for one in actions if one.done),
        of=sum(one.weight for one in actions),
        recognised=recognised(case, happenings, begun),
    )


def followed_to(case: Case, ended: datetime, therapy: Therapy) -> Instant:
    """Return how far a run is followed: the horizon of the case, or the next visit before it."""
    end = therapy.instant(ended)
    last = end + case.target.horizon.base
    if not case.target.until_next_visit or therapy.next_visit is None:
        return last
    visit = datetime.combine(therapy.next_visit, time(), timezone(therapy.utc_offset))
    return max(end, min(last, therapy.instant(visit)))


def recognised(case: Case, happenings: Sequence[Happening], begun: datetime) -> timedelta | None:
    """Return how long the sign stood before it was seen."""
    if case.recognition is None:
        return None
    seen = first_of(case.recognition.seen, happenings, begun)
    if seen is None:
        return None
    sign = first_of(case.recognition.sign, happenings, begun)
    return max(timedelta(0), seen.at - (begun if sign is None else sign.at))


def overrides(happenings: Sequence[Happening]) -> tuple[Overridden, ...]:
    """Return everything that went past a question or a rule, with its reason."""
    least = int(RULES.get("override", "least-words", Fraction).value)
    found = []
    for kind in listed(RULES.get("override", "kinds", str)):
        for one in happenings:
            if one.kind == kind and not _decides(one):
                for what, reason in _answered(one):
                    good = len(reason.split()) >= least
                    found.append(Overridden(one.at, what, reason, good))
    return tuple(sorted(found, key=lambda one: one.at))


def _answered(one: Happening) -> list[tuple[str, str]]:
    """Return what an entry went past, with the reason; a signed program holds several answers."""
    if "answers" not in one.fields:
        return [(_what(one.kind, one.fields), _reason(one.fields))]
    words = RULES.text("override-words", one.kind)
    return [(f"{words} {each['check']}", each["reason"]) for each in one.fields["answers"]]


def _decides(one: Happening) -> bool:
    """Whether a step that was not recorded is the decision that nothing changes: no omission."""
    return one.kind == "visit.skipped" and one.fields.get("step") == "decide"


def _reason(fields: Any) -> str:
    return str(fields.get("record.reason") or fields.get("reason") or "").strip()


def _what(kind: str, fields: Any) -> str:
    asked = fields.get("record.check") or fields.get("step") or ""
    return f"{RULES.text('override-words', kind)} {asked}".strip()


def _actions(
    case: Case, happenings: Sequence[Happening], begun: datetime
) -> tuple[ActionDone, ...]:
    first = {one.id: first_of(one.done, happenings, begun) for one in case.actions}
    found = []
    for one in case.actions:
        done = first[one.id]
        if one.after:
            done = first_of(one.done, _since(one.after, first, happenings), begun)
        at = None if done is None else done.at
        if first_of(one.unless, happenings, begun) is not None:
            at = None
        later = [other for name in one.before if (other := first[name]) is not None]
        if at is not None and any(other.at < at for other in later):
            at = None
        found.append(ActionDone(one, at, weight_of(one.critical)))
    return tuple(found)


def _since(
    names: Sequence[str], first: Mapping[str, Happening | None], happenings: Sequence[Happening]
) -> Sequence[Happening]:
    """Return what came after each of several actions; nothing where one of them was missed."""
    others = [first[name] for name in names]
    if None in others:
        return ()
    last = max(number for number, one in enumerate(happenings) if one in others)
    return happenings[last + 1 :]


def _made(one: Mistake, happenings: Sequence[Happening], begun: datetime) -> datetime | None:
    found = first_of(one.when, happenings, begun)
    if found is None or first_of(one.unless, happenings, begun) is not None:
        return None
    return found.at
