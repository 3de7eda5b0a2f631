"""What is known of one order for an intrathecal pump; None is what nobody said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Literal, final

from thecal.care.document import LANGUAGES, Language
from thecal.device import PumpModel
from thecal.pharmacy import Ingredient, Making, Mixture
from thecal.units import Concentration, Mass, Volume, VolumeRate

Use = Literal["label", "off-label"]
USES: tuple[Use, ...] = ("label", "off-label")
DILUENTS = ("water", "sodium-chloride")
COMPARED = ("label", "program", "last-fill")
"""What has to name the same solution as the order (K6)."""


@final
@dataclass(frozen=True, slots=True)
class PatientBolus:
    """A bolus that the patient may take: the mass of one drug, and how often a day."""

    drug: str
    dose: Mass
    max_per_day: int


@final
@dataclass(frozen=True, slots=True)
class Pump:
    """The pump: whether this is its first fill, and the alarm volume that is set."""

    model: PumpModel
    first_fill: bool
    alarm_volume: Volume | None


@final
@dataclass(frozen=True, slots=True)
class Release:
    """What the laboratory found in the batch.

    Attributes
    ----------
    assay
        Drug id to the part of the stated concentration that was found.
    ph, osmolality
        Plain numbers; mOsm/kg.
    endotoxin
        EU/mL.
    density
        At 37 degrees.
    sterile, filter
        Result of the test of sterility; pore of the filter in micrometres.
    """

    assay: Mapping[str, Fraction] = field(default_factory=dict)
    ph: Fraction | None = None
    osmolality: Fraction | None = None
    endotoxin: Fraction | None = None
    density: Concentration | None = None
    sterile: bool | None = None
    filter: Fraction | None = None


@final
@dataclass(frozen=True, slots=True)
class Times:
    """The moments of the two clocks, all on one local clock."""

    mixed: datetime | None = None
    beyond_use: datetime | None = None
    fill: datetime | None = None
    next_refill: datetime | None = None


@final
@dataclass(frozen=True, slots=True)
class CompoundingCase:
    """One order.

    Attributes
    ----------
    use
        `label`: only what a label covers; `off-label`: with consent.
    fill, overfill
        What goes into the pump, and what is prepared beyond it.
    flow
        The one flow that carries every drug.
    making
        Environment, method and storage of the preparation.
    populations
        For the limits of doses (`adult`, `spinal` ...).
    consent
        To the use off-label.
    weight
        Of the patient.
    signed
        Who did what: `prescriber`, `prepared_by`, `checked_by`.
    texts
        The typed fields of the order form by name; `batch` too.
    others
        The same solution as it stands elsewhere: `label`, `program`, `last-fill`.
    change_planned
        Whether the solution differs from the last fill on purpose, with a bridge.
    languages
        Of order form and label.
    per_hour
        Keys whose daily figure was typed per hour.
    """

    use: Use
    fill: Volume
    flow: VolumeRate
    ingredients: Mapping[str, Ingredient]
    overfill: Volume | None = None
    pump: Pump | None = None
    bolus: PatientBolus | None = None
    making: Making | None = None
    times: Times = Times()
    diluent: str | None = None
    preservative_free: bool | None = None
    release: Release | None = None
    populations: frozenset[str] = frozenset()
    consent: bool | None = None
    weight: Mass | None = None
    signed: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, Mixture] = field(default_factory=dict)
    change_planned: bool = False
    languages: tuple[Language, ...] = LANGUAGES
    per_hour: tuple[str, ...] = ()
