"""The scores of a trial as courses: the baseline before each dose, and every score after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import final

from thecal.care.trial.case import Score, TrialCase
from thecal.care.trial.scales import ASHWORTH, ashworth_categories


@final
@dataclass(frozen=True, slots=True)
class Course:
    """What followed one dose: `baseline` is the last score up to it, `after` those behind it."""

    start: datetime
    baseline: Score | None
    after: tuple[Score, ...]


@final
@dataclass(frozen=True, slots=True)
class Change:
    """A scale at one moment beside its baseline."""

    time: datetime
    before: Fraction
    now: Fraction

    @property
    def points(self) -> Fraction:
        """By how much the score fell."""
        return self.before - self.now

    @property
    def fraction(self) -> Fraction | None:
        """Which part of the baseline it fell by; None where the baseline is nothing."""
        return self.points / self.before if self.before else None


def courses(case: TrialCase) -> tuple[Course, ...]:
    """Return one course for every bolus given, or the one of the infusion."""
    starts = case.starts
    found = []
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else None
        before = [one for one in case.scores if one.time <= start]
        after = [
            one for one in case.scores if one.time > start and (end is None or one.time <= end)
        ]
        found.append(Course(start, before[-1] if before else None, tuple(after)))
    return tuple(found)


def changes(course: Course, scale: str) -> tuple[Change, ...]:
    """Return a scale after the dose beside its baseline; nothing where it was not scored."""
    if course.baseline is None:
        return ()
    found = []
    for one in course.after:
        pair = _pair(course.baseline, one, scale)
        if pair is not None:
            found.append(Change(one.time, *pair))
    return tuple(found)


def ashworth_mean(categories: Mapping[str, str]) -> Fraction:
    """Return the mean over muscle groups, each category by its figure (1+ counts 1.5)."""
    figures = ashworth_categories()
    return sum((figures[one].value for one in categories.values()), Fraction(0)) / len(categories)


def _pair(before: Score, now: Score, scale: str) -> tuple[Fraction, Fraction] | None:
    if scale != ASHWORTH:
        if scale not in before.values or scale not in now.values:
            return None
        return before.values[scale], now.values[scale]
    # Only groups scored both times: a mean over other muscles would show a change that is none.
    both = [group for group in before.ashworth if group in now.ashworth]
    if not both:
        return None
    return (
        ashworth_mean({group: before.ashworth[group] for group in both}),
        ashworth_mean({group: now.ashworth[group] for group in both}),
    )
