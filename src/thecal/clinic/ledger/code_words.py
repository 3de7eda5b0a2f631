"""What the codes in the values of an entry are called by people; a test finds every code.

A code is a word of the program, as `typed-twice`: it stands in the record as it is, and is read in
words. What a person typed is never a code and stays as it was typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from thecal.care.kits import kits
from thecal.device import catheter_models, pump_models
from thecal.pharmacy import indications

_KIND = "kind"
_SAID_OTHERWISE = {
    "about-my-pump": "about my pump, for other staff",
    "emergency-card": "emergency sheet",
    "inpatient-sheet": "sheet for a ward",
    "non-cancer": "chronic pain, non-cancer",
    "mri-form": "MRI form",
    "override-needed": "a reason is needed",
    "points-at-least": "at least so many points",
    "fraction-at-least": "at least such a part",
    "fraction-more-than": "more than such a part",
    "side-port": "catheter access port (side port)",
    "transfer-summary": "pump passport for another clinic",
}
_AS_THEY_STAND = (
    "air-in-line",
    "back-table",
    "birth-date",
    "clinician_bolus",
    "does-not-walk",
    "emergency-sheet",
    "end-of-service",
    "long-text",
    "low-battery-reset",
    "low-reservoir",
    "memory-error",
    "minimum-rate",
    "motor-stall",
    "non-critical",
    "not-done",
    "not-needed",
    "patient-summary",
    "patient_bolus",
    "record-number",
    "refill-only",
    "repeated-alarm",
    "replacement-indicator",
    "responds-to-pain",
    "responds-to-voice",
    "session-printout",
    "stopped-too-long",
    "this-week",
    "typed-twice",
    "with-help",
)
CODE_WORDS: Mapping[str, str] = MappingProxyType(
    {one: one.replace("-", " ").replace("_", " ") for one in _AS_THEY_STAND} | _SAID_OTHERWISE
)
KEY_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "alarms_over": "alarms that are over",
        "bolus_until": "bolus runs until",
        "boluses_last_day": "boluses in the last 24 hours",
        "clock": "clock of the pump",
        "command": "number of the order",
        "differs_in": "differs in",
        "gives_therapy": "gives its therapy",
        "hash": "fingerprint of the program",
        "low_reservoir_alarm": "alarm of a low reservoir at",
        "mode": "mode",
        "read_back": "the pump said",
        "running": "fingerprint of the program that ran",
        "sha256": "fingerprint of the paper",
        "stopped_since": "stopped since",
        "utc": "time, UTC",
    }
)
"""Names of values that are no words as they stand; of every other one `_` is a space."""


def code_words(text: str, key: str = "") -> str:
    """Return a code in words, what stands in a catalogue by name; every other text as it stands.

    Parameters
    ----------
    key
        The name of the value: a `kind` is a code of the program, whichever it is.
    """
    known = CODE_WORDS.get(text) or _catalogued().get(text)
    if known is not None:
        return known
    return text.replace("-", " ") if key == _KIND else text


@cache
def _catalogued() -> Mapping[str, str]:
    return {
        **{one.id: one.name for one in pump_models()},
        **{one.id: one.name for one in catheter_models()},
        **{one.id: one.name for one in kits().values()},
        **{one.id: one.name for one in indications()},
    }


def key_words(key: str) -> str:
    """Return the name of a value in words."""
    return KEY_WORDS.get(key, key.replace("_", " "))
