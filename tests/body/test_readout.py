"""Readings: every cell belongs to one part of the balance, every level to one cell."""

from __future__ import annotations

import numpy as np
import pytest

from thecal.body.anatomy import CISTERNA, reference_anatomy
from thecal.body.canal import grid
from thecal.body.course import MassBalance
from thecal.body.kinetics import kinetics_of
from thecal.body.network import FIRST_CSF, Cell, build_network
from thecal.body.patients import drawn_patients
from thecal.body.readout import GROUPS, Site, cell_of, concentrations, group_masses, source_at
from thecal.errors import UnknownIdError, UsageError

ANATOMY = reference_anatomy()
CANAL = grid(ANATOMY)
NETWORK = build_network(CANAL, kinetics_of("fentanyl"), drawn_patients(None, 3, 1))


def test_every_cell_is_in_exactly_one_part_of_the_balance() -> None:
    weights = group_masses(NETWORK)
    assert weights.shape == (3, len(GROUPS), NETWORK.cells)
    assert np.all(weights.sum(axis=1) == 1.0)
    for (name, kinds), one in zip(GROUPS, weights[0], strict=True):
        assert set(NETWORK.kind[one > 0]) == set(kinds)
        assert name in MassBalance.__slots__


@pytest.mark.parametrize("level", ANATOMY.levels)
def test_the_middle_of_a_level_lies_in_its_cell_and_its_cord_hangs_on_it(level: str) -> None:
    csf = cell_of(ANATOMY, CANAL, Site(level))
    cord = cell_of(ANATOMY, CANAL, Site(level, "cord"))
    assert (NETWORK.kind[csf], NETWORK.kind[cord]) == (Cell.CSF, Cell.TISSUE)
    assert NETWORK.parent[cord] == csf
    top, bottom = CANAL.edges[csf - FIRST_CSF : csf - FIRST_CSF + 2]
    assert top <= ANATOMY.middle(level) <= bottom


def test_the_cisterna_is_its_own_cell() -> None:
    assert NETWORK.kind[cell_of(ANATOMY, CANAL, Site(CISTERNA))] == Cell.CISTERNA


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(UnknownIdError, match="C8"):
        cell_of(ANATOMY, CANAL, Site("C8"))


def test_a_concentration_is_mass_over_volume_of_each_patient() -> None:
    cells = [cell_of(ANATOMY, CANAL, Site(level)) for level in ("T6", "L3")]
    masses = np.arange(NETWORK.cells, dtype=float)
    found = concentrations(NETWORK, cells) @ masses
    assert found == pytest.approx(masses[cells] / NETWORK.volume[:, cells])
    assert found[0, 1] != found[1, 1]


@pytest.mark.parametrize("volume", [0.0, 5.0, 60.0])
def test_a_dose_begins_whole_in_the_fluid_around_its_place(volume: float) -> None:
    source = source_at(NETWORK, CANAL, ANATOMY.middle("T8"), volume)
    cell = cell_of(ANATOMY, CANAL, Site("T8"))
    assert source.sum() == pytest.approx(1.0)
    assert np.all(source >= 0)
    assert set(NETWORK.kind[source > 0]) == {Cell.CSF}
    own = CANAL.csf_area[cell - FIRST_CSF] * np.diff(CANAL.edges)[cell - FIRST_CSF]
    assert source[cell] == pytest.approx(own / volume if volume else 1.0)


def test_a_dose_larger_than_the_canal_is_refused() -> None:
    with pytest.raises(UsageError):
        source_at(NETWORK, CANAL, ANATOMY.middle("T8"), 100.0)
