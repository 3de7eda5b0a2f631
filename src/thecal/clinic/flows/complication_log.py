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
from datetime import date, datetime
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
    "trouble.closed",
    "emergency.recorded",
    "mri.planned",
    "pump.command",
    "form.filled",
)
_EVENTS = ("fault", "replace", "revise", "explant", "stop", "empty")
_TELLING, _FAULT, _EVENT_FORM = ("trouble.closed", "emergency.recorded"), "fault", "F14"
"""They sound like a complication; so do a fault and the form of an event."""
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


@final
@dataclass(frozen=True, slots=True)
class Linkable:
    """A visit or an event of the record.

    Attributes
    ----------
    telling
        Whether it sounds like a complication by itself.
    """

    number: int
    what: str
    day: date
    telling: bool

    @property
    def words(self) -> str:
        """What it is, with its day."""
        return f"{self.what}, {show_date(self.day)}"


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


def linkable(standing: Iterable[Effective]) -> tuple[Linkable, ...]:
    """Return the visits and events that a complication may belong to, the newest first."""
    return tuple(_linkable(standing))[::-1][:_MOST]


def unlinked(standing: Iterable[Effective], found: Noted) -> tuple[Linkable, ...]:
    """Return what of the record sounds like a complication and belongs to none that is entered."""
    linked = {one.linked for one in found.found}
    return tuple(one for one in linkable(standing) if one.telling and one.number not in linked)


def _linkable(standing: Iterable[Effective]) -> Iterator[Linkable]:
    for one in standing:
        if one.body is None:
            continue
        entry, sort = one.entry, str(one.body.get("type", ""))
        day = _event_day(one)
        if entry.kind in _LINKED:
            telling = entry.kind in _TELLING or one.body.get("form") == _EVENT_FORM
            yield Linkable(entry.seq, f"{kind_words(entry.kind)}{_more(one)}", day, telling)
        elif entry.kind == EVENT and sort in _EVENTS:
            telling = sort == _FAULT and not one.body.get("mended")
            yield Linkable(entry.seq, f"{sort}{_more(one)}", day, telling)


def _more(one: Effective) -> str:
    """Return which form, cause or fault it was, where the entry says so."""
    body = one.body or {}
    said = next((body[name] for name in ("form", "cause", "kind") if body.get(name)), "")
    return f" ({str(said).replace('-', ' ')})" if said else ""


def _event_day(one: Effective) -> date:
    assert one.body is not None
    try:
        return datetime.fromisoformat(str(one.body["time"])).date()
    except (KeyError, ValueError):
        return one.entry.written.date()
