"""Exact search for the fullest window, in whole ticks of time and whole grains of mass.

Why a finite search is exact, for windows `[a, a + window]` of at most 24 hours:

1. Leaving a granted bolus out never makes another press be denied, and a bolus that gives nothing
   inside the window may be left out. So only boluses that give something there matter.
2. No bolus is granted while one runs, so at most one of them, the first, starts before `a`. All
   others start within 24 hours of each other: lockouts and maxima then see nothing but *how many*
   boluses each stretch has granted before. Only the first can leave the 24-hour count inside the
   window, 24 hours after its start `x`; what needs that is here called late.
3. For given numbers per stretch every later bolus is best given as early as it can: it starts at
   `max(x + shift, moment)` with fixed `shift` and `moment`, and what it gives only falls with time.
4. For given numbers the mass is therefore piecewise linear in `(a, x)` alone, and concave between
   the corners of the background. Its kinks are lines `a = const`, `x = const`, `a - x = const`, so
   the maximum lies where two of them cross. Crossings where a bolus gives nothing need no test,
   because fewer boluses do as well there.

The numbers are chosen stretch by stretch, for windows that close in one given stretch, so that the
window's end cuts no bolus of an earlier one. A choice is dropped when even its bound is beaten or
when another one leaves the later stretches the same freedom and gives as much.

A strict inequality (a grant *more* than 24 hours after another) is met by delaying each bolus a
little more than the one before it, so its limit belongs to the supremum.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, final

from thecal.program.worst_case_terms import Course, Stretch


class _Run(NamedTuple):
    """Boluses of one stretch, `spacing` apart, the first at `max(x + shift, moment)`."""

    shift: int
    moment: int
    number: int
    spacing: int
    duration: int
    density: int
    end: int  # of the stretch: a bolus is cut off there
    open: bool  # of the last stretch, where all that fit are taken

    @property
    def last_shift(self) -> int:
        return self.shift + (self.number - 1) * self.spacing

    @property
    def last_moment(self) -> int:
        return self.moment + (self.number - 1) * self.spacing

    def ladder(self, base: int) -> range:
        """Return `base` and what lies one spacing after another behind it, one for each bolus."""
        return range(base, base + self.number * self.spacing, self.spacing)

    def given(self, x: int, close: int) -> int:
        """Return the mass before `close` when the chain's first bolus starts at `x`."""
        left = max(0, min(self.end, close) - max(x + self.shift, self.moment))
        whole = min(self.number, -(-left // self.spacing)) - 1
        return (whole * self.duration + min(self.duration, left - whole * self.spacing)) * (
            self.density
        )


class _Bounds(NamedTuple):
    """Where the first bolus `x` may start and the window `a` may begin."""

    x_low: int
    x_high: int
    a_low: int
    a_high: int


class _Chain(NamedTuple):
    """Numbers chosen for the stretches so far, and where that choice has to be weighed."""

    bounds: _Bounds
    runs: tuple[_Run, ...] = ()
    granted: int = 0
    dosed: int = 0

    @property
    def most(self) -> int:
        """What the boluses can give, wherever the first one starts."""
        return sum(run.given(self.bounds.x_low, run.end) for run in self.runs)


class _Rival(NamedTuple):
    """A chain, and the least and the most that its runs after the first give."""

    chain: _Chain
    least: int
    most: int


@final
class PressSearch:
    """The fullest window that begins from `first` to `last`, whatever the patient presses."""

    def __init__(
        self,
        stretches: Sequence[Stretch],
        course: Course,
        *,
        first: int,
        last: int,
        window: int,
        day: int,
        floor: int,
    ) -> None:
        """Take what can be pressed, what flows by itself, and a mass that is surely reached."""
        self._course, self._window, self._day = course, window, day
        self._first, self._last, self._best = first, last, floor
        self._corners = course.corners(first, last)
        self._stretches = [s for s in stretches if s.start < last + window and s.end > first]
        self._free = all(s.guard.count is s.guard.room is None for s in self._stretches)

    def best(self) -> int:
        """Return the largest mass, or the known one where that is larger."""
        self._best = max(self._best, *map(self._course.given, self._corners))
        closes = [*(s.start - self._window for s in self._stretches), self._last]
        for index, (low, high) in enumerate(pairwise(closes)):
            self._close_in(index, max(low, self._first), high)
        return self._best

    def _close_in(self, final: int, low: int, high: int) -> None:
        """Search the windows from `low` to `high`: none closes before stretch `final` begins."""
        fullest = self._course.fullest(low, high)
        alone = [s.guard.most(self._window) for s in self._stretches[: final + 1]]
        for origin in range(final, -1, -1):
            stretch = self._stretches[origin]
            a_high = min(high, stretch.end)
            if a_high < low:
                continue
            x_low = max(stretch.start, low - stretch.guard.duration)
            chains = [_Chain(_Bounds(x_low, max(stretch.start, high), low, a_high))]
            for index in range(origin, final + 1):
                rest = fullest + sum(alone[index + 1 :])
                grown = (
                    longer
                    for chain in chains
                    for longer in self._extended(chain, index, origin, final)
                )
                chains = [chain for chain in grown if chain.most + rest > self._best]
                if index < final:
                    chains = self._undominated(chains, index + 1, final)
            for chain in chains:
                self._weigh(chain)

    def _extended(self, chain: _Chain, index: int, origin: int, final: int) -> Iterator[_Chain]:
        """Yield the chain with every number of boluses in stretch `index` that may be best."""
        stretch = self._stretches[index]
        guard, head = stretch.guard, self._stretches[origin].guard
        bounds = chain.bounds
        shift, moment = 0, stretch.start
        if chain.runs:
            shift = chain.runs[-1].last_shift + guard.lockout
            moment = max(moment, chain.runs[-1].last_moment + guard.lockout)
        # All start before the stretch ends and before the last window closes.
        left = min(stretch.end, bounds.a_high + self._window) - max(bounds.x_low + shift, moment)
        fit = -(-left // guard.spacing)
        early = _at_most(guard.allowed(chain.granted, chain.dosed), fit)
        late = _at_most(guard.allowed(chain.granted - 1, chain.dosed - head.dose), fit)
        numbers = range(late, 0, -1)
        if index == final:  # one more never does harm there
            numbers = numbers[:1]
        for number in numbers:
            runs = self._runs(stretch, min(number, early), number, shift, moment, index == final)
            kept = bounds
            if index < final:
                x_high = min(bounds.x_high, stretch.end - runs[-1].last_shift)
                a_high = min(bounds.a_high, x_high + head.duration)
                kept = bounds._replace(x_high=x_high, a_high=a_high)
            if kept.x_low > kept.x_high:
                continue
            if self._free and number < late:
                kept = _narrowed(kept, runs[-1], self._free_at(index + 1, final))
                if kept.x_low > kept.x_high:
                    break  # and so it is for all smaller numbers
            granted, dosed = chain.granted + number, chain.dosed + number * guard.dose
            yield _Chain(kept, chain.runs + runs, granted, dosed)
        if index > origin and not (index == final and numbers):
            yield chain

    def _runs(
        self, stretch: Stretch, early: int, number: int, shift: int, moment: int, is_open: bool
    ) -> tuple[_Run, ...]:
        """Return the runs of `number` boluses, of which all after `early` are late."""
        guard = stretch.guard
        rest = (guard.spacing, guard.duration, guard.density, stretch.end, is_open)
        runs: tuple[_Run, ...] = (_Run(shift, moment, early, *rest),) if early else ()
        if early < number:
            wait = early * guard.spacing
            runs += (_Run(max(shift + wait, self._day), moment + wait, number - early, *rest),)
        return runs

    def _free_at(self, index: int, final: int) -> int:
        """Return until when the last bolus may start and delay none of stretch `index` or later."""
        ahead = self._stretches[index : final + 1]
        return ahead[0].start - max(stretch.guard.lockout for stretch in ahead)

    def _undominated(self, chains: Iterable[_Chain], index: int, final: int) -> list[_Chain]:
        """Return the chains without those that do as well as another in every stretch to come.

        Every window closes later than the stretches chosen so far, so it cuts none of their
        boluses: what they give depends on the start of the first alone.
        """
        free_at = self._free_at(index, final)
        kept: dict[object, list[_Rival]] = {}
        for chain in chains:
            bounds, run = chain.bounds, chain.runs[-1]
            past = None if self._free else (chain.granted, chain.dosed)
            last = max(bounds.x_high + run.last_shift, run.last_moment)
            wait = None if last <= free_at else (run.last_shift, run.last_moment)
            rivals = kept.setdefault((chain.runs[0], past, wait), [])
            least, most = (
                sum(later.given(x, later.end) for later in chain.runs[1:])
                for x in (bounds.x_high, bounds.x_low)
            )
            new = _Rival(chain, least, most)
            if not any(_covers(rival, new) for rival in rivals):
                rivals[:] = [rival for rival in rivals if not _covers(new, rival)]
                rivals.append(new)
        return [rival.chain for rivals in kept.values() for rival in rivals]

    def _weigh(self, chain: _Chain) -> None:
        """Weigh every crossing of two kinks for the numbers of `chain`."""
        runs, window = chain.runs, self._window
        x_low, x_high, a_low, a_high = chain.bounds
        low, high = bisect_left(self._corners, a_low), bisect_right(self._corners, a_high)
        opens = {a_low, a_high, *self._corners[low:high]}
        if max(map(self._course.given, opens)) + chain.most <= self._best:
            return
        starts, leads = {x_low}, {0}
        for run in runs:
            begins, done = run.moment - run.shift, run.end - run.duration - run.last_shift
            starts |= {begins, done}
            if run.open:
                starts.update(_between(run.ladder(done), x_low, x_high))
                ends = run.duration - window
                opens.add(run.end - window)
                opens.update(_between(run.ladder(run.moment + ends), a_low, a_high))
                leads.update(_between(run.ladder(run.shift + ends), 0, runs[0].duration))
        ordered = sorted(opens)
        places = {(a, a - lead) for lead in leads for a in ordered}
        places |= {(x + lead, x) for lead in leads for x in starts}
        for x in starts:
            # Only a bolus at the very start of its stretch can be the first and follow `a` later.
            low = 0 if x == runs[0].moment else bisect_left(ordered, x)
            high = bisect_left(ordered, x + runs[0].duration)
            places.update((a, x) for a in ordered[low:high])
        for a, x in places:
            if a_low <= a <= a_high and x_low <= x <= x_high:
                self._best = max(self._best, self._mass(a, x, runs))

    def _mass(self, a: int, x: int, runs: tuple[_Run, ...]) -> int:
        """Return the mass in the window at `a` with the first bolus at `x`."""
        before = runs[0].density * max(0, a - x)
        boluses = sum(run.given(x, a + self._window) for run in runs)
        return self._course.given(a) - before + boluses


def _narrowed(bounds: _Bounds, run: _Run, free_at: int) -> _Bounds:
    """Return the bounds without the places where one bolus more at the end of `run` is better.

    Where lockouts alone decide, a further bolus by `free_at` costs nothing, so the number with
    that bolus covers the place.
    """
    limit = min(run.end, free_at) - run.spacing
    if run.last_moment > limit:
        return bounds
    return bounds._replace(x_low=max(bounds.x_low, limit - run.last_shift))


def _covers(one: _Rival, other: _Rival) -> bool:
    """Whether `one`, with the same first run, gives as much wherever `other` has to be weighed."""
    # Of one first run, the chain that may begin later also has the later windows.
    inner, outer = other.chain.bounds, one.chain.bounds
    return one.least >= other.most and (outer.x_low <= inner.x_low and inner.x_high <= outer.x_high)


def _at_most(allowed: int | None, fit: int) -> int:
    return fit if allowed is None else min(allowed, fit)


def _between(ladder: range, low: int, high: int) -> range:
    return ladder[bisect_left(ladder, low) : bisect_right(ladder, high)]
