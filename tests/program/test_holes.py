"""A catheter with holes: what enters comes out somewhere, in order, and nothing is lost."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.pharmacy import Mixture
from thecal.program.holes import (
    Hole,
    Place,
    next_at_tip,
    push_through,
    share_at_tip,
)
from thecal.program.line import Line, Parcel, Solution, mass_in
from thecal.units import Concentration, Volume

pytestmark = pytest.mark.req("F05", "D03")


def solution(strength: int) -> Solution:
    mixture = Mixture.of({"morphine": Concentration.of(strength, "mg/mL")})
    return Solution(mixture, mixture)


holes = st.lists(
    st.builds(
        Hole,
        st.fractions(0, 160, max_denominator=50).map(Volume),
        st.fractions(0, 1, max_denominator=20).filter(bool),
        st.sampled_from(Place),
    ),
    max_size=3,
).map(lambda found: tuple(sorted(found, key=lambda hole: -hole.distal.base)))
pushes = st.lists(
    st.tuples(st.fractions(0, 500, max_denominator=50).map(Volume), st.integers(0, 5)), max_size=5
)


def base_mass(parcels: tuple[Parcel, ...]) -> Fraction:
    masses = mass_in(parcels)
    return masses["morphine"].base if "morphine" in masses else Fraction(0)


def volume(parcels: tuple[Parcel, ...]) -> Fraction:
    return sum((parcel.volume.base for parcel in parcels), Fraction(0))


@given(holes, pushes)
def test_what_enters_stays_in_the_line_or_leaves_at_the_tip_or_at_a_hole(found, entering) -> None:
    line = Line.of_volumes(Volume(Fraction(140)), Volume(Fraction(160)), solution(1))
    for size, strength in entering:
        before = base_mass(line.parcels) + base_mass((Parcel(size, solution(strength)),))
        after, out, lost = push_through(line, size, solution(strength), found)
        gone = [parcel for _, parcels in lost for parcel in parcels]
        assert after.catheter.volume == line.catheter.volume
        assert after.tubing.volume == line.tubing.volume
        assert volume(out) == size.base * share_at_tip(found)
        assert volume(out) + volume(tuple(gone)) == size.base
        assert before == base_mass(after.parcels) + base_mass(out) + base_mass(tuple(gone))
        line = after


@given(holes, st.fractions(0, 400, max_denominator=50), st.fractions(0, 1, max_denominator=20))
def test_pushed_in_two_parts_or_in_one_is_the_same(found, size, part) -> None:
    line = Line.of_volumes(Volume(Fraction(140)), Volume(Fraction(160)), solution(1))
    whole, _, _ = push_through(line, Volume(size), solution(2), found)
    half, _, _ = push_through(line, Volume(size * part), solution(2), found)
    both, _, _ = push_through(half, Volume(size * (1 - part)), solution(2), found)
    assert both == whole


@given(pushes)
def test_without_a_hole_it_is_the_plain_line(entering) -> None:
    line = plain = Line.of_volumes(Volume(Fraction(140)), Volume(Fraction(160)), solution(1))
    for size, strength in entering:
        line, out, lost = push_through(line, size, solution(strength), ())
        plain, expected = plain.pushed(size, solution(strength))
        assert out == expected
        assert not lost
        assert line.parcels == plain.parcels


@given(holes, pushes)
def test_until_the_tip_changes_one_solution_leaves(found, entering) -> None:
    line = Line.of_volumes(Volume(Fraction(140)), Volume(Fraction(160)), solution(1))
    for size, strength in entering:
        line, _, _ = push_through(line, size, solution(strength), found)
    coming = next_at_tip(line, found)
    if coming is None:
        assert share_at_tip(found) == 0
        return
    limit, first = coming
    _, out, _ = push_through(line, Volume(limit), solution(9), found)
    assert limit > 0
    assert {parcel.solution for parcel in out} == {first}
