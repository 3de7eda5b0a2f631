"""When a pump makes its strokes: whole ones, evenly, and never ahead of the order."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import CannotComputeError
from thecal.program.quantise import DeliveryGrid
from thecal.pump.strokes import Strokes, strokes_at
from thecal.units import DAY, Duration, Volume, VolumeRate

TWO = DeliveryGrid(Volume.of(2, "uL"), None)
rates = st.fractions(min_value=2, max_value=2000, max_denominator=997)


def test_250_ul_a_day_in_strokes_of_2_ul_is_one_each_691_point_2_seconds() -> None:
    strokes = strokes_at(VolumeRate.of(250, "uL/d"), TWO)
    assert strokes == Strokes(Volume.of(2, "uL"), Duration.of("691.2", "s"))


def test_48_ul_a_day_in_strokes_of_2_ul_is_one_an_hour() -> None:
    assert strokes_at(VolumeRate.of(48, "uL/d"), TWO).interval == Duration.of(1, "h")


def test_first_stroke_comes_after_one_whole_interval_and_the_end_is_left_out() -> None:
    strokes = Strokes(Volume.of(2, "uL"), Duration.of(1, "h"))
    assert strokes.times_before(Duration.of(3, "h")) == [3600, 7200]
    assert strokes.times_before(Duration.of(1, "h")) == []
    assert strokes.times_before(Duration.zero()) == []


@given(rates)
def test_a_day_of_strokes_is_what_the_grid_achieves(rate: Fraction) -> None:
    ordered = VolumeRate.of(rate, "uL/d")
    strokes = strokes_at(ordered, TWO)
    given_in_a_day = strokes.volume.scaled(DAY.ratio(strokes.interval))
    assert given_in_a_day == TWO.achievable_rate(ordered).per_day()


@given(rates, st.fractions(min_value=0, max_value=10**6, max_denominator=97))
def test_a_pump_is_never_ahead_of_its_order(rate: Fraction, seconds: Fraction) -> None:
    ordered, elapsed = VolumeRate.of(rate, "uL/d"), Duration(seconds)
    strokes = strokes_at(ordered, TWO)
    delivered = strokes.volume.scaled(len(strokes.times_before(elapsed)))
    assert delivered <= ordered * elapsed


def test_less_than_one_stroke_a_day_is_refused() -> None:
    with pytest.raises(CannotComputeError, match="less than one stroke of 2\xa0uL a day"):
        strokes_at(VolumeRate.of("1.9", "uL/d"), TWO)


def test_a_pump_without_strokes_has_none() -> None:
    with pytest.raises(CannotComputeError, match="not known"):
        strokes_at(VolumeRate.of(250, "uL/d"), DeliveryGrid(None, None))
