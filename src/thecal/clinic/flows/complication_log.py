"""The complications of a patient as the log keeps them, and what the record suggests beside them.

Kinds of entries
----------------
`complication.recorded`
    `complication`, `began`, `grade`, `cause`, `words`, `drug`, `linked`, `outcome`, `ended`: as
    `care.complications.recorded` writes it.
`complication.judged`
    `of` (the entry that recorded it) and what is judged anew; the last judgement holds. It is
    closed by one with an outcome and a day, and opened again by one without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import final

from thecal.care.complications.recorded import Recorded, read_recorded
from thecal.clinic.ledger.kind_words import kind_words
from thecal.errors import ThecalError
from thecal.record.fold import EVENT, Effective
from thecal.units import show_date

RECORDED, JUDGED = "complication.recorded", "complication.judged"
_LINKED = (
    "visit.begun",
    "trouble.opened",
    "emergency.recorded",
    "mri.planned",
    "pump.command",
    "form.filled",
)
_EVENTS = ("fault", "replace", "revise", "explant", "stop", "empty")
_MOST = 40
_NOT_READ = (ThecalError, LookupError, TypeError, ValueError)


@final
@dataclass(frozen=True, slots=True)
class Noted:
    """The complications of a patient.

    Attributes
    ----------
    found
        As they are judged now, in order of the entries.
    unreadable
        How many entries cannot be read, as those that another program wrote.
    """

    found: tuple[Recorded, ...] = ()
    unreadable: int = 0


def noted(standing: Iterable[Effective]) -> Noted:
    """Return the complications that entries record, each as the last judgement sees it."""
    found: dict[int, Recorded] = {}
    unreadable = 0
    for one in standing:
        if one.entry.kind not in (RECORDED, JUDGED) or one.body is None:
            continue
        try:
            if one.entry.kind == RECORDED:
                found[one.entry.seq] = read_recorded(one.entry.seq, one.body)
            else:
                of = int(one.body["of"])
                body = {name: value for name, value in one.body.items() if name != "of"}
                found[of] = found[of].judged(body)
        except _NOT_READ:
            unreadable += 1
    return Noted(tuple(found.values()), unreadable)


def linkable(standing: Iterable[Effective]) -> list[tuple[str, str]]:
    """Return the visits and events that a complication may belong to, the newest first."""
    found = list(_linkable(standing))
    return found[::-1][:_MOST]


def _linkable(standing: Iterable[Effective]) -> Iterator[tuple[str, str]]:
    for one in standing:
        if one.body is None:
            continue
        entry = one.entry
        if entry.kind in _LINKED:
            yield str(entry.seq), f"{kind_words(entry.kind)}, {show_date(entry.written.date())}"
        elif entry.kind == EVENT and one.body.get("type") in _EVENTS:
            yield str(entry.seq), f"{one.body['type']}, {_event_day(one)}"


def _event_day(one: Effective) -> str:
    assert one.body is not None
    try:
        return show_date(datetime.fromisoformat(str(one.body["time"])).date())
    except (KeyError, ValueError):
        return show_date(one.entry.written.date())
