"""The network is a tree of exchanges; mass leaves it to plasma alone; drift moves and keeps it."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from networks import (
    CANAL,
    COARSE,
    DRUGS,
    Bench,
    bench,
    open_canal_kinetics,
    uniform_canal,
)
from scipy.linalg import expm

from thecal.body.kinetics import kinetics_of
from thecal.body.network import FIRST_CSF, Cell, build_network
from thecal.body.patients import Patients, drawn_patients, one_patient
from thecal.body.person import Person, scaling_of

DRIFTS = (0.0, 13.0, -13.0, 200.0, -200.0, 1000.0, -1000.0)


@pytest.mark.parametrize("drug", DRUGS)
def test_the_network_is_one_tree_with_parents_before_their_children(drug: str) -> None:
    network = bench(drug).network
    assert network.parent[0] == -1
    assert np.all(network.parent[1:] >= 0)
    assert np.all(network.parent[1:] < np.arange(1, network.cells))
    matrix = network.matrix(0)
    pairs = np.argwhere(np.triu(matrix, 1) != 0)
    assert len(pairs) == network.cells - 1  # no loop
    joined = np.eye(network.cells, dtype=bool) | (matrix != 0)
    assert np.linalg.matrix_power(joined.astype(float), network.cells).min() > 0  # one piece


def test_each_cell_hangs_where_it_belongs() -> None:
    network = bench("fentanyl").network
    kinds = {kind: np.flatnonzero(network.kind == kind) for kind in Cell}
    assert [len(kinds[kind]) for kind in Cell] == [1, 1, 60, 60, 60, 60]
    assert network.parent[1] == 0
    assert np.array_equal(network.parent[kinds[Cell.CSF]], np.arange(1, 61))
    assert np.array_equal(network.parent[kinds[Cell.TISSUE]], kinds[Cell.CSF])
    assert np.array_equal(network.parent[kinds[Cell.EPIDURAL]], kinds[Cell.CSF])
    assert np.array_equal(network.parent[kinds[Cell.FAT]], kinds[Cell.EPIDURAL])
    assert bench("morphine").network.cells == 122


@pytest.mark.parametrize("drift", DRIFTS)
@pytest.mark.parametrize("drug", ["morphine", "fentanyl"])
def test_exchanges_run_both_ways_and_columns_sum_to_minus_the_loss(drug: str, drift: float) -> None:
    patients = drawn_patients(None, 4, seed=5)
    network = build_network(CANAL, kinetics_of(drug), patients, drift)
    for patient in range(patients.count):
        matrix = network.matrix(patient)
        child, parent = np.arange(1, network.cells), network.parent[1:]
        assert matrix[child, parent].min() > 0
        assert matrix[parent, child].min() > 0
        biggest = np.abs(matrix).max()
        assert np.abs(matrix.sum(axis=0) + network.loss[patient]).max() <= 1e-14 * biggest
        assert network.loss[patient].min() >= 0


@pytest.mark.parametrize("drift", [1e6, -1e6, 1e9])
def test_no_rate_becomes_negative_whatever_the_drift(drift: float) -> None:
    network = bench("morphine", drift=drift).network
    assert min(network.up[0, 1:].min(), network.down[0, 1:].min()) >= 0
    assert np.all(np.isfinite(network.matrix(0)))


def volumes(one: Bench, kind: Cell) -> float:
    return float(one.network.volume[0, one.network.kind == kind].sum())


def test_the_cells_hold_the_volumes_of_the_anatomy() -> None:
    one = bench("fentanyl")
    lengths = np.diff(CANAL.edges)
    assert volumes(one, Cell.CORTICAL) == 90.0
    assert volumes(one, Cell.CISTERNA) == 32.0
    assert volumes(one, Cell.CSF) == pytest.approx(float(CANAL.csf_area @ lengths))
    assert volumes(one, Cell.TISSUE) == pytest.approx(float(CANAL.tissue_area @ lengths))
    assert volumes(one, Cell.EPIDURAL) == pytest.approx(0.8 * 60)
    assert volumes(one, Cell.FAT) == pytest.approx(0.5 * 60)


def test_without_loss_all_concentrations_become_equal_but_for_the_partitions() -> None:
    """Detailed balance: at rest no exchange has a preferred side."""
    one = bench("fentanyl")
    network = one.network
    epidural = one.kinetics.epidural
    assert epidural is not None
    partition = np.ones(network.cells)
    partition[network.kind == Cell.TISSUE] = one.kinetics.cord_partition
    partition[network.kind == Cell.FAT] = epidural.fat_partition
    mass = partition * network.volume[0]
    exchange = network.matrix(0) + np.diag(network.loss[0])
    assert np.abs(exchange @ mass).max() <= 1e-12 * (np.abs(exchange) @ mass).max()


def test_a_flow_between_two_cells_is_area_times_dispersion_over_distance() -> None:
    network = bench("morphine").network
    for face in (0, 20, 58):
        cell = FIRST_CSF + face + 1
        conductance = CANAL.face_area[face] * CANAL.dispersion[face]  # per cm
        assert network.up[0, cell] * network.volume[0, cell] == pytest.approx(conductance)
        assert network.down[0, cell] * network.volume[0, cell - 1] == pytest.approx(conductance)
    first = CANAL.csf_area[0] * CANAL.dispersion[0] / 0.5
    assert network.up[0, FIRST_CSF] * network.volume[0, FIRST_CSF] == pytest.approx(first)
    head = 0.35 * 60
    assert network.up[0, 1] * 32.0 == pytest.approx(head)
    assert network.down[0, 1] * 90.0 == pytest.approx(head)


def test_losses_are_those_of_the_drug_and_the_dura() -> None:
    one = bench("fentanyl")
    network, lengths = one.network, np.diff(CANAL.edges)
    epidural = one.kinetics.epidural
    assert epidural is not None
    for kind, rate in (
        (Cell.CSF, 0.3),
        (Cell.TISSUE, 0.0),
        (Cell.CISTERNA, 1.0),
        (Cell.CORTICAL, 1.0),
        (Cell.EPIDURAL, 10.0),
        (Cell.FAT, 0.0),
    ):
        assert network.loss[0, network.kind == kind] == pytest.approx(rate), kind.name
    across = epidural.dura_permeability * CANAL.dura_perimeter * lengths
    water = network.kind == Cell.EPIDURAL
    assert network.up[0, water] * network.volume[0, water] == pytest.approx(across)
    csf = network.volume[0, network.kind == Cell.CSF]
    assert network.down[0, water] * csf == pytest.approx(across)


def test_a_patients_factors_act_on_what_they_name() -> None:
    plain = bench("fentanyl").network
    taller = bench("fentanyl", patients=one_patient(scaling_of(Person(height=204.0)))).network
    canal = plain.kind > Cell.CISTERNA
    assert taller.volume[:, canal] == pytest.approx(1.2 * plain.volume[:, canal])
    inner = slice(FIRST_CSF + 1, FIRST_CSF + 60)
    assert taller.up[:, inner] == pytest.approx(plain.up[:, inner] / 1.2**2)
    mixed = bench("fentanyl", patients=one_patient(dispersion=4.0)).network
    assert mixed.up[:, inner] == pytest.approx(4 * plain.up[:, inner])
    assert np.array_equal(mixed.loss, plain.loss)
    obese = one_patient(scaling_of(Person(weight=130.0, height=170.0)))
    narrow = bench("fentanyl", patients=obese).network
    ratio = narrow.volume[0] / plain.volume[0]
    csf = ratio[FIRST_CSF : FIRST_CSF + 60]
    assert csf[CANAL.in_sac] == pytest.approx(obese.sac_csf[0])
    assert csf[~CANAL.in_sac] == pytest.approx(1.0)
    assert np.delete(ratio, np.arange(FIRST_CSF, FIRST_CSF + 60)) == pytest.approx(1.0)


def test_each_factor_of_a_draw_acts_on_its_rates_alone() -> None:
    """The loss from CSF goes with that through the dura."""
    plain = bench("fentanyl").network
    ones = {one.name: np.ones(1) for one in fields(Patients)}
    canal = plain.kind > Cell.CISTERNA

    def ratios(**factors: float) -> tuple[np.ndarray, np.ndarray]:
        arrays = {name: np.array([value]) for name, value in factors.items()}
        network = bench("fentanyl", patients=Patients(**{**ones, **arrays})).network
        kept = plain.loss[0] > 0
        up = network.up[0, 1:] / plain.up[0, 1:]
        assert network.down[0, 1:] / plain.down[0, 1:] == pytest.approx(up)
        loss = np.divide(network.loss[0], plain.loss[0], out=np.ones(plain.cells), where=kept)
        return np.append(1.0, up), loss

    through, lost = ratios(csf_loss=2.0)
    assert through == pytest.approx(np.where(plain.kind == Cell.EPIDURAL, 2.0, 1.0))
    assert lost == pytest.approx(np.where(plain.kind == Cell.CSF, 2.0, 1.0))
    exchanged, lost = ratios(cord_exchange=3.0)
    assert exchanged == pytest.approx(np.where(plain.kind == Cell.TISSUE, 3.0, 1.0))
    assert lost == pytest.approx(1.0)
    exchanged, lost = ratios(cranial_loss=5.0)
    assert exchanged == pytest.approx(1.0)
    assert lost == pytest.approx(np.where(canal, 1.0, 5.0))


@pytest.mark.parametrize("drift", [-30.0, 13.0, 30.0])
def test_drift_moves_the_centre_of_mass_and_keeps_the_mass(drift: float) -> None:
    """By U t, towards the feet where positive: exponential fitting holds that on any grid."""
    canal, hours = uniform_canal(80.0, 80, 1.3, 60.0), 0.25
    one = bench(open_canal_kinetics(0.0), 40.0, canal, drift=drift)
    mass = expm(one.network.matrix(0) * hours) @ one.source
    assert mass.sum() == pytest.approx(1.0, rel=1e-12)
    assert mass.min() >= -1e-16
    csf = mass[FIRST_CSF : FIRST_CSF + canal.cells]
    middles = (canal.edges[:-1] + canal.edges[1:]) / 2
    moved = middles @ csf - middles[canal.cell_at(40.0)]
    assert moved == pytest.approx(drift * hours, rel=1e-6)


def test_coarse_and_fine_drift_agree_far_from_the_tip() -> None:
    coarse = bench("morphine", "T10", COARSE, drift=13.0).network
    assert coarse.cells == 2 + 2 * COARSE.cells
    up, down = coarse.up[0, FIRST_CSF + 1 : FIRST_CSF + 15], coarse.down[0, FIRST_CSF + 1 :]
    lengths = np.diff((COARSE.edges[:-1] + COARSE.edges[1:]) / 2)
    ratio = (down[:14] * coarse.volume[0, FIRST_CSF : FIRST_CSF + 14]) / (
        up * coarse.volume[0, FIRST_CSF + 1 : FIRST_CSF + 15]
    )
    assert np.log(ratio) == pytest.approx(13.0 * lengths / COARSE.dispersion, rel=1e-9)
