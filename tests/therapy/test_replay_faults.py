"""F05, REC: faults, scans and surroundings of a therapy file, as the record's replay shows them."""

from __future__ import annotations

import json
from datetime import datetime
from fractions import Fraction

import pytest

from builders import BACLOFEN, MORPHINE, Chart, morphine
from thecal.cli.fault_output import fault_lines, fault_list
from thecal.cli.main import main
from thecal.device import fault_kinds
from thecal.errors import BadFileError
from thecal.program.delivery import Purpose
from thecal.program.holes import Place
from thecal.pump.alarms import AlarmKind
from thecal.therapy.body_course import BodyWatch
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.file_writer import write_therapy
from thecal.therapy.simulation import Simulation, simulate
from thecal.units import Mass

pytestmark = pytest.mark.req("F05")
GIVEN: dict[str, dict[str, object]] = {
    "wrong-drug": {"mixture": {"hydromorphone": "2 mg/mL"}},
    "wrong-tubing-constant": {"volume": "0.199 mL"},
    "air": {"volume": "6 mL"},
    "diversion": {"volume": "6 mL"},
}
PUMPS = {"roller": "synchromed-ii-20", "valve-gated": "prometra-20"}
DAY = 86400


def course(kind: str, pump: str = "synchromed-ii-20", **given: object) -> Chart:
    """Return a course that breaks on day 10 and is refilled on day 40 and read on day 41."""
    chart = Chart(pump=pump).fill(0, "09:00", MORPHINE).run(0, "09:30", "morphine", "4 mg/d")
    chart.add("fault", 10, "09:00", kind=kind, **{**GIVEN.get(kind, {}), **given})
    if any(one.id == kind and one.part == "fill" for one in fault_kinds()):
        chart.fill(10, "09:05", MORPHINE).run(10, "09:30", "morphine", "4 mg/d")
    chart.fill(40, "09:00", MORPHINE).add("interrogate", 41, "09:00")
    return chart


def replayed(chart: Chart) -> Simulation:
    result = simulate(chart.therapy())
    for drug, books in result.balance.items():
        assert books.filled == (
            books.withdrawn + books.reservoir + books.line + books.delivered + books.unaccounted
        ), drug
        assert not books.unaccounted, "no aspirate is recorded, so none contradicts"
    return result


@pytest.mark.req("F05")
@pytest.mark.parametrize(
    "kind",
    [kind for kind in fault_kinds() if {"roller", "valve-gated"} & {*kind.pumps}],
    ids=lambda kind: kind.id,
)
def test_every_kind_shows_when_and_by_what_its_row_says(kind) -> None:
    """The time to detection of the table: alarm, next refill, next interrogation, or never."""
    pump = PUMPS["roller" if "roller" in kind.pumps else "valve-gated"]
    result = replayed(course(kind.id, pump))
    assert not result.refused
    (record,) = result.faults
    begun = record.start
    match kind.detected_by:
        case "alarm" if kind.id == "missed-refill":
            assert record.detected is None or record.detected_by == "alarm"
        case "alarm":
            assert record.detected_by == "alarm"
            assert record.detected - begun == kind.detected_after.value.base
        case "refill":
            assert record.detected_by == "refill"
            assert record.detected - begun in (30 * DAY, 30 * DAY - 300)
        case "interrogation":
            assert record.detected_by == "interrogation"
            assert record.detected - begun == 31 * DAY
        case _:
            assert record.detected is None, "imaging alone"
    if not kind.alarms:
        assert not [a for a in result.alarms if a.kind is not AlarmKind.LOW_RESERVOIR], "silent"


def test_a_missed_refill_is_seen_when_the_pump_runs_low() -> None:
    chart = Chart(pump="synchromed-ii-20").fill(0, "09:00", MORPHINE)
    chart.run(0, "09:30", "morphine", "4 mg/d").add("fault", 40, "08:55", kind="missed-refill")
    chart.fill(40, "09:00", BACLOFEN).run(40, "09:30", "baclofen", "100 ug/d")
    chart.add("note", 60, "09:00", text="x")
    result = replayed(chart)
    assert "baclofen" not in result.balance, "it was never filled"
    assert [one.event for one in result.refused] == [4], "and cannot be programmed"
    assert result.faults[0].detected_by == "alarm"
    assert result.activity == "dry"


@pytest.mark.parametrize("minutes", ["08:00", "09:05"])
def test_a_fault_of_a_fill_may_stand_before_or_after_it_in_the_visit(minutes) -> None:
    chart = Chart().fill(0, "09:00", MORPHINE).run(0, "09:30", "morphine", "4 mg/d")
    chart.fill(10, "09:00", MORPHINE)
    chart.events.insert(2 if minutes < "09" else 3, ("2026-03-12T" + minutes + ":00", {}))
    chart.events[2 if minutes < "09" else 3][1].update(type="fault", kind="pocket-fill")
    result = replayed(chart)
    assert result.lost["morphine"] == {Place.POCKET: Mass.of(200, "mg")}


