"""Whether a pump can give a daily dose at a concentration, and what would have to change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.advice import Cited
from thecal.care.rounding import rounded_down
from thecal.device import PumpModel, pump_model
from thecal.units import Concentration, MassRate, VolumeRate, show


@final
@dataclass(frozen=True, slots=True)
class Delivery:
    """A daily dose as flow of a pump.

    Attributes
    ----------
    flow
        The flow that gives the dose.
    problem
        Why the pump cannot give it, with figures; empty where it can or nothing is known.
    """

    flow: VolumeRate
    problem: str = ""


@final
@dataclass(frozen=True, slots=True)
class Line:
    """A pump with what is in it."""

    pump: PumpModel
    concentration: Concentration

    def deliver(self, dose: MassRate) -> Delivery:
        """Return the flow for a dose, and whether the pump can run it."""
        flow = dose / self.concentration
        least, most = self.pump.minimum_rate, self.pump.maximum_rate
        told = f"{show(flow, 'mL/d')} at {show(self.concentration, 'mg/mL')}"
        if not self.pump.programmable:
            fixed = "its flow is fixed: only another concentration changes the dose"
            return Delivery(flow, f"{self.pump.name} cannot change: {fixed}")
        if least is not None and flow < least.value:
            # Cut, not rounded: a figure rounded up would be a flow below the least again.
            thinner = rounded_down(self.concentration.scaled(flow.ratio(least.value)), "ug/mL")
            return Delivery(
                flow,
                f"{told} is below the least rate of {show(least.value, 'mL/d')}: at most"
                f" {show(thinner, 'mg/mL')} ({show(thinner, 'ug/mL')}) is needed for it",
            )
        if most is not None and flow > most.value:
            return Delivery(flow, f"{told} is above the largest rate {show(most.value, 'mL/d')}")
        return Delivery(flow)

    def least_dose(self) -> MassRate | None:
        """Return the lowest daily dose above zero that the pump can give; None if unknown."""
        least = self.pump.minimum_rate
        return None if least is None else self.concentration * least.value

    def cited(self) -> tuple[Cited, ...]:
        """Return the figures of the pump."""
        facts = (("least rate", self.pump.minimum_rate), ("largest rate", self.pump.maximum_rate))
        return tuple(Cited(f"{what}, {self.pump.id}", fact) for what, fact in facts if fact)


def line_of(pump: str | None, concentration: Concentration | None) -> Line | None:
    """Return pump and concentration together; None where either is unknown."""
    if pump is None or concentration is None:
        return None
    return Line(pump_model(pump), concentration)
