"""The fullest window in whole ticks: against every press on a lattice, with bounded effort."""

from __future__ import annotations

import sys
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press_lattice import fullest

from thecal.program.worst_case_search import PressSearch
from thecal.program.worst_case_terms import Course, Guard, Stretch


def search(
    stretches: list[Stretch],
    rates: dict[int, int],
    *,
    first: int,
    last: int,
    window: int,
    day: int,
    floor: int = 0,
) -> int:
    steps = {t: rates.get(t, 0) - rates.get(t - 1, 0) for tick in rates for t in (tick, tick + 1)}
    course = Course({tick: step for tick, step in steps.items() if step}, window)
    found = PressSearch(
        stretches, course, first=first, last=last, window=window, day=day, floor=floor
    )
    return found.best()


@st.composite
def guards(draw: st.DrawFn, day: int) -> Guard:
    """A rule that grants at least one press."""
    dose = draw(st.integers(0, 4))
    return Guard(
        density=draw(st.integers(1, 9)),
        duration=draw(st.one_of(st.integers(1, 2), st.integers(1, day + 1))),
        lockout=draw(st.one_of(st.integers(0, 3), st.integers(0, day + 2))),
        count=draw(st.one_of(st.none(), st.integers(1, 4))),
        dose=dose,
        room=draw(st.one_of(st.none(), st.none(), st.integers(max(1, dose), 12))),
    )


@st.composite
def stretches_of(draw: st.DrawFn, day: int, most: int) -> list[Stretch]:
    """Stretches one after another, some with a pause between."""
    found: list[Stretch] = []
    free = draw(st.booleans())
    tick = 0
    for _ in range(draw(st.integers(1, most))):
        begin = tick + draw(st.sampled_from([0, 0, 0, 1, 2]))
        tick = begin + draw(st.one_of(st.integers(1, day // 2), st.integers(1, 2 * day)))
        guard = draw(guards(day))
        if free:  # lockouts alone decide
            guard = Guard(guard.density, guard.duration, guard.lockout, None, guard.dose, None)
        found.append(Stretch(begin, tick, guard))
    return found


@settings(deadline=None, max_examples=250)
@given(data=st.data(), day=st.integers(4, 8))
def test_no_press_on_the_lattice_gives_more_and_some_give_as_much(
    data: st.DataObject, day: int
) -> None:
    stretches = data.draw(stretches_of(day, 4))
    end = stretches[-1].end
    rates = data.draw(st.dictionaries(st.integers(0, end), st.integers(1, 6), max_size=6))
    asked = {
        "first": (first := data.draw(st.integers(-day, end))),
        "last": data.draw(st.integers(first, end)),
        "window": data.draw(st.one_of(st.just(day), st.integers(1, day))),
        "day": day,
    }
    assert search(stretches, rates, **asked) == fullest(stretches, rates, **asked)


def test_nothing_that_is_known_to_be_reached_is_ever_undercut() -> None:
    guard = Guard(density=1, duration=1, lockout=2, count=None, dose=0, room=None)
    stretches = [Stretch(0, 4, guard), Stretch(4, 8, guard)]
    assert search(stretches, {}, first=0, last=8, window=4, day=4) == 2
    assert search(stretches, {}, first=0, last=8, window=4, day=4, floor=3) == 3


# Effort: a review asks this at every event, so the search must stay within reach.

HOUR, DAY = 60, 1440  # ticks of a minute
UNEVEN = {tick: 3 if tick < 600 else 5 if tick < 1020 else 2 for tick in range(2400)}


def rule(
    density: int, duration: int, lockout: int, count: int | None = None, dose: int = 1
) -> Guard:
    return Guard(density, duration, lockout, count, dose, None)


def effort(stretches: list[Stretch]) -> int:
    """Return how many functions are called for the windows of two days."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        search(stretches, UNEVEN, first=-DAY, last=DAY, window=DAY, day=DAY)
    finally:
        sys.setprofile(before)
    return calls


def lasting(*told: tuple[int, int, Guard]) -> list[Stretch]:
    """Stretches of such hours."""
    return [Stretch(begin * HOUR, end * HOUR, guard) for begin, end, guard in told]


TWO_HOURS_EACH = [
    (2 * i, 2 * i + 2, rule(4 + i % 3, 5 + i % 4, 50 + 7 * (i % 5), 6 + i % 4, 2 + i % 2))
    for i in range(6)
]


@pytest.mark.parametrize(
    ("stretches", "most"),
    [
        pytest.param(
            lasting((-48, 0, rule(5, 5, 60, 8)), *TWO_HOURS_EACH, (12, 48, rule(5, 7, 55, 9))),
            160_000,
            id="eight programs in a day, with counts",
        ),
        pytest.param(
            lasting(
                (-48, 0, rule(5, 10, 10)),
                (0, 5, rule(6, 8, 12)),
                (5, 8, rule(4, 9, 11)),
                (8, 48, rule(5, 10, 7)),
            ),
            116_000,
            id="a bolus every ten minutes, four lockouts alone",
        ),
        pytest.param(
            lasting(
                (-48, 0, rule(5, 10, 20, 50)),
                (0, 5, rule(6, 8, 22, 55)),
                (5, 48, rule(5, 10, 17, 60)),
            ),
            105_000,
            id="a bolus every twenty minutes, three counts",
        ),
        pytest.param(
            lasting((-48, 0, rule(5, 3, 3, 300)), (0, 48, rule(4, 2, 4, 250))),
            109_000,
            id="a bolus every three minutes, two counts",
        ),
    ],
)
def test_the_search_stays_within_reach(stretches: list[Stretch], most: int) -> None:
    """The most calls are a twentieth above what it took when this was written."""
    assert effort(stretches) <= most
