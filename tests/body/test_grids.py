"""The times of a course: even, fine enough for its length, and few enough to draw."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal.body.grids import course_times

MINUTE = 1 / 60
DAY = 24.0


@pytest.mark.parametrize(
    ("hours", "step"),
    [
        (1 / 3600, 1 / 3600),
        (5 * MINUTE, 5 * MINUTE),
        (7 * MINUTE, 5 * MINUTE),
        (DAY, 5 * MINUTE),
        (30 * DAY, 5 * MINUTE),
        (60 * DAY, 5 * MINUTE),
        (61 * DAY, 15 * MINUTE),
        (400 * DAY, 15 * MINUTE),
        (500 * DAY, 1.0),
        (3000 * DAY, 1.0),
    ],
)
def test_steps_are_as_fine_as_the_length_lets_them(hours: float, step: float) -> None:
    times = course_times(hours)
    assert np.diff(times.coarse) == pytest.approx(np.full(len(times.coarse) - 1, step))
    assert times.coarse[0] == 0.0
    assert hours - step < times.coarse[-1] <= hours * (1 + 1e-11)
    assert bool(len(times.fine)) == (step > 5 * MINUTE)


def test_a_length_of_whole_steps_reaches_its_end() -> None:
    for days in (1, 7, 30, 61, 90, 365, 500):
        times = course_times(days * DAY)
        assert times.coarse[-1] == pytest.approx(days * DAY)
        assert times.windows()[-1][1][-1] == pytest.approx(days * DAY)


def test_a_short_therapy_has_one_window_and_a_long_one_its_last_two_days() -> None:
    assert [name for name, _ in course_times(DAY).windows()] == ["whole"]
    for days in (30, 61, 500):
        names = [name for name, _ in course_times(days * DAY).windows()]
        assert names == ["whole", "last"]
        last = course_times(days * DAY).windows()[1][1]
        assert last[-1] - last[0] == pytest.approx(2 * DAY)
        assert np.diff(last) == pytest.approx(np.full(len(last) - 1, 5 * MINUTE))


def test_the_last_window_begins_on_a_time_of_the_whole() -> None:
    for days in (61, 500):
        times = course_times(days * DAY)
        assert times.coarse[times.cut] == times.fine[0]


@settings(max_examples=40)
@given(st.floats(1e-6, 4000 * DAY))
def test_any_length_is_even_and_drawn_with_few_times(hours: float) -> None:
    times = course_times(hours)
    assert len(times.coarse) >= 2
    assert len(times.coarse) <= 100_000
    for _, points in times.windows():
        steps = np.diff(points)
        assert np.ptp(steps) <= 1e-6 * steps[0] if len(steps) else len(points) == 1
    whole = times.windows()[0][1]
    assert len(whole) <= 400
    assert np.isin(whole, times.coarse).all()
    if len(times.fine):
        assert times.fine[-1] == pytest.approx(times.coarse[-1])
    assert set(times.every) == set(times.coarse) | set(times.fine)
