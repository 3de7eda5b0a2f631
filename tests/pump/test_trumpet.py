"""Trumpet arithmetic against a count by brute force, and the laws that any trumpet keeps."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.pump.trumpet import StrokeCounts, WorstErrors, count_strokes, worst_errors
from thecal.units import Duration, Volume, VolumeRate

halves = st.integers(0, 120).map(lambda number: Fraction(number, 2))
runs = st.lists(halves, max_size=25).map(sorted)
windows = st.integers(1, 60).map(lambda number: Fraction(number, 2))
intervals = st.fractions(min_value=Fraction(1, 3), max_value=20, max_denominator=30)


def slow_counts(
    times: list[Fraction], length: Fraction, start: Fraction, end: Fraction
) -> StrokeCounts:
    """Count one by one, at every instant at which anything can change and between each two."""
    edges = {start, end - length}
    edges |= {place for time in times for place in (time, time - length)}
    inside = sorted(place for place in edges if start <= place <= end - length)
    places = [*inside, *((left + right) / 2 for left, right in pairwise(inside))]
    counts = [sum(place <= time < place + length for time in times) for place in places]
    return StrokeCounts(min(counts), max(counts))


def even(interval: Fraction, end: Fraction) -> list[Fraction]:
    return [interval * index for index in range(1, int(end / interval) + 2)]


@given(runs, windows, halves, halves)
def test_the_count_is_that_of_brute_force(
    times: list[Fraction], length: Fraction, start: Fraction, more: Fraction
) -> None:
    end = start + length + more
    found = count_strokes(times, Duration(length), start=start, end=end)
    assert found == slow_counts(times, length, start, end)


@given(intervals, windows, intervals)
def test_the_count_of_even_strokes_is_that_of_brute_force(
    interval: Fraction, length: Fraction, start: Fraction
) -> None:
    end = start + length + interval
    times = even(interval, end)
    found = count_strokes(times, Duration(length), start=start, end=end)
    assert found == slow_counts(times, length, start, end)
    assert found.fewest == length // interval
    assert found.most == -(-length // interval)


@given(runs, windows, halves)
def test_the_most_is_never_below_the_fewest(
    times: list[Fraction], length: Fraction, more: Fraction
) -> None:
    counts = count_strokes(times, Duration(length), start=Fraction(0), end=length + more)
    errors = worst_errors(counts, Volume.of(2, "uL"), VolumeRate.of(250, "uL/d"), Duration(length))
    assert -1 <= errors.least <= errors.most


@given(intervals, st.integers(1, 40), intervals)
def test_a_window_of_whole_intervals_has_no_error(
    interval: Fraction, count: int, start: Fraction
) -> None:
    stroke = Volume.of(2, "uL")
    window = Duration(interval * count)
    end = start + window.base + interval
    counts = count_strokes(even(interval, end), window, start=start, end=end)
    ordered = stroke / Duration(interval)
    assert worst_errors(counts, stroke, ordered, window) == WorstErrors(Fraction(0), Fraction(0))


@given(runs, windows, halves, st.fractions(min_value=Fraction(1, 9), max_value=9))
def test_scaling_all_times_or_all_volumes_changes_no_error(
    times: list[Fraction], length: Fraction, more: Fraction, factor: Fraction
) -> None:
    stroke, ordered, end = Volume.of(2, "uL"), VolumeRate.of(250, "uL/d"), length + more
    window, longer = Duration(length), Duration(length * factor)
    counts = count_strokes(times, window, start=Fraction(0), end=end)
    slower = count_strokes(
        [time * factor for time in times], longer, start=Fraction(0), end=end * factor
    )
    errors = worst_errors(counts, stroke, ordered, window)
    assert slower == counts
    assert worst_errors(counts, stroke, ordered.scaled(1 / factor), longer) == errors
    assert worst_errors(counts, stroke.scaled(factor), ordered.scaled(factor), window) == errors


@given(runs, windows, halves, st.integers(2, 6))
def test_a_multiple_of_a_window_is_never_worse(
    times: list[Fraction], length: Fraction, more: Fraction, multiple: int
) -> None:
    end = length * multiple + more
    stroke, ordered = Volume.of(2, "uL"), VolumeRate.of(250, "uL/d")
    short, long = (
        worst_errors(
            count_strokes(times, Duration(one), start=Fraction(0), end=end),
            stroke,
            ordered,
            Duration(one),
        )
        for one in (length, length * multiple)
    )
    assert short.least <= long.least
    assert long.most <= short.most


def test_the_sampled_formula_of_the_facts_agrees_where_samples_meet_every_phase() -> None:
    """standards.md 2.8 in samples of 1.2 s, which divides 691.2 s and every window."""
    interval, sample = Fraction("691.2"), Fraction("1.2")
    ordered = 2 / interval
    per_stroke = int(interval / sample)
    samples = [2 if index % per_stroke == 0 else 0 for index in range(1, 40_000)]
    for hours in (Fraction(1, 2), Fraction(1), Fraction(6)):
        count = int(hours * 3600 / sample)
        sums = [sum(samples[:count])]
        for leaves, enters in zip(samples, samples[count:], strict=False):
            sums.append(sums[-1] - leaves + enters)
        due = ordered * sample * count
        window = Duration(hours * 3600)
        end = window.base + 2 * interval
        found = worst_errors(
            count_strokes(even(interval, end), window, start=interval, end=end),
            Volume.of(2, "uL"),
            VolumeRate(ordered),
            window,
        )
        assert found == WorstErrors(min(sums) / due - 1, max(sums) / due - 1)


def test_two_windows_that_touch_share_no_stroke() -> None:
    counts = count_strokes([Fraction(1)], Duration(Fraction(1)), start=Fraction(0), end=Fraction(1))
    assert counts == StrokeCounts(0, 0)
    counts = count_strokes([Fraction(1)], Duration(Fraction(1)), start=Fraction(1), end=Fraction(2))
    assert counts == StrokeCounts(1, 1)


def test_a_window_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="no window"):
        count_strokes([], Duration(Fraction(2)), start=Fraction(0), end=Fraction(1))
    with pytest.raises(ValueError, match="no window"):
        count_strokes([], Duration.zero(), start=Fraction(0), end=Fraction(1))
