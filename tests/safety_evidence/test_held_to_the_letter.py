"""What the other tests of an id let through when its code was broken (safety/mutations.csv)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from evidence_bench import DAY, HOUR, MONDAY, Running

from builders import MORPHINE, Chart
from thecal.errors import EntryError
from thecal.link.device import ServedPump
from thecal.link.journal import read_entries
from thecal.link.memory import DeviceMemory, Image
from thecal.program.program import PatientBolus
from thecal.pump.pump import Pump
from thecal.pump.state import PumpState
from thecal.report.outcome import alarms_table
from thecal.safety.catalogue import check_ids, with_standing
from thecal.safety.finding import Answer, Finding, Severity, Verdict, verdict_of
from thecal.therapy.simulation import simulate
from thecal.units import Duration, Mass, MassRate, Volume, parse_number, parse_quantity


@pytest.mark.req("D05")
def test_a_bolus_changes_neither_the_program_nor_when_it_began() -> None:
    running = Running()
    bolus = PatientBolus(Mass.of(10, "ug"), Duration.of(5, "min"), Duration.of(4, "h"))
    written = running.pump.write(replace(running.program, patient_bolus=bolus))
    began = running.pump.state.program_start
    for _ in range(2):
        running.wait(4 * HOUR)
        assert running.pump.press() is None
        running.wait(HOUR / 2)
        running.pump.clinician_bolus(Mass.of(20, "ug"), Duration.of(10, "min"))
        running.wait(HOUR / 2)
        assert running.pump.state.program == written
        assert running.pump.state.program_start == began


@pytest.mark.req("D15", "GIP-6.1.3")
def test_a_hard_finding_stands_even_with_an_answer() -> None:
    hard = Finding(check="K27", severity=Severity.HARD, message="too much", source="a source")
    answered = replace(hard, answer=Answer("it was intended", "Dr A"))
    assert answered.blocks
    assert verdict_of((answered,)) is Verdict.REFUSED


@pytest.mark.req("A01")
def test_the_report_gives_each_alarm_its_name_priority_and_what_to_do() -> None:
    chart = Chart("pain").fill(0, "09:00", MORPHINE, "3 mL").add("prime", 0, "09:05")
    chart = chart.run(0, "10:00", "morphine", "2 mg/d").add("note", 60, "12:00", text="x")
    result = simulate(chart.therapy())
    table = alarms_table(result)
    assert table is not None
    assert table.head == ("Time", "Alarm", "Priority", "What to do", "Sound", "Ended")
    assert [row[2] for row in table.rows] == [str(alarm.priority) for alarm in result.alarms]
    assert {"critical", "non-critical"} <= {row[2] for row in table.rows}
    for row in table.rows:
        assert all(row)


@pytest.mark.req("P03")
def test_a_copied_state_is_equal_in_everything_and_shares_nothing() -> None:
    running = Running()
    running.pump.fault("motor-stall")
    running.wait(DAY)
    state: PumpState = running.pump.state
    assert state.alarms
    copied = state.copy()
    assert copied == state
    Pump(running.setup, copied).fill(Volume.of("2.1", "mL"), running.mixture)
    Pump(running.setup, copied).advance(state.now + 5 * DAY)
    assert len(copied.alarms) > len(state.alarms)
    assert copied.account != state.account


@pytest.mark.req("U05", "U06")
@pytest.mark.parametrize("text", ["12345678", "0.1234567", "123456789.5"])
def test_a_number_of_more_digits_than_anybody_types_is_refused(text: str) -> None:
    with pytest.raises(EntryError, match="too many digits"):
        parse_number(text)
    with pytest.raises(EntryError, match="too many digits"):
        parse_quantity(f"{text} mg/d", MassRate)


@pytest.mark.req("U06")
@pytest.mark.parametrize("text", ["0 mg/d", "0.0 mg/d"])
def test_zero_is_refused_where_a_dose_is_needed(text: str) -> None:
    with pytest.raises(EntryError, match="is zero"):
        parse_quantity(text, MassRate)


@pytest.mark.req("L01", "R6.6.0(3)")
def test_every_entry_of_the_log_has_who_when_on_both_clocks_and_what(tmp_path: Path) -> None:
    running = Running()
    image = Image("NGV1", 60, running.setup, running.pump.state)
    memory = DeviceMemory(tmp_path)
    device = ServedPump.start(
        memory,
        image,
        speed=Fraction(1),
        seconds=lambda: 1000.0,
        utc=lambda: 1_795_000_000,
        tell=lambda _: None,
    )
    device.do(Pump.stop, order="stop", command="c1", actor="Dr A", role="clinician", detail="why")
    memory.close()
    entries = read_entries(memory.log_path)
    assert [entry.kind for entry in entries] == ["put-in-service", "stop"]
    assert {entry.utc for entry in entries} == {1_795_000_000}
    assert {entry.time for entry in entries} == {MONDAY + DAY}
    last = entries[-1]
    assert (last.actor, last.role, last.command, last.detail) == ("Dr A", "clinician", "c1", "why")


@pytest.mark.req("R08")
@pytest.mark.parametrize("check", sorted(check_ids()))
def test_a_check_that_nobody_verified_says_so(check: str) -> None:
    assert with_standing(check, "a source").startswith("a source, unverified (")


@pytest.mark.req("R08")
def test_a_source_that_says_how_it_stands_is_left_as_it_is() -> None:
    assert with_standing("K27", "label, verified") == "label, verified"
