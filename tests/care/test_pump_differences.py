"""Where a pump that was read and its record tell two stories."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from builders import MORPHINE, Chart
from thecal.care.implanted_pump import implanted_image, implanted_pump
from thecal.care.pump_differences import pump_differences
from thecal.link.device import ServedPump
from thecal.link.memory import DeviceMemory
from thecal.pump.state import Activity
from thecal.safety.finding import Severity
from thecal.therapy.events import Therapy
from thecal.therapy.file_reader import read_therapy_file
from thecal.therapy.replay import Replay
from thecal.therapy.simulation import simulate
from thecal.units import Volume

FILE = Path(__file__).parents[2] / "examples" / "pain_two_drugs.toml"
THERAPY = read_therapy_file(FILE)


@pytest.fixture
def replay() -> Replay:
    """The record, after its last event."""
    replay = Replay(THERAPY)
    for index in range(len(THERAPY.events)):
        replay.apply(index)
    return replay


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What the implanted pump of the same record says."""
    with told(tmp_path, monkeypatch, THERAPY) as said:
        yield said


@contextmanager
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, therapy: Therapy):
    """What the pump that a record leaves in the patient says when it is read first."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    memory = DeviceMemory(tmp_path / "pump")
    image = implanted_image(therapy)
    device = ServedPump.start(
        memory,
        image,
        speed=Fraction(1),
        seconds=lambda: 0.0,
        utc=lambda: 0,
        tell=lambda _: None,
    )
    yield device.report()
    memory.close()


def test_the_first_answer_of_a_new_pump_knows_nothing_of_the_old_ones_alarms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = Chart().fill(0, "09:00", MORPHINE, "10 mL").run(0, "09:30", "morphine", "4 mg/d")
    chart.add("replace", 36, "09:00", pump={"model": "synchromed-ii-20", "serial": "N2"})
    therapy = chart.fill(36, "09:10", MORPHINE, "20 mL").therapy()
    assert {one.kind.value for one in simulate(therapy).alarms} == {"low-reservoir", "empty"}
    with told(tmp_path, monkeypatch, therapy) as said:
        assert (said.serial, said.alarms) == ("N2", ())


def test_a_pump_that_was_implanted_from_the_record_differs_in_nothing(report, replay) -> None:
    assert report.serial == implanted_pump(THERAPY).serial
    assert pump_differences(report, replay) == ()


@pytest.mark.req("U03")
@pytest.mark.req("K30")
def test_another_serial_number_is_another_pump(report, replay) -> None:
    (found,) = pump_differences(replace(report, serial="NGV000000X"), replay)
    assert (found.check, found.severity) == ("K30", Severity.HARD)


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"fills": 7}, "K6"),
        ({"running_hash": "0" * 64}, "K6"),
        ({"reservoir": Volume.of(1, "mL")}, "R03"),
        ({"activity": Activity.STOPPED}, "K13"),
        ({"clock_difference": Fraction(60)}, "K34"),
    ],
)
def test_whatever_else_differs_is_named_and_refuses(report, replay, changes, check) -> None:
    found = pump_differences(replace(report, **changes), replay)
    assert [one.check for one in found] == [check]
    assert found[0].severity is Severity.HARD
    assert "find out what happened" in found[0].message


def test_the_replay_stays_where_it_is(report, replay) -> None:
    before = replay.pump.state.now
    pump_differences(replace(report, time=report.time + 86400), replay)
    assert replay.pump.state.now == before
