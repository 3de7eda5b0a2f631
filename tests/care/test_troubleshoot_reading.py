"""What the last interrogation of the record tells `thecal troubleshoot`, and what it must not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builders import MORPHINE, Chart, moment, morphine
from thecal.care.troubleshoot_case import TroubleCase, read_case
from thecal.care.troubleshoot_table import quantity
from thecal.therapy.file_reader import read_with_bedside
from thecal.units import Duration

SERIAL = morphine().therapy().pump.serial


def case_of(chart: Chart, bedside: str = "") -> TroubleCase:
    therapy, found = read_with_bedside((chart.text() + bedside).encode(), "t.toml")
    return read_case(therapy, found, "t.toml")


def read_at(chart: Chart, day: float, clock: str | None = None, **more: object) -> Chart:
    if clock is not None:
        more["pump_clock"] = Bare(moment(day, clock))
    return chart.add("interrogate", day, "09:00", serial=more.pop("serial", SERIAL), **more)


class Bare:
    """A date and time as TOML writes it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


# -- clock ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("clock", ["09:45", "08:10", "06:00"])
def test_a_clock_well_off_is_a_finding(clock: str) -> None:
    case = case_of(read_at(morphine(), 5, clock))
    assert case.findings == {"settings": "clock-off"}
    assert case.origins["settings"].startswith("event 3")


@pytest.mark.parametrize("clock", ["09:00", "09:07", "08:45"])
def test_a_clock_a_little_off_hides_no_other_cause(clock: str) -> None:
    assert "settings" not in case_of(read_at(morphine(), 5, clock)).findings


@given(st.integers(-600, 600))
@example(30)
@example(-30)
@example(29)
def test_the_rule_alone_decides_how_far_is_off(minutes: int) -> None:
    at = 9 * 60 + 600 + minutes
    clock = f"{at // 60 % 24:02}:{at % 60:02}"
    chart = morphine().add(
        "interrogate",
        5,
        "19:00",
        serial=SERIAL,
        pump_clock=Bare(moment(5 + at // 1440, clock)),
    )
    off = "settings" in case_of(chart).findings
    assert off == (abs(minutes) * 60 >= quantity("clock-off", Duration).base)


def test_a_programmer_that_is_off_as_much_puts_the_record_in_doubt() -> None:
    chart = read_at(morphine(), 5, "11:00", programmer_clock=Bare(moment(5, "11:02")))
    case = case_of(chart)
    assert case.findings == {}
    assert any("both 120 min off" in note for note in case.notes)


def test_a_clock_written_in_another_offset_is_no_wrong_clock() -> None:
    chart = morphine().add(
        "interrogate",
        5,
        "09:00",
        offset="-05:00",
        serial=SERIAL,
        pump_clock=Bare(moment(5, "09:00", "-05:00")),
    )
    assert case_of(chart).findings == {}


def test_a_drift_in_the_replay_shows_where_no_clock_was_written() -> None:
    drifting = morphine().add("fault", 1, kind="clock-drift", factor="1.01")
    assert case_of(read_at(drifting, 30)).findings["settings"] == "clock-off"


def test_a_mistyped_volume_keeps_its_place_and_the_clock_is_noted() -> None:
    chart = Chart().fill(0, "09:00", MORPHINE, "20 mL", programmed_volume="40 mL")
    case = case_of(read_at(chart, 5, "12:00"))
    assert case.findings["settings"] == "volume-off"
    assert any("clock-off" in note for note in case.notes)


# -- alarms --------------------------------------------------------------------------------------


def test_an_empty_pump_says_so_when_it_is_read() -> None:
    late = morphine("4 mg/d")
    assert case_of(read_at(late, 40)).findings == {}
    case = case_of(read_at(late, 120))
    assert case.findings["telemetry"] == "empty"
    assert any("low-reservoir" in note for note in case.notes)


def test_a_stall_that_lasts_and_a_stall_that_is_over_are_told_apart() -> None:
    stalled = morphine().add("fault", 5, kind="motor-stall")
    assert case_of(read_at(stalled, 9)).findings["telemetry"] == "stall"
    scan = morphine().add("mri", 5, "09:00", field="1.5 T", duration="40 min", recovery="6 h")
    once = read_at(scan, 8)
    assert case_of(once).findings["telemetry"] == "stall"
    assert case_of(once.add("interrogate", 8, "09:30", serial=SERIAL)).findings == {
        "telemetry": "stall-recovered"
    }


def test_a_stopped_pump_is_a_finding_and_what_runs_again_is_none() -> None:
    stopped = morphine().add("stop", 3)
    assert case_of(read_at(stopped, 4)).findings["telemetry"] == "stopped"
    assert case_of(read_at(stopped.add("resume", 5), 6)).findings == {}


def test_what_a_refill_or_a_new_program_mended_says_nothing_any_more() -> None:
    refilled = morphine("4 mg/d").fill(120, "09:00", MORPHINE, aspirated="0 mL")
    assert "telemetry" not in case_of(read_at(refilled, 121)).findings
    upset = morphine("2 mg/d").add("fault", 5, kind="memory-bit-flip")
    assert case_of(read_at(upset, 6)).findings["telemetry"] == "memory-error"
    mended = upset.run(7, "09:00", "morphine", "2 mg/d")
    assert case_of(read_at(mended, 8)).findings == {}


def test_no_alarm_in_the_replay_is_no_finding() -> None:
    hidden = morphine().add("fault", 5, kind="catheter-occlusion")
    assert case_of(read_at(hidden, 9)).findings == {}


# -- what is not taken ---------------------------------------------------------------------------


def test_nothing_is_taken_from_another_pump() -> None:
    case = case_of(read_at(morphine("4 mg/d"), 120, "15:00", serial="OTHER"))
    assert case.findings == {}
    assert any("wrong patient or wrong record" in note for note in case.notes)


def test_after_an_exchange_the_new_pump_is_the_one_to_be_read() -> None:
    chart = morphine().add("replace", 5, pump={"model": "synchromed-ii-20", "serial": "NEW"})
    assert case_of(read_at(chart, 6, "12:00", serial="NEW")).findings["settings"] == "clock-off"
    assert case_of(read_at(chart, 7, "12:00")).findings == {}


def test_a_reading_before_the_last_visit_is_not_taken() -> None:
    chart = read_at(morphine("4 mg/d"), 120, "15:00")
    case = case_of(chart.fill(120, "10:00", MORPHINE, "20 mL"))
    assert "telemetry" not in case.findings
    assert "settings" not in case.findings
    assert any("came after it" in note for note in case.notes)


def test_a_pump_without_electronics_is_not_read() -> None:
    chart = Chart("cancer", pump="isomed-35-10").fill(0, "09:00", MORPHINE, "35 mL")
    case = case_of(read_at(chart, 60))
    assert case.findings == {}
    assert any("no telemetry" in note for note in case.notes)


def test_what_somebody_saw_goes_before_what_is_replayed() -> None:
    case = case_of(read_at(morphine("4 mg/d"), 120), '[bedside]\ntelemetry = "memory-error"\n')
    assert case.findings["telemetry"] == "memory-error"
    assert case.origins["telemetry"] == "[bedside]"


def test_a_battery_that_use_has_spent_is_told_although_it_is_no_fault() -> None:
    table = {"implanted": date(2019, 5, 1), "battery_used": "0.9"}
    chart = Chart(pump_table=table).fill(0, "09:00", MORPHINE).run(0, "09:30", "morphine", "1 mg/d")
    chart.fill(30, "09:00", MORPHINE)
    assert case_of(read_at(chart, 31)).findings["telemetry"] == "replacement-indicator"
