"""The response surface: bounded, rising, and plain Emax for one drug."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.body.effects.emax import drive, fraction
from thecal.body.effects.pain import pain_score
from thecal.body.effects.spasticity import ashworth

hills = st.floats(0.5, 5.0)
drives = st.lists(st.floats(0.0, 1e4), min_size=2, max_size=20)


@given(drives, hills)
def test_effect_is_bounded_and_never_falls_with_the_drive(values: list[float], hill: float) -> None:
    part = fraction(np.array([sorted(values)]), hill)[0]
    assert (part >= 0.0).all()
    assert (part <= 1.0).all()
    assert (np.diff(part) >= -1e-15).all()


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), hills)
def test_one_drug_has_the_plain_emax(concentration: float, ec50: float, hill: float) -> None:
    part = fraction(drive([np.array([[concentration / ec50]])], 0.3), hill)
    expected = concentration**hill / (ec50**hill + concentration**hill)
    assert part[0, 0] == pytest.approx(expected, rel=1e-12)


@given(hills)
def test_half_the_effect_is_at_the_ec50(hill: float) -> None:
    assert fraction(np.ones((1, 1)), hill)[0, 0] == 0.5


@given(st.lists(st.floats(0.0, 100.0), min_size=2, max_size=4), st.floats(-0.5, 2.0))
def test_drives_add_up_with_the_product_of_each_pair(values: list[float], alpha: float) -> None:
    parts = [np.array([[value]]) for value in values]
    pairs = sum(a * b for i, a in enumerate(values) for b in values[:i])
    assert drive(parts, alpha)[0, 0] == pytest.approx(sum(values) + alpha * pairs, abs=1e-7)


def test_same_drug_split_into_two_acts_as_one_where_drugs_add_up() -> None:
    whole, half = np.array([[0.8]]), np.array([[0.4]])
    assert drive([half, half], 0.0) == whole
    assert drive([half, half], 0.5) > whole
    assert drive([half, half], -0.5) < whole


def test_no_drug_has_no_effect_nor_has_the_round_off_below_zero() -> None:
    assert (fraction(np.array([[0.0, -1e-9, -0.0]]), 2.4) == 0.0).all()


def test_very_large_drive_reaches_the_largest_effect() -> None:
    assert fraction(np.array([[1e300]]), 4.0)[0, 0] == 1.0


def test_scales_start_at_the_baseline_and_end_at_the_largest_effect() -> None:
    none, all_of_it = np.zeros((1, 1)), np.full((1, 1), 1e300)
    assert ashworth("spasticity-legs", none)[0, 0] == pytest.approx(3.4)
    assert ashworth("spasticity-legs", all_of_it)[0, 0] == pytest.approx(1.0)
    assert ashworth("spasticity-arms", none)[0, 0] == pytest.approx(3.0)
    assert ashworth("spasticity-arms", all_of_it)[0, 0] == pytest.approx(1.0)
    assert pain_score(none)[0, 0] == pytest.approx(7.57)
    assert pain_score(all_of_it)[0, 0] == pytest.approx(0.0)
