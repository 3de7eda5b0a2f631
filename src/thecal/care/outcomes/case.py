"""What is known of one patient's outcomes, and of a clinic's patients together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import final

from thecal.care.outcomes.cohort import CohortPatient
from thecal.care.outcomes.schedule import BASELINE
from thecal.care.outcomes.score import Score


@final
@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: what was scored, by instrument, and side effects by their grade."""

    visit: str
    day: date
    scores: Mapping[str, Score] = field(default_factory=dict)
    side_effects: Mapping[str, str] = field(default_factory=dict)


@final
@dataclass(frozen=True, slots=True)
class OutcomeCase:
    """The table `[outcomes]` of a case.

    Attributes
    ----------
    start
        Day of the implantation, from which visits are counted; None where unknown.
    on
        The day of the question.
    visits
        In order of time.
    cohort
        The clinic's patients; None where the case brings none.
    """

    pathway: str
    on: date
    start: date | None = None
    visits: tuple[Visit, ...] = ()
    cohort: tuple[CohortPatient, ...] | None = None

    @property
    def baseline(self) -> Visit | None:
        """The baseline visit."""
        return next((one for one in self.visits if one.visit == BASELINE), None)

    @property
    def latest(self) -> Visit | None:
        """The last visit after the baseline."""
        later = [one for one in self.visits if one.visit != BASELINE]
        return later[-1] if later else None
