"""A bolus under drift, against a stiff integrator, full modes, and what cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import ANATOMY, CANAL, bench
from scipy.integrate import solve_ivp

from thecal.body.drift import drift
from thecal.body.experiment import Baricity, Dose, Experiment, Sample, run_experiment
from thecal.body.march import Input, march, start_of
from thecal.body.patients import one_patient
from thecal.body.person import Person, scaling_of
from thecal.body.plasma import plasma_modes
from thecal.body.readout import source_at

UPRIGHT = Baricity(0.026, 90.0)
"""Hyperbaric bupivacaine in a sitting person."""


@pytest.mark.parametrize(("drug", "site"), [("bupivacaine", "L3"), ("morphine", "T5")])
def test_an_upright_heavy_solution_agrees_with_a_stiff_integrator(drug: str, site: str) -> None:
    one = bench(drug, site, drift=UPRIGHT.velocity)
    plasma = plasma_modes(one.kinetics.plasma, one_patient())
    times = np.array([0.01, 0.1, UPRIGHT.hours])
    found = drift(one.network, plasma, one.source, times)
    matrix = one.network.matrix(0)
    stiff = solve_ivp(
        lambda _, masses: matrix @ masses,
        (0.0, times[-1]),
        one.source,
        method="Radau",
        t_eval=times,
        rtol=1e-9,
        atol=1e-15,
        jac=matrix,
    )
    assert np.abs(found.cells - stiff.y.T).max() <= 1e-6 * stiff.y.max()
    kept = found.cells.sum(axis=1) + found.plasma @ plasma.content[0] + found.eliminated
    assert kept == pytest.approx(1.0, abs=1e-10)
    assert found.cells.min() >= -1e-12


def test_without_drift_it_agrees_with_full_modes() -> None:
    one = bench("fentanyl", "L3")
    plasma = plasma_modes(one.kinetics.plasma, one_patient())
    times = np.array([0.0, 0.2, 1.0, 5.0])
    found = drift(one.network, plasma, one.source, times)
    given_ = Input(times, np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0]))
    track = march(one.full, plasma, given_, np.ones(4, dtype=bool), start_of(one.full, plasma))
    cells = track.values[0, :, : one.network.cells]  # the bench reads the sum of all behind them
    assert found.cells / one.network.volume[0] == pytest.approx(cells, abs=1e-9)
    assert found.plasma @ plasma.concentration[0] == pytest.approx(track.plasma[0], rel=1e-9)
    assert found.eliminated[-1] == pytest.approx(track.state.eliminated[0], rel=1e-9)


def test_a_sitting_heavy_bolus_goes_to_the_feet_and_keeps_its_mass() -> None:
    def at(baricity: Baricity | None) -> tuple[float, float]:
        experiment = Experiment(
            "bupivacaine",
            (Dose("L3", 10_000.0, 0.0, volume=2.0, baricity=baricity),),
            (Sample("S2", "csf", (0.3, 6.0)), Sample("T10", "csf", (0.3,))),
        )
        result = run_experiment(experiment)
        assert result.balance.relative_error <= 1e-10
        return float(result.concentrations[0][0]), float(result.concentrations[1][0])

    low, high = at(UPRIGHT)
    plain_low, plain_high = at(None)
    assert low > 2 * plain_low
    assert high < plain_high


@settings(max_examples=25)
@given(
    volume=st.floats(0.5, 20.0),
    height=st.floats(100.0, 205.0),
    weight=st.floats(20.0, 180.0),
    level=st.sampled_from(["C1", "T6", "T12", "L3", "S2"]),
)
def test_a_plug_is_never_stronger_than_what_was_injected(
    volume: float, height: float, weight: float, level: str
) -> None:
    person = one_patient(scaling_of(Person(height=height, weight=weight)))
    network = bench("morphine", level, patients=person).network
    fluid = slice(2, 2 + CANAL.cells)
    if volume > network.volume[0, fluid].sum():
        return
    source = source_at(network, CANAL, ANATOMY.middle(level), volume)
    assert source.sum() == pytest.approx(1.0)
    assert (source / network.volume[0]).max() <= 1.0 / volume * (1 + 1e-9)
