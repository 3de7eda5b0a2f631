"""How the pump would answer a press, and when it will grant one: its own guard is asked.

Nothing is decided here. Each question goes to a copy of the pump, so that asking changes nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import final

from thecal.program.clock import SECONDS_PER_DAY, SECONDS_PER_WEEK, Instant
from thecal.pump.guard import Denial, Grant
from thecal.pump.pump import Pump

_TICK = 1
"""The closed 24 hours of the count end a moment after them: the next whole second is named."""
_HORIZON = SECONDS_PER_WEEK + SECONDS_PER_DAY
_MOST_CHANGES = 1000
"""More than a week's steps and boluses; a stalled pump's prime would be waited for in vain."""


@final
@dataclass(frozen=True, slots=True)
class NextBolus:
    """When a press will be granted, or what waiting does not change; the other one is None."""

    granted: Instant | None
    blocked: Denial | None


def answer_now(pump: Pump) -> Denial | None:
    """Return how a press would be answered now, None: granted."""
    return _copied(pump).press()


def next_bolus(pump: Pump) -> NextBolus:
    """Return the first instant at which a press is granted if none is made before.

    Looked for as far as a week ahead: schedules repeat then.
    """
    probe = _copied(pump)
    latest = probe.state.now + _HORIZON
    denial = answer_now(probe)
    for _ in range(_MOST_CHANGES):
        if denial is None:
            return NextBolus(probe.state.now, None)
        moment = _next_moment(probe, denial)
        if moment is None or moment > latest:
            break
        probe.advance(moment)
        denial = answer_now(probe)
    return NextBolus(None, denial)


def boluses_left(pump: Pump) -> int | None:
    """Return how many more boluses count and dose of the closed 24 hours allow now.

    The lockout is left aside. None where neither is limited.
    """
    written = pump.state.program
    order = None if written is None else written.program.patient_bolus
    if written is None or order is None or written.bolus is None or written.program.primary is None:
        return 0
    left = None
    if order.max_per_day is not None:
        left = max(0, order.max_per_day - len(_counted(pump)))
    if order.max_dose_per_day is not None:
        each = written.mixture.mass_of(written.program.primary, written.bolus.achievable)
        if not each:
            return 0
        room = order.max_dose_per_day.ratio(each)
        most = room.numerator // room.denominator
        most = most if left is None else min(most, left)
        left = bisect_left(range(most), True, key=lambda given: _dose_denied(pump, given))
    return left


def _copied(pump: Pump) -> Pump:
    return Pump(pump.setup, pump.state.copy())


def _counted(pump: Pump) -> list[Instant]:
    """Return the starts of the patient's boluses that the count of a day holds, oldest first."""
    since = pump.state.now - SECONDS_PER_DAY
    return [g.start for g in pump.state.grants if g.by_patient and g.start >= since]


def _dose_denied(pump: Pump, given: int) -> bool:
    """Whether the dose of a day denies a bolus after `given` more; count and lockout are lifted."""
    probe = _copied(pump)
    state = probe.state
    written = state.program
    assert written is not None
    assert written.bolus is not None
    state.bolus = None
    volume = written.bolus.achievable.scaled(given)
    lifted = (replace(grant, by_patient=False) for grant in state.grants)
    state.grants = (*lifted, Grant(state.now, volume, written.mixture, by_patient=False))
    return probe.press() is Denial.DOSE


def _next_moment(probe: Pump, denial: Denial) -> Instant | None:
    """Return when the reason of a denial ends, None: not by waiting."""
    state = probe.state
    written = state.program
    match denial:
        case Denial.PRIME if state.prime is not None:
            return state.now + state.prime.left / state.prime.rate.base
        case Denial.BRIDGE if state.bridge is not None:
            return state.now + state.bridge.left / state.bridge.rate.base
        case Denial.STOPPED:
            return state.suspended_until
        case Denial.BOLUS_RUNNING if state.bolus is not None:
            return state.bolus.end
        case Denial.RATE if written is not None:
            return written.achievable.next_change(state.now)
        case Denial.LOCKOUT if written is not None and written.program.patient_bolus is not None:
            last = [grant for grant in state.grants if grant.by_patient][-1]
            return last.start + written.program.patient_bolus.lockout.base
        case Denial.COUNT:
            return _counted(probe)[0] + SECONDS_PER_DAY + _TICK
        case Denial.DOSE:
            return _dose_falls(probe)
        case _:
            return None


def _dose_falls(probe: Pump) -> Instant | None:
    """Return the first whole second from now at which the dose no longer denies a press.

    Without a press, boluses and earlier backgrounds only leave the 24 hours, so the answer turns
    once; after 24 hours nothing of before is left.
    """
    now = probe.state.now

    def no_longer(seconds: int) -> bool:
        later = _copied(probe)
        later.advance(now + seconds)
        return later.press() is not Denial.DOSE

    last = SECONDS_PER_DAY + _TICK
    found = bisect_left(range(1, last + 1), True, key=no_longer) + 1
    return None if found > last else now + Fraction(found)
