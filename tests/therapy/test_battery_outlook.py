"""The forecast of the battery is what the replay then does, and what the record says of it."""

from __future__ import annotations

import json
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from builders import MORPHINE, Chart, moment
from thecal.cli.main import main
from thecal.errors import BadFileError
from thecal.program.clock import Instant
from thecal.pump.alarms import AlarmKind
from thecal.therapy.alarm_sounds import alarm_sound
from thecal.therapy.battery import AGE, CHARGE, ENDED, INDICATOR
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.file_writer import write_therapy
from thecal.therapy.simulation import Simulation, simulate
from thecal.units import YEAR, Duration

DAY = 86400
USED = {"implanted": date(2024, 3, 2), "battery_used": "0.9"}


def run(chart: Chart, days: float | None = None) -> Simulation:
    therapy = chart.therapy()
    until = None if days is None else therapy.instant(therapy.events[0].time) + Fraction(days) * DAY
    return simulate(therapy, until=until)


def fast(**table: object) -> Chart:
    """A pump that pumps 1.2 mL a day and is refilled in time for a year."""
    chart = Chart(pump_table=table).fill(0, "09:00", MORPHINE, "40 mL")
    chart.run(0, "09:00", "morphine", "12 mg/d")
    for day in range(25, 375, 25):
        chart.fill(day, "09:00", MORPHINE, "40 mL")
    return chart


@pytest.mark.req("P01", "R7.3.0(2)", "GIP-5.1.3")
@pytest.mark.parametrize("table", [USED, {**USED, "battery_used": "0.95"}])
@pytest.mark.inventory("W25")
def test_the_replay_sounds_and_ends_when_the_forecast_says_so(table: dict[str, object]) -> None:
    seen = run(fast(**table), 1).battery
    assert seen.decided_by == CHARGE
    assert seen.indicator is not None
    later = run(fast(**table), 372)
    began = {one.kind: one.time for one in later.alarms}
    assert began[AlarmKind.REPLACEMENT_INDICATOR] == seen.indicator
    assert began[AlarmKind.END_OF_SERVICE] == seen.end == seen.indicator + 90 * DAY
    assert later.activity == "stopped"
    assert later.battery.decided_by == ENDED
    assert later.battery.end == seen.end


@pytest.mark.req("P01")
def test_the_dates_stand_still_while_the_program_does_and_the_band_closes() -> None:
    looks = [run(fast(**USED), day).battery for day in range(1, 370, 23)]
    assert len({look.indicator for look in looks}) == 1
    assert len({look.end for look in looks}) == 1
    for before, after in pairwise(looks):
        assert before.earliest <= after.earliest <= after.end
        assert before.latest >= after.latest >= after.end
        assert before.used < after.used


@pytest.mark.req("P01", "R7.3.0(3)")
def test_the_band_is_a_quarter_of_what_is_left() -> None:
    look = run(fast(**USED), 10)
    outlook = look.battery
    left = outlook.end - look.end
    assert outlook.earliest == look.end + Fraction(3, 4) * left
    assert outlook.latest == look.end + Fraction(5, 4) * left


@pytest.mark.req("P01")
def test_a_higher_dose_brings_the_end_nearer_and_boluses_the_earliest_end() -> None:
    plain = run(fast(**USED), 10).battery
    bolus = {"dose": "1 mg", "duration": "5 min", "lockout": "3 h", "max_per_day": 4}
    chart = fast(**USED)
    chart.events[1][1]["patient_bolus"] = bolus
    pressed = run(chart, 10).battery
    assert pressed.end == plain.end
    assert pressed.earliest < plain.earliest
    chart = fast(**USED)
    chart.events[1][1]["daily_dose"] = "15 mg/d"
    assert run(chart, 10).battery.end < plain.end


@pytest.mark.inventory("S2.13", "S3.23", "W25")
def test_at_a_low_rate_its_age_ends_a_synchromed() -> None:
    chart = Chart().start(MORPHINE, "morphine", "1 mg/d")
    outlook, first = run(chart).battery, chart.therapy()
    begun: Instant = first.instant(first.events[0].time)
    assert outlook.decided_by == AGE
    assert outlook.implanted == begun
    assert outlook.end == begun + 7 * YEAR.base
    assert outlook.indicator == outlook.end - 90 * DAY
    assert outlook.latest == outlook.end  # age is no estimate
    assert outlook.plan_from == outlook.earliest  # so far ahead the forecast is wide


@pytest.mark.inventory("S2.13", "W25")
@pytest.mark.parametrize(("implanted", "due"), [("2019-08-31", True), ("2019-09-05", False)])
def test_a_pump_of_six_and_a_half_years_is_to_be_replaced_soon(implanted: str, due: bool) -> None:
    chart = Chart(pump_table={"implanted": date.fromisoformat(implanted)})
    look = run(chart.start(MORPHINE, "morphine", "1 mg/d"))
    assert look.battery.decided_by == AGE
    assert (look.battery.plan_from <= look.end) is due
    assert look.battery.end - look.battery.plan_from == YEAR.base / 2


@pytest.mark.inventory("S2.13", "S3.23")
def test_every_life_that_a_source_states_is_shown_beside_the_one_that_decides() -> None:
    outlook = run(Chart().start(MORPHINE, "morphine", "1 mg/d")).battery
    assert outlook.end == outlook.implanted + 7 * YEAR.base
    for years in ("low of 6", "low of 5", "high of 7", "high of 10"):
        assert any(f"battery-life-{years} years" in row for row in outlook.basis), years


