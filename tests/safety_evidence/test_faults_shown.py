"""Every fault of the catalogue: which alarms it raises, how late, and that the books stay exact."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from evidence_bench import DAILY, DAY, HOUR, Running

from thecal.device import PumpKind, fault_kind, fault_kinds
from thecal.pharmacy import Mixture
from thecal.program.program import InfusionProgram, PatientBolus
from thecal.pump.alarms import AlarmKind
from thecal.pump.fault_settings import FaultSettings
from thecal.pump.guard import Denial
from thecal.pump.pump import Pump
from thecal.pump.state import PumpState
from thecal.units import Concentration, Duration, Mass, Volume

MINUTE = Fraction(60)
LASTING = [
    (fault.id, kind)
    for fault in fault_kinds()
    for kind in ("roller", "valve-gated")
    if fault.simulated and fault.part != "fill" and kind in fault.pumps
]
AT_A_FILL = [fault.id for fault in fault_kinds() if fault.part == "fill"]
SETTINGS = {
    "premature-replacement-indicator": FaultSettings(duration=Duration.of(30, "d")),
    "catheter-occlusion": FaultSettings(volume=Volume.of("0.05", "mL")),
    "wrong-tubing-constant": FaultSettings(volume=Volume.of("0.199", "mL")),
    "wrong-drug": FaultSettings(mixture=Mixture.of({"morphine": Concentration.of(9, "mg/mL")})),
}


def after_a_fault(id: str, kind: PumpKind, days: int = 60) -> Running:
    running = Running(kind=kind)
    running.pump.fault(id, SETTINGS.get(id, FaultSettings()))
    running.wait(days * DAY)
    return running


@pytest.mark.req("F05")
@pytest.mark.parametrize(("id", "kind"), LASTING)
def test_a_fault_raises_the_alarms_of_its_row_and_no_others(
    id: str,
    kind: PumpKind,
) -> None:
    running = after_a_fault(id, kind, days=100)
    expected = set(fault_kind(id).alarms)
    if running.pump.state.stopped_since is not None:
        expected.add(AlarmKind.STOPPED_TOO_LONG)
    assert {name for name, _ in running.alarms()} == expected


@pytest.mark.req("F05", "D03")
@pytest.mark.parametrize(("id", "kind"), LASTING)
def test_a_fault_keeps_the_books_exact(id: str, kind: PumpKind) -> None:
    assert after_a_fault(id, kind).books_balance()


@pytest.mark.req("F05")
@pytest.mark.parametrize(("id", "kind"), LASTING)
def test_a_refill_shows_a_fault_as_its_row_says(id: str, kind: PumpKind) -> None:
    running = after_a_fault(id, kind, days=100)
    state, residual = running.pump.state, running.setup.residual.base
    counted, there = state.computed - residual, state.physical - residual
    assert fault_kind(id).refill == (
        "above" if there > counted else "below" if there < counted else "as expected"
    )


@pytest.mark.req("F05", "D03")
@pytest.mark.parametrize("id", AT_A_FILL)
def test_a_fault_of_a_fill_keeps_the_books_exact(id: str) -> None:
    running = Running()
    fault = fault_kind(id)
    if id != "missed-refill":  # that one is no fill at all
        mishap = (fault, SETTINGS.get(id, FaultSettings()))
        running.pump.fill(Volume.of(20, "mL"), running.mixture, mishaps=[mishap])
    running.wait(5 * DAY)
    assert running.books_balance()


@pytest.mark.req("A05")
@pytest.mark.parametrize("id", ["motor-stall", "rotor-magnet"])
def test_a_stall_sounds_twenty_minutes_after_the_motor_stopped(id: str) -> None:
    running = Running()
    running.pump.fault(id)
    running.wait(20 * MINUTE - 1)
    assert running.alarms() == []
    running.wait(Fraction(1))
    assert running.alarms() == [("motor-stall", 20 * MINUTE)]


@pytest.mark.req("A05")
def test_a_stall_shorter_than_its_detection_stays_silent() -> None:
    running = Running()
    running.pump.fault("motor-stall-recovering", FaultSettings(duration=Duration.of(19, "min")))
    running.wait(DAY)
    assert running.alarms() == []


@pytest.mark.req("A05", "F03")
@pytest.mark.parametrize("id", ["memory-bit-flip", "low-battery-reset"])
def test_a_pump_that_may_not_trust_its_program_sounds_at_once(id: str) -> None:
    running = Running()
    running.pump.fault(id)
    assert [after for _, after in running.alarms()] == [0]


@pytest.mark.req("F02", "F03")
def test_a_program_that_a_bit_flip_damaged_gives_nothing_more() -> None:
    running = Running("opioid")
    running.pump.fault("memory-bit-flip")
    assert not running.flow_now()
    with_new_program = running.pump.write(running.program)
    assert with_new_program.program == running.program
    assert running.flow_now()


@pytest.mark.req("P01")
@pytest.mark.parametrize("days", [1, 30, 90])
@pytest.mark.parametrize("id", ["battery-film", "premature-replacement-indicator"])
def test_the_end_of_service_is_announced_before_it_comes(id: str, days: int) -> None:
    running = Running()
    running.pump.fault(id, FaultSettings(duration=Duration.of(days, "d")))
    running.wait(days * DAY)
    assert running.alarms() == [
        ("replacement-indicator", 0),
        ("end-of-service", days * DAY),
    ]
    assert not running.flow_now()


@pytest.mark.req("GIP-1.10.7", "F05")
@pytest.mark.parametrize("days", [Fraction(1, 8), 1, 40])
def test_what_a_freed_occlusion_lets_go_is_bounded_and_told(days: Fraction) -> None:
    enclosed = Volume.of("0.05", "mL")
    running = Running()
    running.pump.fault("catheter-occlusion", FaultSettings(volume=enclosed))
    running.wait(days * DAY)
    assert running.fault_volume() == Volume.zero()
    running.pump.mend("catheter-occlusion")
    assert running.fault_volume() == min(enclosed, DAILY.scaled(days))


def with_bolus(running: Running) -> InfusionProgram:
    bolus = PatientBolus(Mass.of(10, "ug"), Duration.of(5, "min"), Duration.of(4, "h"))
    return replace(running.program, patient_bolus=bolus)


@pytest.mark.req("C01")
@pytest.mark.parametrize("id", ["clock-reset", "clock-drift"])
def test_the_lockout_runs_on_elapsed_time_whatever_the_clock_says(id: str) -> None:
    running = Running()
    running.pump.write(with_bolus(running))
    assert running.pump.press() is None
    running.pump.fault(
        id, FaultSettings(factor=Fraction(2)) if id == "clock-drift" else FaultSettings()
    )
    running.wait(4 * HOUR - 1)
    assert running.pump.press() is Denial.LOCKOUT
    running.wait(Fraction(1))
    assert running.pump.press() is None


@pytest.mark.req("P03")
def test_a_saved_state_goes_on_as_if_nothing_had_been() -> None:
    running, other = Running(), Running()
    saved: PumpState = other.pump.state.copy()
    rows: list[object] = []
    woken = Pump(other.setup, saved, rows.append)
    for pump in (running.pump, woken):
        pump.advance(saved.now + 9 * DAY)
    assert woken.state == running.pump.state
