"""The diary of a patient: what one entry may say, read as it was typed, and kept as JSON.

Whatever it says is reported by the patient or a carer, never measured by the clinic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal, final

from thecal.care.document import Text
from thecal.care.own.words import RULES, own_list, own_say
from thecal.care.spans import span
from thecal.errors import ThecalError
from thecal.units import Duration, parse_number

Reporter = Literal["patient", "carer"]
SCORES = ("pain", "spasm", "before", "after")
COUNTS = ("boluses", "refused", "rescue", "falls")
NUMBERS = (*SCORES, *COUNTS)
DUAL, DUAL_FLAG = "dual", "dual-alarm"


@final
@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """One entry; None and empty lists are what was not said.

    Attributes
    ----------
    when
        When it was, with an offset.
    by
        Who wrote it.
    numbers
        Scores from 0 to 10 and counts, by name, those that were said.
    side_effects, flags
        Ids of the lists of `own_rules.csv`.
    alarm
        Which sound was heard.
    replaces
        Number of the entry that this one corrects.
    """

    when: datetime
    by: Reporter
    numbers: Mapping[str, int] = field(default_factory=dict)
    side_effects: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    alarm: str | None = None
    replaces: int | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether nothing was filled in but a note, if that."""
        return not (self.numbers or self.side_effects or self.flags or self.alarm)

    def to_json(self) -> dict[str, Any]:
        """Return the body of its entry in the record; `diary_from_json` reads it back."""
        body: dict[str, Any] = {
            "when": self.when.isoformat(),
            "reported_by": self.by,
            **self.numbers,
        }
        lists = {"side_effects": list(self.side_effects), "red_flags": list(self.flags)}
        body |= {name: one for name, one in lists.items() if one}
        if self.alarm is not None:
            body["alarm_heard"] = self.alarm
        if self.replaces is not None:
            body["replaces"] = self.replaces
        return body


def diary_from_json(body: Mapping[str, Any]) -> DiaryEntry:
    """Return the entry of a body of the record."""
    replaces = body.get("replaces")
    return DiaryEntry(
        when=datetime.fromisoformat(str(body["when"])),
        by="carer" if body["reported_by"] == "carer" else "patient",
        numbers={name: int(body[name]) for name in NUMBERS if name in body},
        side_effects=tuple(body.get("side_effects", ())),
        flags=tuple(body.get("red_flags", ())),
        alarm=body.get("alarm_heard"),
        replaces=None if replaces is None else int(replaces),
    )


@final
@dataclass(frozen=True, slots=True)
class Reading:
    """What was typed, read: the entry, or what is wrong with which field."""

    entry: DiaryEntry | None
    errors: Mapping[str, Text]


def read_diary(
    typed: Mapping[str, str],
    chosen: Mapping[str, Sequence[str]],
    when: datetime | None,
    now: datetime,
    by: Reporter,
) -> Reading:
    """Read a form of the diary.

    Parameters
    ----------
    typed
        Texts by the names of `NUMBERS`, `alarm` and `note`; an empty one is not said.
    chosen
        What was ticked under `side_effects` and `flags`.
    when
        The time that was typed, with an offset; None where it could not be read.
    now
        Nothing lies ahead of it.
    """
    errors: dict[str, Text] = {}
    numbers: dict[str, int] = {}
    if when is None:
        errors["when"] = own_say("wrong-time")
    elif when > now:
        errors["when"] = own_say("wrong-ahead")
    elif now - when > (oldest := span(RULES.get("diary", "oldest", Duration).value)):
        errors["when"] = own_say("wrong-long-ago", days=oldest.days)
    for name in NUMBERS:
        text = typed.get(name, "").strip()
        if text:
            _read_number(name, text, numbers, errors)
    if ("before" in numbers) != ("after" in numbers) and not {"before", "after"} & set(errors):
        missing = "after" if "before" in numbers else "before"
        errors[missing] = own_say("wrong-pair")
    for name, known in (("side_effects", "side-effects"), ("flags", "red-flags")):
        if not set(chosen.get(name, ())) <= set(own_list(known)):
            errors[name] = own_say("wrong-choice")
    alarm = typed.get("alarm", "")
    if alarm and alarm not in own_list("alarms"):
        errors["alarm"] = own_say("wrong-choice")
    most = rule_number("longest-note")
    if len(typed.get("note", "")) > most:
        errors["note"] = own_say("wrong-long", most=most)
    if errors or when is None:
        return Reading(None, errors)
    entry = DiaryEntry(
        when=when,
        by=by,
        numbers=numbers,
        side_effects=_in_order("side-effects", chosen.get("side_effects", ())),
        flags=_in_order("red-flags", chosen.get("flags", ())),
        alarm=alarm or None,
    )
    if alarm == DUAL and DUAL_FLAG not in entry.flags:
        entry = replace(entry, flags=(DUAL_FLAG, *entry.flags))
    if entry.says_nothing and not typed.get("note", "").strip():
        return Reading(None, {"pain": own_say("wrong-empty")})
    return Reading(entry, {})


def rule_number(parameter: str) -> int:
    """Return a whole number of the diary's rules; raises `DataError`."""
    return int(RULES.get("diary", parameter, Fraction).value)


def lines_of(entry: DiaryEntry) -> tuple[tuple[Text, Text], ...]:
    """Return what an entry says, each with its label."""
    lines = [
        (own_say(f"diary-{name}"), Text.same(str(entry.numbers[name])))
        for name in NUMBERS
        if name in entry.numbers
    ]
    if entry.side_effects:
        named = [own_say(f"side-{one}") for one in entry.side_effects]
        lines.append((own_say("diary-side"), _joined(named)))
    if entry.flags:
        lines.append((own_say("call-now"), flag_words(entry)))
    if entry.alarm is not None:
        lines.append((own_say("diary-alarm"), own_say(f"alarm-{entry.alarm}-heard")))
    return tuple(lines)


def flag_words(entry: DiaryEntry) -> Text:
    """Return the danger signs that an entry names, in a row."""
    return _joined([own_say(f"flag-{one}") for one in entry.flags])


def _read_number(name: str, text: str, numbers: dict[str, int], errors: dict[str, Text]) -> None:
    low = rule_number("lowest")
    high = rule_number("highest" if name in SCORES else "most-count")
    try:
        value = parse_number(text)
    except ThecalError:
        value = Fraction(-1)
    if value.denominator != 1 or not low <= value <= high:
        errors[name] = own_say("wrong-number", low=low, high=high)
    else:
        numbers[name] = int(value)


def _in_order(known: str, chosen: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in own_list(known) if one in chosen)


def _joined(texts: Sequence[Text]) -> Text:
    return Text(", ".join(one.en for one in texts), ", ".join(one.de for one in texts))
