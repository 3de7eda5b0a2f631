"""The sound of an alarm as a WAV file, made from its figures: tones, length, pitch.

How many tones and how long is known of a pump; the pitch is made up (`own_rules.csv`).
"""

from __future__ import annotations

import io
import math
import struct
import wave
from collections.abc import Sequence
from fractions import Fraction

from thecal.units import Duration

_RATE = 16_000
_LOUD = 0.4
_HIGHEST = 32_767
_EDGE = 0.01
"""Seconds in which a tone swells and fades: without them it clicks."""


def alarm_wave(length: Duration, pitches: Sequence[int], change: Duration) -> bytes:
    """Return a sound of tones in turn.

    Parameters
    ----------
    length
        Of the whole.
    pitches
        Hertz of each tone, in turn.
    change
        How long each tone lasts before the next; of a single tone it is the whole.
    """
    whole = _samples(length.base)
    each = whole if len(pitches) == 1 else _samples(change.base)
    made = bytearray()
    for at in range(whole):
        turn, place = divmod(at, each)
        span = min(each, whole - turn * each)
        pitch = pitches[turn % len(pitches)]
        swell = min(1.0, place / (_EDGE * _RATE), (span - 1 - place) / (_EDGE * _RATE))
        value = _LOUD * swell * math.sin(2 * math.pi * pitch * place / _RATE)
        made += struct.pack("<h", round(value * _HIGHEST))
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_RATE)
        sound.writeframes(bytes(made))
    return out.getvalue()


def _samples(seconds: Fraction) -> int:
    return int(seconds * _RATE)
