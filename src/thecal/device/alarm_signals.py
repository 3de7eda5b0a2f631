"""What a patient hears of an alarm, how often, and when the same alarm has come too often."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.data import Fact, cached, fact_of, rows
from thecal.device.pump import PumpModel
from thecal.errors import DataError
from thecal.units import Duration

SELECTABLE = "alarm-interval-selectable"


@final
@dataclass(frozen=True, slots=True)
class AlarmSignal:
    """The sound of one priority; None where nothing is known of this model."""

    tone: Fact[str] | None
    interval: Fact[Duration] | None


@final
@dataclass(frozen=True, slots=True)
class RepeatRule:
    """How often within which time the same alarm may begin before that is an alarm of its own."""

    count: Fact[Fraction]
    window: Fact[Duration]


def alarm_signal(model: PumpModel, priority: str) -> AlarmSignal:
    """Return what a model sounds for `critical` or `non-critical` (facts/devices.md 1.1)."""
    tone = model.facts.get(f"alarm-{priority}")
    interval = model.facts.get(f"alarm-{priority}-interval")
    return AlarmSignal(
        None if tone is None else tone.of_kind(str),
        None if interval is None else interval.of_kind(Duration),
    )


def critical_interval_selectable(model: PumpModel) -> bool:
    """Return whether the clinic can choose how often a critical alarm of the model sounds."""
    fact = model.facts.get(SELECTABLE)
    return fact is not None and fact.of_kind(str).value == "critical"


@cached
def repeat_rule() -> RepeatRule:
    """Return the rule of repeated alarms; raises `DataError` where a row is missing."""
    facts = {
        row["parameter"]: fact_of(row)
        for row in rows("alarms")
        if row["alarm"] == "any" and row["rank"] == "1"
    }
    for name in ("repeat-count", "repeat-window"):
        if name not in facts:
            raise DataError(f"alarms.csv has no {name}", remedy="restore the row")
    return RepeatRule(
        facts["repeat-count"].of_kind(Fraction), facts["repeat-window"].of_kind(Duration)
    )
