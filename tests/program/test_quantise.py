"""The pump's grid: whole strokes, never more than ordered, never a whole stroke less."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import CannotComputeError
from thecal.program.quantise import DeliveryGrid
from thecal.units import Volume, VolumeRate

volumes = st.fractions(0, 50_000, max_denominator=10_000).map(Volume)
strokes = st.sampled_from(["2", "2.5", "10", "0.73"]).map(lambda n: Volume.of(n, "uL"))
FREE = DeliveryGrid(stroke=None, minimum_rate=None)


@pytest.mark.req("D14")
@given(stroke=strokes, volume=volumes)
def test_a_volume_becomes_whole_strokes_and_never_exceeds_the_order(
    stroke: Volume, volume: Volume
) -> None:
    grid = DeliveryGrid(stroke, None)
    given_volume = grid.achievable_volume(volume)
    assert given_volume <= volume < given_volume + stroke
    assert given_volume.ratio(stroke).denominator == 1
    # Counted one by one.
    if volume.ratio(stroke) < 500:
        count = 0
        while stroke.scaled(count + 1) <= volume:
            count += 1
        assert given_volume == stroke.scaled(count)


@pytest.mark.req("D14")
@given(stroke=strokes, daily=volumes)
def test_a_rate_becomes_whole_strokes_a_day(stroke: Volume, daily: Volume) -> None:
    grid = DeliveryGrid(stroke, None)
    rate = VolumeRate(daily.base / 86400)
    achieved = grid.achievable_rate(rate)
    assert achieved <= rate
    assert achieved.per_day() == grid.achievable_volume(daily)


@given(stroke=strokes, volume=volumes)
def test_what_is_achievable_stays_as_it_is(stroke: Volume, volume: Volume) -> None:
    grid = DeliveryGrid(stroke, None)
    once = grid.achievable_volume(volume)
    assert grid.achievable_volume(once) == once


@given(stroke=strokes, first=volumes, second=volumes)
def test_a_larger_order_never_gives_less(stroke: Volume, first: Volume, second: Volume) -> None:
    grid = DeliveryGrid(stroke, None)
    low, high = sorted((first, second))
    assert grid.achievable_volume(low) <= grid.achievable_volume(high)


@given(volume=volumes)
def test_a_roller_pump_without_a_stroke_delivers_what_is_programmed(volume: Volume) -> None:
    rate = VolumeRate(volume.base)
    assert FREE.achievable_volume(volume) == volume
    assert FREE.achievable_rate(rate) == rate


@pytest.mark.req("GIP-1.1.8")
def test_the_minimum_rate_is_known_or_refused() -> None:
    rate = VolumeRate.of("0.006", "mL/d")
    assert DeliveryGrid(None, rate).minimum_rate_mode() == rate
    with pytest.raises(CannotComputeError):
        FREE.minimum_rate_mode()


@pytest.mark.parametrize(
    ("daily", "count"), [("0.5", 50), ("0.49", 49), ("0.4999", 49), ("0.0099", 0)]
)
def test_strokes_of_ten_microlitres(daily: str, count: int) -> None:
    """devices.md A5 and A6, at 1 mg/mL."""
    grid = DeliveryGrid(Volume.of(10, "uL"), None)
    rate = VolumeRate.of(daily, "mL/d")
    assert grid.achievable_rate(rate) == VolumeRate.of(Fraction(count, 100), "mL/d")
