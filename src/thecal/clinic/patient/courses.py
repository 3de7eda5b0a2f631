"""Plots and figures of a record, kept beside its fold for as long as nothing is added to it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import final

from thecal.care.titration.log import LoggedChange, titration_log
from thecal.clinic.ledger.folding import Folded
from thecal.program.clock import Instant
from thecal.report.changes import ProgramChange, program_changes
from thecal.report.trace import Trace, trace_therapy
from thecal.therapy.review import TherapyReview, review_therapy

_KEPT = 50
_HOUR = Fraction(3600)
_kept: OrderedDict[int, Courses] = OrderedDict()
_lock = threading.Lock()


@final
@dataclass(frozen=True)
class Courses:
    """What takes a tenth of a second or more to compute from a fold, computed once."""

    folded: Folded

    @cached_property
    def review(self) -> TherapyReview | None:
        """The review of every event; None before the first."""
        return None if self.folded.therapy is None else review_therapy(self.folded.therapy)

    def trace_to(self, end: Instant) -> Trace | None:
        """Return the courses to an hour, the one of `end`, or to the last event if that is later.

        The courses to the hour that was asked for last are kept.
        """
        therapy, replay = self.folded.therapy, self.folded.replay
        if therapy is None or replay is None:
            return None
        hour = max(end // _HOUR * _HOUR, replay.pump.state.now)
        trace = self._traces.get(hour)
        if trace is None:
            trace = trace_therapy(therapy, hour)
            self._traces.clear()
            self._traces[hour] = trace
        return trace

    @cached_property
    def _traces(self) -> dict[Instant, Trace]:
        return {}

    @cached_property
    def program(self) -> ProgramChange | None:
        """The last program beside the one before it."""
        changes = () if self.folded.therapy is None else program_changes(self.folded.therapy)
        return changes[-1] if changes else None

    @cached_property
    def dose_changes(self) -> tuple[LoggedChange, ...]:
        """Every change of a dose with its scores; nothing before the first event."""
        return () if self.folded.therapy is None else titration_log(self.folded.therapy)

    @property
    def reviewed(self) -> bool:
        """Whether the review has been computed already."""
        return "review" in self.__dict__


def courses(folded: Folded) -> Courses:
    """Return the courses of a fold; those of the folds that were asked for last are kept."""
    with _lock:
        known = _kept.pop(id(folded), None)
        if known is None:
            known = Courses(folded)
        _kept[id(folded)] = known
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return known
