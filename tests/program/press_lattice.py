"""Every press on a lattice of whole ticks: the slow answer to what `PressSearch` is asked."""

from __future__ import annotations

from functools import cache

from thecal.program.worst_case_terms import Stretch


def stretch_at(stretches: list[Stretch], tick: int) -> Stretch | None:
    return next((s for s in stretches if s.start <= tick < s.end), None)


def granted(stretches: list[Stretch], tick: int, before: tuple[int, ...], day: int) -> bool:
    """Whether the pump grants a press at `tick` after grants at `before`.

    A grant exactly a day ago counts as longer ago: the result is a limit, see `press_oracle`.
    """
    here = stretch_at(stretches, tick)
    if here is None:
        return False
    guard = here.guard
    if before:
        last = stretch_at(stretches, before[-1])
        assert last is not None
        if tick < min(before[-1] + last.guard.duration, last.end):
            return False
        if tick - before[-1] < guard.lockout:
            return False
    recent = [stretch_at(stretches, time) for time in before if tick - time < day]
    dosed = sum(one.guard.dose for one in recent if one is not None)
    few = guard.count is None or len(recent) < guard.count
    return few and (guard.room is None or dosed + guard.dose <= guard.room)


def fullest(
    stretches: list[Stretch],
    rates: dict[int, int],
    *,
    first: int,
    last: int,
    window: int,
    day: int,
) -> int:
    """Return the largest mass of all windows that begin from `first` to `last`.

    `rates` holds the background's mass in each tick, nothing where none is named.
    """
    longest = max((s.guard.duration for s in stretches), default=1)

    def most(begin: int) -> int:
        close = begin + window

        @cache
        def boluses(tick: int, before: tuple[int, ...]) -> int:
            if tick >= close:
                return 0
            left_out = boluses(tick + 1, before)
            here = stretch_at(stretches, tick)
            if here is None or not granted(stretches, tick, before, day):
                return left_out
            over = min(tick + here.guard.duration, here.end, close)
            mass = max(0, over - max(tick, begin)) * here.guard.density
            # What no rule can see any more is forgotten.
            seen = tuple(time for time in before if tick - time < day)
            return max(left_out, mass + boluses(tick + 1, (*seen, tick)))

        return boluses(begin - longest, ())

    return max(
        sum(rates.get(tick, 0) for tick in range(begin, begin + window)) + most(begin)
        for begin in range(first, last + 1)
    )
