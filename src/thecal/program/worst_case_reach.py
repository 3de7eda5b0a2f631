"""Keeping the worst case within reach: inputs that no clinic writes, but that a file may hold.

Long stretches lose whole weeks, which changes nothing. Boluses seconds apart are grouped, which can
only raise the result: in 24 hours by less than three parts in a hundred of what the boluses give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from thecal.program.clock import SECONDS_PER_DAY, SECONDS_PER_WEEK, Instant
from thecal.program.worst_case_input import BolusRule, KnownDelivery, Phase
from thecal.units import Duration

_KEPT_WEEKS = 4
_CLOSEST = Fraction(10)
"""Seconds between grants below which boluses are grouped: 8,640 a day are searched one by one."""
_GROUP = Fraction(600)
"""Seconds of boluses that are put together."""


def without_idle_weeks(
    phases: Sequence[Phase], known: Sequence[KnownDelivery], ends_after: Instant
) -> tuple[list[Phase], list[KnownDelivery], Instant]:
    """Cut whole weeks out of stretches in which nothing begins or ends.

    Exact: a window lasts a day at most and schedules repeat every week, so each window of the long
    stretch has its equal in the short one. More is kept than the longest bolus or lockout lasts.
    """
    rules = [phase.bolus for phase in phases if phase.bolus is not None]
    kept = _KEPT_WEEKS + sum((r.duration + r.lockout).base // SECONDS_PER_WEEK for r in rules)
    edges = {ends_after, *(phase.start for phase in phases)}
    edges |= {phase.end for phase in phases if phase.end is not None}
    edges |= {edge for delivery in known for edge in (delivery.start, delivery.end)}
    moved: dict[Instant, Instant] = {}
    cut = 0
    last: Instant | None = None
    for edge in sorted(edges):
        if last is not None:
            cut += max(0, (edge - last) // SECONDS_PER_WEEK - kept) * SECONDS_PER_WEEK
        moved[edge] = edge - cut
        last = edge
    if not cut:
        return list(phases), list(known), ends_after
    return (
        [
            replace(p, start=moved[p.start], end=None if p.end is None else moved[p.end])
            for p in phases
        ],
        [_shortened(delivery, moved[delivery.start], moved[delivery.end]) for delivery in known],
        moved[ends_after],
    )


def _shortened(delivery: KnownDelivery, start: Instant, end: Instant) -> KnownDelivery:
    """The same rate over a shorter time."""
    length = delivery.end - delivery.start
    if not length:
        return delivery
    volume = delivery.volume.scaled((end - start) / length)
    return replace(delivery, start=start, end=end, volume=volume)


def grouped(phase: Phase) -> Phase:
    """Put boluses that may follow each other within seconds together; never gives less.

    A group stands for n boluses: it holds n + 1 volumes, runs as fast as one of them and is granted
    every n spacings. In any stretch of k spacings single boluses give at most k + 1 volumes, and
    the groups that begin in it give no less.
    """
    rule = phase.bolus
    if rule is None:
        return phase
    spacing = max(rule.lockout.base, rule.duration.base)
    if spacing >= _CLOSEST or not spacing or _fewer_by_rule(rule):
        return phase
    size = -(-_GROUP // spacing)
    together = BolusRule(
        volume=rule.volume.scaled(size + 1),
        duration=Duration(spacing),
        lockout=Duration(spacing * size),
        max_per_day=None if rule.max_per_day is None else rule.max_per_day // size + 1,
        dose=rule.dose.scaled(size),
        max_dose_per_day=rule.max_dose_per_day,
        largest_background=rule.largest_background,
    )
    return replace(phase, bolus=together)


def _fewer_by_rule(rule: BolusRule) -> bool:
    """Whether count or dose already keep the boluses of a day to what the search can take."""
    most = SECONDS_PER_DAY / _CLOSEST
    few = rule.max_per_day is not None and rule.max_per_day <= most
    room = rule.room
    return few or (room is not None and room <= most * rule.dose.base)
