"""Symmetric scaling, the full eigendecomposition, and what both refuse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from networks import CANAL, DRUGS, bench, given_at, steps_by_exponential

from thecal.body.kinetics import kinetics_of
from thecal.body.modes import diagonal_of, full_modes, symmetric_scale
from thecal.body.patients import drawn_patients, one_patient
from thecal.errors import CannotComputeError


@pytest.mark.parametrize("drift", [0.0, 13.0, -13.0])
@pytest.mark.parametrize("drug", DRUGS)
def test_the_scaled_matrix_is_symmetric(drug: str, drift: float) -> None:
    one = bench(drug, patients=drawn_patients(None, 3, seed=2), drift=0.1 * drift)
    scale = symmetric_scale(one.network)
    assert (scale**2).sum(axis=1) == pytest.approx(1.0)
    assert scale.min() > 0
    for patient in range(3):
        matrix = one.network.matrix(patient)
        symmetric = matrix * scale[patient] / scale[patient][:, None]
        asymmetry = np.abs(symmetric - symmetric.T).max()
        assert asymmetry <= 1e-15 * np.abs(symmetric).max()
        assert diagonal_of(one.network)[patient] == pytest.approx(np.diag(matrix), rel=1e-13)


@pytest.mark.parametrize("drug", DRUGS)
def test_every_mode_decays_and_they_are_the_eigenvalues(drug: str) -> None:
    one = bench(drug)
    rate = one.full.rate[0]
    assert rate.max() < 0
    expected = np.sort(np.linalg.eigvals(one.network.matrix(0)).real)
    assert np.sort(rate) == pytest.approx(expected, rel=1e-8, abs=1e-9 * -expected[0])


def test_at_time_zero_the_modes_hold_the_dose_where_it_was_given() -> None:
    one = bench("fentanyl", "T10", patients=drawn_patients(None, 3, seed=2))
    modes = one.full
    read = np.einsum("por,pr->po", modes.readout, modes.entry)
    expected = one.source / one.network.volume
    assert np.abs(read[:, :-1] - expected).max() <= 1e-13 * expected.max()
    assert read[:, -1] == pytest.approx(1.0, rel=1e-13)
    lost = (modes.absorption * modes.entry).sum(axis=1)
    assert lost == pytest.approx(one.network.loss @ one.source, rel=1e-11)


def test_one_readout_serves_every_patient() -> None:
    one = bench("morphine", patients=drawn_patients(None, 3, seed=2))
    shared = np.ones((1, one.network.cells))
    each = np.broadcast_to(shared, (3, *shared.shape))
    found = full_modes(one.network, one.source, shared).readout
    assert np.array_equal(found, full_modes(one.network, one.source, each).readout)


@pytest.mark.parametrize(("tip", "drift"), [("L3", 40.0), ("L3", -30.0), ("T6", 20.0)])
def test_a_drift_of_a_heavy_or_light_solution_is_exact(tip: str, drift: float) -> None:
    one = bench("bupivacaine", tip, CANAL, one_patient(), drift)
    given_ = given_at(np.array([0.0, 1 / 60, 1 / 3]), at_0=100.0)
    expected = steps_by_exponential(one, given_)[:, : one.network.cells] / one.network.volume[0]
    found = one.run(given_).values[0, :, :-1]
    assert np.abs(found - expected).max() <= 1e-6 * expected.max()


@pytest.mark.parametrize("tip", ["C3", "T6", "L3", "S1"])
def test_a_drift_is_exact_or_refused_and_never_wrong(tip: str) -> None:
    """Beyond some strength the scale spans more digits than a float has."""
    given_ = given_at(np.array([0.0, 1 / 3]), at_0=100.0)
    refused = 0
    for drift in (-1e5, -2000.0, -200.0, -60.0, 60.0, 100.0, 200.0, 2000.0, 1e6):
        one = bench("morphine", tip, drift=drift)
        try:
            found = one.run(given_).values[0, -1, :-1]
        except CannotComputeError:
            refused += 1
            continue
        expected = steps_by_exponential(one, given_)[:, : one.network.cells]
        concentration = expected / one.network.volume[0]
        assert np.abs(found - concentration[-1]).max() <= 1e-6 * concentration.max(), drift
    assert refused >= 4


def test_a_refused_drift_says_so() -> None:
    for drift in (1000.0, 1e6):
        with pytest.raises(CannotComputeError, match="drift"):
            _ = bench("morphine", "C3", drift=drift).full


def test_an_exchange_of_one_way_is_refused() -> None:
    morphine = replace(kinetics_of("morphine"), cord_exchange_rate=0.0)
    with pytest.raises(CannotComputeError, match="both ways"):
        _ = bench(morphine).full
