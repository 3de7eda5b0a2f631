"""Few segments of a day: round the clock, exact, and losing as little as a merge must."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from thecal.care.design.segments import Segment, coarser, loss

rates = st.lists(st.integers(0, 20).map(Fraction), min_size=24, max_size=24)


def test_equal_neighbours_are_one_segment_round_midnight() -> None:
    values = [Fraction(2)] * 4 + [Fraction(1)] * 18 + [Fraction(2)] * 2
    finest = coarser(values)[0]
    assert set(finest) == {Segment(4, 18, Fraction(1)), Segment(22, 6, Fraction(2))}
    assert loss(values, finest) == 0


def test_the_likest_neighbours_are_merged_first() -> None:
    values = [Fraction(10)] * 8 + [Fraction(1)] * 8 + [Fraction(2)] * 8
    _, two, _ = coarser(values)
    assert {(one.start, one.hours, one.value) for one in two} == {
        (0, 8, 10),
        (8, 16, Fraction(3, 2)),
    }


@given(rates)
def test_every_coarsening_covers_the_day_once_and_keeps_its_mean(values: list[Fraction]) -> None:
    lost = []
    for segments in coarser(values):
        assert sorted(hour for one in segments for hour in one.covers()) == list(range(24))
        assert sum(one.value * one.hours for one in segments) == sum(values)
        lost.append(loss(values, segments))
    assert lost == sorted(lost)
    assert lost[0] == 0
    assert len(coarser(values)[-1]) == 1
