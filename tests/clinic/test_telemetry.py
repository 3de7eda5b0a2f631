"""The virtual pump of a patient and the record: what the pump did, and nothing else, is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from clinic_pumps import BrokenLink, chart_of, kinds, patient_today, running_program
from clinic_world import NOW

from thecal.clinic import clock
from thecal.clinic.ledger.log import Draft, LostUpdateError, write
from thecal.clinic.ledger.tasks import open_tasks
from thecal.clinic.models import Role
from thecal.clinic.pumps import telemetry, virtual_pump
from thecal.clinic.pumps.pump_log import NOT_STOPPED_TASK, UNKNOWN_TASK, unsettled
from thecal.clinic.pumps.telemetry import Order
from thecal.errors import NotProgrammableError
from thecal.link.errors import PumpBusyError
from thecal.record.fold import EVENT, effective
from thecal.therapy.events import Bolus, Override, Program
from thecal.units import Duration, Mass, MassRate

COMMIT, LAST_MESSAGE = 4, 6
"""Begun, sent, read back, committed; then the log is read and the session closed."""


@pytest.fixture
def world(world):
    """The patient's newest event lies before now."""
    return replace(world, patient=patient_today(world))


def order(world, **changes) -> Order:
    return Order(author=world.author(), **changes)


def tasks(world) -> list[str]:
    return [task.kind for task in open_tasks(effective(chart_of(world.patient).entries))]


def program_of(world):
    """The program that the record says runs."""
    simulation = chart_of(world.patient).simulation(clock.now())
    return simulation.program.program


def lower(world):
    """A program a tenth below the one that runs."""
    now = program_of(world)
    return replace(now, daily_dose=MassRate(now.daily_dose.base * 9 / 10), bridge=None)


def test_the_pump_that_is_read_stands_as_the_record_says(world) -> None:
    read = telemetry.interrogate(chart_of(world.patient), order(world))
    assert read.done
    assert read.findings == ()
    shown = read.reading
    assert shown["gives_therapy"]
    assert shown["serial"] == chart_of(world.patient).therapy.pump.serial
    assert kinds(world.patient)[-3:] == ["pump.order", "pump.command", EVENT]


def test_the_pumps_time_goes_on_while_nobody_talks_to_it(world, monkeypatch) -> None:
    first = telemetry.interrogate(chart_of(world.patient), order(world)).reading
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=5))
    second = telemetry.interrogate(chart_of(world.patient), order(world))
    assert second.findings == ()
    assert second.reading["reservoir"] != first["reservoir"]
    assert second.reading["time"][:10] == "2026-04-25"


@pytest.mark.req("U09")
def test_a_program_is_recorded_when_the_pump_reads_it_back_whole(world) -> None:
    wanted = lower(world)
    done = telemetry.send_program(chart_of(world.patient), order(world), wanted)
    assert done.done, done.why
    chart = chart_of(world.patient)
    event = chart.therapy.events[-1]
    assert isinstance(event, Program)
    assert event.program == wanted
    assert running_program(chart) == wanted
    assert telemetry.interrogate(chart, order(world)).findings == ()


@pytest.mark.req("U07")
def test_the_same_command_sent_twice_is_done_once(world) -> None:
    bolus = Bolus(time=NOW, dose=Mass.of("0.05", "mg"), duration=Duration.of(10, "min"))
    given = order(world, overrides=(Override("K4", "asked for"), Override("K27", "asked for")))
    first = telemetry.send_bolus(chart_of(world.patient), given, bolus)
    again = telemetry.send_bolus(chart_of(world.patient), given, bolus)
    assert first.done, first.why
    assert again.done
    assert again.repeated
    events = chart_of(world.patient).therapy.events
    assert sum(isinstance(event, Bolus) for event in events) == 1


def test_what_the_review_refuses_is_not_sent_and_stands_in_the_record(world) -> None:
    now = program_of(world)
    tenfold = replace(now, daily_dose=MassRate(now.daily_dose.base * 10))
    before = chart_of(world.patient).therapy.events
    refused = telemetry.send_program(chart_of(world.patient), order(world), tenfold)
    assert refused.outcome == telemetry.REFUSED
    assert refused.findings
    assert kinds(world.patient)[-2:] == ["pump.order", "pump.command"]
    assert chart_of(world.patient).therapy.events == before


def test_an_order_decided_upon_another_program_is_refused(world) -> None:
    refused = telemetry.send_program(
        chart_of(world.patient), order(world, running="0" * 64), lower(world)
    )
    assert refused.outcome == telemetry.REFUSED
    assert "another program" in refused.why


def test_nothing_is_sent_by_a_page_that_is_out_of_date(world) -> None:
    seen = chart_of(world.patient).seq
    telemetry.interrogate(chart_of(world.patient), order(world))
    with pytest.raises(LostUpdateError):
        telemetry.send_program(chart_of(world.patient), order(world, expected=seen), lower(world))
    assert running_program(chart_of(world.patient)) != lower(world)


def test_a_constant_flow_pump_has_no_telemetry(world) -> None:
    chart = chart_of(world.patient)
    other = replace(chart.therapy, pump=replace(chart.therapy.pump, model="codman-3000-30"))
    chart.folded.__dict__["therapy"] = other
    with pytest.raises(NotProgrammableError, match="no telemetry"):
        telemetry.interrogate(chart, order(world))


# -- links that break ------------------------------------------------------------------------------


