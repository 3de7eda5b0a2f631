"""The colours of the heat maps: round bounds over four decades, and ratios by doubling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.body.course import Band, DrugCourse
from thecal.report.body_axis import thin
from thecal.report.body_columns import (
    MOST_COLUMNS,
    column_edges,
    column_peaks,
    shared_edges,
)
from thecal.report.body_scale import ALIKE, NOTHING, ConcentrationScale, ratio_classes
from thecal.report.body_units import show_value, table_rows, unit_for

HIGHEST = st.floats(1e-9, 1e9)


@given(HIGHEST)
def test_scale_holds_the_highest_value_over_four_decades(highest: float) -> None:
    scale = ConcentrationScale.over(highest)
    edges = scale.edges
    assert len(edges) == 13
    assert edges[-2] < highest <= edges[-1]
    assert scale.decades == 4
    assert edges[-1] == pytest.approx(1e4 * edges[0])
    assert all(f"{edge:e}"[0] in "125" for edge in edges)


@given(HIGHEST, st.floats(1e-4, 1))
def test_scale_is_finer_over_two_decades_where_they_reach_far_enough(
    highest: float, part: float
) -> None:
    scale = ConcentrationScale.over(highest, highest * part)
    assert len(scale.edges) == 13
    assert scale.edges[-2] < highest <= scale.edges[-1]
    assert scale.edges[-1] == pytest.approx(10**scale.decades * scale.edges[0])
    assert scale.decades == 4 or scale.edges[0] <= highest * part
    assert scale.decades == (2 if part >= 0.0151 else 4) or 0.0099 <= part <= 0.0151


def test_bounds_of_two_decades_are_round() -> None:
    edges = ConcentrationScale.over(16.0, 0.4).edges
    assert edges == (0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0)


@given(HIGHEST, st.floats(0, 1))
def test_every_value_lies_within_the_bounds_of_its_class(highest: float, part: float) -> None:
    scale = ConcentrationScale.over(highest)
    value = highest * part
    (kind,) = scale.classes(np.array([value]))
    assert kind == 0 or scale.edges[kind - 1] <= value
    assert value <= scale.edges[kind]


def test_a_value_on_a_bound_belongs_to_the_class_above_it() -> None:
    scale = ConcentrationScale.over(10.0)
    assert scale.edges[0] == 0.001
    found = scale.classes(np.array([0.0, 0.000999, 0.001, 0.00199, 0.002, 4.999, 5.0, 10.0]))
    assert found.tolist() == [0, 0, 1, 1, 2, 11, 12, 12]
    assert scale.classes(np.array([np.nan, -1e-20])).tolist() == [NOTHING, 0]


def test_nothing_at_all_still_has_a_scale() -> None:
    scale = ConcentrationScale.over(0.0)
    assert scale.edges[-1] == 1.0
    assert scale.classes(np.zeros(3)).tolist() == [0, 0, 0]


def test_ratio_classes_double_and_take_a_quarter_as_alike() -> None:
    ratio = np.array([0.1, 0.125, 0.25, 0.5, 0.79, 0.8, 1.0, 1.24, 1.25, 2.0, 4.0, 8.0, 100.0])
    found = ratio_classes(np.ones(13), ratio, 0.001)
    assert found.tolist() == [0, 1, 2, 3, 3, 4, 4, 4, 5, 6, 7, 8, 8]


def test_ratio_of_traces_and_of_what_was_not_run_is_left_out() -> None:
    first = np.array([0.0, 1e-6, 0.0, 1.0, np.nan, 1.0])
    second = np.array([0.0, 9e-6, 1.0, 0.0, 1.0, np.nan])
    found = ratio_classes(first, second, 1e-3)
    assert found.tolist() == [NOTHING, NOTHING, 2 * ALIKE, 0, NOTHING, NOTHING]


@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_ratio_turned_around_is_the_mirrored_class(first: float, second: float) -> None:
    a, b = np.array([first]), np.array([second])
    there, back = ratio_classes(a, b, 1e-3)[0], ratio_classes(b, a, 1e-3)[0]
    on_a_bound = any(abs(second / first - r) < 1e-9 for r in (0.125, 0.25, 0.5, 0.8, 1.25, 2, 4, 8))
    assert on_a_bound or there + back == 2 * ALIKE


def course_of(peaks: np.ndarray) -> DrugCourse:
    band = Band(peaks[:, 0], peaks[:, 0], peaks[:, 0])
    return DrugCourse("morphine", peaks, peaks, peaks, {}, band, band)


@given(st.integers(2, 900), st.integers(0, 2**31))
def test_columns_are_few_and_lose_no_peak(count: int, seed: int) -> None:
    peaks = np.random.default_rng(seed).random((count, 3))
    times = np.linspace(0, 100, count)
    edges = column_edges(times)
    assert 2 <= len(edges) <= MOST_COLUMNS + 1
    found = column_peaks(times, course_of(peaks), edges)
    assert not np.isnan(found).any()
    assert np.array_equal(found.max(axis=0), peaks.max(axis=0))
    inside = (times > edges[0]) & (times <= edges[1])
    assert found[0, 0] == peaks[inside | (times == times[0]), 0].max()


@given(st.integers(2, 400), st.integers(2, 400), st.floats(1, 5000), st.floats(1, 5000))
def test_shared_columns_hold_both_courses(n: int, m: int, first: float, second: float) -> None:
    times = np.linspace(0, first, n), np.linspace(0, second, m)
    edges = shared_edges(*times)
    assert edges[0] == 0
    assert edges[-1] == max(first, second)
    assert np.all(np.diff(edges) > 0)
    for grid in times:
        peaks = np.arange(1.0, len(grid) + 1)[:, None]
        found = column_peaks(grid, course_of(peaks), edges)
        reached = edges[1:] <= grid[-1]
        assert not np.isnan(found[reached]).any()
        assert np.nanmax(found) == len(grid)


def test_columns_after_the_end_of_the_shorter_run_are_missing() -> None:
    times = np.linspace(0, 10, 11)
    found = column_peaks(times, course_of(np.ones((11, 1))), np.linspace(0, 20, 21))
    assert np.isnan(found[:, 0]).tolist() == [False] * 10 + [True] * 10


@given(st.integers(2, 2000), st.floats(0.1, 50_000))
def test_tables_stay_short_and_end_with_the_end(count: int, hours: float) -> None:
    rows = table_rows(np.linspace(0, hours, count))
    assert 2 <= len(rows) <= 25
    assert rows[0] == 0
    assert rows[-1] == count - 1


def test_a_month_has_a_row_for_each_second_day_and_two_days_one_for_each_quarter() -> None:
    times = np.linspace(0, 28 * 24, 28 * 24 + 1)
    assert np.diff(times[table_rows(times)]).tolist() == [48.0] * 14
    times = np.linspace(0, 48, 193)
    assert np.diff(times[table_rows(times)]).tolist() == [3.0] * 16


def test_units_are_those_in_which_a_concentration_is_spoken_of() -> None:
    assert unit_for(10.4).word == "mcg/mL"
    assert (unit_for(0.076).word, 0.076 * unit_for(0.076).factor) == ("ng/mL", 76.0)
    assert show_value(0.0005, 0.001) == "under 0.001"
    assert show_value(0.0, 0.001) == "0"
    assert show_value(1234.5) == "1,234" or show_value(1234.5) == "1,235"


@given(st.integers(2, 5000), st.integers(0, 2**31))
def test_a_long_course_is_thinned_without_losing_its_ends_and_extremes(
    count: int, seed: int
) -> None:
    value = np.random.default_rng(seed).random(count)
    kept = thin(np.arange(float(count)), (value, -value))
    assert kept == sorted(set(kept))
    assert len(kept) <= 600
    assert {0, count - 1, int(np.argmax(value)), int(np.argmin(value))} <= set(kept)
    assert count > 420 or len(kept) == count
