"""The interval between refills and the service life of a pump, as pure arithmetic on rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import final

from thecal.care.figures import Figures
from thecal.data import Fact
from thecal.device import PumpModel
from thecal.errors import EntryError
from thecal.units import Duration, Volume, VolumeRate

TABLE = Figures("service")
TOO_SHORT, PLAUSIBLE, TOO_LONG = "too-short", "plausible", "too-long"
ALARM, PUMP, STABILITY = "alarm", "pump", "stability"
DUE, PLAN, RUNNING = "replace-now", "plan-replacement", "running"


@final
@dataclass(frozen=True, slots=True)
class Interval:
    """The days from a fill to the refill.

    Attributes
    ----------
    to_alarm
        Until the alarm volume is reached.
    wanted
        The alarm less the window before it, not longer than the pump allows or the solution keeps.
    decided_by
        `alarm`, `pump` or `stability`: which of them is the shortest.
    """

    to_alarm: Duration
    wanted: Duration
    decided_by: str


def interval(
    filled: Volume,
    alarm: Volume,
    daily: VolumeRate,
    window: Duration,
    *,
    longest: Duration | None = None,
    kept: Duration | None = None,
) -> Interval:
    """Return the interval; zero where the alarm comes within the window.

    Parameters
    ----------
    longest
        Longest interval that the pump allows; None where it has none.
    kept
        How long the solution keeps in the pump; None where no figure is on record.

    Raises
    ------
    EntryError
        If nothing flows: there is no interval then.
    """
    if daily <= VolumeRate.zero():
        raise EntryError("nothing flows, there is no interval", remedy="give the daily dose")
    to_alarm = max(filled - alarm, Volume.zero()) / daily
    ends = {ALARM: max(to_alarm - window, Duration.zero())}
    if longest is not None:
        ends[PUMP] = longest
    if kept is not None:
        ends[STABILITY] = kept
    decided_by = min(ends, key=lambda one: ends[one])
    return Interval(to_alarm, ends[decided_by], decided_by)


def plausible(drug_id: str, days: Duration) -> tuple[str, Fact[Duration], Fact[Duration]]:
    """Return whether an interval lies within what sources tell, and the two bounds."""
    subject = drug_id if TABLE.has(drug_id, "interval-low") else "any"
    low = TABLE.get(subject, "interval-low", Duration)
    high = TABLE.get(subject, "interval-high", Duration)
    if days < low.value:
        return TOO_SHORT, low, high
    return (TOO_LONG if days > high.value else PLAUSIBLE), low, high


@final
@dataclass(frozen=True, slots=True)
class Replacement:
    """When a pump ends, by its own figures or by what is told of pumps in general.

    Attributes
    ----------
    age
        Of the pump, in years.
    earliest, latest
        Bounds of its life in years.
    ends_on, plan_from
        Last day by the latest bound, and the day from which to plan.
    """

    state: str
    age: Fraction
    earliest: Fact[Fraction]
    latest: Fact[Fraction]
    ends_on: date
    plan_from: date


def replacement(model: PumpModel | None, implanted: date, today: date) -> Replacement:
    """Return the state of a pump: a shut-off of the model goes before figures for all pumps."""
    earliest, latest = life(model)
    year = TABLE.get("any", "year", Duration).value.in_unit("d")
    month = TABLE.get("any", "month", Duration).value.in_unit("d")
    lead = TABLE.get("any", "planning-lead", Fraction).value
    ends_on = implanted + timedelta(days=int(latest.value * year))
    plan_from = ends_on - timedelta(days=int(lead * month))
    age = Fraction((today - implanted).days) / year
    state = DUE if today >= ends_on else PLAN if today >= plan_from else RUNNING
    return Replacement(state, age, earliest, latest, ends_on, plan_from)


def life(model: PumpModel | None) -> tuple[Fact[Fraction], Fact[Fraction]]:
    """Return the bounds of a pump's life in years: of the model where it has its own."""
    low = TABLE.get("any", "life-low", Fraction)
    high = TABLE.get("any", "life-high", Fraction)
    if model is None:
        return low, high
    own_low = model.facts.get("battery-life-low")
    own_high = model.facts.get("battery-shut-off") or model.facts.get("battery-life-high")
    return (
        low if own_low is None else own_low.of_kind(Fraction),
        high if own_high is None else own_high.of_kind(Fraction),
    )
