"""Refill dates against a plain walk through the minutes, and the worked examples."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.program.clock import SECONDS_PER_DAY, SECONDS_PER_WEEK
from thecal.program.refill_dates import PumpingStretch, RefillBy, refill_by, when_pumped
from thecal.program.schedule import WeeklySchedule
from thecal.units import Duration, Volume, VolumeRate

DAY = SECONDS_PER_DAY
MONDAY = Fraction(4 * DAY)
NO_RATE = VolumeRate.zero()
HOUR = 3600


def constant(text: str) -> WeeklySchedule:
    return WeeklySchedule.constant(VolumeRate.of(*text.split(" ")))


@st.composite
def schedules(draw: st.DrawFn) -> WeeklySchedule:
    """Hourly blocks: every change lies on an hour."""
    rate = st.sampled_from([Fraction(0), Fraction(1, 7), Fraction(1), Fraction(3)])
    hours = sorted(draw(st.sets(st.integers(1, 167), max_size=5)))
    pieces: list[tuple[Fraction, VolumeRate]] = []
    for hour in (0, *hours):
        value = VolumeRate(draw(rate))
        if not pieces or pieces[-1][1] != value:
            pieces.append((Fraction(hour * HOUR), value))
    return WeeklySchedule(tuple(pieces))


def walked(start: Fraction, stretches: list[PumpingStretch], volume: Fraction) -> Fraction | None:
    """Go from hour to hour (or the next end of a stretch) until the volume is pumped."""
    now, left, index = start, volume, 0
    limit = start + 60 * SECONDS_PER_WEEK
    while now < limit:
        while (
            index < len(stretches)
            and stretches[index].end is not None
            and (stretches[index].end <= now)
        ):
            index += 1
        if index == len(stretches):
            return None
        stretch = stretches[index]
        until = MONDAY + ((now - MONDAY) // HOUR + 1) * HOUR
        if stretch.end is not None:
            until = min(until, stretch.end)
        rate = stretch.schedule.rate_at(now).base + stretch.extra.base
        if rate and left <= rate * (until - now):
            return now + left / rate
        left -= rate * (until - now)
        now = until
    return None


@given(
    schedule=schedules(),
    start=st.fractions(0, SECONDS_PER_WEEK, max_denominator=13),
    extra=st.sampled_from([0, 0, Fraction(1, 5)]),
    volume=st.fractions(Fraction(1, 11), 400_000, max_denominator=11),
)
def test_a_running_schedule_empties_when_a_walk_through_the_hours_says(
    schedule: WeeklySchedule, start: Fraction, extra: Fraction, volume: Fraction
) -> None:
    stretches = [PumpingStretch(None, schedule, VolumeRate(Fraction(extra)))]
    now = MONDAY + start
    expected = walked(now, stretches, volume)
    found = when_pumped(now, stretches, Volume(volume))
    if expected is None:
        # The walk gives up after 60 weeks; a stopped pump never gets there.
        assert found is None or found >= now + 60 * SECONDS_PER_WEEK
    else:
        assert found == expected


@given(
    rows=st.lists(
        st.tuples(
            st.fractions(0, 10 * DAY, max_denominator=7),
            schedules(),
            st.sampled_from([Fraction(0), Fraction(1, 5)]),
        ),
        max_size=4,
    ),
    last=schedules(),
    volume=st.fractions(Fraction(1, 11), 400_000, max_denominator=11),
)
def test_stretches_follow_each_other(
    rows: list[tuple[Fraction, WeeklySchedule, Fraction]], last: WeeklySchedule, volume: Fraction
) -> None:
    now = end = MONDAY + 5 * HOUR
    stretches = []
    for length, schedule, extra in rows:
        end += length
        stretches.append(PumpingStretch(end, schedule, VolumeRate(extra)))
    stretches.append(PumpingStretch(None, last, NO_RATE))
    expected = walked(now, stretches, volume)
    found = when_pumped(now, stretches, Volume(volume))
    if expected is None:
        assert found is None or found >= now + 60 * SECONDS_PER_WEEK
    else:
        assert found == expected
        reached = Fraction(0)
        since = now
        for stretch in stretches:
            until = found if stretch.end is None else min(found, stretch.end)
            if until > since:
                reached += stretch.schedule.volume_between(since, until).base
                reached += stretch.extra.base * (until - since)
                since = until
        assert reached == volume


def test_stretches_that_end_before_the_volume_is_pumped_never_reach_it() -> None:
    stretch = PumpingStretch(MONDAY + DAY, constant("0.4 mL/d"), NO_RATE)
    assert when_pumped(MONDAY, [stretch], Volume.of("0.41", "mL")) is None
    assert when_pumped(MONDAY, [stretch], Volume.of("0.4", "mL")) == MONDAY + DAY
    assert when_pumped(MONDAY, [], Volume.of(1, "uL")) is None


@pytest.mark.parametrize("volume", ["0", "-1"])
def test_what_is_already_pumped_is_reached_now(volume: str) -> None:
    stretch = PumpingStretch(None, constant("0.4 mL/d"), NO_RATE)
    assert when_pumped(MONDAY, [stretch], Volume.of(volume, "mL")) == MONDAY


@pytest.mark.parametrize(
    ("volume", "rate", "days"),
    [("18", "0.4", 45), ("38", "0.4", 95), ("18", "0.1", 180), ("36", "0.5", 72)],
)
def test_the_examples_b9_and_a7(volume: str, rate: str, days: int) -> None:
    """devices.md B9: fill 20 or 40, alarm 2; A7: 38 mL, alarm 2, 0.5 mL a day."""
    stretch = PumpingStretch(None, constant(f"{rate} mL/d"), NO_RATE)
    assert when_pumped(MONDAY, [stretch], Volume.of(volume, "mL")) == MONDAY + days * DAY


def test_the_example_b10_with_and_without_boluses() -> None:
    """devices.md B10: 17 mL at 0.3 mL/d, 4 boluses of 0.025 mL: 42.5 d all, 56.7 d none."""
    background = constant("0.3 mL/d")
    every = PumpingStretch(None, background, VolumeRate.of("0.1", "mL/d"))
    none = PumpingStretch(None, background, NO_RATE)
    usable = Volume.of(17, "mL")
    assert when_pumped(MONDAY, [every], usable) == MONDAY + Fraction("42.5") * DAY
    assert when_pumped(MONDAY, [none], usable) == MONDAY + Fraction(170, 3) * DAY


# -- refill by ----------------------------------------------------------------------------------

lengths = st.one_of(st.none(), st.integers(1, 400).map(lambda days: Duration.of(days, "d")))


@given(
    low=st.one_of(st.none(), st.integers(0, 400)),
    window=st.integers(0, 14),
    stability=lengths,
    interval=lengths,
)
def test_the_earliest_of_what_is_known_decides(
    low: int | None, window: int, stability: Duration | None, interval: Duration | None
) -> None:
    found = refill_by(
        low_reservoir=None if low is None else MONDAY + low * DAY,
        window_before_alarm=Duration.of(window, "d"),
        fill=MONDAY,
        stability=stability,
        maximum_interval=interval,
    )
    days = {
        "alarm date": None if low is None else Fraction(low - window),
        "stability": None if stability is None else stability.in_unit("d"),
        "maximum interval": None if interval is None else interval.in_unit("d"),
    }
    known = {name: day for name, day in days.items() if day is not None}
    if not known:
        assert found is None
        return
    assert found is not None
    assert found.instant == MONDAY + min(known.values()) * DAY
    assert known[found.decided_by] == min(known.values())


def test_an_example_of_refill_by() -> None:
    found = refill_by(
        low_reservoir=MONDAY + 180 * DAY,
        window_before_alarm=Duration.of(7, "d"),
        fill=MONDAY,
        stability=Duration.of(90, "d"),
        maximum_interval=Duration.of(180, "d"),
    )
    assert found == RefillBy(MONDAY + 90 * DAY, "stability")
