"""The log of a patient as people read it: who, when, what, why, and what was corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, final

from thecal.care.supply.told import OF_ORDERS, VISIT_BEGUN, VISIT_CLOSED, VISIT_LEFT, VISIT_WITNESS
from thecal.clinic.ledger.blind import undecided, without_blind
from thecal.clinic.ledger.due import WATCH_BEGUN, WATCH_PROLONGED, WATCH_RELEASED
from thecal.clinic.ledger.entry_words import body_values, body_words, sort_of, sort_words
from thecal.clinic.ledger.projection import REGISTERED, STAGE
from thecal.clinic.ledger.signatures import SIGNATURE, signed_by
from thecal.clinic.models import SealedText, Stream, User
from thecal.clinic.patient.look_back import is_symptom
from thecal.clinic.patient.steps_anew import recorded_anew
from thecal.clinic.programs.drafts import (
    CLOSED,
    DISCARDED,
    DRAFT,
    ORDERED,
    ORDERED_SINGLE,
    WITHDRAWN,
)
from thecal.clinic.pumps.pump_log import ORDER
from thecal.clinic.pumps.virtual_pump import COMMAND, MANUAL
from thecal.clinic.web.documents import PRINTED
from thecal.record.entry import Entry
from thecal.record.fold import CORRECTION, EVENT, SETUP, Effective, effective
from thecal.record.second_person import EXCEPTION, GIVEN, REFUSED, REQUESTED

PAGE = 40
"""Entries on a page."""
_VISIT = (VISIT_BEGUN, VISIT_WITNESS, VISIT_CLOSED, VISIT_LEFT)
_IMPLANT = ("implant.begun", "implant.step", "implant.witness", "implant.closed", "implant.left")
NEVER_CORRECTED = frozenset(
    {
        CORRECTION,
        REGISTERED,
        SIGNATURE,
        STAGE,
        PRINTED,
        DRAFT,
        DISCARDED,
        ORDERED,
        ORDERED_SINGLE,
        WITHDRAWN,
        CLOSED,
        ORDER,
        COMMAND,
        MANUAL,
        REQUESTED,
        GIVEN,
        REFUSED,
        EXCEPTION,
        *OF_ORDERS,
        WATCH_BEGUN,
        WATCH_PROLONGED,
        WATCH_RELEASED,
        *_VISIT,
        *_IMPLANT,
    }
)
"""Kinds that are never corrected: what is wrong with them is answered by another entry.

An order that looks withdrawn and can still be sent, or a check that looks refused and still holds,
would be worse than a wrong one. A refill visit without its begin is no visit that its steps could
belong to, and one without its end would be closed, and its fill written, a second time; a step is
recorded anew on its own page. Who the patient is has a page of its own, which checks each value.
"""
NEVER_WITHDRAWN = frozenset({REGISTERED, SETUP})
"""Kinds without which there would be no patient."""


@final
@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A signature as it has to be shown: name, time, meaning."""

    name: str
    time: datetime
    meaning: str
    seq: int


@final
@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the timeline.

    Attributes
    ----------
    happened
        On the pump's clock; None where no pump is meant.
    said
        What the entry says itself.
    values
        Every value of it by name, where `said` leaves some out.
    stands
        What stands after its corrections; empty where nothing corrected it.
    corrected_by
        Numbers of the corrections.
    replaces
        The entry that this one corrects; None for all others.
    before
        What stood there before.
    correctable
        Whether it may be corrected.
    symptom
        Whether one can look back from it.
    """

    entry: Entry
    title: str
    who: str
    happened: datetime | None
    said: tuple[str, ...]
    values: tuple[str, ...]
    stands: tuple[str, ...]
    corrected_by: tuple[int, ...]
    withdrawn: bool
    replaces: int | None
    before: tuple[str, ...]
    signatures: tuple[SignatureLine, ...]
    correctable: bool
    symptom: bool


@final
@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of the timeline: the newest entries first.

    Attributes
    ----------
    sorts
        What can be filtered by: key and words.
    """

    lines: tuple[Line, ...]
    sorts: tuple[tuple[str, str], ...]
    page: int
    pages: int
    count: int


