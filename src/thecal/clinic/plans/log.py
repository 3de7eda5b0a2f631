"""The cases that were put to a clinical rule, as the log keeps them.

Entries: `case.stated` {topic, case}: what was told to the rule; the answer is made anew each time;
`funding.answered` {answer, number, expires}: what administration answers in the case of a selection
(workflow.md 2.4), signed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, final

from thecal.clinic.ledger.case_values import case_to_json
from thecal.clinic.ledger.log import Draft
from thecal.record.entry import Entry
from thecal.record.fold import effective

STATED, FUNDING_ANSWERED = "case.stated", "funding.answered"
SELECTION, FUNDING = "selection", "funding"


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
    """Return the last case of a topic, among those since a moment; None where there is none.

    What administration answered of the funding stands in it, until a later case says otherwise.
    """
    found = None
    administration: dict[str, Any] = {}
    for one in effective(entries):
        if one.body is None or (since is not None and one.entry.written < since):
            continue
        if one.entry.kind == FUNDING_ANSWERED and topic == SELECTION:
            administration = {FUNDING: one.body["answer"]}
            if found is not None:
                found = replace(found, values={**found.values, **administration})
        elif one.entry.kind == STATED and one.body["topic"] == topic:
            found = StatedCase(one.entry, {**administration, **one.body["case"]})
    return found
