"""The cases that were put to a clinical rule, as the log keeps them.

Entry: `case.stated` {topic, case}: what was told to the rule; the answer is made anew each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, final

from thecal.clinic.ledger.case_values import case_to_json
from thecal.clinic.ledger.log import Draft
from thecal.record.entry import Entry
from thecal.record.fold import effective

STATED = "case.stated"


@final
@dataclass(frozen=True, slots=True)
class StatedCase:
    """A case with its entry."""

    entry: Entry
    values: Mapping[str, Any]


def case_draft(topic: str, case: Mapping[str, Any]) -> Draft:
    """Return the entry of a case."""
    return Draft(STATED, {"topic": topic, "case": case_to_json(case)})


def last_case(
    entries: Sequence[Entry], topic: str, since: datetime | None = None
) -> StatedCase | None:
    """Return the last case of a topic, among those since a moment; None where there is none."""
    found = None
    for one in effective(entries):
        if one.entry.kind != STATED or one.body is None or one.body["topic"] != topic:
            continue
        if since is None or one.entry.written >= since:
            found = StatedCase(one.entry, one.body["case"])
    return found