def test_what_a_fault_lets_out_is_withdrawn_and_named_by_place() -> None:
    result = replayed(course("catheter-disconnection"))
    lost = result.lost["morphine"][Place.POCKET]
    assert lost > Mass.zero()
    assert result.balance["morphine"].withdrawn >= lost
    assert any("lost (pocket)" in line for line in fault_lines(result))


def test_a_mended_fault_is_over_and_one_that_ends_by_itself_says_when() -> None:
    chart = morphine().add("fault", 5, "09:00", kind="catheter-kink", duration="2 h")
    chart.add("fault", 6, "09:00", kind="over-infusion", factor="1.2")
    chart.add("fault", 8, "09:00", kind="over-infusion", mended=True)
    first, second = replayed(chart.add("note", 20, "09:00", text="x")).faults
    assert first.end - first.start == 7200
    assert second.end - second.start == 2 * DAY
    assert not first.active
    assert not second.active


def test_mending_what_is_not_broken_is_logged_as_refused() -> None:
    chart = morphine().add("fault", 5, "09:00", kind="motor-stall", mended=True)
    assert [one.event for one in simulate(chart.therapy()).refused] == [3]


# -- scans -----------------------------------------------------------------------------------------


def scanned(pump: str, **more: object) -> Chart:
    chart = Chart(pump=pump).fill(0, "09:00", MORPHINE)
    if not pump.startswith("isomed"):
        chart.run(0, "09:30", "morphine", "4 mg/d")
    return chart.add("mri", 5, "09:00", field="1.5 T", duration="40 min", **more)


@pytest.mark.parametrize(
    ("pump", "fault"),
    [
        ("synchromed-ii-20", "motor-stall-recovering"),
        ("synchromed-el-18", "motor-stall-recovering"),
        ("prometra-20", "valve-stuck-open"),
        ("prometra-ii-20", "valve-stuck-closed"),
        ("medstream-20", None),
        ("isomed-20-05", None),
    ],
)
def test_a_scan_does_to_each_model_what_the_catalogue_says(pump, fault) -> None:
    result = replayed(scanned(pump).add("note", 6, "09:00", text="x"))
    assert [one.kind for one in result.faults] == ([] if fault is None else [fault])
    given = result.delivered_by_purpose["morphine"][Purpose.FAULT]
    if fault == "valve-stuck-open":
        assert given > Mass.of(100, "mg")
    elif fault == "valve-stuck-closed":
        assert given == Mass.of("0.1", "mg"), "10 uL at 10 mg/mL"
    else:
        assert not given


def test_after_a_scan_the_second_interrogation_shows_the_recovery() -> None:
    chart = scanned("synchromed-ii-20", telemetry_mode=True)
    chart.add("interrogate", 8, "09:00").add("interrogate", 8, "09:30")
    chart.add("note", 9, "09:00", text="x")
    (record,) = replayed(chart).faults
    assert record.end - record.start == 3 * DAY, "it stood until it was interrogated"
    assert record.recovery_seen - record.start == 3 * DAY + 1800
    late = scanned("synchromed-ii-20", recovery="6 h").add("note", 9, "09:00", text="x")
    (record,) = replayed(late).faults
    assert record.end - record.start == 6 * 3600 + 40 * 60
    assert record.recovery_seen is None


# -- surroundings ----------------------------------------------------------------------------------


def test_a_flight_raises_the_flow_of_a_gas_pump_for_its_hours() -> None:
    def given(**more: object) -> Fraction:
        chart = Chart("cancer", pump="isomed-20-10").fill(0, "09:00", {"morphine": "1 mg/mL"})
        if more:
            chart.add("environment", 2, "09:00", duration="10 h", **more)
        return replayed(chart.add("note", 4, "09:00", text="x")).balance["morphine"].delivered.base

    hours = Fraction(10, 24) * 1000
    assert abs((given(altitude="2400 m") - given()) / hours - Fraction("0.105")) < Fraction("0.001")
    assert abs((given(depth="10 m") - given()) / hours + Fraction("0.41")) < Fraction("0.005")
    assert abs((given(temperature="38 Cel") - given()) / hours - Fraction("0.06")) < Fraction(
        "0.005"
    )


def test_empty_time_follows_the_flow_as_it_is_and_alarms_follow_the_count() -> None:
    sound = morphine("4 mg/d").therapy()
    broken = morphine("4 mg/d").add("fault", 0, "10:00", kind="over-infusion", factor="2").therapy()
    before, after = simulate(sound).outlook, simulate(broken).outlook
    assert after.low_reservoir == before.low_reservoir
    assert after.empty < before.empty
    dry = morphine("4 mg/d").add("fault", 0, "10:00", kind="over-infusion", factor="4")
    ran = simulate(dry.add("note", 20, "09:00", text="x").therapy())
    assert ran.activity == "dry"
    assert ran.outlook.low_reservoir == before.low_reservoir, "its count goes on"
    stalled = morphine("4 mg/d").add("fault", 0, "10:00", kind="motor-stall").therapy()
    assert simulate(stalled).outlook.empty is None


