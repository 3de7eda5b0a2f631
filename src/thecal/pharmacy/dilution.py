"""A dilution in steps that can be measured, for a stock that is too strong to be drawn directly.

Diluting by hand once gave three times the wanted strength (facts pharmacology.md M13, workflow.md
E19): no step draws less than the least volume on record.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.data import Fact
from thecal.errors import CannotComputeError, EntryError
from thecal.pharmacy.salts import any_fact
from thecal.units import Concentration, Mass, Volume


@final
@dataclass(frozen=True, slots=True)
class DilutionStep:
    """Draw `take` of a solution and fill up with diluent to `make`."""

    source: Concentration
    take: Volume
    make: Volume

    @property
    def result(self) -> Concentration:
        """What the step gives."""
        return self.source * self.take / self.make

    @property
    def diluent(self) -> Volume:
        """What is added."""
        return self.make - self.take


@final
@dataclass(frozen=True, slots=True)
class DilutionPlan:
    """The intermediate dilutions, and how much of the last one the mixture takes.

    Attributes
    ----------
    steps
        Empty where the stock itself can be drawn.
    strength
        Of what is drawn into the mixture.
    draw
        How much of it.
    """

    steps: tuple[DilutionStep, ...]
    strength: Concentration
    draw: Volume


def least_measured_volume() -> Fact[Volume]:
    """Return the smallest volume that is drawn by hand."""
    return any_fact("least-measured-volume").of_kind(Volume)


def dilution_plan(stock: Concentration, mass: Mass, room: Volume) -> DilutionPlan:
    """Return how to bring `mass` of a stock into a mixture that has `room` for it.

    Every volume drawn is at least the least measurable one, and no step dilutes further than the
    largest step on record. An intermediate volume is a whole multiple of the least one.

    Raises
    ------
    EntryError
        If stock or mass is zero.
    CannotComputeError
        If the last dilution would not fit into the room.
    """
    if not stock or not mass:
        raise EntryError("stock or mass is zero", remedy="type the real figure")
    least = least_measured_volume().value
    factor = any_fact("largest-dilution-step").of_kind(Fraction).value
    strengths = [stock]
    while mass / strengths[-1] < least:
        strengths.append(strengths[-1].scaled(1 / factor))
    draw = mass / strengths[-1]
    if draw > room:
        raise CannotComputeError(
            "the dilution that can be measured does not fit into the volume",
            remedy="prepare a larger volume, or take a weaker stock",
        )
    steps: list[DilutionStep] = []
    wanted = draw
    for source in reversed(strengths[:-1]):
        portions = -(-wanted.ratio(least.scaled(factor)) // 1)
        take = least.scaled(portions)
        steps.insert(0, DilutionStep(source, take, take.scaled(factor)))
        wanted = take
    return DilutionPlan(tuple(steps), strengths[-1], draw)
