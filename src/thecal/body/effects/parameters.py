"""The constants of the effects as floats, each with its fact and with whose value stands in.

In the table `none` means that a drug has no such effect, `not modelled` that it may have one which
this model leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Literal, cast, final

from thecal.body.course import StandIn, UsedFact
from thecal.body.effects.reader import ANY, Reader, effect_facts, fact_at
from thecal.data import cached
from thecal.errors import DataError
from thecal.pharmacy.lookup import listed

LEGS, ARMS, PAIN = "spasticity-legs", "spasticity-arms", "pain"
VENTILATION, TOLERANCE, WITHDRAWAL = "ventilation", "tolerance", "withdrawal"
NONE, NOT_MODELLED = "none", "not modelled"

Compartment = Literal["cord", "csf", "cisterna", "plasma"]
_ALONG_THE_CANAL = ("cord", "csf")


@final
@dataclass(frozen=True, slots=True)
class Site:
    """Where a drug acts: the mean over `levels` of a compartment; no levels in head and plasma."""

    compartment: Compartment
    levels: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True)
class Action:
    """One drug in one effect.

    Attributes
    ----------
    ec50
        Concentration at the site for half the effect, micrograms per mL, without tolerance.
    ke0
        Per hour: from the site into the effect site.
    """

    drug: str
    site: Site
    ec50: float
    ke0: float
    facts: tuple[UsedFact, ...]
    stand_ins: tuple[StandIn, ...]


@final
@dataclass(frozen=True, slots=True)
class Surface:
    """What the drugs of one effect have in common.

    Attributes
    ----------
    hill
        Steepness of the response surface.
    alpha
        Weight of the products of pairs; 0 is plain addition.
    hypothesis
        Empty where the effect is measured.
    """

    hill: float
    alpha: float
    hypothesis: str
    facts: tuple[UsedFact, ...]
    stand_ins: tuple[StandIn, ...]


@final
@dataclass(frozen=True, slots=True)
class Scale:
    """A clinical scale: `baseline` without drug falls by at most `largest`."""

    baseline: float
    largest: float
    facts: tuple[UsedFact, ...]


@final
@dataclass(frozen=True, slots=True)
class Breathing:
    """CO2 in the body.

    Attributes
    ----------
    paco2
        At rest without drug, mmHg.
    minute_ventilation
        At rest without drug, L/min.
    kel
        Elimination of CO2 at rest, per hour.
    gain
        F: exponent of ventilation on PaCO2.
    """

    paco2: float
    minute_ventilation: float
    kel: float
    gain: float
    facts: tuple[UsedFact, ...]


@final
@dataclass(frozen=True, slots=True)
class Adaptation:
    """Tolerance to one class of drugs (pkpd.md 3.2); times in hours.

    Attributes
    ----------
    dose_ratio, dose_ratio_older
        Dose for the same effect after `dose_ratio_time` over that at the start; the second above
        `age_limit` years. Equal where age does not matter.
    time_constant
        1/kout.
    reference_occupancy
        Of the patients in whom the ratio was found.
    tolerant_factor
        On EC50 of a patient who is tolerant at the start.
    dose_ratio_cv
        Coefficient of variation of the ratio between patients.
    """

    dose_ratio: float
    dose_ratio_older: float
    age_limit: float
    dose_ratio_time: float
    time_constant: float
    reference_occupancy: float
    tolerant_factor: float
    dose_ratio_cv: float
    hypothesis: str
    facts: tuple[UsedFact, ...]


@final
@dataclass(frozen=True, slots=True)
class Dependence:
    """Dependence on baclofen and the hazard of withdrawal (pkpd.md 3.3); times in hours.

    Attributes
    ----------
    time_constant
        tau_dep.
    severe_probability
        Of an abrupt and complete stop at `reference_occupancy`.
    exponent
        Of the withdrawal drive in the hazard.
    """

    time_constant: float
    severe_probability: float
    exponent: float
    reference_occupancy: float
    hypothesis: str
    facts: tuple[UsedFact, ...]


@cached
def action(effect: str, drug: str) -> Action | None:
    """Return what a drug does in pain, spasticity or ventilation; None where nothing is modelled.

    Raises
    ------
    DataError
        If the table has no row for the drug, or a figure is missing or impossible.
    """
    if _silent(effect, drug, "EC50"):
        return None
    read = Reader(effect, drug)
    ec50 = read.above_zero("EC50")
    ec50 /= read.of_borrowers("EC50", "potency-ratio")
    compartment = read.text("site")
    if compartment in _ALONG_THE_CANAL:
        levels = listed(read.common("levels"))
    elif compartment in ("cisterna", "plasma"):
        levels = ()
    else:
        raise DataError(f'"{compartment}" is no site', place=f"effects.csv, {effect}, {drug}")
    return Action(
        drug=drug,
        site=Site(cast(Compartment, compartment), levels),
        ec50=ec50,
        ke0=log(2.0) / read.above_zero("ke0-half-life"),
        facts=read.facts,
        stand_ins=read.stand_ins,
    )


def left_out(drug: str) -> tuple[str, ...]:
    """Return, for people, what a drug may do that this model leaves out."""
    return tuple(
        f"{effect} by {drug} is not modelled: {fact.note}"
        for (effect, who, _), fact in effect_facts().items()
        if who == drug and fact.value == NOT_MODELLED
    )


def _silent(effect: str, drug: str, parameter: str) -> bool:
    return fact_at((effect, drug, parameter)).value in (NONE, NOT_MODELLED)


@cached
def surface(effect: str) -> Surface:
    """Return how the drugs of an effect act together; raises `DataError`."""
    read = Reader(effect, ANY)
    return Surface(
        hill=read.above_zero("Hill"),
        alpha=read("interaction-alpha"),
        hypothesis=read.hypothesis(),
        facts=read.facts,
        stand_ins=read.stand_ins,
    )


@cached
def scale(effect: str) -> Scale:
    """Return the scale of pain or spasticity; raises `DataError`."""
    read = Reader(effect, ANY)
    found = Scale(baseline=read("E0"), largest=read("Emax"), facts=read.facts)
    if found.largest > found.baseline:
        raise DataError(f"Emax of {effect} is above E0", place="effects.csv")
    return found


@cached
def breathing() -> Breathing:
    """Return the constants of CO2; raises `DataError`."""
    read = Reader(VENTILATION, ANY)
    return Breathing(
        paco2=read.as_written("PaCO2-0", "mmHg"),
        minute_ventilation=read.as_written("minute-ventilation", "L/min"),
        kel=read.above_zero("kel-CO2"),
        gain=read.above_zero("F"),
        facts=read.facts,
    )


@cached
def adaptation(group: str) -> Adaptation:
    """Return the tolerance of a group, `opioid` or `baclofen`; raises `DataError`."""
    read = Reader(TOLERANCE, group)
    ratio = read.above_zero("dose-ratio")
    by_age = read.has("age-limit")
    return Adaptation(
        dose_ratio=ratio,
        dose_ratio_older=read.above_zero("dose-ratio-older") if by_age else ratio,
        age_limit=read("age-limit") if by_age else 0.0,
        dose_ratio_time=read.above_zero("dose-ratio-time"),
        time_constant=read.above_zero("time-constant"),
        reference_occupancy=read.above_zero("reference-occupancy"),
        tolerant_factor=read.above_zero("tolerant-factor") if by_age else 1.0,
        dose_ratio_cv=read("dose-ratio-cv"),
        hypothesis=read.hypothesis(),
        facts=read.facts,
    )


@cached
def dependence(drug: str) -> Dependence | None:
    """Return dependence on a drug; None where none is modelled; raises `DataError`."""
    if _silent(WITHDRAWAL, drug, "dependence-time"):
        return None
    read = Reader(WITHDRAWAL, drug)
    return Dependence(
        time_constant=read.above_zero("dependence-time"),
        severe_probability=read("severe-probability"),
        exponent=read.above_zero("hazard-exponent"),
        reference_occupancy=read.above_zero("reference-occupancy"),
        hypothesis=read.hypothesis(),
        facts=read.facts,
    )
