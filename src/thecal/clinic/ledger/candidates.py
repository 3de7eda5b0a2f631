"""Entries that nobody has written: what the record would be with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from thecal.clinic import clock
from thecal.clinic.ledger.folding import Folded, folded_of
from thecal.clinic.ledger.log import Draft
from thecal.record.entry import Entry, utc_text


def folded_with(entries: Sequence[Entry], drafts: Iterable[Draft]) -> Folded:
    """Return the fold of a stream as it would be with these drafts; nothing is written.

    Raises
    ------
    ThecalError
        If the record could not be folded any more.
    """
    found = list(entries)
    for draft in drafts:
        last = found[-1]
        candidate = Entry(
            stream=last.stream,
            seq=last.seq + 1,
            utc=utc_text(clock.now()),
            monotonic=last.monotonic,
            pump_time="" if draft.pump_time is None else draft.pump_time.isoformat(),
            actor="",
            role="",
            device="",
            kind=draft.kind,
            body=draft.body,
            before=draft.before,
            reason=draft.reason,
            previous=last.hash(),
        )
        found.append(candidate)
    return folded_of(tuple(found))
