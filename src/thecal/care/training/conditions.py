"""What happened in a run, and the conditions of a case over it.

A happening is an entry of the learner's record, or of the run itself, with its values by dotted
path. A condition names a kind and tests of values; it says nothing of how a page looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, final

from thecal.care.training.rules import RULES
from thecal.errors import ThecalError
from thecal.pharmacy.lookup import listed
from thecal.units import (
    Concentration,
    Duration,
    Length,
    Mass,
    MassRate,
    Quantity,
    Volume,
    VolumeRate,
    parse_quantity,
)

OPERATORS = (
    *("is", "not", "above", "least", "below", "most"),
    *("contains", "says", "one_of", "present"),
)
"""What a test may ask of a value."""
FIGURES = ("above", "least", "below", "most")
"""Those that compare figures."""
_PART_ENDS = re.compile(r"[.,;:!?\n]|\b(?:but|aber)\b", re.IGNORECASE)
"""Where a part of a sentence ends, and with it what a denial is about."""
_KINDS: tuple[type[Quantity], ...] = (
    Volume,
    Mass,
    MassRate,
    Concentration,
    VolumeRate,
    Duration,
    Length,
)


@final
@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that was done.

    Attributes
    ----------
    at
        When, by the clock of the run.
    kind
        Of the entry, as in `visit.step`.
    fields
        Its values by dotted path, as in `record.re_aspirated`; `reason` is the entry's.
    standing
        Whether it still stands: neither corrected nor typed anew since.
    """

    at: datetime
    kind: str
    fields: Mapping[str, Any]
    standing: bool = True


@final
@dataclass(frozen=True, slots=True)
class FieldTest:
    """One question to one value; `operator` is one of `OPERATORS`."""

    path: str
    operator: str
    value: Any

    def holds(self, fields: Mapping[str, Any]) -> bool:
        """Whether the value passes; one that is not there passes only `not` and `present`."""
        found = fields.get(self.path)
        if self.operator == "present":
            return (found is not None) is bool(self.value)
        if self.operator == "not":
            return found is None or not _same(found, self.value)
        if found is None:
            return False
        match self.operator:
            case "is":
                return _same(found, self.value)
            case "one_of":
                return any(_same(found, one) for one in self.value)
            case "contains":
                return _contains(found, str(self.value))
            case "says":
                return _says(found, self.value)
        left, right = _comparable(found), _comparable(self.value)
        if left is None or right is None or left[0] is not right[0]:
            return False
        return {
            "above": left[1] > right[1],
            "least": left[1] >= right[1],
            "below": left[1] < right[1],
            "most": left[1] <= right[1],
        }[self.operator]


@final
@dataclass(frozen=True, slots=True)
class Condition:
    """A kind of entry with tests of its values.

    Attributes
    ----------
    ever
        Whether an entry counts also after it was corrected or typed anew.
    within
        Only what happened so long after the begin of the run, or earlier; None: at any time.
    """

    kind: str
    tests: tuple[FieldTest, ...] = ()
    ever: bool = False
    within: Duration | None = None

    def first(self, happenings: Iterable[Happening], begun: datetime) -> Happening | None:
        """Return the first happening that meets it; None where none does."""
        return next((one for one in happenings if self.meets(one, begun)), None)

    def meets(self, one: Happening, begun: datetime) -> bool:
        """Whether a happening meets it."""
        if one.kind != self.kind or not (one.standing or self.ever):
            return False
        if self.within is not None and (one.at - begun).total_seconds() > self.within.base:
            return False
        return all(test.holds(one.fields) for test in self.tests)


def first_of(
    conditions: Sequence[Condition], happenings: Sequence[Happening], begun: datetime
) -> Happening | None:
    """Return the first happening that meets any of several conditions; None where none does."""
    found = [one.first(happenings, begun) for one in conditions]
    return min((one for one in found if one is not None), key=lambda one: one.at, default=None)


def flattened(values: Mapping[str, Any], under: str = "") -> dict[str, Any]:
    """Return the values of a body by dotted path; a list stays one value."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        path = f"{under}{key}"
        if isinstance(value, Mapping):
            found |= flattened(value, f"{path}.")
        else:
            found[path] = value
    return found


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if found == wanted:
        return True
    left, right = _comparable(found), _comparable(wanted)
    return left is not None and left == right


def _contains(found: Any, part: str) -> bool:
    if isinstance(found, list | tuple):
        return any(_contains(one, part) for one in found)
    if isinstance(found, Mapping):
        return any(_contains(one, part) for one in found.values())
    return part.lower() in str(found).lower()


def _says(found: Any, words: Iterable[str]) -> bool:
    """Whether free text says one of several words, in a part of a sentence that denies nothing."""
    if isinstance(found, list | tuple):
        # What is too long for one entry is kept in pieces of one text.
        found = "".join(str(one) for one in found)
    denied = listed(RULES.get("says", "denied", str))
    parts = _PART_ENDS.split(str(found).replace("\u2019", "'"))
    return any(_has_word(one, words) and not _has_word(one, denied) for one in parts)


def _has_word(text: str, words: Iterable[str]) -> bool:
    """Whether one of several words stands in a text as a word of its own, in any case."""
    return any(
        re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text, re.IGNORECASE) is not None
        for one in words
    )


def is_figure(value: Any) -> bool:
    """Whether a value can be compared as a figure."""
    return _comparable(value) is not None


def _comparable(value: Any) -> tuple[type, Fraction] | None:
    """Return a figure with what it is a figure of; None where it is none."""
    if isinstance(value, Quantity):
        return type(value), value.base
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return int, Fraction(value)
    if not isinstance(value, str):
        return None
    for kind in _KINDS:
        try:
            return kind, parse_quantity(value, kind, zero_allowed=True).base
        except ThecalError:
            continue
    return None
