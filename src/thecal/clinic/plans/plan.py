"""One topic that a page asks: its fields, what the chart knows already, the rule and its papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, final

from thecal.care.advice import Advice
from thecal.care.document import Document
from thecal.care.pathway.ending import FollowUp
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.plans.sheet import CaseField
from thecal.therapy.table import Table


def _nothing_opened(case: Table, now: datetime) -> tuple[FollowUp, ...]:
    return ()


@final
@dataclass(frozen=True, slots=True)
class Plan:
    """A topic.

    Attributes
    ----------
    fields
        What is asked about a chart at a moment.
    known
        What the chart answers by itself, by path: it goes into the case and nobody types it.
    allowed
        What a person needs to write it, of the table of permissions.
    opens
        What has to be done after an answer and must not be lost.
    """

    topic: str
    title: str
    about: str
    fields: Callable[[Chart, datetime], Sequence[CaseField]]
    known: Callable[[Chart, datetime], Mapping[str, Any]]
    advise: Callable[[Table], Advice]
    documents: Callable[[Table], tuple[Document, ...]]
    allowed: str = "write the record"
    opens: Callable[[Table, datetime], tuple[FollowUp, ...]] = _nothing_opened


def nothing_known(chart: Chart, now: datetime) -> Mapping[str, Any]:
    """Return that the chart answers nothing by itself."""
    return {}
