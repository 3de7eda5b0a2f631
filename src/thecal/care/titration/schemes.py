"""The schemes by which a dose may rise: size of a step, time between steps, steps in a week.

A scheme is an edition of `limits.csv`: the label, a consensus, a practice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited
from thecal.care.figures import Figures
from thecal.care.titration.case import TitrationCase
from thecal.care.titration.history import DoseHistory, after
from thecal.data import Fact
from thecal.pharmacy import Limit, limits
from thecal.pharmacy.limits import POPULATIONS
from thecal.units import Duration, MassRate

TABLE = Figures("titration")
_WEEK = Duration.of(7, "d")
_STEPS = ("step-up", "step-up-rate")


@final
@dataclass(frozen=True, slots=True)
class Wait:
    """A moment before which no rise comes, and the figure that says so."""

    moment: datetime
    figure: Limit | Fact[Duration]


@final
@dataclass(frozen=True, slots=True)
class Scheme:
    """How far and how often a dose may rise by one edition; None where it says nothing.

    Attributes
    ----------
    step
        Largest rise: a part of the dose, or a daily dose to add.
    least_step
        Usual smallest rise, a part of the dose.
    interval
        Time between two rises.
    after_start
        Time after the start without a rise.
    per_week
        Rises in any 7 days.
    """

    edition: str
    step: Limit
    least_step: Limit | None = None
    interval: Limit | None = None
    after_start: Limit | None = None
    per_week: Limit | None = None

    def highest(self, current: MassRate) -> MassRate:
        """Return the highest next dose by this scheme alone."""
        if self.step.parameter == "step-up-rate":
            return current + self.step.rate
        return current.scaled(1 + self.step.number)

    def lowest(self, current: MassRate) -> MassRate:
        """Return the smallest usual next dose; the current one where the scheme has none."""
        if self.least_step is None:
            return current
        return current.scaled(1 + self.least_step.number)

    def wait(self) -> Duration:
        """Return the time between two rises."""
        if self.interval is not None:
            return self.interval.duration
        return TABLE.get("any", "least-interval", Duration).value

    def waits(self, history: DoseHistory) -> tuple[Wait, ...]:
        """Return every moment before which no rise comes, the latest first, with its figure."""
        rises = history.rises()
        last = rises[-1] if rises else history.started
        least = TABLE.get("any", "least-interval", Duration)
        found = [Wait(after(last, self.wait()), self.interval or least)]
        if self.after_start is not None:
            pause = after(history.started, self.after_start.duration)
            found.append(Wait(pause, self.after_start))
        if self.per_week is not None and len(rises) >= self.per_week.number:
            week = after(rises[-int(self.per_week.number)], _WEEK)
            found.append(Wait(week, self.per_week))
        return tuple(sorted(found, key=lambda one: one.moment, reverse=True))

    def earliest(self, history: DoseHistory) -> datetime:
        """Return the first moment at which the dose may rise again."""
        return self.waits(history)[0].moment

    def spacing(self) -> Duration:
        """Return the time between rises in a calendar: even within a week."""
        if self.per_week is None:
            return self.wait()
        return max(self.wait(), _WEEK.scaled(1 / self.per_week.number))

    def cited(self) -> tuple[Cited, ...]:
        """Return the figures of the scheme."""
        found = [
            Cited(f"{one.parameter.replace('-', ' ')}, {one.edition}, {one.population}", one.fact)
            for one in (self.step, self.least_step, self.interval, self.after_start, self.per_week)
            if one is not None
        ]
        if self.interval is None:
            found.extend(TABLE.cited("any", "least-interval"))
        return tuple(found)


def editions(drug_id: str) -> tuple[str, ...]:
    """Return the editions that have a scheme for a drug, in the order of the table."""
    found = [
        one.edition
        for parameter in _STEPS
        for one in limits(drug_id, parameter, populations=POPULATIONS)
    ]
    return tuple(dict.fromkeys(found))


def schemes(case: TitrationCase) -> tuple[Scheme, ...]:
    """Return every scheme for the drug and the patient."""
    found = []
    for edition in editions(case.drug):
        steps = [
            one
            for parameter in _STEPS
            for one in _ranked(case.drug, parameter, edition, case.populations)
        ]
        if case.at_refill:
            wider = _ranked(case.drug, "step-up-at-refill", edition, case.populations)
            steps = [_same(one, wider) for one in steps]
        if steps:
            found.append(_scheme(case, edition, min(steps, key=_size)))
    return tuple(found)


def _scheme(case: TitrationCase, edition: str, step: Limit) -> Scheme:
    def least(parameter: str) -> Limit | None:
        found = _ranked(case.drug, parameter, edition, case.populations)
        return min(found, key=lambda one: one.number, default=None)

    intervals = _ranked(case.drug, "step-interval", edition, case.interval_populations)
    pauses = _ranked(case.drug, "no-increase-within", edition, case.populations)
    return Scheme(
        edition=edition,
        step=step,
        least_step=least("step-up-low"),
        interval=max(intervals, key=lambda one: one.duration, default=None),
        after_start=max(pauses, key=lambda one: one.duration, default=None),
        per_week=least("steps-per-week"),
    )


def _ranked(drug_id: str, parameter: str, edition: str, populations: Iterable[str]) -> list[Limit]:
    found = limits(drug_id, parameter, populations=populations)
    return [one for one in found if one.rank == 1 and one.edition == edition]


def _same(step: Limit, wider: list[Limit]) -> Limit:
    """Return the step of a refill visit for the same population, else the step itself."""
    return next((one for one in wider if one.population == step.population), step)


def _size(limit: Limit) -> Fraction:
    return limit.rate.base if limit.parameter == "step-up-rate" else limit.number
