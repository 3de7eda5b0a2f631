"""What is known of somebody who is referred: the answers, and what else the rules ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import final

from thecal.pharmacy import Indication, indication
from thecal.safety.finding import Answer
from thecal.therapy.days import whole_years
from thecal.units import Duration, MassRate

FAILED, NOT_TOLERATED = "failed", "not-tolerated"
OUTCOMES = (FAILED, NOT_TOLERATED, "helped", "not-tried")
SYSTEMS = ("external-epidural", "external-intrathecal", "implanted-pump")


@final
@dataclass(frozen=True, slots=True)
class PriorTherapy:
    """An earlier treatment: a kind of `selection_therapies.csv`, what came of it, and when."""

    kind: str
    outcome: str
    started: date | None = None
    ended: date | None = None
    note: str = ""


@final
@dataclass(frozen=True, slots=True)
class SelectionCase:
    """A referral. None and empty mean that nobody has said.

    Attributes
    ----------
    pathway
        `non-cancer`, `cancer` or `spasticity`.
    answers
        Item of the checklist to answer.
    drugs
        Planned for the pump.
    system
        The system that is wanted: one of `SYSTEMS`.
    morphine_equivalent
        Oral morphine equivalent of all systemic opioids.
    labs
        Laboratory value by id, in the unit of its limit.
    bundle_done
        Steps of the infection bundle that are done.
    overrides
        Rule to the reason that somebody gave.
    stage, requested_stage
        Where the person stands on the pathway, and the stage that is asked for.
    given
        The keys that the referral holds.
    """

    pathway: str
    indication_id: str | None = None
    birth_date: date | None = None
    assessed_on: date | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    drugs: tuple[str, ...] = ()
    pump: str | None = None
    tip: str | None = None
    life_expectancy: Duration | None = None
    system: str | None = None
    symptoms_since: date | None = None
    injury_date: date | None = None
    morphine_equivalent: MassRate | None = None
    current_drugs: tuple[str, ...] = ()
    scores: tuple[tuple[str, str], ...] = ()
    goals: tuple[str, ...] = ()
    therapies: tuple[PriorTherapy, ...] = ()
    labs: Mapping[str, Fraction] = field(default_factory=dict)
    bundle_done: frozenset[str] = frozenset()
    overrides: Mapping[str, Answer] = field(default_factory=dict)
    stage: str | None = None
    requested_stage: str | None = None
    given: frozenset[str] = frozenset()

    @property
    def indication(self) -> Indication | None:
        """The indication, where it is said."""
        return None if self.indication_id is None else indication(self.indication_id)

    @property
    def age(self) -> int | None:
        """The age in whole years on the day of the assessment, where both dates are said."""
        if self.birth_date is None or self.assessed_on is None:
            return None
        return whole_years(self.birth_date, self.assessed_on)
