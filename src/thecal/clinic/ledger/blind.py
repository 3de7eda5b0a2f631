"""What a second person types without seeing it, kept off every page until the check is decided.

Whoever reads the record may be the next to check. An attempt that differed tells as much as the
value itself, so it stays out of sight for as long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thecal.record.entry import Entry
from thecal.record.second_person import DIFFERS, GIVEN, REQUESTED, open_requests


def undecided(entries: Sequence[Entry]) -> frozenset[int]:
    """Return the numbers of the requests whose values nobody may read now.

    Those that wait, and earlier ones about the same subject: the same values may stand in them.
    """
    subjects = {one.subject for one in open_requests(entries)}
    return frozenset(
        one.seq for one in entries if one.kind == REQUESTED and one.body["subject"] in subjects
    )


def without_blind(entry: Entry, waiting: frozenset[int]) -> Mapping[str, Any]:
    """Return the body of an entry as a page may show it.

    Parameters
    ----------
    waiting
        As `undecided` names them.
    """
    body = entry.body
    if entry.kind == REQUESTED and entry.seq in waiting:
        names = ", ".join(str(one["label"]) for one in body["blind"])
        return {
            **body,
            "blind": f"{names}: shown when the check is decided" if names else "nothing",
        }
    if entry.kind == GIVEN and body.get("request") in waiting:
        return {**body, "typed": _told(body)}
    return body


def _told(body: Mapping[str, Any]) -> str:
    count = len(body["typed"])
    values = f"{count} blind {'entry' if count == 1 else 'entries'}"
    said = "differ from the order" if body["outcome"] == DIFFERS else "agree with the order"
    return f"{values}: {said}; shown when the check is decided"
