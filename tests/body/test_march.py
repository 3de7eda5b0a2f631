"""Steps from event to event: exact whatever their length, linear, and no dose missed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import (
    CANAL,
    COARSE,
    DRUGS,
    PLASMAS,
    TIPS,
    Bench,
    bench,
    given_at,
    one_of,
    open_canal_kinetics,
    steps_by_exponential,
    steps_by_integrator,
    uniform_canal,
)

from thecal.body.course import FloatArray
from thecal.body.march import Input, State, Track, march, periodic_state, start_of
from thecal.body.network import FIRST_CSF
from thecal.body.patients import drawn_patients

BENCHES = {count: bench(drug, "T10", COARSE) for count, drug in PLASMAS.items()}
FULL = {count: one.full for count, one in BENCHES.items()}

SECOND = 1 / 3600
lengths = st.sampled_from([0.0, 1e-9, SECOND, 1 / 60, 1 / 12, 1.0, 24.0]) | st.floats(0.001, 2000)
amounts = st.just(0.0) | st.floats(0.01, 1000.0)


@st.composite
def inputs(draw: st.DrawFn, most: int = 8) -> Input:
    """Points that may coincide, with infusions and boluses wherever chance puts them."""
    steps = draw(st.lists(lengths, min_size=1, max_size=most))
    infusion = draw(st.lists(amounts, min_size=len(steps), max_size=len(steps)))
    bolus = draw(st.lists(amounts, min_size=len(steps), max_size=len(steps)))
    first = draw(st.floats(0.1, 100.0))  # so that no dose is nothing
    points = np.concatenate([[0.0], np.cumsum(steps)])
    return Input(points, np.array(infusion), np.array([first, *bolus]))


def assert_agrees(one: Bench, track: Track, expected: FloatArray, tolerance: float) -> None:
    """Hold each cell, plasma and eliminated mass to `tolerance` of their peaks."""
    cells = one.network.cells
    concentration = expected[:, :cells] / one.network.volume[0]
    peak = concentration.max()
    assert np.abs(track.values[0, :, :-1] - concentration).max() <= tolerance * peak
    plasma = expected[:, cells] / one.kinetics.plasma.volumes[0]
    assert np.abs(track.plasma[0] - plasma).max() <= tolerance * plasma.max() + 1e-300
    whole = expected[-1].sum()
    held = one.in_plasma(track.state)[0]
    assert abs(held - expected[-1, cells:-1].sum()) <= tolerance * whole
    assert abs(track.state.eliminated[0] - expected[-1, -1]) <= tolerance * whole


@pytest.mark.parametrize("compartments", PLASMAS)
@settings(max_examples=20)
@given(given_=inputs())
def test_any_input_agrees_with_the_matrix_exponential(compartments: int, given_: Input) -> None:
    one = BENCHES[compartments]
    expected = steps_by_exponential(one, given_)
    assert_agrees(one, one.run(given_, FULL[compartments]), expected, 1e-9)


@pytest.mark.parametrize(
    ("compartments", "method"), [(1, "Radau"), (2, "Radau"), (3, "Radau"), (1, "BDF")]
)
def test_an_independent_stiff_integrator_agrees(compartments: int, method: str) -> None:
    """Restarted at every change of the input: a rate looked up inside would miss the bolus."""
    one = BENCHES[compartments]
    points = np.array([0.0, 1 / 12, 3.0, 3.0 + SECOND, 24.0])
    given_ = Input(points, np.array([50.0, 5.0, 3600 * 40.0, 0.0]), np.array([7.0, 0, 20, 0, 0]))
    expected = steps_by_integrator(one, given_, method)
    assert_agrees(one, one.run(given_, FULL[compartments]), expected, 1e-6)


@pytest.mark.parametrize("drug", DRUGS)
def test_dose_is_body_and_eliminated_and_nothing_is_negative(drug: str) -> None:
    points = np.unique(np.concatenate([[0.0], np.geomspace(SECOND, 2000.0, 40)]))
    infusion = np.where((points[:-1] > 1.0) & (points[:-1] < 200.0), 4.0, 0.0)
    bolus = np.where(np.arange(len(points)) % 12 == 0, 30.0, 0.0)
    given_ = Input(points, infusion, bolus)
    for tip in TIPS:
        one = bench(drug, tip)
        track = one.run(given_)
        assert np.abs(one.balance(given_, track)).max() < 1e-10, tip
        peak = track.values[:, :, :-1].max()
        assert track.values[:, :, :-1].min() >= -1e-12 * peak, tip
        assert track.plasma.min() >= -1e-12 * track.plasma.max(), tip
        assert track.state.eliminated.min() > 0


@settings(max_examples=15)
@given(given_=inputs(), compartments=st.sampled_from(tuple(PLASMAS)))
def test_any_input_is_accounted_for(given_: Input, compartments: int) -> None:
    one = BENCHES[compartments]
    assert np.abs(one.balance(given_, one.run(given_, FULL[compartments]))).max() < 1e-10


@settings(max_examples=15)
@given(given_=inputs(), factor=st.floats(1e-3, 1e3))
def test_twice_the_dose_is_twice_everything(given_: Input, factor: float) -> None:
    one, modes = BENCHES[3], FULL[3]
    more = Input(given_.points, given_.infusion * factor, given_.bolus * factor)
    assert_same(one.run(more, modes), one.run(given_, modes), factor)


@settings(max_examples=15)
@given(given_=inputs(), pick=st.integers(0, 2**17))
def test_doses_at_different_times_add_up(given_: Input, pick: int) -> None:
    one, modes = BENCHES[3], FULL[3]
    here = np.array([pick >> bit & 1 for bit in range(len(given_.points) * 2 - 1)], dtype=bool)
    some, flows = here[: len(given_.points)], here[len(given_.points) :]
    parts = [
        Input(given_.points, given_.infusion * (flows == side), given_.bolus * (some == side))
        for side in (True, False)
    ]
    first, second = (one.run(part, modes) for part in parts)
    whole = one.run(given_, modes)
    peak = np.abs(whole.values).max()
    assert np.abs(first.values + second.values - whole.values).max() <= 1e-12 * peak
    assert np.abs(first.plasma + second.plasma - whole.plasma).max() <= 1e-12 * whole.plasma.max()


def test_doses_at_different_places_add_up() -> None:
    given_ = given_at(np.array([0.0, 1.0, 5.0, 30.0]), 3.0, at_1=20.0)
    low, high = bench("fentanyl", "L3"), bench("fentanyl", "T6")
    both = bench("fentanyl", "L3")
    both.source[:] = 0.25 * low.source + 0.75 * high.source
    mixed = 0.25 * low.run(given_).values + 0.75 * high.run(given_).values
    assert np.abs(both.run(given_).values - mixed).max() <= 1e-12 * mixed.max()


@settings(max_examples=25)
@given(given_=inputs(most=5), cuts=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12))
def test_splitting_steps_changes_nothing(given_: Input, cuts: list[float]) -> None:
    one, modes = BENCHES[2], FULL[2]
    more = np.sort(np.concatenate([given_.points, np.array(cuts) * given_.points[-1]]))
    first = np.searchsorted(more, given_.points)
    bolus = np.zeros(len(more))
    np.add.at(bolus, first, given_.bolus)  # points that coincide lie on one
    step = np.clip(np.searchsorted(given_.points, more[:-1], side="right") - 1, 0, None)
    infusion = given_.infusion[np.minimum(step, len(given_.infusion) - 1)]
    whole = one.run(given_, modes)
    split = one.run(Input(more, infusion, bolus), modes)
    peak = max(whole.values.max(), split.values.max())
    assert np.abs(whole.values[:, -1] - split.values[:, -1]).max() <= 1e-12 * peak
    assert_near(whole.state, split.state, 1e-12 * given_.dose)


@given(length=lengths, flow=amounts)
@settings(max_examples=30)
def test_one_step_is_as_exact_as_a_hundred(length: float, flow: float) -> None:
    one, modes = BENCHES[3], FULL[3]
    whole = one.run(given_at(np.array([0.0, length]), flow, at_0=10.0), modes)
    split = one.run(given_at(np.linspace(0.0, length, 101), flow, at_0=10.0), modes)
    peak = split.values.max()
    assert np.abs(whole.values[:, -1] - split.values[:, -1]).max() <= 1e-12 * peak
    assert_near(whole.state, split.state, 1e-12 * (10.0 + flow * length))


def test_a_march_goes_on_from_the_state_of_another() -> None:
    one, modes = BENCHES[3], FULL[3]
    given_ = given_at(np.array([0.0, 0.5, 2.0, 9.0, 30.0]), 2.0, at_0=5.0, at_2=8.0, at_4=1.0)
    whole = one.run(given_, modes)
    early = Input(given_.points[:3], given_.infusion[:2], np.array([5.0, 0.0, 0.0]))
    late = Input(given_.points[2:], given_.infusion[2:], given_.bolus[2:])
    state = one.run(early, modes).state
    everywhere = np.ones(3, dtype=bool)
    rest = march(modes, one.plasma, late, everywhere, state)
    assert np.abs(rest.values - whole.values[:, 2:]).max() <= 1e-12 * whole.values.max()
    assert_near(rest.state, whole.state, 1e-11)


def test_a_march_leaves_the_state_it_began_with_as_it_was() -> None:
    one, modes = BENCHES[1], FULL[1]
    state = start_of(modes, one.plasma)
    given_ = given_at(np.array([0.0, 1.0]), 2.0, at_0=5.0)
    march(modes, one.plasma, given_, np.array([True, True]), state)
    assert not state.modes.any()
    assert not state.plasma.any()
    assert not state.eliminated.any()


def test_a_bolus_of_a_second_in_a_year_is_seen() -> None:
    one, modes = BENCHES[1], FULL[1]
    day = 200 * 24.0
    points = np.array([0.0, day, day + SECOND, day + 1.0, 365 * 24.0])
    given_ = Input(points, np.array([0.0, 3600 * 100.0, 0.0, 0.0]), np.zeros(5))
    track = one.run(given_, modes)
    assert given_.dose == pytest.approx(100.0, rel=1e-8)
    assert track.values[0, 1, -1] == 0.0
    assert track.values[0, 2, -1] == pytest.approx(100.0, rel=1e-3)
    assert abs(one.balance(given_, track)[0]) < 1e-10
    bolus = one.run(given_at(np.array([0.0, 1.0]), at_0=100.0), modes)
    assert track.values[0, 3] == pytest.approx(bolus.values[0, 1], rel=1e-2)


def test_a_readout_holds_just_after_the_bolus_and_a_peak_since_the_point_kept_before() -> None:
    one, modes = BENCHES[1], FULL[1]
    tip = int(one.source.argmax())
    points = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    given_ = given_at(points, at_0=10.0, at_2=10.0)
    track = one.run(given_, modes)
    kept = np.array([True, False, False, True, True])
    few = march(modes, one.plasma, given_, kept, start_of(modes, one.plasma))
    assert few.values == pytest.approx(track.values[:, kept], rel=1e-12)
    assert few.plasma == pytest.approx(track.plasma[:, kept], rel=1e-12)
    at_tip = track.values[0, :, tip]
    assert at_tip[0] == pytest.approx(10.0 / one.network.volume[0, tip])
    assert at_tip[2] > at_tip[1] + 0.9 * at_tip[0]
    assert few.peaks[0, :, tip] == pytest.approx([at_tip[0], at_tip[2], at_tip[4]])


def test_a_peak_before_a_bolus_elsewhere_in_time_is_not_lost() -> None:
    """What falls within the steps between two points kept was higher at a point between them."""
    one, modes = BENCHES[1], FULL[1]
    points = np.array([0.0, 5.0, 5.5, 100.0])
    given_ = Input(points, np.array([8.0, 0.0, 0.0]), np.zeros(4))
    everywhere = one.run(given_, modes)
    ends = np.array([True, False, False, True])
    track = march(modes, one.plasma, given_, ends, start_of(modes, one.plasma))
    expected = everywhere.values[:, 1:].max(axis=1)
    assert track.peaks[:, 1] == pytest.approx(expected, rel=1e-12)


def test_each_patient_of_a_batch_goes_as_if_alone() -> None:
    batch = drawn_patients(None, 5, seed=3)
    given_ = given_at(np.array([0.0, 0.1, 4.0, 50.0]), 2.0, at_1=30.0)
    together = bench("sufentanil", "T10", COARSE, batch).run(given_)
    for index in range(batch.count):
        alone = bench("sufentanil", "T10", COARSE, one_of(batch, index)).run(given_)
        assert together.values[index] == pytest.approx(alone.values[0], rel=1e-10, abs=1e-13)
        assert together.plasma[index] == pytest.approx(alone.plasma[0], rel=1e-12)


@pytest.mark.parametrize("compartments", PLASMAS)
def test_marching_on_and_on_reaches_the_periodic_state_and_a_period_returns_to_it(
    compartments: int,
) -> None:
    one, modes = BENCHES[compartments], FULL[compartments]
    day = Input(
        np.array([0.0, 0.25, 8.0, 8.1, 24.0]),
        np.array([4.0, 1.0, 30.0, 0.5]),
        np.array([6.0, 0.0, 0.0, 2.0, 0.0]),
    )
    settled = periodic_state(modes, one.plasma, day)
    everywhere = np.ones(5, dtype=bool)
    after = march(modes, one.plasma, day, everywhere, settled).state
    assert np.abs(after.modes - settled.modes).max() <= 1e-12 * np.abs(settled.modes).max()
    assert np.abs(after.plasma - settled.plasma).max() <= 1e-12 * np.abs(settled.plasma).max()
    assert after.eliminated[0] == pytest.approx(day.dose, rel=1e-12)
    state = start_of(modes, one.plasma)
    for _ in range(90):
        state = march(modes, one.plasma, day, everywhere, state).state
    assert np.abs(state.modes - settled.modes).max() <= 1e-10 * np.abs(settled.modes).max()
    assert np.abs(state.plasma - settled.plasma).max() <= 1e-10 * np.abs(settled.plasma).max()


def test_a_bolus_at_the_end_of_a_period_belongs_to_the_next() -> None:
    one, modes = BENCHES[1], FULL[1]
    once = given_at(np.array([0.0, 24.0]), at_0=5.0)
    twice = given_at(np.array([0.0, 24.0]), at_0=5.0, at_1=5.0)
    expected = periodic_state(modes, one.plasma, once)
    assert np.array_equal(periodic_state(modes, one.plasma, twice).modes, expected.modes)


@pytest.mark.parametrize("drug", DRUGS)
def test_the_periodic_state_of_a_constant_infusion_is_the_steady_state(drug: str) -> None:
    one = bench(drug, "T10", COARSE)
    modes, rate = one.full, 25.0
    state = periodic_state(modes, one.plasma, given_at(np.array([0.0, 24.0]), rate))
    mass = np.linalg.solve(one.network.matrix(0), -one.source * rate)
    read = modes.readout[0] @ state.modes[0]
    assert read[:-1] == pytest.approx(mass / one.network.volume[0], rel=1e-9)
    central = (one.plasma.concentration * state.plasma).sum()
    assert central == pytest.approx(rate / one.kinetics.plasma.clearance, rel=1e-9)


def test_a_bolus_in_an_infinite_uniform_canal_has_the_analytic_profile() -> None:
    """pkpd.md 4.6: C = M / (A sqrt(4 pi D t)) exp(-x^2 / 4Dt - kt)."""
    area, dispersion, loss, mass = 1.3, 110.0, 0.3, 500.0
    canal = uniform_canal(80.0, 240, area, dispersion)
    one = bench(open_canal_kinetics(loss), 40.0, canal)
    places = (canal.edges[:-1] + canal.edges[1:]) / 2 - float(
        (canal.edges[:-1] + canal.edges[1:])[canal.cell_at(40.0)] / 2
    )
    times = np.array([0.0, 0.1, 0.2, 0.3])
    track = one.run(given_at(times, at_0=mass))
    for index, time in enumerate(times[1:], start=1):
        spread = 4 * dispersion * time
        expected = (
            mass / (area * np.sqrt(np.pi * spread)) * np.exp(-(places**2) / spread - loss * time)
        )
        found = track.values[0, index, FIRST_CSF : FIRST_CSF + canal.cells]
        assert np.abs(found - expected).max() <= 1e-3 * expected.max()


def test_an_infusion_into_an_infinite_uniform_canal_has_the_analytic_profile() -> None:
    """pkpd.md 4.6: C(x) = q / (2 A sqrt(kD)) exp(-|x| / lambda)."""
    area, dispersion, loss, rate = 1.3, 110.0, 4.4, 25.0
    reach = np.sqrt(dispersion / loss)
    canal = uniform_canal(80.0, 320, area, dispersion)
    one = bench(open_canal_kinetics(loss), 40.0, canal)
    middles = (canal.edges[:-1] + canal.edges[1:]) / 2
    distance = np.abs(middles - middles[canal.cell_at(40.0)])
    track = one.run(given_at(np.array([0.0, 40.0 / loss]), rate))
    found = track.values[0, -1, FIRST_CSF : FIRST_CSF + canal.cells]
    expected = rate / (2 * area * np.sqrt(loss * dispersion)) * np.exp(-distance / reach)
    away = (middles > 10.0) & (middles < 70.0)
    assert np.abs(found - expected)[away].max() <= 1e-3 * expected.max()


def test_at_rest_tissue_holds_its_partition_of_the_fluid() -> None:
    one = bench("fentanyl", "L3")
    track = one.run(given_at(np.array([0.0, 10_000.0]), 5.0))
    csf = track.values[0, -1, FIRST_CSF : FIRST_CSF + CANAL.cells]
    tissue = track.values[0, -1, FIRST_CSF + CANAL.cells : FIRST_CSF + 2 * CANAL.cells]
    assert tissue == pytest.approx(one.kinetics.cord_partition * csf, rel=1e-9)


def assert_same(found: Track, expected: Track, factor: float) -> None:
    for name in ("values", "peaks", "plasma"):
        one, other = getattr(found, name), getattr(expected, name) * factor
        assert np.abs(one - other).max() <= 1e-12 * np.abs(other).max()
    other = expected.state.eliminated * factor
    assert found.state.eliminated == pytest.approx(other, rel=1e-9, abs=1e-12 * factor)


def assert_near(found: State, expected: State, tolerance: float) -> None:
    for name in ("modes", "plasma", "eliminated"):
        assert np.abs(getattr(found, name) - getattr(expected, name)).max() <= tolerance, name
