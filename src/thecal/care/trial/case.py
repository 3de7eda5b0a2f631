"""What is known of a trial: method, drug, boluses or infusion, scores, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import final

from thecal.units import Concentration, Duration, Mass, MassRate

METHODS = ("single-bolus", "repeated-bolus", "catheter", "port", "external-pump", "none")
BOLUS_METHODS = ("single-bolus", "repeated-bolus")
NO_TRIAL = "none"
START_RULES = ("us", "eu", "half-dose")
SIDE_EFFECTS = ("none", "tolerable", "intolerable")
FUNCTIONS = ("better", "same", "worse")


@final
@dataclass(frozen=True, slots=True)
class Bolus:
    """A bolus given or planned.

    Attributes
    ----------
    responded
        What the examiner said; the scores go before it.
    effect_duration
        How long the effect lasted.
    """

    time: datetime
    dose: Mass
    responded: bool | None = None
    effect_duration: Duration | None = None


@final
@dataclass(frozen=True, slots=True)
class Infusion:
    """A continuous trial; `ended` is when it was stopped."""

    time: datetime
    daily_dose: MassRate
    concentration: Concentration | None = None
    ended: datetime | None = None


@final
@dataclass(frozen=True, slots=True)
class Score:
    """The scores of one moment: scale to score, muscle group to Ashworth category, function."""

    time: datetime
    values: Mapping[str, Fraction] = field(default_factory=dict)
    ashworth: Mapping[str, str] = field(default_factory=dict)
    function: str | None = None


@final
@dataclass(frozen=True, slots=True)
class HandOverEntries:
    """What the implanter needs besides the result; None where nobody has said it."""

    aetiology: str | None = None
    tip: str | None = None
    pump: str | None = None
    concentration: Concentration | None = None
    start_dose: MassRate | None = None
    position: str | None = None
    anticoagulant_plan: str | None = None


@final
@dataclass(frozen=True, slots=True)
class TrialCase:
    """One trial.

    Attributes
    ----------
    therapy
        `pain` or `spasticity`.
    setting
        `cancer` or `non-cancer`, for pain.
    origin
        `spinal` or `cerebral`, for spasticity.
    outpatient
        Whether the person goes home the same day.
    small_child
        A very small child or a walker who depends on tone: the first bolus is smaller.
    systemic_opioid
        Systemic opioid before the trial as oral morphine a day: a predictor without a figure.
    rule
        Rule of the verdict that was chosen; None takes the default of the therapy.
    start_rule
        Rule of the first daily dose of baclofen: `us`, `eu` or `half-dose`.
    prolonged_reaction
        Whether the effective bolus had a bad or a prolonged effect.
    """

    method: str
    therapy: str
    drug: str | None = None
    reason: str | None = None
    setting: str | None = None
    indication: str | None = None
    origin: str | None = None
    age: int | None = None
    tolerant: bool | None = None
    outpatient: bool | None = None
    small_child: bool = False
    naloxone: bool | None = None
    systemic_opioid: MassRate | None = None
    rule: str | None = None
    start_rule: str | None = None
    prolonged_reaction: bool = False
    side_effects: str | None = None
    goals_met: bool | None = None
    accepted: bool | None = None
    boluses: tuple[Bolus, ...] = ()
    planned: Bolus | None = None
    infusion: Infusion | None = None
    scores: tuple[Score, ...] = ()
    hand_over: HandOverEntries = HandOverEntries()

    @property
    def starts(self) -> tuple[datetime, ...]:
        """When each course began: every bolus given, or the infusion."""
        if self.infusion is not None:
            return (self.infusion.time,)
        return tuple(one.time for one in self.boluses)
