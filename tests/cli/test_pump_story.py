"""What a pump did by telemetry, told as a therapy file: its replay is the pump."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_pump_commands import Clinic, chart
from test_pump_visit import TYPED, send, visit

from builders import Chart
from thecal.link.memory import DeviceMemory
from thecal.pump.state import PumpState
from thecal.therapy.file_reader import read_therapy_file
from thecal.therapy.replay import Replay

PUMP_CLOCK = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
TOLD = ("--keys", "clinician", "--json", "--therapy", "FILE", "--out")


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    made = Clinic(tmp_path)
    yield made
    if made.process is not None:
        made.end()


def replayed(file: Path, until: PumpState) -> PumpState:
    """Return the pump of a file's replay at the instant of another."""
    therapy = read_therapy_file(file)
    replay = Replay(therapy)
    for index in range(len(therapy.events)):
        replay.apply(index)
    replay.advance_to(until.now)
    return replay.pump.state


def stored(clinic: Clinic) -> PumpState:
    """End the server and return the pump as it was stored."""
    assert clinic.end()[0] == 0
    memory = DeviceMemory(clinic.folder / "pump")
    image = memory.load()
    memory.close()
    assert image is not None
    return image.state


def ask(clinic: Clinic, *words: str) -> None:
    done = clinic.command(*words)
    assert done.returncode == 0, done.stdout + done.stderr


def work(clinic: Clinic) -> None:
    """Press, be denied, stop, resume, give a bolus, run at the minimum rate and a program again."""
    ask(clinic, "press", "--keys", "patient")
    ask(clinic, "press", "--keys", "patient")
    ask(clinic, "stop", "--keys", "clinician", "--reason", "drowsy")
    assert send(clinic, "resume")[0] == 0
    given = send(clinic, "bolus", "--dose", "0.05 mg", "--duration", "30 min")
    assert given[0] == 0, given
    ask(clinic, "minimum-rate", "--keys", "clinician", "--reason", "drowsy again")


@pytest.mark.req("L01", "R6.6.0(1)")
def test_the_replay_of_the_told_story_is_the_pump(clinic: Clinic) -> None:
    clinic.serve(speed="50")
    served_from = clinic.file.read_text(encoding="utf-8")
    work(clinic)
    time.sleep(0.5)
    told = clinic.folder / "told.toml"
    done = clinic.command("log", *TOLD, str(told))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["added"] == 7
    state = stored(clinic)
    assert replayed(told, state) == state
    assert state.account.delivered_volumes
    assert clinic.file.read_text(encoding="utf-8") == served_from
    told_events = read_therapy_file(told).events
    assert [event.type for event in told_events[-7:]] == [
        *("press", "press", "stop", "resume", "bolus", "program", "note")
    ]
    assert getattr(told_events[-5], "reason", None) == "drowsy"


@pytest.mark.req("L01")
def test_a_visit_is_told_and_the_next_telling_goes_on_from_it(clinic: Clinic) -> None:
    served_from = chart()
    served_from.events[-1] = ("2026-03-05T09:00:00", served_from.events[-1][1])
    clinic.file.write_text(served_from.text(), encoding="utf-8")
    clinic.serve(speed="20")
    clinic.file.write_text(visit().text(), encoding="utf-8")
    for action, words in (("fill", TYPED), ("program", ())):
        code, out, err = send(clinic, action, *words)
        assert code == 0, out + err
    # The file has the visit planned already: the log says from which of its events the pump began.
    first, second = clinic.folder / "first.toml", clinic.folder / "second.toml"
    ask(clinic, "log", *TOLD, str(first))
    ask(clinic, "press", "--keys", "patient")
    clinic.file.write_text(first.read_text(encoding="utf-8"), encoding="utf-8")
    done = clinic.command("log", *TOLD, str(second))
    assert json.loads(done.stdout)["added"] == 2, done.stderr
    state = stored(clinic)
    assert state.fills == 2
    assert replayed(second, state) == state


def test_a_file_of_another_story_is_not_written(clinic: Clinic) -> None:
    clinic.serve()
    told = clinic.folder / "told.toml"
    other = chart().add("press", 3, "09:29").text()
    clinic.file.write_text(other.replace("0.5 mg/d", "0.6 mg/d"), encoding="utf-8")
    done = clinic.command("log", *TOLD, str(told))
    assert done.returncode == 2
    assert not told.exists()
    assert done.stderr.count("\n") == 1


@pytest.mark.req("U04")
def test_a_file_in_the_place_of_the_output_is_lost_only_when_somebody_says_so(
    clinic: Clinic,
) -> None:
    clinic.serve()
    told = clinic.folder / "told.toml"
    told.write_text(chart().text(), encoding="utf-8")
    before = told.read_bytes()
    done = clinic.command("log", *TOLD, str(told))
    assert done.returncode == 2
    assert "would be lost: 4 events" in done.stderr
    assert told.read_bytes() == before
    done = clinic.command("log", *TOLD, str(told), "--overwrite")
    assert done.returncode == 0, done.stderr
    assert told.read_bytes() != before


def test_one_of_the_two_files_is_not_enough(clinic: Clinic) -> None:
    clinic.serve()
    done = clinic.command("log", "--keys", "clinician", "--therapy", "FILE")
    assert done.returncode == 2
    assert "belong together" in done.stderr


@pytest.mark.req("C02")
def test_a_clock_that_was_set_is_shown_asked_about_and_told(clinic: Clinic) -> None:
    steps = [{"days": "daily", "start": "09:00", "duration": "1 h", "dose": "0.1 mg"}]
    running = Chart().start({"morphine": "10 mg/mL"}, "morphine", "0.5 mg/d", steps=steps)
    running = running.add("fault", 3, "09:30", kind="clock-reset", pump_clock=PUMP_CLOCK)
    clinic.file.write_text(running.text(), encoding="utf-8")
    clinic.serve(speed="20")
    found = clinic.read()
    assert found["clock_difference"] == {"value": 3600, "unit": "s"}
    shown = clinic.command("interrogate", "--keys", "clinician").stdout
    assert "ATTENTION: the pump's clock shows 2026-03-05T10:3" in shown
    words = ("set-clock", "FILE", "--keys", "clinician", "--json", "--reason", "summer time")
    asked = clinic.command(*words)
    assert asked.returncode == 4, asked.stdout + asked.stderr
    assert "is given again" in asked.stdout
    ask(clinic, *words, "--override", "C02: seen")
    assert clinic.read()["clock_difference"]["value"] == 0
    told = clinic.folder / "told.toml"
    ask(clinic, "log", *TOLD, str(told))
    state = stored(clinic)
    assert replayed(told, state) == state
