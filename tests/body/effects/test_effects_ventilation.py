"""PaCO2 under opioids against an independent solver of the same equations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from thecal.body.course import FloatArray
from thecal.body.effects.effect_site import follow
from thecal.body.effects.parameters import breathing
from thecal.body.effects.ventilation import _power, breathe, steady_paco2

REST = breathing()


def radau(times: FloatArray, drive: FloatArray, hill: float, start: float) -> FloatArray:
    """Solve dP/dt = kel (P0 - P V/V0), V/V0 = (P/P0)^F / (1 + U^g), as section 3.4 writes it."""

    def slope(t: float, y: FloatArray) -> FloatArray:
        u = np.interp(t, times, drive)
        return REST.kel * (REST.paco2 - y * (y / REST.paco2) ** REST.gain / (1.0 + u**hill))

    solution = solve_ivp(
        slope,
        (times[0], times[-1]),
        [start],
        method="Radau",
        t_eval=times,
        rtol=1e-6,
        atol=1e-6,
        max_step=times[1],
    )
    return np.asarray(solution.y[0])


@settings(max_examples=8)
@given(
    st.lists(st.floats(0.05, 12.0), min_size=4, max_size=8),
    st.floats(0.8, 2.0),
    st.floats(38.0, 55.0),
)
def test_agrees_with_radau_on_steps_of_five_minutes(
    knots: list[float], hill: float, start: float
) -> None:
    """Drives as an effect site of 1.5 h gives them; the first steps after a wrong start differ."""
    times = np.arange(0.0, 6.0, 1.0 / 12.0)
    course = np.interp(times, np.linspace(0.0, 6.0, len(knots)), knots)[np.newaxis]
    drive = follow(course, np.log(2.0) / 1.5, times[1], knots[0])[0]
    found, _ = breathe(drive[np.newaxis], hill, REST, times[1], start)
    exact = radau(times, drive, hill, start)
    assert np.abs(found[0] - exact)[6:].max() < 0.2
    assert np.abs(found[0] - exact).max() < 3.0


def test_sudden_opioid_agrees_with_radau() -> None:
    """The whole drive within five minutes, as a lipophilic opioid in plasma may come."""
    times = np.arange(0.0, 3.0, 1.0 / 12.0)
    drive = np.where(times < 0.5, 0.0, 4.0)
    found, _ = breathe(drive[np.newaxis], 1.0, REST, times[1])
    error = np.abs(found[0] - radau(times, drive, 1.0, REST.paco2))
    assert error.max() < 1.5
    assert error[times > 1.0].max() < 0.05


@given(st.floats(0.9, 1.1), st.floats(1.0, 8.0))
def test_power_near_one_is_the_power(base: float, exponent: float) -> None:
    assert _power(base, exponent) == pytest.approx(base**exponent, rel=1e-8)


def test_rest_stays_at_rest() -> None:
    pressure, relative = breathe(np.zeros((1, 300)), 1.0, REST, 1.0 / 12.0)
    np.testing.assert_allclose(pressure, REST.paco2, rtol=1e-14)
    np.testing.assert_allclose(relative, 1.0, rtol=1e-14)


@given(st.floats(0.0, 200.0), st.floats(0.5, 3.0))
def test_constant_drive_settles_where_production_is_breathed_out(drive: float, hill: float) -> None:
    pressure, relative = breathe(np.full((1, 600), drive), hill, REST, 1.0 / 12.0)
    settled = steady_paco2(np.full((1, 1), drive), hill, REST)[0, 0]
    assert pressure[0, -1] == pytest.approx(settled, rel=1e-6)
    assert pressure[0, -1] * relative[0, -1] == pytest.approx(REST.paco2, rel=1e-6)
    expected = (settled / REST.paco2) ** REST.gain / (1.0 + drive**hill)
    assert relative[0, -1] == pytest.approx(expected, rel=1e-6)


@given(st.floats(0.0, 30.0), st.floats(0.0, 30.0))
def test_more_opioid_more_paco2(one: float, other: float) -> None:
    low, high = (steady_paco2(np.full((1, 1), u), 1.0, REST) for u in sorted((one, other)))
    assert low <= high


@pytest.mark.parametrize("step", [1.0 / 60.0, 1.0 / 12.0, 0.25, 1.0])
def test_any_grid_is_stable_and_agrees(step: float) -> None:
    times = np.arange(0.0, 24.0 + step / 2, step)
    drive = 4.0 * np.exp(-0.5 * ((times - 10.0) / 3.0) ** 2)[np.newaxis]
    found, _ = breathe(drive, 1.0, REST, step)
    hourly = found[0, :: round(1.0 / step)]
    exact = radau(np.arange(0.0, 24.01, 1.0 / 12.0), fine_drive(), 1.0, REST.paco2)[::12]
    assert np.abs(hourly - exact).max() < 0.3


def fine_drive() -> FloatArray:
    times = np.arange(0.0, 24.01, 1.0 / 12.0)
    return np.asarray(4.0 * np.exp(-0.5 * ((times - 10.0) / 3.0) ** 2))


def test_sudden_end_of_the_drug_is_breathed_off_without_swinging() -> None:
    """Stiff: the time constant is about one minute then, and the step five."""
    drive = np.zeros((1, 24))
    pressure, _ = breathe(drive, 1.0, REST, 1.0 / 12.0, 90.0)
    assert (np.diff(pressure[0]) <= 1e-9).all()
    assert pressure[0].min() >= REST.paco2 - 1e-6


def test_batch_is_its_patients_one_by_one() -> None:
    batch = np.random.default_rng(3).uniform(0.0, 5.0, size=(13, 60))
    start = np.linspace(38.0, 60.0, 13)
    together = breathe(batch, 1.25, REST, 1.0 / 12.0, start)
    for one in range(13):
        mine = slice(one, one + 1)
        alone = breathe(batch[mine], 1.25, REST, 1.0 / 12.0, start[mine])
        np.testing.assert_array_equal(together[0][mine], alone[0])
        np.testing.assert_array_equal(together[1][mine], alone[1])
