"""The largest mass of each drug that can leave the tip in any window, whatever the patient presses.

The result is the exact supremum, across program changes and boluses under way. Windows that lie
within one phase need no search: background and boluses are independent there, because the bolus
pattern can begin wherever the window does. Windows that straddle phases go to the search, see
`worst_case_search` for why that is exact.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import final

from thecal.errors import CannotComputeError
from thecal.pharmacy.mixture import Mixture
from thecal.program.clock import SECONDS_PER_DAY, SECONDS_PER_WEEK, Instant, second_of_week
from thecal.program.worst_case_input import BolusRule, KnownDelivery, Phase
from thecal.program.worst_case_reach import grouped, without_idle_weeks
from thecal.program.worst_case_search import PressSearch
from thecal.program.worst_case_terms import Course, Guard, Stretch
from thecal.units import Duration, Mass


def worst_case(
    phases: Sequence[Phase],
    known: Sequence[KnownDelivery],
    *,
    window: Duration,
    ends_after: Instant,
) -> dict[str, Mass]:
    """Return the exact supremum of each drug's mass in any window that ends after `ends_after`.

    Only where boluses may follow each other within 10 seconds is it an upper bound instead, see
    `worst_case_reach.grouped`.

    Parameters
    ----------
    phases
        Contiguous, in order, as far back as is known; nothing is delivered outside them.
    known
        Deliveries on top of the phases.
    window
        Length of the windows, at most 24 hours.
    ends_after
        Windows end later than this; one that ends just after it counts.

    Returns
    -------
    dict
        Drug id to mass, for every drug whose worst case is not zero.

    Raises
    ------
    CannotComputeError
        If the window is longer than 24 hours or empty, or a bolus or a known delivery takes no
        time.
    """
    if not 0 < window.base <= SECONDS_PER_DAY:
        raise CannotComputeError(
            "the worst case is defined for windows of at most 24 hours",
            remedy="use a window above zero and at most 24 h",
        )
    phases, known, ends_after = without_idle_weeks(phases, known, ends_after)
    phases = [grouped(phase) for phase in phases]
    earliest = ends_after - window.base
    phases = [p for p in phases if p.end is None or p.end > earliest]
    known = [delivery for delivery in known if delivery.volume and delivery.end > earliest]
    if any(delivery.start >= delivery.end for delivery in known) or any(
        phase.bolus is not None and not phase.bolus.duration for phase in phases
    ):
        raise CannotComputeError("a bolus and a known delivery must last longer than no time")
    grid = _Grid(phases, known, window, earliest)
    mixtures = dict.fromkeys([p.mixture for p in phases] + [k.mixture for k in known])
    result: dict[str, Mass] = {}
    # Drugs whose concentrations keep one ratio through all mixtures share one search.
    solved: dict[tuple[Fraction, ...], Fraction] = {}
    for drug in sorted({drug for mixture in mixtures for drug in mixture}):
        levels = [mixture.get_concentration(drug).base for mixture in mixtures]
        unit = next(level for level in levels if level)
        key = tuple(level / unit for level in levels)
        if key not in solved:
            solved[key] = grid.solve(dict(zip(mixtures, key, strict=True)))
        if solved[key]:
            result[drug] = Mass(solved[key] * unit)
    return result


@final
class _Grid:
    """The phases in whole ticks, and the window starts sorted by what decides them."""

    def __init__(
        self,
        phases: Sequence[Phase],
        known: Sequence[KnownDelivery],
        window: Duration,
        earliest: Instant,
    ) -> None:
        self._phases, self._known = phases, known
        rules = [phase.bolus for phase in phases if phase.bolus is not None]
        times = [window.base, earliest]
        times += [time for k in known for time in (k.start, k.end)]
        times += [time for rule in rules for time in (rule.duration.base, rule.lockout.base)]
        times += [time for p in phases for time in (p.start, p.end) if time is not None]
        times += [start for phase in phases for start, _ in phase.schedule.pieces]
        self._per_second = lcm(*{Fraction(time).denominator for time in times})
        self._window = self._ticks(window.base)
        self._earliest = self._ticks(earliest)
        self._week = SECONDS_PER_WEEK * self._per_second
        # A tick that is a Monday 00:00, to which every schedule is laid.
        self._monday = -self._ticks(second_of_week(Fraction(0)))
        self._spans = [
            (self._ticks(p.start), None if p.end is None else self._ticks(p.end)) for p in phases
        ]
        self._pieces = [[self._ticks(s) for s, _ in p.schedule.pieces] for p in phases]
        self._deliveries = [(self._ticks(k.start), self._ticks(k.end)) for k in known]
        doses = [rule.dose.base for rule in rules]
        doses += [rule.room for rule in rules if rule.room is not None]
        self._per_microgram = lcm(*{dose.denominator for dose in doses})
        # Volume rates per second, in whole parts of a microlitre.
        backgrounds = [[rate.base for rate in phase.schedule.rates] for phase in phases]
        boluses = [
            Fraction(0) if p.bolus is None else p.bolus.volume.base / p.bolus.duration.base
            for p in phases
        ]
        extra = [k.volume.base / (k.end - k.start) for k in known]
        every = [*boluses, *extra, *(rate for row in backgrounds for rate in row)]
        self._per_microlitre = lcm(*{rate.denominator for rate in every})
        self._backgrounds = [_whole(row, self._per_microlitre) for row in backgrounds]
        self._boluses = _whole(boluses, self._per_microlitre)
        self._extra = _whole(extra, self._per_microlitre)

    def _ticks(self, seconds: Fraction) -> int:
        return seconds.numerator * (self._per_second // seconds.denominator)

    def solve(self, levels: dict[Mixture, Fraction]) -> Fraction:
        """Return the supremum of volume times level, where each mixture has its level."""
        per_level = lcm(*(level.denominator for level in levels.values()))
        weights = _whole([levels[phase.mixture] for phase in self._phases], per_level)
        extra = _whole([levels[delivery.mixture] for delivery in self._known], per_level)
        guards = [
            self._guard(phase.bolus, weight * rate)
            for phase, weight, rate in zip(self._phases, weights, self._boluses, strict=True)
        ]
        best = 0
        straddling: list[tuple[int, int]] = []
        for first, last, index in self._window_starts():
            if index is None:
                straddling.append((first, last))
                continue
            guard = guards[index]
            boluses = 0 if guard is None else guard.most(self._window)
            for low, high in self._telling(first, last):
                course = self._course(weights, extra, low, high)
                best = max(best, course.fullest(low, high) + boluses)
        for first, last in straddling:
            close = last + self._window
            stretches = [
                Stretch(start, close if end is None else end, guard)
                for (start, end), guard in zip(self._spans, guards, strict=True)
                if guard is not None
            ]
            best = PressSearch(
                stretches,
                self._course(weights, extra, first, last),
                first=first,
                last=last,
                window=self._window,
                day=SECONDS_PER_DAY * self._per_second,
                floor=best,
            ).best()
        return Fraction(best, per_level * self._per_microlitre * self._per_second)

    def _guard(self, rule: BolusRule | None, density: int) -> Guard | None:
        """Return the rule in whole numbers, None where no press adds to this drug's mass."""
        if rule is None or not density:
            return None
        room = rule.room
        guard = Guard(
            density,
            self._ticks(rule.duration.base),
            self._ticks(rule.lockout.base),
            rule.max_per_day,
            int(rule.dose.base * self._per_microgram),
            None if room is None else int(room * self._per_microgram),
        )
        return None if guard.allowed(0, 0) == 0 else guard

    def _window_starts(self) -> Iterator[tuple[int, int, int | None]]:
        """Yield ranges of window starts: within one phase (its index), or straddling (None)."""
        reached = self._earliest
        for index, (start, end) in enumerate(self._spans):
            first = max(start, reached)
            # Without an end a week holds every window that the schedule knows; known deliveries
            # may come later.
            last = (
                end - self._window
                if end is not None
                else max([first + self._week, *(finish for _, finish in self._deliveries)])
            )
            if last < first:
                continue
            if reached < first:
                yield reached, first, None
            yield first, last, index
            reached = last
        finish = max([reached, *(end for _, end in self._spans if end is not None)])
        if not self._spans or self._spans[-1][1] is not None:
            finish = max([finish, *(end for _, end in self._deliveries)])
        if reached < finish:
            yield reached, finish, None

    def _telling(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Yield the ranges that decide the background: one week, and around known deliveries."""
        yield first, min(last, first + self._week)
        for start, end in self._deliveries:
            low, high = max(first, start - self._window), min(last, end)
            if low <= high:
                yield low, high

    def _course(
        self, weights: Sequence[int], extra: Sequence[int], first: int, last: int
    ) -> Course:
        """Return the mass that windows from `first` to `last` see without presses.

        `weights` are what a microlitre counts in each phase, `extra` in each known delivery.
        """
        changes: dict[int, int] = {}

        def lay(start: int, end: int, rate: int) -> None:
            if start < end and rate:
                changes[start] = changes.get(start, 0) + rate
                changes[end] = changes.get(end, 0) - rate

        close = last + self._window
        for (start, end), pieces, rates, weight in zip(
            self._spans, self._pieces, self._backgrounds, weights, strict=True
        ):
            low, high = max(start, first), close if end is None else min(end, close)
            if len(rates) == 1:
                lay(low, high, rates[0] * weight)
                continue
            monday = low - (low - self._monday) % self._week
            while weight and low < high:
                piece = bisect_right(pieces, low - monday) - 1
                for rate, stop in zip(
                    rates[piece:], (*pieces[piece + 1 :], self._week), strict=True
                ):
                    lay(low, min(monday + stop, high), rate * weight)
                    low = monday + stop
                    if low >= high:
                        break
                monday += self._week
        for (start, end), rate, weight in zip(self._deliveries, self._extra, extra, strict=True):
            lay(max(start, first), min(end, close), rate * weight)
        return Course(changes, self._window)


def _whole(numbers: Sequence[Fraction], scale: int) -> list[int]:
    """Return the numbers times `scale`, a multiple of every denominator."""
    return [number.numerator * (scale // number.denominator) for number in numbers]


__all__ = ["BolusRule", "KnownDelivery", "Phase", "worst_case"]
