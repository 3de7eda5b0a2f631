"""What patients said of the therapy at each visit, as the log keeps it.

Kinds of entries
----------------
`outcome.asked`
    `visit`: as a case file has it ([outcomes] visits), and `recommend`, `again`: whether the person
    would recommend the therapy, and would choose it again; null where nobody asked. A later entry
    of the same visit replaces the earlier.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, final

from thecal.care.outcomes.case import OutcomeCase
from thecal.care.outcomes.reader import read_outcomes
from thecal.clinic.ledger.case_values import case_from_json
from thecal.clinic.ledger.chart import Chart
from thecal.errors import ThecalError
from thecal.record.fold import Effective, effective
from thecal.therapy.table import Table

ASKED = "outcome.asked"
_NOT_READ = (ThecalError, LookupError, TypeError, ValueError)


@final
@dataclass(frozen=True, slots=True)
class Asked:
    """What was said at one visit.

    Attributes
    ----------
    values
        The visit as a case file has it.
    recommend, again
        None where nobody asked.
    """

    number: int
    on: date
    values: Mapping[str, Any]
    recommend: bool | None
    again: bool | None


def asked(standing: Iterable[Effective]) -> tuple[Asked, ...]:
    """Return what was said, one for each visit, in order of time; unreadable entries are none."""
    found: dict[str, Asked] = {}
    for one in standing:
        if one.entry.kind != ASKED or one.body is None:
            continue
        try:
            read = _asked(one)
        except _NOT_READ:
            continue
        found[str(read.values["visit"])] = read
    return tuple(sorted(found.values(), key=lambda one: (one.on, one.number)))


def _asked(one: Effective) -> Asked:
    assert one.body is not None
    values = case_from_json(one.body["visit"])
    on = values["date"]
    if type(on) is not date:
        raise ValueError("a visit without a day")
    flags = (one.body.get("recommend"), one.body.get("again"))
    recommend, again = (value if isinstance(value, bool) else None for value in flags)
    return Asked(one.entry.seq, on, values, recommend, again)


def outcome_case(
    pathway: str, start: date | None, on: date, visits: Iterable[Mapping[str, Any]]
) -> OutcomeCase:
    """Return visits as the rules read them; raises `BadFileError`."""
    values: dict[str, Any] = {"pathway": pathway, "on": on}
    told = [dict(one) for one in visits]
    if told:
        values["visits"] = told
    if start is not None:
        values["start"] = start
    return read_outcomes(Table(values, "outcomes"))


def started(chart: Chart) -> date | None:
    """Return the day from which visits are counted: the first event of the pump."""
    therapy = chart.therapy
    return None if therapy is None or not therapy.events else therapy.events[0].time.date()


def asked_of(chart: Chart) -> tuple[Asked, ...]:
    """Return what a patient said."""
    return asked(effective(chart.entries))
