"""The life of a battery by flow and age, as the tables give it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.data import use_clinic_tables
from thecal.device import pump_model, pump_models
from thecal.device.battery import battery_life, has_battery
from thecal.errors import DataError
from thecal.units import YEAR, Duration, VolumeRate

HEAD = "model,parameter,rank,value,unit,source,status,checked_by,date,note\n"


def life_at(model: str, flow: VolumeRate) -> Duration:
    """Return the time to the end of service at an even flow."""
    life = battery_life(model)
    assert life is not None
    ends = []
    if life.charge is not None and (flow.base + life.drain.base):
        ends.append(life.charge.base / (flow.base + life.drain.base) + life.indicator_to_end.base)
    if life.limit is not None:
        ends.append(life.limit.base)
    return Duration(min(ends))


@pytest.mark.req("P01")
@pytest.mark.parametrize(
    ("model", "flow", "years"),
    [
        ("synchromed-ii-40", "0.9", "6.5"),
        ("synchromed-ii-20", "1.5", "4.4"),
        ("synchromed-ii-40", "0.048", "7"),
        ("synchromed-ii-40", "0.4", "7"),
        ("prometra-ii-20", "0.25", "10"),
        ("prometra-20", "0.1", "10"),
        ("medstream-40", "2", "8"),
    ],
)
def test_the_life_is_the_one_that_the_facts_give_for_the_flow(
    model: str, flow: str, years: str
) -> None:
    assert life_at(model, VolumeRate.of(flow, "mL/d")) == YEAR.scaled(Fraction(years))


@pytest.mark.req("P01")
@given(
    st.sampled_from(["synchromed-ii-40", "prometra-20", "medstream-20"]),
    st.fractions(0, 24),
    st.fractions(0, 24),
)
def test_more_flow_never_lets_a_battery_last_longer(
    model: str, one: Fraction, other: Fraction
) -> None:
    low, high = sorted((one, other))
    assert life_at(model, VolumeRate.of(high, "mL/d")) <= life_at(model, VolumeRate.of(low, "mL/d"))


def test_a_gas_pump_has_no_battery() -> None:
    gas = [model for model in pump_models() if model.kind == "constant-flow"]
    assert gas
    for model in gas:
        assert not has_battery(model)
        assert battery_life(model.id) is None


def test_nothing_is_guessed_of_a_battery_without_figures() -> None:
    assert has_battery(pump_model("synchromed-el-18"))
    assert battery_life("synchromed-el-18") is None


def test_a_life_that_grows_with_the_flow_is_refused(tmp_path: Path) -> None:
    row = "synchromed-ii-40,battery-life-b,1,6.9,y,general knowledge,recalled,,2026-11-20,\n"
    (tmp_path / "pumps.csv").write_text(HEAD + row, encoding="utf-8")
    use_clinic_tables(tmp_path)
    try:
        with pytest.raises(DataError, match="would not shorten the life"):
            battery_life("synchromed-ii-40")
    finally:
        use_clinic_tables(None)
