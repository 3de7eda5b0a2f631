"""K1, R03: the volume filled, the volume typed, the capacity."""

from __future__ import annotations

import pytest

from builders import MORPHINE, Chart


def _filled(volume, typed=None, pump="synchromed-ii-40"):
    return Chart(pump=pump).fill(0, "09:00", MORPHINE, volume, programmed_volume=typed).review()


@pytest.mark.req("K1")
@pytest.mark.parametrize(
    ("typed", "severity"),
    [
        ("20 mL", "silent"),
        ("20.1 mL", "warn"),
        ("20.5 mL", "warn"),
        ("20.501 mL", "hard"),
        ("19.5 mL", "warn"),
        ("19.499 mL", "hard"),
        ("40 mL", "hard"),
    ],
)
def test_the_typed_volume_may_differ_by_half_a_millilitre(typed, severity):
    assert _filled("20 mL", typed).worst("K1", 0) == severity


@pytest.mark.req("K1")
@pytest.mark.inventory("W2")
def test_scenario_2_20_filled_40_typed_names_both_volumes():
    found = _filled("20 mL", "40 mL")
    assert "20 mL were filled but 40 mL were typed" in found.message("K1")
    assert found.worst("R03") == "silent"


@pytest.mark.req("R03")
@pytest.mark.parametrize(
    ("pump", "volume", "severity"),
    [
        ("synchromed-ii-20", "20 mL", "silent"),
        ("synchromed-ii-20", "20.01 mL", "hard"),
        ("synchromed-ii-40", "40 mL", "silent"),
        ("synchromed-ii-40", "40.5 mL", "hard"),
        # A capacity that is only recalled never refuses on its own.
        ("synchromed-iii-20", "20.01 mL", "soft"),
        ("ip-2000-v", "20 mL", "info"),
    ],
)
def test_no_more_than_the_capacity_is_filled(pump, volume, severity):
    assert _filled(volume, pump=pump).worst("R03", 0) == severity


@pytest.mark.req("R03")
@pytest.mark.inventory("W1")
def test_scenario_1_a_20_ml_pump_told_of_40():
    found = _filled("20 mL", "40 mL", "synchromed-ii-20")
    assert found.worst("K1") == "hard"
    assert found.worst("R03") == "hard"
    assert "40 mL typed" in found.message("R03")


@pytest.mark.req("R03")
def test_the_old_residual_does_not_lessen_the_capacity():
    chart = Chart(pump="synchromed-ii-20").start(MORPHINE, "morphine", "2 mg/d")
    found = chart.fill(30, "09:00", MORPHINE, "20 mL", aspirated="12.3 mL").review()
    assert found.worst("R03") == "silent"
