"""What a titration needs to know of one patient and one drug."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import final

from thecal.care.titration.history import DoseHistory
from thecal.pharmacy import age_band, drug
from thecal.units import Concentration, Mass, MassRate

ORIGINS = ("spinal", "cerebral")
RESPONSES = ("insufficient", "goal-reached", "lost")
SIDE_EFFECTS = ("none", "tolerable", "intolerable")
SEDATION = ("S", "1", "2", "3", "4")
BOLUS_RESPONSES = ("good", "none", "negative", "prolonged")
BACLOFEN, ZICONOTIDE, OPIOID = "baclofen", "ziconotide", "opioid"


@final
@dataclass(frozen=True, slots=True)
class OralDrug:
    """A drug by mouth with its daily dose."""

    name: str
    dose: MassRate


@final
@dataclass(frozen=True, slots=True)
class TitrationCase:
    """One patient, one drug; None is unknown, and unknown is never taken for harmless.

    Attributes
    ----------
    history
        Doses so far; None before the start.
    now
        The time of the decision, on the pump clock.
    cancer, inpatient
        Whether the pain is of cancer, and whether the patient stays in hospital.
    origin, age
        Origin of the spasticity, and age in whole years.
    scheme
        Edition whose steps to follow, as in `label-us`; None: the most careful one.
    requested
        Dose that somebody wants to give next.
    response, side_effects, sedation, bolus_response
        What the last dose did: one of the words above; `sedation` is a level of POSS.
    at_refill, refill_overdue
        Whether the dose changes at a refill visit, and whether one is overdue.
    target, steps
        How far and how many rises the calendar goes.
    screening_bolus
        The bolus of the trial, where nothing runs yet.
    mixed_with
        Other drugs of the same reservoir with their daily dose now.
    creatine_kinase
        Multiple of the upper limit of normal, in percent of it (ziconotide).
    """

    drug: str
    now: datetime
    history: DoseHistory | None = None
    cancer: bool | None = None
    inpatient: bool | None = None
    origin: str | None = None
    age: int | None = None
    scheme: str | None = None
    requested: MassRate | None = None
    response: str | None = None
    side_effects: str | None = None
    sedation: str | None = None
    bolus_response: str | None = None
    at_refill: bool = False
    refill_overdue: bool | None = None
    target: MassRate | None = None
    steps: int | None = None
    screening_bolus: Mass | None = None
    concentration: Concentration | None = None
    pump: str | None = None
    mixed_with: tuple[tuple[str, MassRate], ...] = ()
    oral: tuple[OralDrug, ...] = ()
    creatine_kinase: int | None = None

    @property
    def drug_class(self) -> str:
        """Class of the drug."""
        return drug(self.drug).drug_class

    @property
    def populations(self) -> frozenset[str]:
        """Whose limits apply; where something is unknown, those of every answer to it."""
        return frozenset((*self._ages(), *self._settings(), *self._origins()))

    @property
    def interval_populations(self) -> frozenset[str]:
        """Whose intervals apply: in hospital those of inpatients instead of outpatients."""
        if self.inpatient is True and self.cancer is not True:
            return self.populations - {"cancer", "non-cancer"} | {"inpatient"}
        return self.populations

    def _ages(self) -> tuple[str, ...]:
        if self.age is None:
            return ("child", "adolescent", "adult")
        return (age_band(self.age),)

    def _settings(self) -> tuple[str, ...]:
        if self.drug == BACLOFEN:
            return ()
        if self.cancer is None:
            return ("cancer", "non-cancer")
        return ("cancer",) if self.cancer else ("non-cancer",)

    def _origins(self) -> tuple[str, ...]:
        if self.drug != BACLOFEN:
            return ()
        return ORIGINS if self.origin is None else (self.origin,)
