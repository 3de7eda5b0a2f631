"""What the patient hears of an alarm: tone and interval of the pump that was implanted then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.device import pump_model
from thecal.device.alarm_signals import alarm_signal
from thecal.pump.alarms import Alarm, Priority
from thecal.therapy.events import PumpRecord, Replace, Therapy
from thecal.units import Duration


@final
@dataclass(frozen=True, slots=True)
class AlarmSound:
    """How an alarm sounds; None where nothing is on record for the model.

    Attributes
    ----------
    source
        Where tone and interval were read, or that the clinic chose the interval.
    """

    tone: str | None
    interval: Duration | None
    source: str


def alarm_sound(therapy: Therapy, alarm: Alarm) -> AlarmSound:
    """Return how an alarm of a replay sounds, and how often."""
    record = _pump_at(therapy, alarm)
    signal = alarm_signal(pump_model(record.model), alarm.priority.value)
    tone, interval = signal.tone, signal.interval
    sources = [] if tone is None else [f"tone: {tone.provenance()}"]
    if alarm.priority is Priority.CRITICAL and record.critical_alarm_interval is not None:
        chosen: Duration | None = record.critical_alarm_interval
        sources.append("interval: the file")
    else:
        chosen = None if interval is None else interval.value
        sources += [] if interval is None else [f"interval: {interval.provenance()}"]
    return AlarmSound(None if tone is None else tone.value, chosen, "; ".join(sources))


def _pump_at(therapy: Therapy, alarm: Alarm) -> PumpRecord:
    record = therapy.pump
    for event in therapy.events:
        if therapy.instant(event.time) > alarm.time:
            break
        if isinstance(event, Replace):
            record = event.pump
    return record
