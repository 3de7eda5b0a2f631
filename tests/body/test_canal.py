"""The canal on a grid: nothing of it is lost, a bolus adds up, and finer cells agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import ANATOMY, CANAL, bench

from thecal.body.canal import Canal, canal_on, grid
from thecal.body.course import FloatArray
from thecal.body.network import FIRST_CSF
from thecal.errors import UsageError

places = st.floats(0.0, ANATOMY.length)
VOLUME = CANAL.csf_area * np.diff(CANAL.edges)


def test_the_cells_are_a_centimetre_long_and_fill_the_canal() -> None:
    assert CANAL.cells == 60
    assert np.diff(CANAL.edges) == pytest.approx(np.ones(60))
    assert CANAL.edges[0] == 0.0
    assert CANAL.edges[-1] == ANATOMY.length
    assert len(CANAL.face_area) == len(CANAL.dispersion) == 59


def test_the_grid_holds_the_fluid_and_the_tissue_of_the_anatomy() -> None:
    heights = np.diff(ANATOMY.tops)
    assert VOLUME[CANAL.in_sac].sum() == pytest.approx(35.8, rel=0.02)
    assert VOLUME.sum() == pytest.approx(float(ANATOMY.csf_area @ heights), rel=0.01)
    tissue = CANAL.tissue_area * np.diff(CANAL.edges)
    expected = float((ANATOMY.cord_area + ANATOMY.root_area) @ heights)
    assert tissue.sum() == pytest.approx(expected, rel=0.01)


def test_dispersion_is_log_linear_between_the_nodes_and_constant_outside() -> None:
    faces = CANAL.edges[1:-1]
    cervical, thoracic, lumbar = ANATOMY.dispersion_places
    assert CANAL.dispersion[faces < cervical] == pytest.approx(111.6)
    assert CANAL.dispersion[faces > lumbar] == pytest.approx(24.12)
    share = (faces - thoracic) / (lumbar - thoracic)
    between = (share > 0) & (share < 1)
    expected = 320.4 ** (1 - share) * 24.12**share
    assert CANAL.dispersion[between] == pytest.approx(expected[between])


def test_the_dura_goes_round_fluid_and_tissue() -> None:
    area = CANAL.dura_perimeter**2 / (4 * np.pi)
    assert area == pytest.approx(CANAL.csf_area + CANAL.tissue_area)


@given(place=places)
def test_a_place_lies_in_its_cell(place: float) -> None:
    index = CANAL.cell_at(place)
    assert CANAL.edges[index] <= place <= CANAL.edges[index + 1]


@pytest.mark.parametrize("place", [-0.01, 60.5, 1e9, float("nan")])
def test_a_place_outside_the_canal_is_refused(place: float) -> None:
    with pytest.raises(UsageError, match="outside the canal"):
        CANAL.cell_at(place)
    for volume in (0.0, 2.0):
        with pytest.raises(UsageError, match="outside the canal"):
            CANAL.plug(place, volume, VOLUME)


@given(place=places, volume=st.floats(0.0, 80.0))
def test_the_parts_of_a_bolus_add_up_and_lie_side_by_side(place: float, volume: float) -> None:
    part = CANAL.plug(place, volume, VOLUME)
    assert part.sum() == pytest.approx(1.0, rel=1e-12)
    assert part.min() >= 0
    filled = np.flatnonzero(part)
    assert np.array_equal(filled, np.arange(filled[0], filled[-1] + 1))
    assert part[filled[1:-1]] * volume == pytest.approx(VOLUME[filled[1:-1]])


@given(edge=st.integers(10, 50), volume=st.floats(1e-6, 10.0))
def test_a_bolus_pushes_as_much_both_ways(edge: int, volume: float) -> None:
    part = CANAL.plug(CANAL.edges[edge], volume, VOLUME)
    assert part[:edge].sum() == pytest.approx(0.5, abs=1e-6)
    assert part[edge:].sum() == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize(("place", "end"), [(0.0, 0), (1.0, 0), (59.5, 59), (ANATOMY.length, 59)])
def test_a_bolus_at_an_end_goes_on_the_other_way(place: float, end: int) -> None:
    part = CANAL.plug(place, 5.0, VOLUME)
    assert part.sum() == pytest.approx(1.0)
    assert part[end] * 5.0 == pytest.approx(VOLUME[end])


def test_a_bolus_of_no_volume_goes_into_one_cell() -> None:
    part = CANAL.plug(45.3, 0.0, VOLUME)
    assert np.flatnonzero(part) == [CANAL.cell_at(45.3)]
    assert part.sum() == 1.0


@pytest.mark.parametrize("volume", [100.0, -1.0, -1e-9, float("nan"), float("inf")])
def test_a_bolus_that_the_canal_cannot_hold_is_refused(volume: float) -> None:
    with pytest.raises(UsageError):
        CANAL.plug(45.0, volume, VOLUME)


@pytest.mark.parametrize("level", ["C1", "T6", "L3", "S2"])
@pytest.mark.parametrize("length", [0.5, 0.25, 0.1])
def test_cells_are_fine_near_the_tip_and_as_before_elsewhere(level: str, length: float) -> None:
    tip = ANATOMY.middle(level)
    canal = grid(ANATOMY, tip, length)
    sizes = np.diff(canal.edges)
    near = (canal.edges[:-1] < tip + 3.0) & (canal.edges[1:] > tip - 3.0)
    assert sizes[near].max() <= length * (1 + 1e-9)
    assert sizes[near].min() > 0.5 * length
    assert sizes.sum() == pytest.approx(ANATOMY.length)
    far = np.abs((canal.edges[:-1] + canal.edges[1:]) / 2 - tip) > 4.0
    assert sizes[far] == pytest.approx(1.0)
    assert set(CANAL.edges) <= set(canal.edges)
    assert (canal.csf_area * sizes).sum() == pytest.approx(VOLUME.sum(), rel=2e-3)


@pytest.mark.parametrize("length", [0.0, -0.5, 1.0, 2.0, float("nan")])
def test_cells_that_are_no_finer_are_refused(length: float) -> None:
    with pytest.raises(UsageError, match="refinement"):
        grid(ANATOMY, 30.0, length)


def steady_csf(canal: Canal, at: FloatArray) -> FloatArray:
    """Return CSF concentrations at places under a constant infusion between two coarse cells."""
    one = bench("morphine", 47.0, canal)
    one.source[:] = 0.0
    tip = canal.cell_at(47.0)
    one.source[FIRST_CSF + tip - 1] = one.source[FIRST_CSF + tip] = 0.5
    mass = np.linalg.solve(one.network.matrix(0), -one.source)
    csf = (mass / one.network.volume[0])[FIRST_CSF : FIRST_CSF + canal.cells]
    return np.asarray(np.interp(at, (canal.edges[:-1] + canal.edges[1:]) / 2, csf))


def test_finer_cells_come_closer_to_the_same_answer() -> None:
    at = np.array([10.0, 25.0, 40.0, 44.0, 47.0, 50.0, 57.0])
    exact = steady_csf(canal_on(ANATOMY, np.linspace(0.0, ANATOMY.length, 961)), at)
    errors = [
        np.abs(steady_csf(canal, at) / exact - 1.0).max()
        for canal in (CANAL, grid(ANATOMY, 47.0, 0.5), grid(ANATOMY, 47.0, 0.25))
    ]
    assert errors[0] > 1.5 * errors[1] > 1.5 * 1.2 * errors[2], errors
    assert errors[0] < 0.05
    uniform = [
        np.abs(
            steady_csf(canal_on(ANATOMY, np.linspace(0.0, ANATOMY.length, cells + 1)), at) / exact
            - 1.0
        ).max()
        for cells in (60, 120, 240)
    ]
    assert uniform[0] > 1.8 * uniform[1] > 1.8 * 1.8 * uniform[2], uniform
