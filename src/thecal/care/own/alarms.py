"""The alarms of a pump for who hears them: how each sounds, what it can mean, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.document import Text
from thecal.care.own.words import RULES, own_say
from thecal.care.papers.words import duration
from thecal.device import PumpModel
from thecal.device.alarm_signals import alarm_signal
from thecal.pump.alarms import PRIORITIES, AlarmKind, Priority
from thecal.units import Duration

_SOUNDS = {"single tone": "single-tone", "two tones": "two-tone"}
"""How a tone in `pumps.csv` begins, to its subject in `own_rules.csv`."""
_BEDSIDE = (AlarmKind.OCCLUSION, AlarmKind.AIR_IN_LINE)
_IN_THE_BODY = (AlarmKind.MEMORY_ERROR, AlarmKind.LOW_BATTERY_RESET, AlarmKind.MOTOR_STALL)


@final
@dataclass(frozen=True, slots=True)
class Sound:
    """What is played: how long, which pitches in turn, each for how long."""

    length: Duration
    pitches: tuple[int, ...]
    change: Duration


@final
@dataclass(frozen=True, slots=True)
class ExplainedAlarm:
    """One priority of alarm of a model.

    Attributes
    ----------
    sound
        None where it is not known how it sounds on this model.
    heard
        The sound in words.
    meanings, to_do
        What it can mean, and what to do.
    verified
        False where the sound of this model stands in the table from memory.
    """

    priority: Priority
    title: Text
    sound: Sound | None
    heard: tuple[Text, ...]
    meanings: tuple[Text, ...]
    to_do: Text
    recalled: bool


def explained_alarms(model: PumpModel) -> tuple[ExplainedAlarm, ...]:
    """Return the alarms of a model, the critical one first; none where it has none."""
    if not model.programmable:
        return ()
    return tuple(_explained(model, one) for one in (Priority.CRITICAL, Priority.NON_CRITICAL))


def sound_of(model: PumpModel, priority: Priority) -> Sound | None:
    """Return how an alarm of a model sounds; None where that is not known."""
    tone = alarm_signal(model, priority.value).tone
    if tone is None:
        return None
    subject = next((one for words, one in _SOUNDS.items() if tone.value.startswith(words)), None)
    if subject is None:
        return None
    tones = int(RULES.get(subject, "tones", Fraction).value)
    pitches = RULES.every("any-tone", "pitch")[:tones]
    return Sound(
        RULES.get(subject, "length", Duration).value,
        tuple(int(one.of_kind(Fraction).value) for one in pitches),
        RULES.get("any-tone", "change", Duration).value,
    )


def _explained(model: PumpModel, priority: Priority) -> ExplainedAlarm:
    signal, sound = alarm_signal(model, priority.value), sound_of(model, priority)
    heard: list[Text] = []
    if sound is not None:
        kind = "single-tone" if len(sound.pitches) == 1 else "two-tone"
        heard.append(own_say(f"sound-{kind}", length=duration(sound.length)))
        heard.append(
            own_say("sound-interval-unknown")
            if signal.interval is None
            else own_say("sound-interval", interval=duration(signal.interval.value))
        )
    else:
        heard.append(own_say("alarm-no-sound"))
    known = [one for one in (signal.tone, signal.interval) if one is not None]
    return ExplainedAlarm(
        priority=priority,
        title=own_say(f"alarm-{priority}"),
        sound=sound,
        heard=tuple(heard),
        meanings=tuple(
            own_say(f"means-{kind}")
            for kind, of in PRIORITIES.items()
            if of is priority and kind not in _left_out(model)
        ),
        to_do=own_say(f"alarm-what-{priority}"),
        recalled=any(one.status == "recalled" for one in known),
    )


def _left_out(model: PumpModel) -> tuple[AlarmKind, ...]:
    return _IN_THE_BODY if model.kind == "external" else _BEDSIDE
