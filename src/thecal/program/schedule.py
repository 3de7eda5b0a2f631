"""A background of volume rates that repeats weekly, as half-open intervals on the pump clock."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import final

from thecal.program.clock import SECONDS_PER_DAY, SECONDS_PER_WEEK, Instant, second_of_week
from thecal.units import Volume, VolumeRate


@final
@dataclass(frozen=True)
class WeeklySchedule:
    """Piecewise constant volume rate over the seconds of a week, beginning Monday 00:00.

    `pieces` are `(start, rate)` in rising order of `start`, the first at 0; each lasts to the next,
    the last to the end of the week. Equal neighbours are merged by `from_intervals`.
    """

    pieces: tuple[tuple[Fraction, VolumeRate], ...]

    @classmethod
    def constant(cls, rate: VolumeRate) -> WeeklySchedule:
        """Return the schedule that never changes."""
        return cls(((Fraction(0), rate),))

    @classmethod
    def from_intervals(
        cls,
        background: VolumeRate,
        intervals: list[tuple[Fraction, Fraction, VolumeRate]],
    ) -> WeeklySchedule:
        """Return `background` replaced by `intervals` `(start, end, rate)` in seconds of the week.

        An interval may run past the end of the week and then goes on at its beginning. Intervals
        must not overlap; the caller has checked that.
        """
        changes: dict[Fraction, VolumeRate] = {Fraction(0): background}
        cut: list[tuple[Fraction, Fraction, VolumeRate]] = []
        week = Fraction(SECONDS_PER_WEEK)
        for start, end, rate in intervals:
            if end <= week:
                cut.append((start, end, rate))
            else:
                cut.append((start, week, rate))
                cut.append((Fraction(0), end - week, rate))
        for _, end, _ in cut:
            if end < week:
                changes.setdefault(end, background)
        for start, _, rate in cut:
            changes[start] = rate
        pieces: list[tuple[Fraction, VolumeRate]] = []
        for start in sorted(changes):
            if not pieces or pieces[-1][1] != changes[start]:
                pieces.append((start, changes[start]))
        return cls(tuple(pieces))

    @cached_property
    def _starts(self) -> list[Fraction]:
        return [start for start, _ in self.pieces]

    @cached_property
    def _cumulated(self) -> list[Fraction]:
        """Volume in microlitres from Monday 00:00 to each piece's start, and to the week's end."""
        ends = [*self._starts[1:], Fraction(SECONDS_PER_WEEK)]
        totals = [Fraction(0)]
        for (start, rate), end in zip(self.pieces, ends, strict=True):
            totals.append(totals[-1] + rate.base * (end - start))
        return totals

    @property
    def is_constant(self) -> bool:
        """Whether the rate never changes."""
        return len(self.pieces) == 1

    @property
    def rates(self) -> tuple[VolumeRate, ...]:
        """The rates of the pieces, in order."""
        return tuple(rate for _, rate in self.pieces)

    def rate_at(self, instant: Instant) -> VolumeRate:
        """Return the rate in force at `instant`."""
        return self.pieces[bisect_right(self._starts, second_of_week(instant)) - 1][1]

    def next_change(self, instant: Instant) -> Instant | None:
        """Return the first change of rate after `instant`, None where the rate never changes."""
        if self.is_constant:
            return None
        second = second_of_week(instant)
        index = bisect_right(self._starts, second)
        if index < len(self._starts):
            return instant + self._starts[index] - second
        monday = instant - second + SECONDS_PER_WEEK
        # At Monday 00:00 the list starts anew; if it goes on at the same rate, the change is later.
        if self.pieces[-1][1] != self.pieces[0][1]:
            return monday
        return monday + self._starts[1]

    def shifted(self, seconds: Fraction) -> WeeklySchedule:
        """Return the schedule as it runs in true time on a clock that is fast by `seconds`."""
        if self.is_constant:
            return self
        moved = sorted(((start - seconds) % SECONDS_PER_WEEK, rate) for start, rate in self.pieces)
        if moved[0][0] > 0:
            moved.insert(0, (Fraction(0), moved[-1][1]))
        return WeeklySchedule(tuple(moved))

    def run_from(self, instant: Instant) -> Iterator[tuple[VolumeRate, Instant | None]]:
        """Yield each rate in force from `instant` on, and until when; None for ever."""
        if self.is_constant:
            yield self.pieces[0][1], None
            return
        monday = instant - second_of_week(instant)
        index = bisect_right(self._starts, instant - monday) - 1
        while True:
            for start, rate in self._following[index]:
                yield rate, monday + start
            monday += SECONDS_PER_WEEK
            index = 0

    @cached_property
    def _following(self) -> list[list[tuple[Fraction, VolumeRate]]]:
        """For each piece, `(end, rate)` of it and of all that follow it in the week."""
        ends = [*self._starts[1:], Fraction(SECONDS_PER_WEEK)]
        ended = [(end, rate) for end, (_, rate) in zip(ends, self.pieces, strict=True)]
        return [ended[index:] for index in range(len(ended))]

    def changes_between(self, start: Instant, end: Instant) -> Iterator[Instant]:
        """Yield the changes of rate after `start` and before `end`."""
        moment = self.next_change(start)
        while moment is not None and moment < end:
            yield moment
            moment = self.next_change(moment)

    def volume_between(self, start: Instant, end: Instant) -> Volume:
        """Return the exact volume that the schedule gives from `start` to `end`."""
        if self.is_constant:
            return Volume(self.pieces[0][1].base * (end - start))
        return Volume(
            self._volume_since_monday(end, start) - self._volume_since_monday(start, start)
        )

    def _volume_since_monday(self, instant: Instant, reference: Instant) -> Fraction:
        """Microlitres from the Monday before `reference` to `instant`."""
        elapsed = instant - (reference - second_of_week(reference))
        weeks, second = divmod(elapsed, SECONDS_PER_WEEK)
        index = bisect_right(self._starts, second) - 1
        start, rate = self.pieces[index]
        return weeks * self._cumulated[-1] + self._cumulated[index] + rate.base * (second - start)

    @cached_property
    def fullest_day(self) -> Volume:
        """The largest volume that the schedule gives in any 24 hours."""
        if self.is_constant:
            return self.pieces[0][1].per_day()
        day = Fraction(SECONDS_PER_DAY)
        edges = [*self._starts, *((start - day) % SECONDS_PER_WEEK for start in self._starts)]
        # Any Monday serves as the reference: the schedule repeats.
        monday = Fraction((7 - 3) * SECONDS_PER_DAY)
        return max(self.volume_between(monday + edge, monday + edge + day) for edge in edges)