@pytest.mark.parametrize("heard", range(8))
def test_a_link_that_breaks_anywhere_leaves_the_record_with_what_the_pump_does(
    world, monkeypatch, heard
) -> None:
    wanted, before = lower(world), program_of(world)
    link = BrokenLink(monkeypatch, breaks_after_hearing=heard, sessions=1)
    done = telemetry.send_program(chart_of(world.patient), order(world), wanted)
    assert link.broke == (heard <= LAST_MESSAGE)
    assert done.done == (heard >= COMMIT), done.why
    assert program_of(world) == (wanted if done.done else before)
    assert telemetry.interrogate(chart_of(world.patient), order(world)).findings == ()


def test_an_outcome_nobody_knows_opens_a_task_that_the_next_reading_settles(
    world, monkeypatch
) -> None:
    wanted = lower(world)
    with monkeypatch.context() as bad:
        BrokenLink(bad, breaks_after_hearing=4, sessions=1, then_deaf=True)
        unknown = telemetry.send_program(chart_of(world.patient), order(world), wanted)
    assert unknown.outcome == telemetry.UNKNOWN
    assert tasks(world) == [UNKNOWN_TASK]
    telemetry.interrogate(chart_of(world.patient), order(world))
    chart = chart_of(world.patient)
    assert unsettled(chart.entries) == ()
    assert tasks(world) == []
    assert running_program(chart) == wanted


def test_an_order_that_died_before_it_was_sent_is_settled_as_not_done(world) -> None:
    body = {"command": "a" * 32, "what": "program", "event": None, "running": None}
    write(world.patient, world.author(), (Draft(telemetry.ORDER, body),), expected=None)
    telemetry.interrogate(chart_of(world.patient), order(world))
    settled = telemetry.outcome_of(chart_of(world.patient).entries, "a" * 32)
    assert settled.outcome == telemetry.REFUSED


# -- stopping --------------------------------------------------------------------------------------


def test_a_stop_needs_no_reason_and_no_fresh_page(world) -> None:
    telemetry.interrogate(chart_of(world.patient), order(world))
    done = telemetry.stop(chart_of(world.patient), order(world, expected=1))
    assert done.done
    assert not done.reading["gives_therapy"]
    assert chart_of(world.patient).therapy.events[-1].type == "stop"


def test_a_stop_over_a_bad_link_is_tried_again(world, monkeypatch) -> None:
    BrokenLink(monkeypatch, breaks_after_hearing=0, sessions=2)
    assert telemetry.stop(chart_of(world.patient), order(world)).done


def test_a_stop_that_reaches_no_pump_is_recorded_as_ordered_and_never_forgotten(
    world, monkeypatch
) -> None:
    with monkeypatch.context() as bad:
        BrokenLink(bad, breaks_after_hearing=0, sessions=1000)
        ordered = telemetry.stop(chart_of(world.patient), order(world, reason="too drowsy"))
    assert ordered.outcome == telemetry.UNKNOWN
    assert tasks(world) == [UNKNOWN_TASK]
    assert chart_of(world.patient).therapy.events[-1].type != "stop"
    telemetry.interrogate(chart_of(world.patient), order(world))
    assert tasks(world) == [NOT_STOPPED_TASK]


def test_every_role_that_treats_patients_may_stop(world) -> None:
    from thecal.clinic.access.permissions import may

    for role in (Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST, Role.CHECKER, Role.TRAINEE):
        assert may(role, "stop therapy")


def test_one_at_a_time_talks_to_a_pump_and_a_stop_that_cannot_is_not_forgotten(
    world, monkeypatch
) -> None:
    monkeypatch.setattr(virtual_pump, "_LONGEST_WAIT", 0.1)
    with virtual_pump.locked(world.patient.pk):
        with pytest.raises(PumpBusyError, match="somebody else"):
            telemetry.interrogate(chart_of(world.patient), order(world))
        ordered = telemetry.stop(chart_of(world.patient), order(world))
    assert ordered.outcome == telemetry.UNKNOWN
    assert tasks(world) == [UNKNOWN_TASK]
    assert telemetry.stop(chart_of(world.patient), order(world)).done
    assert tasks(world) == [NOT_STOPPED_TASK]


# -- pump and record -------------------------------------------------------------------------------


def test_what_another_programmer_did_is_a_finding(world) -> None:
    chart = chart_of(world.patient)
    telemetry.interrogate(chart, order(world))
    with virtual_pump.locked(world.patient.pk) as folder:
        chart = chart_of(world.patient)
        pump = virtual_pump.VirtualPump(folder, chart)
        try:
            programmer, _ = pump.session()
            report = programmer.open()
            wanted = lower(world)
            programmer.update(wanted, report.solution, report.running_hash)
            programmer.close()
        finally:
            pump.close()
    read = telemetry.interrogate(chart_of(world.patient), order(world))
    assert [finding.check for finding in read.findings] == ["K6"]
    refused = telemetry.send_program(chart_of(world.patient), order(world), wanted)
    assert refused.outcome == telemetry.REFUSED


def test_what_happened_to_the_body_begins_a_new_generation(world) -> None:
    telemetry.interrogate(chart_of(world.patient), order(world))
    before = virtual_pump.generation(chart_of(world.patient).entries)
    body = {
        "type": "access-port",
        "time": NOW.isoformat(),
        "aspirated": "1 mL",
    }
    write(world.patient, world.author(), (Draft(EVENT, body),), expected=None)
    assert virtual_pump.generation(chart_of(world.patient).entries) > before
    assert telemetry.interrogate(chart_of(world.patient), order(world)).findings == ()