def page_of(entries: Sequence[Entry], seq: int) -> int:
    """Return the page of all entries on which one stands."""
    return (len(entries) - min(max(seq, 1), len(entries))) // PAGE + 1


def timeline(stream: Stream, entries: Sequence[Entry], sort: str, page: int) -> Timeline:
    """Return a page of the entries of a sort; an empty sort: of all.

    Parameters
    ----------
    page
        From 1; one beyond the last shows the last.
    """
    sorts = sorted({sort_of(entry.kind, entry.body) for entry in entries}, key=sort_words)
    chosen = [entry for entry in entries if sort in ("", sort_of(entry.kind, entry.body))]
    pages = max(1, -(-len(chosen) // PAGE))
    page = min(max(page, 1), pages)
    end = len(chosen) - (page - 1) * PAGE
    shown = chosen[max(0, end - PAGE) : end]
    return Timeline(
        lines=tuple(reversed(lines_of(stream, entries, shown))),
        sorts=tuple((one, sort_words(one)) for one in sorts),
        page=page,
        pages=pages,
        count=len(chosen),
    )


def lines_of(stream: Stream, entries: Sequence[Entry], shown: Sequence[Entry]) -> tuple[Line, ...]:
    """Return the lines of some entries of a stream, all of which are known."""
    personal = dict(SealedText.objects.filter(stream=stream).values_list("hash", "text"))
    standing = {one.entry.seq: one for one in effective(entries)}
    waiting = undecided(entries)
    signatures = [entry for entry in entries if entry.kind == SIGNATURE]
    names = dict(
        User.objects.filter(username__in={entry.actor for entry in shown}).values_list(
            "username", "name"
        )
    )
    anew = recorded_anew(standing.values())
    return tuple(
        _line(entry, standing, anew, signatures, personal, names, without_blind(entry, waiting))
        for entry in shown
    )


def _line(
    entry: Entry,
    standing: Mapping[int, Effective],
    anew: Mapping[int, int],
    signatures: Iterable[Entry],
    personal: Mapping[str, str],
    names: Mapping[str, str],
    shown: Mapping[str, Any],
) -> Line:
    now = standing.get(entry.seq)
    corrected_by = () if now is None else now.corrected_by
    stands: tuple[str, ...] = ()
    if now is not None and now.body is not None and corrected_by:
        stands = body_words(entry.kind, now.body, personal)
    later = anew.get(entry.seq)
    if later is not None:
        corrected_by = (*corrected_by, later)
        stands = body_words(entry.kind, standing[later].body or {}, personal)
    replaces = next((seq for seq, after in anew.items() if after == entry.seq), None)
    before: tuple[str, ...] = ()
    said = body_words(entry.kind, shown, personal)
    title = sort_words(sort_of(entry.kind, entry.body))
    happened = entry.pump_time
    if entry.kind == CORRECTION:
        replaces = int(entry.body["replaces"])
        target = standing[replaces].entry
        title = f"correction of entry {replaces} ({sort_words(sort_of(target.kind, target.body))})"
        body = entry.body.get("body")
        said = ("withdrawn",) if body is None else body_words(target.kind, body, personal)
        before = body_words(target.kind, entry.before, personal) if entry.before else ()
    elif entry.before:
        before = body_words("", entry.before, personal)
    name = names.get(entry.actor)
    return Line(
        entry=entry,
        title=title,
        who=f"{name} ({entry.actor})" if name else entry.actor,
        happened=datetime.fromisoformat(happened) if happened else None,
        said=said,
        values=body_values(entry.body, personal) if entry.kind in (EVENT, CORRECTION) else (),
        stands=stands,
        corrected_by=corrected_by,
        withdrawn=now is not None and now.body is None,
        replaces=replaces,
        before=before,
        signatures=tuple(
            SignatureLine(str(one.body["name"]), one.written, str(one.body["meaning"]), one.seq)
            for one in signed_by(signatures, entry)
        ),
        correctable=now is not None and now.body is not None and entry.kind not in NEVER_CORRECTED,
        symptom=now is not None and now.body is not None and is_symptom(entry.kind, now.body),
    )
