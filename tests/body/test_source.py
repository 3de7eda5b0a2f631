"""What left the tip is what enters the body, whatever the order, overlap and length of rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.body.source import Row, TipSource, averaged_input, exact_input, streams_of

PURPOSES = ("therapy", "patient_bolus", "bridge", "purge")


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Return deliveries of any length; those of one purpose do not overlap, others may."""
    found = []
    for purpose in draw(st.lists(st.sampled_from(PURPOSES), unique=True)):
        clock = draw(st.floats(0.0, 30.0))
        for _ in range(draw(st.integers(1, 5))):
            length = draw(st.one_of(st.just(0.0), st.floats(0.001, 40.0)))
            mass = draw(st.one_of(st.just(0.0), st.floats(1e-6, 1e4)))
            found.append(Row(purpose, clock, clock + length, 0.01, mass))
            clock += length + draw(st.one_of(st.just(0.0), st.floats(0.001, 10.0)))
    return sorted(found, key=lambda row: row.start)


def source(*given_rows: Row) -> TipSource:
    return TipSource("T10", streams_of(given_rows))


def given_until(some: list[Row], time: float) -> float:
    """Return what was delivered up to a time, that at the time included, row by row."""
    total = 0.0
    for row in some:
        if row.end == row.start:
            total += row.mass if row.start <= time else 0.0
        else:
            part = (min(time, row.end) - row.start) / (row.end - row.start)
            total += row.mass * max(part, 0.0)
    return total


wanted_times = st.lists(st.floats(0.1, 120.0), min_size=1, max_size=6).map(
    lambda times: np.unique([0.0, *times])
)


@given(rows(), wanted_times)
def test_exact_input_holds_what_each_row_delivered_between_its_points(
    some: list[Row], wanted: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> None:
    given_input, kept = exact_input(source(*some), wanted)
    assert np.array_equal(given_input.points[kept], wanted)
    assert given_input.points[-1] == wanted[-1]
    assert np.all(np.diff(given_input.points) > 0)
    steps = np.append(given_input.infusion * np.diff(given_input.points), 0.0)
    total = max(given_until(some, np.inf), 1e-12)
    so_far = 0.0
    for point, bolus, step in zip(given_input.points, given_input.bolus, steps, strict=True):
        so_far += float(bolus)
        assert so_far == pytest.approx(given_until(some, float(point)), abs=1e-9 * total)
        so_far += float(step)
    assert given_input.dose == pytest.approx(given_until(some, float(wanted[-1])), abs=1e-9 * total)
    assert given_input.infusion.min(initial=0.0) >= -1e-6 * total


@given(rows(), st.floats(0.05, 20.0), st.integers(1, 60))
def test_averaging_keeps_the_mass_of_every_step(some: list[Row], step: float, count: int) -> None:
    points = step * np.arange(count + 1, dtype=np.float64)
    given_input = averaged_input(source(*some), points)
    assert np.array_equal(given_input.points, points)
    total = max(given_until(some, np.inf), 1e-12)
    assert given_input.dose == pytest.approx(given_until(some, float(points[-1])), abs=1e-9 * total)
    lasting = [row for row in some if row.end > row.start]
    before = np.cumsum(np.append(0.0, given_input.infusion * step))
    expected = [given_until(lasting, float(point)) for point in points]
    assert before == pytest.approx(expected, abs=1e-9 * total)


def test_a_row_over_many_steps_is_even_and_a_row_within_one_is_spread_over_it() -> None:
    long, short = Row("therapy", 0.5, 3.5, 1.0, 30.0), Row("bridge", 1.25, 1.5, 1.0, 7.0)
    found = averaged_input(source(long, short), np.arange(5.0))
    assert found.infusion == pytest.approx([5.0, 17.0, 10.0, 5.0])
    assert not found.bolus.any()


def test_exact_edges_are_points_and_rates_are_those_of_the_rows() -> None:
    rows = (Row("therapy", 0.5, 3.5, 1.0, 30.0), Row("patient_bolus", 1.25, 1.5, 1.0, 7.0))
    found, _ = exact_input(source(*rows), np.array([0.0, 4.0]))
    assert found.points.tolist() == [0.0, 0.5, 1.25, 1.5, 3.5, 4.0]
    assert found.infusion == pytest.approx([0.0, 10.0, 38.0, 10.0, 0.0])


def test_pushes_at_one_time_add_up_and_stay_at_their_time() -> None:
    pushes = [Row("purge", 2.0, 2.0, 0.1, 3.0), Row("purge", 2.0, 2.0, 0.1, 4.0)]
    found, _ = exact_input(source(*pushes), np.array([0.0, 5.0]))
    assert found.points.tolist() == [0.0, 2.0, 5.0]
    assert found.bolus.tolist() == [0.0, 7.0, 0.0]
    averaged = averaged_input(source(*pushes), np.array([0.0, 1.5, 3.0]))
    assert averaged.bolus.tolist() == [0.0, 0.0, 7.0]


def test_what_comes_after_the_last_point_is_left_out_and_what_runs_then_is_cut() -> None:
    rows = (
        Row("therapy", 1.0, 3.0, 1.0, 10.0),
        Row("therapy", 3.0, 5.0, 1.0, 20.0),
        Row("purge", 2.5, 2.5, 1.0, 100.0),
    )
    for found in (
        exact_input(source(*rows), np.array([0.0, 2.0]))[0],
        averaged_input(source(*rows), np.array([0.0, 1.0, 2.0])),
    ):
        assert found.points[-1] == 2.0
        assert found.dose == pytest.approx(5.0)


def test_a_push_at_the_very_end_counts() -> None:
    found, _ = exact_input(source(Row("purge", 2.0, 2.0, 1.0, 3.0)), np.array([0.0, 2.0]))
    assert found.bolus.tolist() == [0.0, 3.0]


def test_nothing_delivered_is_an_input_of_nothing() -> None:
    found, kept = exact_input(TipSource("T10", ()), np.array([0.0, 1.0]))
    assert (found.dose, kept.tolist()) == (0.0, [True, True])


def test_each_purpose_is_a_stream_in_its_order() -> None:
    streams = streams_of(
        [
            Row("therapy", 0.0, 4.0, 1.0, 1.0),
            Row("patient_bolus", 1.0, 2.0, 1.0, 2.0),
            Row("therapy", 4.0, 5.0, 1.0, 3.0),
        ]
    )
    assert [stream.masses.tolist() for stream in streams] == [[1.0, 3.0], [2.0]]
    assert streams[0].starts.tolist() == [0.0, 4.0]
    assert streams[0].before(np.array([-1.0, 2.0, 4.5, 9.0])) == pytest.approx([0, 0.5, 2.5, 4])
