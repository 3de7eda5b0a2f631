"""The effects give the published results that they were set by (pkpd.md 5)."""

from __future__ import annotations

import numpy as np
import pytest

from thecal.body.effects.checks import (
    ashworth_at,
    dose_ratio_after,
    hypoxic_response,
    minimum_effective_clonidine,
)
from thecal.body.effects.parameters import VENTILATION, action

MONTH = 365.0 * 24.0 / 12.0


def test_row_18_a_level_that_is_near_that_of_263_micrograms_a_day_gives_about_1_5() -> None:
    assert ashworth_at(0.0) == pytest.approx(3.4)
    assert 1.4 < ashworth_at(0.6) < 1.7
    assert ashworth_at(0.6) < ashworth_at(0.3) < 3.4


@pytest.mark.parametrize(("months", "low", "high"), [(12, 3.2, 3.3), (36, 3.2, 3.7)])
def test_row_19_dose_for_a_constant_effect(months: int, low: float, high: float) -> None:
    assert low < dose_ratio_after(months * MONTH) < high


def test_row_24_clonidine() -> None:
    assert minimum_effective_clonidine() == pytest.approx(0.076)


def test_row_29_response_to_hypoxia_is_halved_where_the_level_is_the_c50() -> None:
    times = np.arange(0.0, 200.0, 0.25)
    morphine = action(VENTILATION, "morphine")
    assert morphine is not None
    assert hypoxic_response(times, np.zeros_like(times)) == 1.0
    level = np.full_like(times, morphine.ec50)
    assert hypoxic_response(times, level) == pytest.approx(0.5, abs=0.01)
