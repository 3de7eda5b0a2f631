"""Withdrawal of baclofen: silent while the drug runs, days 1 to 3 after a stop, 3-5 % severe."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.body.course import FloatArray
from thecal.body.effects.parameters import Dependence, dependence
from thecal.body.effects.withdrawal import (
    base_hazard,
    dependence_on,
    severe_hazard,
    withdrawal_drive,
)

DAY = 24.0


def constants() -> Dependence:
    found = dependence("baclofen")
    assert found is not None
    return found


def stop(half_life: float, days: int, step: float = 0.25) -> tuple[FloatArray, FloatArray]:
    """Return times and W after an abrupt stop in full dependence, the drive halving from then."""
    times = np.arange(round(days * DAY / step) + 1) * step
    reference = constants().reference_occupancy
    drive = reference / (1.0 - reference) * 0.5 ** (times / half_life)
    occupied = (drive / (1.0 + drive))[np.newaxis]
    used_to = dependence_on(occupied, constants().time_constant, step, reference)
    return times, withdrawal_drive(occupied, used_to)


@given(st.floats(0.01, 50.0))
def test_constant_infusion_is_silent(drive: float) -> None:
    """From the first dose on: dependence comes from below."""
    occupied = np.full((1, 500), drive / (1.0 + drive))
    used_to = dependence_on(occupied, constants().time_constant, 6.0)
    assert withdrawal_drive(occupied, used_to).max() < 1e-12
    hazard = severe_hazard(withdrawal_drive(occupied, used_to), constants(), 6.0)
    assert hazard.max() < 1e-12


@pytest.mark.parametrize("half_life", [1.5, 3.0, 5.0, 9.0])
def test_signs_come_up_in_the_first_day_or_two_and_are_worst_on_days_one_to_three(
    half_life: float,
) -> None:
    times, drive = stop(half_life, 21)
    half = times[np.argmax(drive[0] > drive.max() / 2.0)]
    worst = times[drive[0].argmax()]
    assert 2.0 < half < 2.0 * DAY
    assert 0.4 * DAY < worst < 3.0 * DAY
    assert half < worst


@pytest.mark.parametrize("half_life", [1.5, 5.0, 9.0])
def test_abrupt_stop_gives_a_severe_event_in_3_to_5_percent(half_life: float) -> None:
    _, drive = stop(half_life, 90)
    probability = -np.expm1(-severe_hazard(drive, constants(), 0.25)[0, -1])
    assert 0.03 < probability < 0.05


def test_most_of_the_risk_is_in_the_first_ten_days() -> None:
    times, drive = stop(5.0, 90)
    hazard = severe_hazard(drive, constants(), 0.25)[0]
    assert 1.0 * DAY < times[np.argmax(hazard > hazard[-1] / 2.0)] < 7.0 * DAY
    assert hazard[times == 10 * DAY] > 0.75 * hazard[-1]


def test_slow_taper_is_milder_than_a_stop() -> None:
    step, tau = 1.0, constants().time_constant
    times = np.arange(0.0, 60 * DAY, step)
    stopped = np.where(times < DAY, 0.66, 0.0)[np.newaxis]
    tapered = 0.66 * np.clip(1.0 - (times - DAY) / (28 * DAY), 0.0, 1.0)[np.newaxis]
    hazards = [
        severe_hazard(
            withdrawal_drive(one, dependence_on(one, tau, step, 0.66)), constants(), step
        )[0, -1]
        for one in (stopped, tapered)
    ]
    assert hazards[1] < 0.5 * hazards[0]


def test_short_therapy_is_followed_by_less_than_a_long_one() -> None:
    def severe(days: int) -> float:
        occupied = np.zeros((1, days * 24 + 60 * 24))
        occupied[0, : days * 24] = 0.66
        used_to = dependence_on(occupied, constants().time_constant, 1.0)
        return float(severe_hazard(withdrawal_drive(occupied, used_to), constants(), 1.0)[0, -1])

    assert severe(2) < 0.01 * severe(90)


def test_hazard_is_the_closed_form_for_a_drug_gone_at_once() -> None:
    given = constants()
    times = np.arange(0.0, 4000.0, 0.5)
    drive = given.reference_occupancy * np.exp(-times / given.time_constant)[np.newaxis]
    hazard = severe_hazard(drive, given, 0.5)[0, -1]
    assert -np.expm1(-hazard) == pytest.approx(given.severe_probability, rel=1e-5)
    assert base_hazard(given) > 0.0


def test_hazard_goes_on_from_its_start() -> None:
    _, drive = stop(5.0, 20)
    whole = severe_hazard(drive, constants(), 0.25)
    later = severe_hazard(drive[:, 100:], constants(), 0.25, whole[:, 100])
    np.testing.assert_allclose(later, whole[:, 100:], rtol=1e-12)


@pytest.mark.parametrize("drug", ["clonidine", "morphine", "fentanyl", "ziconotide", "ropivacaine"])
def test_other_drugs_have_no_withdrawal_in_this_model(drug: str) -> None:
    assert dependence(drug) is None
