"""Plots and figures of a record, kept beside its fold for as long as nothing is added to it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import final

from thecal.clinic.folding import Folded
from thecal.report.changes import ProgramChange, program_changes
from thecal.report.trace import Trace, trace_therapy
from thecal.therapy.review import TherapyReview, review_therapy

_KEPT = 50
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

    @cached_property
    def trace(self) -> Trace | None:
        """The courses up to the last event."""
        therapy, replay = self.folded.therapy, self.folded.replay
        if therapy is None or replay is None:
            return None
        return trace_therapy(therapy, replay.pump.state.now)

    @cached_property
    def program(self) -> ProgramChange | None:
        """The last program beside the one before it."""
        changes = () if self.folded.therapy is None else program_changes(self.folded.therapy)
        return changes[-1] if changes else None

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
