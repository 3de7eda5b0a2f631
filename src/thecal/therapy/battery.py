"""The battery of a therapy's pump: what the record says of it, and when its service ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timezone
from fractions import Fraction
from typing import final

from thecal.data import Fact, FactValue
from thecal.device import PumpModel
from thecal.device.battery import BatteryLife, battery_facts, has_battery, stated_lives
from thecal.program.clock import Instant
from thecal.program.refill_dates import PumpingStretch, when_pumped
from thecal.pump.alarms import AlarmKind
from thecal.pump.battery import Battery, charge_left, charge_used
from thecal.pump.pump import Pump
from thecal.safety.rules import factor
from thecal.therapy.events import PumpRecord, Therapy
from thecal.therapy.forecast import named, stretches
from thecal.units import Volume, VolumeRate

CHARGE, AGE, INDICATOR, ENDED = "charge", "age", "replacement indicator", "end of service"


@final
@dataclass(frozen=True, slots=True)
class BatteryOutlook:
    """When a battery ends as its pump runs now.

    Attributes
    ----------
    has_battery
        Whether the pump has one; None: nothing is known of this model's.
    used
        The part of the charge until the indicator that is gone: more than 1 after it.
    indicator, end
        Of the replacement indicator and of the end of service, without patient boluses; in the past
        once they have come.
    earliest, latest
        The end less the band of what is left with every allowed bolus taken, and with the band
        added without one, though never above the limit of age.
    decided_by
        `charge`, `age`, the `replacement indicator` that sounds, or the `end of service`.
    plan_from
        When the maker advises to plan the replacement: its lead before the end with every allowed
        bolus taken, and never after `earliest`.
    not_checked
        What could not be reckoned with.
    """

    has_battery: bool | None
    implanted: Instant | None = None
    used: Fraction | None = None
    indicator: Instant | None = None
    end: Instant | None = None
    earliest: Instant | None = None
    latest: Instant | None = None
    decided_by: str = ""
    plan_from: Instant | None = None
    not_checked: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()


def know_battery(pump: Pump, record: PumpRecord, therapy: Therapy) -> None:
    """Tell a pump what its record says of a battery that is not new."""
    if record.implanted is None:
        return
    zone = timezone(therapy.utc_offset)
    now = therapy.moment(pump.state.now)
    if record.implanted == now.date():
        pump.know_battery(pump.state.now, record.battery_used or Fraction(0))
        return
    day = datetime.combine(record.implanted, time(), tzinfo=zone)
    pump.know_battery(therapy.instant(day), record.battery_used)


def battery_outlook(pump: Pump, model: PumpModel) -> BatteryOutlook:
    """Look ahead from the pump's now under the running program."""
    state, life = pump.state, pump.setup.battery
    if model.kind == "constant-flow":
        return BatteryOutlook(False)
    if life is None:
        known = True if has_battery(model) else None
        return BatteryOutlook(known, not_checked=("no figure of this model's battery is known",))
    if state.battery is None:
        return BatteryOutlook(True, not_checked=("no pump is implanted and filled",))
    basis = (
        *(_told(name, fact) for name, fact in battery_facts(model).items()),
        *(_told(f"{name} of {fact.value} years", fact) for name, fact in stated_lives(model)),
    )
    missing = []
    if state.battery.level is None:
        missing.append(
            "what the charge had lost before the first event: age alone decides"
            if life.charge is not None
            else "what pumping costs: age alone decides"
        )
    indicator, end, decided = _dates(pump, life, every_bolus=False)
    _, soonest, _ = _dates(pump, life, every_bolus=True)
    earliest, latest = _widened(pump, soonest, -1), _widened(pump, end, 1)
    if latest is not None and end is not None and life.limit is not None:
        latest = max(end, min(latest, state.battery.implanted + life.limit.base))
    return BatteryOutlook(
        has_battery=True,
        implanted=state.battery.implanted,
        used=charge_used(state, life),
        indicator=named(indicator),
        end=named(end),
        earliest=named(earliest),
        latest=named(latest),
        decided_by=decided,
        plan_from=named(_plan_from(life, end, soonest, earliest)),
        not_checked=tuple(missing),
        basis=basis,
    )


def _plan_from(
    life: BatteryLife, end: Instant | None, soonest: Instant | None, earliest: Instant | None
) -> Instant | None:
    """Return when the planning begins: in time for the earliest end, not for the likely one."""
    if life.planning_lead is None:
        return None
    ahead = [one - life.planning_lead.base for one in (end, soonest) if one is not None]
    return min([*ahead, *([] if earliest is None else [earliest])], default=None)


def _told(name: str, fact: Fact[FactValue]) -> str:
    return f"{name}: {fact.provenance()}" + (f" ({fact.note})" if fact.note else "")


def _widened(pump: Pump, end: Instant | None, sign: int) -> Instant | None:
    """Return an end with the forecast's band of what is left; one that has come is no estimate."""
    if end is None or end <= pump.state.now:
        return end
    band = factor("P01", "forecast-band")
    return end + sign * band * (end - pump.state.now)


def _dates(
    pump: Pump, life: BatteryLife, *, every_bolus: bool
) -> tuple[Instant | None, Instant | None, str]:
    """Return indicator, end of service, and what decides them."""
    battery = pump.state.battery
    assert battery is not None
    heard = _heard(pump, AlarmKind.REPLACEMENT_INDICATOR)
    ended = _heard(pump, AlarmKind.END_OF_SERVICE)
    if ended is not None:
        return heard, ended, ENDED
    if heard is not None:
        nominal = heard + life.indicator_to_end.base
        due = battery.due if battery.indicated else None
        return heard, nominal if due is None else min(nominal, due), INDICATOR
    by_charge = _charge_used_up(pump, battery, life, every_bolus=every_bolus)
    if battery.due is not None and (by_charge is None or battery.due <= by_charge):
        return battery.due, battery.due + life.indicator_to_end.base, AGE
    if by_charge is None:
        return None, None, ""
    return by_charge, by_charge + life.indicator_to_end.base, CHARGE


def _charge_used_up(
    pump: Pump, battery: Battery, life: BatteryLife, *, every_bolus: bool
) -> Instant | None:
    state = pump.state
    left = charge_left(state, life)
    if left is None:
        return None
    drained = [
        PumpingStretch(one.end, one.schedule, VolumeRate(one.extra.base + life.drain.base))
        for one in stretches(pump, every_bolus=every_bolus)
    ]
    return when_pumped(state.now, drained, Volume(left))


def _heard(pump: Pump, kind: AlarmKind) -> Instant | None:
    """Return when an alarm that still sounds began first."""
    return min(
        (one.time for one in pump.state.alarms if one.kind is kind and one.ended is None),
        default=None,
    )
