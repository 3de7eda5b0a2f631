"""A refill visit as it stands: the records of its steps, as far as they are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, final

from thecal.care.visit.arrival import Complaints, Identity, Reading, Vitals
from thecal.care.visit.entry import read_record, write_record
from thecal.care.visit.leaving import Departure, Observation, Waste
from thecal.care.visit.needle import Access, Aspirate, Discrepancy, Filling
from thecal.care.visit.programming import Programming, ReadBack, SecondCheck
from thecal.care.visit.solution import DoseDecision, Verification
from thecal.therapy.table import Table


@final
class Purpose(StrEnum):
    """What the visit is for: emptying a pump is never held up by any check."""

    REFILL = "refill"
    EMPTYING = "emptying"


@final
class Path(StrEnum):
    """How many screens: all, or the few of a refill that changes nothing."""

    FULL = "full"
    REFILL_ONLY = "refill-only"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A person's answer to one soft finding.

    Attributes
    ----------
    message
        What the finding said when it was answered: it answers nothing else.
    by
        Another than the operator, unless the clinic may go without a second person.
    """

    check: str
    message: str
    reason: str
    by: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A step that was left out on purpose."""

    step: str
    reason: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit; a step that is None is not recorded. Fields of steps bear their keys."""

    patient: str
    started: datetime
    operator: str
    purpose: Purpose = Purpose.REFILL
    path: Path = Path.FULL
    identify: Identity | None = None
    complaints: Complaints | None = None
    vitals: Vitals | None = None
    interrogate: Reading | None = None
    verify: Verification | None = None
    decide: DoseDecision | None = None
    access: Access | None = None
    aspirate: Aspirate | None = None
    discrepancy: Discrepancy | None = None
    fill: Filling | None = None
    program: Programming | None = None
    read_back: ReadBack | None = None
    waste: Waste | None = None
    observe: Observation | None = None
    leave: Departure | None = None
    second_check: SecondCheck | None = None
    skipped: tuple[Skipped, ...] = ()
    answers: tuple[Answered, ...] = ()

    def record(self, step: str) -> object | None:
        """Return what is recorded of a step; raises `KeyError` for another key."""
        if step not in RECORDS:
            raise KeyError(step)
        found: object | None = getattr(self, step)
        return found


RECORDS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "identify": Identity,
        "complaints": Complaints,
        "vitals": Vitals,
        "interrogate": Reading,
        "verify": Verification,
        "decide": DoseDecision,
        "access": Access,
        "aspirate": Aspirate,
        "discrepancy": Discrepancy,
        "fill": Filling,
        "program": Programming,
        "read_back": ReadBack,
        "waste": Waste,
        "observe": Observation,
        "leave": Departure,
    }
)
"""Key of a step to the type of its record, in the order of the steps."""


def read_visit(table: Table) -> Visit:
    """Return the visit of a table; raises `BadFileError` naming place and key."""
    return read_record(Visit, table)


def write_visit(visit: Visit) -> dict[str, Any]:
    """Return a visit as a dict for JSON; raises `CannotComputeError` for a figure without text."""
    return write_record(visit)
