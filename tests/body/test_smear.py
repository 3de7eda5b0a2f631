"""Fronts in the catheter become as wide as Taylor and Aris have it, and no mass is lost."""

from __future__ import annotations

from itertools import pairwise
from math import pi, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal.body.smear import Smear, smeared
from thecal.body.source import Row

RADIUS = 0.0265
AREA = pi * RADIUS**2
CATHETER = Smear(catheter_volume=0.17, bore_radius=RADIUS, diffusivity=0.0277)


def infusion(*strengths: float, hours: float = 400.0, flow: float = 0.01) -> list[Row]:
    """Return rows of the same flow in mL/h, one for each strength in ug/mL."""
    volume = hours * flow
    return [
        Row("therapy", index * hours, (index + 1) * hours, volume, volume * strength)
        for index, strength in enumerate(strengths)
    ]


def mass(rows: list[Row]) -> float:
    return sum(row.mass for row in rows)


def test_slow_flow_smears_by_diffusion_alone() -> None:
    flow = 1e-6
    expected = AREA * sqrt(2 * 0.0277 * 0.17 / flow)
    assert CATHETER.spread(flow) == pytest.approx(expected, rel=1e-6)


def test_fast_flow_smears_by_shear() -> None:
    """D Pe^2 / 48 with Pe = U r / D, for the time V / Q."""
    flow = 100.0
    shear = 0.0277 * (flow / AREA * RADIUS / 0.0277) ** 2 / 48
    assert CATHETER.spread(flow) == pytest.approx(AREA * sqrt(2 * shear * 0.17 / flow), rel=1e-4)


def test_a_constant_infusion_is_left_alone() -> None:
    rows = infusion(5.0, 5.0, 5.0)
    assert smeared(rows, CATHETER) == rows


def test_a_bolus_of_the_same_solution_makes_no_front() -> None:
    rows = [*infusion(5.0), Row("patient_bolus", 400.0, 400.1, 0.05, 0.25)]
    assert smeared(rows, CATHETER) == rows


def test_no_delivery_is_no_delivery() -> None:
    assert smeared([], CATHETER) == []


def test_a_front_is_a_gaussian_as_wide_as_its_passage_made_it() -> None:
    out = smeared(infusion(5.0, 20.0), CATHETER)
    sigma = CATHETER.spread(0.01)
    left = np.cumsum([row.volume for row in out]) - 4.0
    middles = left - np.array([row.volume for row in out]) / 2
    strengths = np.array([row.mass / row.volume for row in out])
    for place, part in ((-sigma, 0.1587), (0.0, 0.5), (sigma, 0.8413), (2 * sigma, 0.9772)):
        assert np.interp(place, middles, strengths) == pytest.approx(5 + 15 * part, abs=0.1)
    assert strengths[0] == pytest.approx(5.0)
    assert strengths[-1] == pytest.approx(20.0)
    assert np.all(np.diff(strengths) >= -1e-9)


def test_time_volume_and_mass_go_on_without_a_gap() -> None:
    rows = infusion(5.0, 20.0, 0.0, 3.0)
    out = smeared(rows, CATHETER)
    assert len(out) > len(rows)
    assert out[0].start == 0.0
    assert out[-1].end == pytest.approx(1600.0)
    for one, after in pairwise(out):
        assert one.end == pytest.approx(after.start)
    assert sum(row.volume for row in out) == pytest.approx(16.0)
    assert mass(out) == pytest.approx(mass(rows), rel=1e-12)
    assert min(row.mass for row in out) >= -1e-12


def test_rows_far_from_any_front_stay_as_they_were() -> None:
    rows = [*infusion(5.0, 5.0, 20.0, 20.0)]
    out = smeared(rows, CATHETER)
    assert out[0] == rows[0]
    assert out[-1] == rows[-1]


def test_what_was_pushed_at_once_stays_at_once() -> None:
    rows = [
        *infusion(5.0),
        Row("purge", 400.0, 400.0, 0.3, 6.0),
        Row("therapy", 400.0, 800.0, 4.0, 80.0),
    ]
    out = smeared(rows, CATHETER)
    pushed = [row for row in out if row.purpose == "purge"]
    assert pushed
    assert all(row.start == row.end == 400.0 for row in pushed)
    assert mass(out) == pytest.approx(mass(rows))


def test_rows_without_volume_hold_nothing() -> None:
    rows = infusion(5.0, 20.0)
    still = Row("therapy", 800.0, 900.0, 0.0, 0.0)
    assert smeared([*rows, still], CATHETER) == smeared(rows, CATHETER)


@settings(max_examples=25)
@given(
    st.lists(st.floats(0.0, 2000.0), min_size=1, max_size=5),
    st.floats(0.002, 0.5),
)
def test_mass_is_kept_where_the_ends_are_long(strengths: list[float], flow: float) -> None:
    rows = infusion(strengths[0], *strengths, strengths[-1], hours=4.0 / flow, flow=flow)
    out = smeared(rows, CATHETER)
    assert mass(out) == pytest.approx(mass(rows), rel=1e-9, abs=1e-9)
    assert min(row.mass for row in out) >= -1e-9 * max(*strengths, 1.0)
