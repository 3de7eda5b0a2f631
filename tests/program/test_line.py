"""Tubing and catheter as tubes of numbered drops: first in, first out, nothing lost."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from thecal.pharmacy import DRUG_FREE, Mixture
from thecal.program.line import NO_DRUG, Line, Parcel, Segment, Solution
from thecal.units import Concentration, Mass, Volume

LEVELS = (0, 1, 2, 3)


def solution(level: int) -> Solution:
    mixture = Mixture.of({"morphine": Concentration(Fraction(level))})
    return Solution(mixture, mixture)


def volume(drops: int) -> Volume:
    """Return so many drops of a third of a microlitre."""
    return Volume(Fraction(drops, 3))


moves = st.lists(st.tuples(st.integers(0, 12), st.sampled_from(LEVELS)), max_size=12)
sizes = st.integers(0, 9)


def drops_of(parcels: tuple[Parcel, ...]) -> list[int]:
    """Return each drop's level, the first parcel first."""
    row: list[int] = []
    for parcel in parcels:
        count = parcel.volume.base * 3
        assert count.denominator == 1
        row += [int(parcel.solution.actual.get_concentration("morphine").base)] * int(count)
    return row


@given(tubing=sizes, catheter=sizes, pushes=moves)
def test_what_enters_leaves_in_the_same_order(
    tubing: int, catheter: int, pushes: list[tuple[int, int]]
) -> None:
    line = Line.of_volumes(volume(tubing), volume(catheter))
    row = [0] * (tubing + catheter)  # the tip first
    for count, level in pushes:
        line, out = line.pushed(volume(count), solution(level))
        row += [level] * count
        assert drops_of(out) == row[:count]
        row = row[count:]
        assert drops_of(line.parcels) == row
        assert drops_of(line.catheter.parcels) == row[:catheter]
        assert drops_of(line.tubing.parcels) == row[catheter:]
        assert line.volume == volume(tubing + catheter)
        assert line.mass().get("morphine", Mass.zero()).base == Fraction(sum(row), 3)
        if row:
            tip = line.tip()
            assert tip is not None
            assert drops_of((tip,))[0] == row[0]
        free = next((index for index, drop in enumerate(row) if drop), len(row))
        assert line.drug_free_at_tip == volume(free)
        for candidate in LEVELS:
            assert line.holds_only(solution(candidate)) == all(d == candidate for d in row)


@given(size=sizes, before=moves, drawn=st.integers(0, 20), entering=st.sampled_from(LEVELS))
def test_what_is_drawn_back_comes_from_the_inlet_and_csf_follows_at_the_outlet(
    size: int, before: list[tuple[int, int]], drawn: int, entering: int
) -> None:
    segment = Segment.filled(volume(size), NO_DRUG)
    row = [0] * size
    for count, level in before:
        segment, _ = segment.pushed((Parcel(volume(count), solution(level)),))
        row = (row + [level] * count)[count:]
    segment, out = segment.drawn_back(volume(drawn), solution(entering))
    queue = [entering] * drawn + row
    kept = len(queue) - drawn
    assert drops_of(out) == list(reversed(queue[kept:]))
    assert drops_of(segment.parcels) == queue[:kept]
    assert segment.volume == volume(size)


@given(tubing=sizes, catheter=sizes, cuts=st.lists(st.integers(1, 5), max_size=6))
def test_one_push_equals_many_small_ones(tubing: int, catheter: int, cuts: list[int]) -> None:
    start = Line.of_volumes(volume(tubing), volume(catheter), solution(2))
    whole, out = start.pushed(volume(sum(cuts)), solution(1))
    line, drops = start, []
    for cut in cuts:
        line, left = line.pushed(volume(cut), solution(1))
        drops += drops_of(left)
    assert line == whole
    assert drops == drops_of(out)


def test_neighbours_of_one_solution_are_one_parcel() -> None:
    line = Line.of_volumes(volume(3), volume(3))
    for _ in range(100):
        line, _ = line.pushed(Volume(Fraction(1, 300)), solution(1))
    assert len(line.tubing.parcels) <= 2
    assert len(line.parcels) == 2


def test_parcels_of_one_mixture_written_differently_stay_apart() -> None:
    """A refill that mixes with the residual: the pump's reckoning and the fluid differ."""
    real = solution(1).actual
    mixed = Solution(real, solution(2).actual)
    line = Line.of_volumes(volume(3), volume(3), solution(1))
    line, _ = line.pushed(volume(1), mixed)
    assert len(line.parcels) == 2


def test_a_line_without_volume_lets_everything_through() -> None:
    line = Line.of_volumes(Volume.zero(), Volume.zero())
    assert line.tip() is None
    assert line.drug_free_at_tip == Volume.zero()
    after, out = line.pushed(volume(3), solution(1))
    assert after == line
    assert drops_of(out) == [1, 1, 1]


def test_nothing_pushed_or_drawn_changes_nothing() -> None:
    line = Line.of_volumes(volume(3), volume(3), solution(2))
    assert line.pushed(Volume.zero(), solution(1)) == (line, ())
    assert line.catheter.drawn_back(Volume.zero(), NO_DRUG) == (line.catheter, ())
    assert NO_DRUG.actual == DRUG_FREE
