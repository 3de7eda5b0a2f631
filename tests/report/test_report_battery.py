"""The report says when the battery ends, how sure that is, and what was not reckoned with."""

from __future__ import annotations

from datetime import date

import pytest

from builders import MORPHINE, Chart
from thecal.report.battery import battery_in_short, battery_rows
from thecal.report.outcome import alarms_table, dates_table
from thecal.report.words import when
from thecal.therapy.simulation import Simulation, simulate
from thecal.units import NO_BREAK_SPACE

NEW = Chart().start(MORPHINE, "morphine", "1 mg/d")


def run(chart: Chart) -> Simulation:
    return simulate(chart.therapy())


@pytest.mark.req("P01", "R7.3.0(2)")
def test_the_next_dates_hold_those_of_the_battery_with_their_sources() -> None:
    result = run(NEW)
    rows = {what: (at, why) for what, at, why in dates_table(result).rows}
    at, why = rows["replacement indicator of the battery"]
    assert at == when(result.therapy, result.battery.indicator)
    assert why.startswith("age decides")
    at, why = rows["end of the battery's service"]
    assert at == when(result.therapy, result.battery.end)
    assert "battery-shut-off: devices.md S6, unverified (read)" in why
    assert "plan the pump's replacement from" in rows
    at, _ = rows["its earliest and latest time"]
    assert when(result.therapy, result.battery.earliest) in at
    assert at.split(" to ")[0] in battery_in_short(result)


def test_what_was_not_reckoned_with_is_said() -> None:
    unknown = run(Chart(pump_table={"implanted": date(2024, 5, 1)}).fill(0, "09:00", MORPHINE))
    assert "not checked: what the charge had lost" in battery_rows(unknown)[0][2]
    old = run(Chart(pump="synchromed-el-18").fill(0, "09:00", MORPHINE, "18 mL"))
    (row,) = battery_rows(old)
    assert "no figure" in row[2]


def test_a_pump_without_a_battery_has_no_such_row() -> None:
    gas = run(Chart(pump="isomed-35-10").fill(0, "09:00", MORPHINE))
    assert battery_rows(gas) == []
    assert battery_in_short(gas) == "this pump has no battery"


def test_each_alarm_says_how_it_sounds_and_when_it_ended() -> None:
    chart = Chart().fill(0, "09:00", MORPHINE, "2 mL").run(0, "09:30", "morphine", "1 mg/d")
    table = alarms_table(run(chart.fill(2, "09:00", MORPHINE)))
    assert table is not None
    (row,) = table.rows
    assert row[4].replace(NO_BREAK_SPACE, " ").startswith("single tone, 1 s, every 1 h")
    assert "devices.md S2" in row[4]
    assert row[5].startswith("4 March 2026")
    again = alarms_table(run(Chart().fill(0, "09:00", MORPHINE, "2 mL")))
    assert again is not None
    assert again.rows[0][5] == "sounds still"
