"""Trumpet arithmetic: the worst mean flow over all windows of one length, exact.

The formula is that of facts/standards.md 2.8 (after operator manuals that report the accuracy test
of IEC 60601-2-24): for a window of length p, E_max = max (volume in the window - r p) / (r p) over
all its places, E_min the least of them. Sampling is left out, for the strokes themselves are known:
a window may begin at any instant, and is half-open, so that two that touch share no stroke.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import final

from thecal.units import Duration, Volume, VolumeRate


@final
@dataclass(frozen=True, slots=True)
class StrokeCounts:
    """The fewest and the most strokes in any window of one length."""

    fewest: int
    most: int


@final
@dataclass(frozen=True, slots=True)
class WorstErrors:
    """E_min and E_max as parts of the ordered volume: 0.1 is 10 % too much."""

    least: Fraction
    most: Fraction


def count_strokes(
    times: Sequence[Fraction], window: Duration, *, start: Fraction, end: Fraction
) -> StrokeCounts:
    """Count the strokes in every window `[s, s + window)` with `start <= s <= end - window`.

    Parameters
    ----------
    times
        Of the strokes, in seconds, rising.
    window
        Length of the windows.
    start, end
        The part of the run that is looked at, in seconds.

    Raises
    ------
    ValueError
        If no window of that length fits.
    """
    length = window.base
    if length <= 0 or start + length > end:
        raise ValueError("no window of this length fits between start and end")
    # Whole numbers compare many times faster than fractions, and a fill has thousands of strokes.
    scale = lcm(length.denominator, start.denominator, end.denominator)
    scale = lcm(scale, *{time.denominator for time in times})
    ticks = [time.numerator * (scale // time.denominator) for time in times]
    span, first, last = (int(value * scale) for value in (length, start, end - length))
    counts = [bisect_left(ticks, first + span) - bisect_left(ticks, first)]
    # The count only changes just after a stroke is passed by the window's beginning or its end.
    changes = {place for tick in ticks for place in (tick, tick - span) if first <= place < last}
    counts += [bisect_right(ticks, place + span) - bisect_right(ticks, place) for place in changes]
    return StrokeCounts(min(counts), max(counts))


def worst_errors(
    counts: StrokeCounts, stroke: Volume, ordered: VolumeRate, window: Duration
) -> WorstErrors:
    """Return how far the volume in a window is from what was ordered for its length.

    Parameters
    ----------
    counts
        From `count_strokes`, for this window.
    stroke
        What one stroke really delivers.
    ordered
        The rate that was set, not zero.
    """
    due = ordered * window
    least, most = (stroke.scaled(count).ratio(due) - 1 for count in (counts.fewest, counts.most))
    return WorstErrors(least, most)
