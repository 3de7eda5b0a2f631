"""Plasma in modes: the same as the mammillary model written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import PLASMAS
from scipy.linalg import expm

from thecal.body.kinetics import PlasmaKinetics, kinetics_of
from thecal.body.patients import drawn_patients, one_patient
from thecal.body.person import Person, scaling_of
from thecal.body.plasma import plasma_modes

figures = st.floats(1.0, 1e6)


@settings(max_examples=40)
@given(clearance=figures, volumes=st.lists(figures, min_size=1, max_size=3), flow=figures)
def test_a_bolus_into_plasma_spreads_as_the_compartments_say(
    clearance: float, volumes: list[float], flow: float
) -> None:
    flows = tuple(flow * (index + 1) for index in range(len(volumes) - 1))
    modes = plasma_modes(PlasmaKinetics(clearance, tuple(volumes), flows), one_patient())
    matrix = np.zeros((len(volumes),) * 2)
    matrix[0, 0] = -(clearance + sum(flows)) / volumes[0]
    for index, one in enumerate(flows, start=1):
        matrix[0, index] = one / volumes[index]
        matrix[index, 0] = one / volumes[0]
        matrix[index, index] = -one / volumes[index]
    assert np.all(modes.rate < 0)
    for time in (0.0, 0.5 / -matrix[0, 0], 3.0 / -matrix[0, 0]):
        left = modes.entry[0] * np.exp(modes.rate[0] * time)
        mass = expm(matrix * time)[:, 0]
        assert left @ modes.content[0] == pytest.approx(mass.sum(), rel=1e-10)
        assert left @ modes.concentration[0] == pytest.approx(mass[0] / volumes[0], rel=1e-9)
        gone = clearance * mass[0] / volumes[0]
        assert left @ modes.elimination[0] == pytest.approx(gone, rel=1e-9)


@pytest.mark.parametrize("compartments", PLASMAS)
def test_a_drug_has_as_many_modes_as_compartments(compartments: int) -> None:
    kinetics = kinetics_of(PLASMAS[compartments]).plasma
    assert len(kinetics.volumes) == compartments
    assert len(kinetics.flows) == compartments - 1
    assert plasma_modes(kinetics, drawn_patients(None, 4, 1)).rate.shape == (4, compartments)


def test_a_heavier_person_has_more_plasma_and_clears_more() -> None:
    heavy = one_patient(scaling_of(Person(weight=140.0)))
    kinetics = PlasmaKinetics(1000.0, (20_000.0,), ())
    modes = plasma_modes(kinetics, heavy)
    assert modes.concentration * modes.entry == pytest.approx(1 / 40_000.0)
    assert modes.rate == pytest.approx(-1000.0 * 2**0.75 / 40_000.0)


def test_whoever_is_drawn_eliminates_all_that_was_absorbed() -> None:
    """Each mode in the long run: what entered is what its elimination adds up to."""
    modes = plasma_modes(kinetics_of("sufentanil").plasma, drawn_patients(None, 20, seed=6))
    eliminated = (modes.entry * modes.elimination / -modes.rate).sum(axis=1)
    assert eliminated == pytest.approx(np.ones(20), rel=1e-10)