# -- the file --------------------------------------------------------------------------------------

WRITTEN = (
    {"kind": "over-infusion", "factor": "1.25", "duration": "90 d"},
    {"kind": "catheter-leak", "fraction": "0.5", "distance": "30.5 cm", "duration": "2 h"},
    {"kind": "septum-leak", "rate": "0.125 mL/d"},
    {"kind": "catheter-migration", "tip": "L1"},
    {"kind": "wrong-drug", "mixture": {"baclofen": "500 ug/mL"}},
    {"kind": "wrong-volume", "volume": "18 mL"},
    {"kind": "diversion", "volume": "2 mL", "replaced": True},
    {"kind": "motor-stall", "mended": True},
)


@pytest.mark.parametrize("fields", WRITTEN, ids=lambda fields: fields["kind"])
def test_a_fault_written_and_read_back_is_the_same(fields) -> None:
    therapy = morphine().add("fault", 5, "09:00", **fields).therapy()
    again = read_therapy(write_therapy(therapy).encode(), "again.toml")
    assert again == therapy


def test_a_pumps_clock_and_a_late_recovery_survive_the_file() -> None:
    clock = datetime.fromisoformat("2026-01-01T00:00:00")
    chart = morphine().add("fault", 5, "09:00", kind="clock-reset", pump_clock=clock)
    chart.add("mri", 6, "09:00", field="3 T", duration="30 min", recovery="2 h")
    chart.add("mri", 7, "09:00", field="3 T", duration="30 min", telemetry_mode=True)
    therapy = chart.therapy()
    assert read_therapy(write_therapy(therapy).encode(), "again.toml") == therapy


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "motor-stall", "factor": "0.5"}, "unknown here"),
        ({"kind": "motor-stall", "mended": True, "duration": "2 h"}, "unknown here"),
        ({"kind": "over-infusion", "factor": 1.2}, "not a text"),
        ({"kind": "over-infusion", "factor": "1,2"}, "not a number"),
        ({"kind": "over-infusion", "factor": "0.8"}, "no over-infusion"),
        ({"kind": "catheter-leak", "fraction": "1.5"}, "1 at most"),
        ({"kind": "septum-leak", "rate": "3 mL"}, "rate"),
        ({"kind": "catheter-migration", "tip": "T13"}, "unknown"),
        ({"kind": "pocket-fill", "mended": True}, "over with the next fill"),
        ({"kind": "motor-stal"}, "motor-stall"),
    ],
)
def test_a_key_that_does_not_belong_is_refused_with_its_place(fields, words) -> None:
    with pytest.raises(BadFileError, match=words) as caught:
        morphine().add("fault", 5, "09:00", **fields).therapy()
    assert "event 3" in str(caught.value)


def test_simulate_tells_faults_active_and_detected_as_json(tmp_path, capsys) -> None:
    file = tmp_path / "broken.toml"
    file.write_text(course("motor-stall").text())
    assert main(["simulate", str(file), "--as-recorded", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    (fault,) = answer["faults"]
    assert fault["kind"] == "motor-stall"
    assert fault["event"] == 2
    assert fault["active"] is True
    assert fault["detected"] == "2026-03-12T09:20:00+01:00"
    assert fault["detected_by"] == "alarm"
    assert fault["expected_refill"] == "above"
    assert answer["lost"] == {}
    assert fault_list(simulate(morphine().therapy())) == []
    assert main(["simulate", str(file), "--as-recorded"]) == 0
    assert "fault: motor-stall since" in capsys.readouterr().out


# -- the body and the report -----------------------------------------------------------------------


@pytest.mark.parametrize(("tip", "levels"), [("L1", ["T10", "L1"]), ("outside", ["T10"])])
def test_a_tip_that_moved_delivers_to_the_body_elsewhere_or_not_at_all(tip, levels) -> None:
    chart = morphine().add("fault", 2, "09:00", kind="catheter-migration", tip=tip)
    therapy = chart.add("note", 4, "09:00", text="x").therapy()
    watch = BodyWatch(therapy)
    result = simulate(therapy, sink=watch)
    course = watch.course(result.end)
    assert [level for _, level in course.tips] == levels
    assert result.balance["morphine"].delivered > Mass.of("7", "mg"), "at the tip it goes on"


def test_a_report_names_every_alarm_of_a_fault(tmp_path, capsys) -> None:
    chart = morphine().add("fault", 2, "09:00", kind="battery-film", duration="1 d")
    chart.add("fault", 2, "10:00", kind="motor-stall").add("note", 9, "09:00", text="x")
    file = tmp_path / "broken.toml"
    file.write_text(chart.text())
    assert main(["simulate", str(file), "--as-recorded", "--report", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    pages = "".join(page.read_text() for page in (tmp_path / "out").glob("*.html"))
    for words in ("motor stall", "replacement indicator", "end of service"):
        assert words in pages