def test_an_early_indicator_counts_the_nominal_days_from_when_it_sounded() -> None:
    """The record does not know how short a film makes them (devices.md S17)."""
    chart = Chart().start(MORPHINE, "morphine", "1 mg/d")
    chart.add("fault", 10, "09:00", kind="battery-film", duration="30 d")
    outlook = run(chart, 20).battery
    assert outlook.decided_by == INDICATOR
    assert outlook.end == outlook.indicator + 90 * DAY
    assert run(chart, 41).battery.decided_by == ENDED


def test_a_charge_that_nobody_wrote_down_is_reported_and_not_guessed() -> None:
    outlook = run(fast(implanted=date(2024, 3, 2)), 5).battery
    assert outlook.used is None
    assert outlook.decided_by == AGE
    assert "before the first event" in outlook.not_checked[0]


def test_a_replaced_pump_counts_from_its_replacement() -> None:
    chart = fast(**USED)
    chart.add("replace", 374, "09:00", pump={"model": "synchromed-ii-40", "serial": "N2"})
    result = run(chart)
    assert result.battery.implanted == result.end
    assert result.battery.used == 0


def test_gas_has_no_battery_and_an_unknown_one_is_not_checked() -> None:
    gas = run(Chart(pump="isomed-35-10").fill(0, "09:00", MORPHINE)).battery
    assert gas.has_battery is False
    old = Chart(pump="synchromed-el-18").start(MORPHINE, "morphine", "1 mg/d", volume="18 mL")
    unknown = run(old).battery
    assert unknown.has_battery is True
    assert unknown.end is None
    assert unknown.not_checked


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"battery_used": "0.5"}, "has an age"),
        ({"implanted": date(2024, 1, 1), "battery_used": "1.2"}, "more than all"),
        ({"implanted": date(2024, 1, 1), "battery_used": ".5"}, "0.5"),
        ({"implanted": date(2026, 3, 3)}, "before it was implanted"),
        ({"model": "isomed-35-10", "critical_alarm_interval": "5 min"}, "no choice of alarm"),
        (
            {"model": "isomed-35-10", "implanted": date(2024, 1, 1), "battery_used": "0.5"},
            "no battery",
        ),
    ],
)
def test_what_cannot_be_true_of_a_battery_is_refused(
    table: dict[str, object], message: str
) -> None:
    with pytest.raises(BadFileError, match=message):
        Chart(pump_table=table).fill(0, "09:00", MORPHINE).therapy()


def test_a_pump_implanted_on_the_day_of_its_first_fill_is_new() -> None:
    outlook = run(fast(implanted=date(2026, 3, 2)), 0).battery
    assert outlook.used == 0


def test_the_new_keys_survive_writing_and_reading() -> None:
    therapy = fast(**USED, critical_alarm_interval="20 min").therapy()
    assert read_therapy(write_therapy(therapy).encode(), "x") == therapy


def test_the_clinics_interval_is_that_of_critical_alarms_alone() -> None:
    chart = fast(**USED, critical_alarm_interval="20 min").add("stop", 380, "09:00")
    result = run(chart, 390)
    sounds = {one.kind: alarm_sound(result.therapy, one) for one in result.alarms}
    critical, other = sounds[AlarmKind.END_OF_SERVICE], sounds[AlarmKind.REPLACEMENT_INDICATOR]
    assert (critical.tone, critical.interval) == ("two tones, 3 s", Duration.of(20, "min"))
    assert (other.tone, other.interval) == ("single tone, 1 s", Duration.of(1, "h"))
    assert "the file" in critical.source


def test_of_a_pump_without_a_figure_no_sound_is_told() -> None:
    chart = (
        Chart(pump="prometra-20").fill(0, "09:00", MORPHINE).run(0, "09:00", "morphine", "9 mg/d")
    )
    alarm = run(chart, 30).alarms[0]
    sound = alarm_sound(chart.therapy(), alarm)
    assert (sound.tone, sound.interval) == (None, None)


def test_simulate_tells_battery_and_sound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.toml"
    file.write_text(fast(**USED).text(), encoding="utf-8")
    until = moment(370, "09:00")
    assert main(["simulate", str(file), "--until", until, "--as-recorded", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    alarms = {one["alarm"]: one for one in answer["alarms"]}
    indicator = alarms["replacement-indicator"]
    assert indicator["end"] is None
    assert indicator["tone"] == "single tone, 1 s"
    assert indicator["interval"] == {"value": 60, "unit": "min"}
    battery = answer["battery"]
    assert battery["replacement_indicator"] == indicator["time"]
    assert battery["end_of_service"] == alarms["end-of-service"]["time"]
    assert datetime.fromisoformat(battery["implanted"]) == datetime.fromisoformat(
        "2024-03-02T00:00:00+01:00"
    )
    assert any("unverified (recalled)" in row for row in battery["basis"])
    assert main(["simulate", str(file), "--until", until, "--as-recorded"]) == 0
    text = capsys.readouterr().out
    assert "battery: replacement indicator" in text
    assert "sounds still" in text


@pytest.mark.inventory("S2.13")
@pytest.mark.parametrize("dose", ["1 mg/d", "8 mg/d"])
@pytest.mark.parametrize("bolus", [False, True])
def test_the_planning_never_begins_after_the_earliest_end(dose: str, bolus: bool) -> None:
    more = (
        {"patient_bolus": {"dose": "0.5 mg", "duration": "5 min", "lockout": "1 h"}}
        if bolus
        else {}
    )
    outlook = run(Chart().start(MORPHINE, "morphine", dose, **more)).battery
    assert outlook.earliest is not None
    assert outlook.plan_from <= outlook.earliest
    assert outlook.plan_from <= outlook.end - YEAR.base / 2
