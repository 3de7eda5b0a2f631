"""Follow-ups that cannot be lost: what a finding leaves to be done, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import final

from thecal.care.visit.rules import follow_up_kind, follow_up_within
from thecal.safety.finding import Finding


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One task.

    Attributes
    ----------
    kind
        Stable name, as in `search-for-a-granuloma`; one patient has one open task of a kind and
        reason at a time.
    due
        By when.
    why
        In words, from the finding that opened it.
    """

    kind: str
    due: datetime
    why: str


def follow_ups(findings: Iterable[Finding], now: datetime) -> tuple[FollowUp, ...]:
    """Return the tasks that findings open at `now`, each once, the most urgent first.

    An answered finding opens its task all the same: the answer says why it went on, not that
    nothing is left to do.
    """
    tasks = {
        FollowUp(
            kind=follow_up_kind(one.check),
            due=now + follow_up_within(one.check),
            why=one.follow_up,
        )
        for one in findings
        if one.follow_up
    }
    return tuple(sorted(tasks, key=lambda one: (one.due, one.kind, one.why)))
