"""Where a pump that was read and its record tell two stories."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from thecal.care.implanted_pump import implanted_image, implanted_pump
from thecal.care.pump_differences import pump_differences
from thecal.link.device import ServedPump
from thecal.link.memory import DeviceMemory
from thecal.pump.state import Activity
from thecal.safety.finding import Severity
from thecal.therapy.file_reader import read_therapy_file
from thecal.therapy.replay import Replay
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
    monkeypatch.setattr(os, "fsync", lambda _: None)
    memory = DeviceMemory(tmp_path / "pump")
    image = implanted_image(THERAPY)
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
