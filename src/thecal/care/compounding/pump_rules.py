"""The pump under the order: capacity, its slowest flow, and the day with every patient bolus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from thecal.care.advice import Cited
from thecal.care.compounding.case import CompoundingCase, Pump
from thecal.care.compounding.judged import (
    Judged,
    fine,
    found,
    missing,
    noted,
    together,
)
from thecal.care.compounding.moments import between
from thecal.care.rounding import rounded_down
from thecal.data import Fact
from thecal.pharmacy import Preparation, drug
from thecal.safety.finding import Amount, Severity
from thecal.safety.rules import hard_unless_recalled
from thecal.units import (
    Concentration,
    Duration,
    MassRate,
    Volume,
    VolumeRate,
    show,
    show_number,
    show_unit,
)

_DAY = Duration.of(1, "d")


@final
@dataclass(frozen=True, slots=True)
class FullestDay:
    """The day on which the patient takes every bolus: its flow and the dose of each drug."""

    bolus_volume: Volume
    flow: VolumeRate
    doses: Mapping[str, MassRate]


def fullest_day(case: CompoundingCase, made: Preparation) -> FullestDay:
    """Return the day with every allowed patient bolus; without a bolus, the plain day."""
    bolus, flow, volume = case.bolus, case.flow, Volume.zero()
    if bolus is not None:
        volume = bolus.dose / made.parts[bolus.drug].concentration
        flow = flow + volume.scaled(bolus.max_per_day) / _DAY
    doses = {one.drug: one.concentration * flow for one in made.parts.values()}
    return FullestDay(volume, flow, doses)


def judge_pump(case: CompoundingCase, made: Preparation) -> Judged:
    """Judge whether the pump can hold and run the solution."""
    if case.pump is None:
        return missing("pump", "the pump is not named: capacity and slowest flow are not checked")
    return together(
        (
            _capacity(case, case.pump),
            _slowest(case, case.pump, made),
            _fastest(case, case.pump),
        )
    )


def _capacity(case: CompoundingCase, pump: Pump) -> Judged:
    known = pump.model.capacity
    if known is None:
        return missing("capacity", f"the capacity of {pump.model.id} is not known")
    cited = (Cited(f"capacity of {pump.model.id}", known),)
    text = f"the fill, {show(case.fill, 'mL')}, "
    if case.fill > known.value:
        return found(
            "capacity",
            "K1",
            hard_unless_recalled(known),
            f"{text}is more than the pump holds, {show(known.value, 'mL')}",
            cited,
            value=Amount(case.fill, "mL"),
            limit=Amount(known.value, "mL"),
        )
    return fine("capacity", f"{text}fits into {show(known.value, 'mL')}", cited)


def _slowest(case: CompoundingCase, pump: Pump, made: Preparation) -> Judged:
    known = pump.model.minimum_rate
    if known is None or not known.value:
        return missing("slowest-flow", f"the slowest flow of {pump.model.id} is not known")
    cited = (Cited(f"slowest flow of {pump.model.id}", known),)
    if case.flow >= known.value:
        at = "exactly " if case.flow == known.value else "not below "
        text = f"{show(case.flow, 'mL/d')} is {at}the pump's slowest flow"
        told = noted if case.flow == known.value else fine
        return told("slowest-flow", text, cited)
    weaker = "; ".join(_weaker(part.drug, part.dose, known) for part in made.parts.values())
    return found(
        "slowest-flow",
        "K24",
        hard_unless_recalled(known),
        f"{show(case.flow, 'mL/d')} is below the pump's slowest flow, {show(known.value, 'mL/d')}:"
        f" dilute to {weaker}",
        cited,
        value=Amount(case.flow, "mL/d"),
        limit=Amount(known.value, "mL/d"),
    )


def _weaker(drug_id: str, dose: MassRate, slowest: Fact[VolumeRate]) -> str:
    unit = drug(drug_id).concentration_unit
    most = rounded_down(Concentration(dose.base / slowest.value.base), unit)
    # Cut, not rounded: a figure rounded up would be a flow below the slowest again.
    return f"at most {show_number(most.in_unit(unit))} {show_unit(unit)} of {drug_id}"


def _fastest(case: CompoundingCase, pump: Pump) -> Judged:
    known = pump.model.maximum_rate
    if known is None or case.flow <= known.value:
        return Judged()
    return found(
        "fastest-flow",
        "K24",
        hard_unless_recalled(known),
        f"{show(case.flow, 'mL/d')} is above the pump's fastest flow, {show(known.value, 'mL/d')}",
        (Cited(f"fastest flow of {pump.model.id}", known),),
        value=Amount(case.flow, "mL/d"),
        limit=Amount(known.value, "mL/d"),
    )


def judge_entry(case: CompoundingCase) -> Judged:
    """Ask about daily figures that were typed per hour: 24 times as much (K5)."""
    parts = []
    for key in case.per_hour:
        text = f"the {key.replace('_', ' ')} was typed per hour"
        if key == "daily_volume":
            hourly = show_number(case.flow.in_unit("mL/h"))
            lasts = show(case.fill / case.flow, "h")
            text += f": {show(case.fill, 'mL')} last {lasts}; type {hourly} mL/d if that is meant"
        parts.append(found("per-hour", "K5", Severity.SOFT, text))
    return together(parts)


def judge_volume(case: CompoundingCase, made: Preparation) -> Judged:
    """Judge whether the fill lasts to the next refill, also on days with every patient bolus."""
    day = fullest_day(case, made)
    empty = case.fill / day.flow
    alarm = _alarm_volume(case.pump)
    results = {
        "bolus_volume": Amount(day.bolus_volume, "mL") if case.bolus else None,
        "daily_volume": Amount(case.flow, "mL/d"),
        "fullest_day_volume": Amount(day.flow, "mL/d"),
        "fullest_day_doses": {
            one: Amount(dose, f"{drug(one).mass_unit}/d") for one, dose in day.doses.items()
        },
        "time_to_alarm": Amount(_until(case.fill, alarm, case.flow), "d")
        if alarm is not None
        else None,
        "time_to_alarm_all_boluses": Amount(_until(case.fill, alarm, day.flow), "d")
        if alarm is not None
        else None,
        "time_to_empty_all_boluses": Amount(empty, "d"),
    }
    parts = [Judged(results=results)]
    if alarm is None:
        parts.append(missing("alarm-volume", "no alarm volume is known: the alarm is not checked"))
    interval = _interval(case)
    if interval is None:
        parts.append(missing("next-refill", "fill and next refill are not both given"))
        return together(parts)
    if interval <= Duration.zero():
        parts.append(found("volume", "K31", Severity.HARD, "the next refill is not after the fill"))
        return together(parts)
    parts.append(_refill_interval(case.pump, interval))
    whole = f"the next refill is {show(interval, 'd')} after the fill"
    if interval > empty:
        parts.append(
            found(
                "volume",
                "K1",
                Severity.HARD,
                f"{whole}, and with every bolus the fill is empty after {show(empty, 'd')}",
                value=Amount(interval, "d"),
                limit=Amount(empty, "d"),
            )
        )
    elif alarm is not None and interval > _until(case.fill, alarm, day.flow):
        until = _until(case.fill, alarm, day.flow)
        parts.append(
            found(
                "volume",
                "K1",
                Severity.SOFT,
                f"{whole}, and with every bolus the alarm comes after {show(until, 'd')}",
                _alarm_cited(case.pump),
                value=Amount(interval, "d"),
                limit=Amount(until, "d"),
            )
        )
    else:
        parts.append(fine("volume", f"{whole}; the fill lasts that long with every bolus taken"))
    return together(parts)


def _refill_interval(pump: Pump | None, interval: Duration) -> Judged:
    known = pump.model.maximum_refill_interval if pump else None
    if known is None or interval <= known.value:
        return Judged()
    return found(
        "refill-interval",
        "K31",
        hard_unless_recalled(known),
        f"{show(interval, 'd')} to the next refill are more than the pump allows,"
        f" {show(known.value, 'd')}",
        (Cited("longest refill interval of the pump", known),),
        value=Amount(interval, "d"),
        limit=Amount(known.value, "d"),
    )


def _until(fill: Volume, alarm: Volume, flow: VolumeRate) -> Duration:
    left = fill - alarm
    return left / flow if left.base > 0 else Duration.zero()


def _alarm_volume(pump: Pump | None) -> Volume | None:
    if pump is None or pump.alarm_volume is not None:
        return None if pump is None else pump.alarm_volume
    known = pump.model.low_reservoir_alarm
    return None if known is None else known.value


def _alarm_cited(pump: Pump | None) -> tuple[Cited, ...]:
    if pump is None or pump.alarm_volume is not None or pump.model.low_reservoir_alarm is None:
        return ()
    return (Cited(f"alarm volume of {pump.model.id}", pump.model.low_reservoir_alarm),)


def _interval(case: CompoundingCase) -> Duration | None:
    fill, refill = case.times.fill, case.times.next_refill
    if fill is None or refill is None:
        return None
    return between(fill, refill)
