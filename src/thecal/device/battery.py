"""How long a pump's battery lasts: by time, by what is pumped, and by age."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.data import Fact, FactValue, cached
from thecal.device.catalogue import pump_model
from thecal.device.pump import PumpModel
from thecal.errors import DataError
from thecal.units import MONTH, YEAR, Duration, Volume, VolumeRate

_POINTS = (("battery-flow-a", "battery-life-a"), ("battery-flow-b", "battery-life-b"))
_FACTS = (
    *(name for point in _POINTS for name in point),
    *("battery-shut-off", "replacement-indicator-to-end", "replacement-planning-lead"),
)


@final
@dataclass(frozen=True, slots=True)
class BatteryLife:
    """What a battery gives, reckoned until the replacement indicator (facts/devices.md 1.1).

    Parameters
    ----------
    charge
        The volume that could be pumped until the indicator if time cost nothing; None where no
        figure says what pumping costs.
    drain
        What time costs, as the flow that would cost as much; nothing where `charge` is None.
    indicator_to_end
        From the indicator to the end of service, at which the pump stops.
    limit
        The age at which its service ends whatever was pumped; None where it has none.
    planning_lead
        How long before the end a replacement is planned; None where the maker says nothing.
    """

    charge: Volume | None
    drain: VolumeRate
    indicator_to_end: Duration
    limit: Duration | None
    planning_lead: Duration | None = None


def has_battery(model: PumpModel) -> bool:
    """Return whether a battery of its own drives the pump."""
    return model.kind in ("roller", "valve-gated")


def battery_facts(model: PumpModel) -> dict[str, Fact[FactValue]]:
    """Return the constants that decide the life of the battery, by name."""
    return {name: model.facts[name] for name in _FACTS if name in model.facts}


def stated_lives(model: PumpModel) -> tuple[tuple[str, Fact[FactValue]], ...]:
    """Return every life in years that a source states for the model, whatever decides it."""
    return tuple(
        (name, fact)
        for name in ("battery-life-low", "battery-life-high")
        if name in model.facts
        for fact in model.disagreements.get(name, (model.facts[name],))
    )


@cached
def battery_life(model_id: str) -> BatteryLife | None:
    """Return the battery of a model; None where it has none, or no figure of it is known.

    A life at one flow is its time to the end of service. With two such points the charge falls by a
    part for each microlitre and a part for each second; with one, by what is pumped alone.

    Raises
    ------
    DataError
        If no life is given, or pumping more would not shorten it.
    """
    model = pump_model(model_id)
    to_end = model.facts.get("replacement-indicator-to-end")
    if not has_battery(model) or to_end is None:
        return None
    facts = battery_facts(model)
    shut_off = model.facts.get("battery-shut-off")
    lead = model.facts.get("replacement-planning-lead")
    to_end_value = to_end.of_kind(Duration).value
    points = [
        (facts[flow].of_kind(VolumeRate).value, _years(facts[life]) - to_end_value)
        for flow, life in _POINTS
        if flow in facts and life in facts
    ]
    limit = None if shut_off is None else _years(shut_off)
    if not points and limit is None:
        raise DataError(f"the battery of {model_id} has no life", remedy="give battery-shut-off")
    charge, drain = _cost(points, model_id)
    return BatteryLife(
        charge,
        drain,
        to_end_value,
        limit,
        None if lead is None else MONTH.scaled(lead.of_kind(Fraction).value),
    )


def _cost(
    points: list[tuple[VolumeRate, Duration]], model_id: str
) -> tuple[Volume | None, VolumeRate]:
    """Return the charge and what time takes of it, so that each flow has its life."""
    nothing = VolumeRate.zero()
    if not points:
        return None, nothing
    flow, life = points[0]
    if len(points) == 1:
        return flow * life, nothing
    higher, shorter = points[1]
    steeper = 1 / shorter.base - 1 / life.base
    charge = Volume((higher.base - flow.base) / steeper) if steeper else Volume.zero()
    drain = VolumeRate(charge.base / life.base - flow.base)
    if charge <= Volume.zero() or drain < nothing:
        raise DataError(
            f"pumping more would not shorten the life of the battery of {model_id}",
            remedy="check battery-flow and battery-life",
        )
    return charge, drain


def _years(fact: Fact[FactValue]) -> Duration:
    return YEAR.scaled(fact.of_kind(Fraction).value)
