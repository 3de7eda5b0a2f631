"""Requirements that no single room holds alone, and two worked examples of plain arithmetic."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import MORPHINE, Chart
from thecal.data import use_clinic_tables
from thecal.errors import BadFileError, DataError
from thecal.pharmacy import limits
from thecal.program.delivery import Purpose
from thecal.safety.review import review
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.replay import Replay
from thecal.therapy.simulation import simulate
from thecal.therapy.situations import situation_of
from thecal.therapy.suggest import nearest_passing
from thecal.units import Concentration, Duration, Mass, Volume, VolumeRate

COLUMNS = "drug,parameter,edition,population,rank,value,unit,source,status,checked_by,date,note\n"


@pytest.mark.req("D04")
def test_judging_an_order_and_looking_for_a_better_one_leaves_the_pump_as_it_was() -> None:
    chart = Chart("pain").fill(0, "09:00", MORPHINE).add("prime", 0, "09:05")
    chart = chart.run(0, "10:00", "morphine", "1 mg/d")
    therapy = chart.run(3, "10:00", "morphine", "9 mg/d").therapy()
    replay = Replay(therapy, for_review=True)
    for index in range(3):
        replay.apply(index)
    replay.advance_to(therapy.instant(therapy.events[3].time))
    before = replay.pump.state.copy()
    findings = review(situation_of(replay, 3))
    assert findings
    nearest_passing(replay, 3, findings)
    assert replay.pump.state == before


@pytest.mark.req("D09", "D10")
def test_a_press_over_a_clinicians_bolus_is_denied_and_neither_volume_is_lost() -> None:
    chart = Chart("pain").fill(0, "09:00", MORPHINE).add("prime", 0, "09:05")
    bolus = {"dose": "0.1 mg", "duration": "5 min", "lockout": "1 h", "max_per_day": 6}
    chart = chart.run(0, "10:00", "morphine", "1 mg/d", patient_bolus=bolus)
    chart = chart.add("bolus", 2, "10:00", dose="0.2 mg", duration="30 min")
    chart = (
        chart.add("press", 2, "10:10").add("press", 2, "10:30").add("note", 2, "12:00", text="x")
    )
    result = simulate(chart.therapy())
    assert (result.presses.granted, result.presses.denied) == (1, 1)
    by_purpose = result.delivered_by_purpose["morphine"]
    assert by_purpose[Purpose.CLINICIAN_BOLUS] == Mass.of("0.2", "mg")
    assert by_purpose[Purpose.PATIENT_BOLUS] == Mass.of("0.1", "mg")


@pytest.mark.req("D17")
def test_a_clinics_limits_out_of_order_are_refused_when_they_are_loaded(tmp_path: Path) -> None:
    rows = (
        "morphine,start-low,clinic,any,1,2,mg/d,our own,read,,2026-11-20,\n"
        "morphine,start-high,clinic,any,1,1,mg/d,our own,read,,2026-11-20,\n"
    )
    (tmp_path / "limits.csv").write_text(COLUMNS + rows, encoding="utf-8")
    use_clinic_tables(tmp_path)
    try:
        with pytest.raises(DataError, match="start-low is above start-high"):
            limits("morphine", "start-low", populations=())
    finally:
        use_clinic_tables(None)


@pytest.mark.req("R05")
@pytest.mark.parametrize("mixture", [{"morphin": "10 mg/mL"}, {"ketamine": "1 mg/mL"}, {}])
def test_a_drug_that_the_formulary_does_not_hold_cannot_start(mixture: dict[str, str]) -> None:
    text = Chart("pain").fill(0, "09:00", mixture).text()
    with pytest.raises(BadFileError, match="event 0 \\(fill\\): mixture"):
        read_therapy(text.encode(), "unknown.toml")


@pytest.mark.req("A4")
def test_a4_fifty_micrograms_over_ten_minutes() -> None:
    volume = Mass.of(50, "ug") / Concentration.of(500, "ug/mL")
    rate = volume / Duration.of(10, "min")
    assert volume == Volume.of("0.1", "mL")
    assert rate == VolumeRate.of("0.6", "mL/h")
    assert rate == VolumeRate.of("14.4", "mL/d")


@pytest.mark.req("T34")
def test_t34_concentration_times_flow_is_the_dose_of_the_dog_study() -> None:
    strong = Concentration.of("12.5", "mg/mL") * VolumeRate.of(40, "uL/h")
    weak = Concentration.of("1.5", "mg/mL") * VolumeRate.of(334, "uL/h")
    assert strong.per_day() == Mass.of(12, "mg")
    assert weak.per_day() == Mass.of("12.024", "mg")
