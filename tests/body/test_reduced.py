"""The network in few modes: close to the full one in every cell, and no mass lost."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import ANATOMY, DRUGS, TIPS, Bench, bench, given_at, one_of

from thecal.body.course import FloatArray
from thecal.body.march import Input, Track, periodic_state
from thecal.body.modes import Modes
from thecal.body.network import FIRST_CSF, Cell
from thecal.body.patients import Patients, drawn_patients, one_patient
from thecal.body.reduced import SHIFTS, reduced_modes

TIMES = np.unique(
    np.concatenate([[0.0], np.geomspace(1 / 3600, 1, 20), np.linspace(1, 48, 48), [100, 700.0]])
)
BOLUS = given_at(TIMES, at_0=100.0)
INFUSION = Input(TIMES, np.where(TIMES[:-1] < 24.0, 5.0, 0.0), np.zeros(len(TIMES)))
PULSES = given_at(TIMES, 0.3, **{f"at_{index}": 10.0 for index in range(20, 60, 4)})
INPUTS = {"bolus": BOLUS, "infusion": INFUSION, "pulses": PULSES}


def error_by_cell(found: Track, full: Track) -> FloatArray:
    """Return the largest difference in each cell, of the peak of the fullest; (patients, n)."""
    difference = np.abs(found.values - full.values)[:, :, :-1].max(axis=1)
    peak = full.values[:, :, :-1].max(axis=(1, 2))
    return np.asarray(difference / peak[:, None])


def assert_close(one: Bench, full: Modes, reduced: Modes, given_: Input, what: str) -> None:
    exact, found = one.run(given_, full), one.run(given_, reduced)
    assert error_by_cell(found, exact).max() < 1e-4, what
    assert np.abs(found.values - exact.values)[:, :, -1].max() < 1e-4 * given_.dose, what
    plasma = np.abs(found.plasma - exact.plasma).max(axis=1) / exact.plasma.max(axis=1)
    assert plasma.max() < 1e-4, what
    gone = np.abs(found.state.eliminated - exact.state.eliminated)
    assert gone.max() < 1e-4 * given_.dose, what
    for end in (6, 20, 40, len(TIMES)):
        part = Input(given_.points[:end], given_.infusion[: end - 1], given_.bolus[:end])
        assert np.abs(one.balance(part, one.run(part, reduced))).max() < 1e-10, what


@pytest.mark.parametrize("drug", DRUGS)
def test_every_cell_is_within_a_ten_thousandth_of_the_peak(drug: str) -> None:
    for tip in TIPS:
        one = bench(drug, tip)
        full, reduced = one.full, one.reduced
        assert reduced.rate.shape == (1, len(SHIFTS) + 1)
        for name, given_ in INPUTS.items():
            assert_close(one, full, reduced, given_, f"{tip} {name}")


@pytest.mark.parametrize("drug", ["morphine", "fentanyl"])
def test_so_it_is_in_patients_drawn_from_the_priors(drug: str) -> None:
    patients = drawn_patients(None, 12, seed=11)
    for tip in ("T6", "L3"):
        one = bench(drug, tip, patients=patients)
        full, reduced = one.full, one.reduced
        for name, given_ in INPUTS.items():
            assert_close(one, full, reduced, given_, f"{tip} {name}")


@pytest.mark.parametrize("drug", ["morphine", "fentanyl"])
def test_so_it_is_in_the_widest_of_many_draws(drug: str) -> None:
    """A bolus into the fastest canals spreads within seconds."""
    drawn = drawn_patients(None, 400, seed=123)
    widest = np.argsort(drawn.dispersion)[-8:]
    patients = Patients(*(getattr(drawn, one.name)[widest] for one in fields(drawn)))
    one = bench(drug, "T6", patients=patients)
    assert_close(one, one.full, one.reduced, BOLUS, "T6 bolus")


@pytest.mark.parametrize("volume", [1.0, 5.0])
def test_so_it_is_when_a_bolus_begins_as_a_plug(volume: float) -> None:
    one = bench("bupivacaine", "L3", patients=one_patient(dispersion=4.0))
    plug = one.canal.plug(
        ANATOMY.middle("L3"), volume, one.canal.csf_area * np.diff(one.canal.edges)
    )
    one.source[FIRST_CSF : FIRST_CSF + one.canal.cells] = plug
    assert_close(one, one.full, one.reduced, BOLUS, "plug")


@pytest.mark.parametrize("drug", ["morphine", "sufentanil"])
def test_small_negative_values_are_shown_and_not_clipped(drug: str) -> None:
    """Clipping would hide the error and break linearity and mass: a readout is a plain product."""
    one = bench(drug, "T6")
    found = one.run(BOLUS, one.reduced)
    lowest, peak = found.values[:, :, :-1].min(), found.values[:, :, :-1].max()
    assert -1e-4 * peak < lowest < 0
    modes = one.reduced
    state = modes.entry[0] * 100.0 * np.exp(modes.rate[0] * TIMES[3])
    assert found.values[0, 3] == pytest.approx(modes.readout[0] @ state, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("drug", DRUGS)
def test_every_mode_decays_and_the_steady_state_is_exact(drug: str) -> None:
    one = bench(drug, "L3")
    reduced = one.reduced
    assert reduced.rate.max() < 0
    given_ = given_at(np.array([0.0, 24.0]), 5.0)
    settled = periodic_state(reduced, one.plasma, given_)
    read = reduced.readout[0] @ settled.modes[0]
    mass = np.linalg.solve(one.network.matrix(0), -5.0 * one.source)
    expected = mass / one.network.volume[0]
    assert np.abs(read[:-1] - expected).max() < 1e-9 * expected.max()
    assert read[-1] == pytest.approx(mass.sum(), rel=1e-9)
    cisterna = int(Cell.CISTERNA)
    assert read[cisterna] == pytest.approx(expected[cisterna], rel=1e-6)


amounts = st.just(0.0) | st.floats(0.01, 100.0)


@settings(max_examples=15)
@given(
    lengths=st.lists(st.floats(0.001, 100.0), min_size=3, max_size=3),
    first=st.tuples(amounts, amounts, amounts),
    second=st.tuples(amounts, amounts, amounts),
    cut=st.floats(0.01, 0.99),
)
def test_it_is_linear_adds_up_and_may_be_stepped_in_parts(
    lengths: list[float],
    first: tuple[float, float, float],
    second: tuple[float, float, float],
    cut: float,
) -> None:
    points = np.concatenate([[0.0], np.cumsum(lengths)])
    one = Input(points, np.array(first), np.array([1.0, *second]))
    other = Input(points, 3.0 * np.array(second), np.array([0.0, *first]))
    both = Input(points, one.infusion + other.infusion, one.bolus + other.bolus)
    tracks = [LINEAR.run(given_, LINEAR_MODES).values for given_ in (one, other, both)]
    peak = np.abs(tracks[2]).max()
    assert np.abs(tracks[0] + tracks[1] - tracks[2]).max() <= 1e-12 * peak
    more = np.insert(points, 2, points[1] + cut * (points[2] - points[1]))
    split = Input(more, np.insert(both.infusion, 1, both.infusion[1]), np.insert(both.bolus, 2, 0))
    values = LINEAR.run(split, LINEAR_MODES).values
    assert np.abs(np.delete(values, 2, axis=1) - tracks[2]).max() <= 1e-12 * peak


LINEAR = bench("fentanyl", "T10")
LINEAR_MODES = LINEAR.reduced


def test_each_patient_of_a_batch_goes_as_if_alone() -> None:
    batch = drawn_patients(None, 4, seed=3)
    together = bench("sufentanil", "T10", patients=batch)
    found = together.run(PULSES, together.reduced)
    for index in range(batch.count):
        alone = bench("sufentanil", "T10", patients=one_of(batch, index))
        expected = alone.run(PULSES, alone.reduced)
        peak = expected.values[:, :, :-1].max()
        assert np.abs(found.values[index] - expected.values[0]).max() < 1e-8 * peak
        assert found.plasma[index] == pytest.approx(expected.plasma[0], rel=1e-8)


def test_one_readout_serves_every_patient() -> None:
    one = bench("morphine", patients=drawn_patients(None, 3, seed=2))
    shared = np.ones((1, one.network.cells))
    modes = reduced_modes(one.network, one.source, shared)
    masses = np.einsum("por,pr->po", modes.readout, modes.entry)
    assert masses == pytest.approx(np.ones((3, 1)), rel=1e-12)


def test_fewer_shifts_are_less_exact() -> None:
    """The shifts are what the error hangs on: half of them would not do."""
    one = bench("fentanyl", "T6")
    half = reduced_modes(one.network, one.source, one.readout, SHIFTS[::3])
    full = one.run(BOLUS)
    assert error_by_cell(one.run(BOLUS, half), full).max() > 1e-4
    assert np.abs(one.balance(BOLUS, one.run(BOLUS, half))).max() < 1e-10
