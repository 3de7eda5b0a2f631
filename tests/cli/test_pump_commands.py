"""`thecal pump ...` from outside: real processes that talk over the loopback."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from builders import MORPHINE, Chart
from thecal.cli.main import main
from thecal.link.programmer import Programmer, UnknownOutcomeError

BOLUS = {"dose": "0.1 mg", "duration": "5 min", "lockout": "3 h", "max_per_day": 4}
BOLUS_TIME = ("--duration", "30 min")
Json = Any
THECAL = (sys.executable, "-c", "from thecal.cli.main import entry_point; entry_point()")


def chart() -> Chart:
    """Return a pump that has run 1 mg of morphine a day for three days."""
    running = Chart().start(MORPHINE, "morphine", "0.5 mg/d", patient_bolus=BOLUS)
    return running.add("note", 3, "09:30", text="three days later")


class Clinic:
    """A served pump, a clinician's folder and a patient's, and commands as a person types them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "chart.toml"
        self.file.write_text(chart().text(), encoding="utf-8")
        self.process: subprocess.Popen[str] | None = None
        self.socket = ""
        for who, role in (("clinician", "clinician"), ("patient", "patient")):
            assert self.here("keygen", "--keys", who) == 0
            assert self.here("pair", "FILE", "--keys", who, "--role", role, "--label", who) == 0

    def arguments(self, action: str, *words: str) -> list[str]:
        places = {"FILE": str(self.file)}
        given = [places.get(word, word) for word in words]
        for option in ("--keys", "--card"):
            if option in given:
                at = given.index(option) + 1
                given[at] = str(self.folder / given[at])
        if action in ("pair", "serve", "revoke", "touch"):
            given += ["--state", str(self.folder / "pump")]
        elif action != "keygen":
            given += ["--socket", self.socket]
        return ["pump", action, *given]

    def here(self, action: str, *words: str) -> int:
        """Run a command in this process and return its exit code."""
        return main(self.arguments(action, *words))

    def command(self, action: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command in this process, against the pump in its own."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = self.here(action, *words)
        return subprocess.CompletedProcess((), code, out.getvalue(), err.getvalue())

    def process_of(self, action: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command as a process of its own."""
        return subprocess.run(
            [*THECAL, *self.arguments(action, *words)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def serve(self, speed: str = "1", more: tuple[str, ...] = ()) -> None:
        words = self.arguments("serve", "FILE", "--socket", "127.0.0.1:0", "--speed", speed)
        words[1:1] = more
        self.process = subprocess.Popen(
            [*THECAL, *words, "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.socket = json.loads(self.process.stdout.readline())["socket"]

    def end(self, with_signal: int = signal.SIGTERM) -> tuple[int, str]:
        """End the server; return its exit code and what could be heard at the pump."""
        assert self.process is not None
        self.process.send_signal(with_signal)
        _, heard = self.process.communicate(timeout=20)
        code = self.process.returncode
        self.process = None
        return code, heard

    def read(self) -> Json:
        done = self.command("interrogate", "--keys", "clinician", "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    made = Clinic(tmp_path)
    yield made
    if made.process is not None:
        made.end(signal.SIGKILL)


@pytest.fixture
def served(clinic: Clinic) -> Clinic:
    clinic.serve()
    return clinic


def new_program(clinic: Clinic, dose: str, **more: object) -> None:
    """Write a file whose newest program gives `dose`, to be sent to the pump."""
    written = chart().run(3, "10:00", "morphine", dose, patient_bolus=BOLUS, **more)
    clinic.file.write_text(written.text(), encoding="utf-8")


@pytest.mark.req("R6.5.0(23)", "L01")
@pytest.mark.inventory("S0.20")
def test_a_visit_from_interrogation_to_the_log(served: Clinic) -> None:
    found = served.read()
    assert found["serial"] == "NGV1"
    assert found["gives_therapy"] is True
    assert found["program"]["daily_dose"] == {"value": 0.5, "unit": "mg/d"}
    assert found["pump_clock"].startswith("2026-03-05T09:30:")

    new_program(served, "0.6 mg/d")
    done = served.process_of("program", "FILE", "--keys", "clinician", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["review"]["verdict"] == "accepted"
    assert answer["old"]["daily_dose"]["value"] == 0.5
    assert answer["new"]["daily_dose"]["value"] == 0.6
    assert answer["report"]["program_hash"] != found["program_hash"]

    pressed = served.process_of("press", "--keys", "patient", "--json")
    assert json.loads(pressed.stdout)["granted"] is True
    again = served.command("press", "--keys", "patient")
    assert again.returncode == 0
    assert again.stdout.strip() == "denied: another bolus is running"

    log = json.loads(served.command("log", "--keys", "clinician", "--json").stdout)
    kinds = [entry["kind"] for entry in log]
    assert [kind for kind in kinds if kind in ("commit", "press")] == ["commit", "press", "press"]
    assert [entry["previous"] for entry in log[1:]] == [entry["hash"] for entry in log[:-1]]

    code, heard = served.end()
    assert code == 0
    assert "program updated by clinician" in heard


def test_a_stop_warns_and_is_done_and_a_resume_is_reviewed(served: Clinic) -> None:
    stopped = served.command("stop", "--keys", "clinician", "--reason", "drowsy", "--json")
    assert stopped.returncode == 0
    assert json.loads(stopped.stdout)["activity"] == "stopped"
    assert "WARNING: the pump gives no therapy now" in stopped.stderr
    text = served.command("interrogate", "--keys", "clinician")
    assert text.stdout.startswith("ATTENTION: the pump gives no therapy (stopped)")
    resumed = served.command("resume", "FILE", "--keys", "clinician", "--json")
    assert resumed.returncode in (0, 4), resumed.stderr
    if resumed.returncode == 4:
        asked = {f["check"] for f in json.loads(resumed.stdout)["findings"]}
        answers = [w for check in sorted(asked) for w in ("--override", f"{check}: seen")]
        resumed = served.command("resume", "FILE", "--keys", "clinician", "--json", *answers)
        assert resumed.returncode == 0, resumed.stdout
    assert served.read()["gives_therapy"] is True


def test_the_first_program_of_a_pump_is_sent_to_it(clinic: Clinic) -> None:
    filled = Chart().fill(0, "09:00", MORPHINE).add("prime", 0, "09:05")
    filled = filled.add("note", 0, "09:40", text="primed")
    clinic.file.write_text(filled.text(), encoding="utf-8")
    clinic.serve()
    found = clinic.read()
    assert (found["program"], found["activity"]) == (None, "stopped")
    written = filled.run(0, "09:40", "morphine", "0.5 mg/d")
    clinic.file.write_text(written.text(), encoding="utf-8")
    done = clinic.command("program", "FILE", "--keys", "clinician", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["old"] is None
    assert clinic.read()["program"]["daily_dose"]["value"] == 0.5


def test_a_program_that_the_review_refuses_is_never_sent(served: Clinic) -> None:
    before = served.read()
    new_program(served, "50 mg/d")
    done = served.command("program", "FILE", "--keys", "clinician", "--json")
    assert done.returncode == 3, done.stderr
    answer = json.loads(done.stdout)
    assert answer["verdict"] == "refused"
    assert {"verdict", "findings", "programs", "tables"} == set(answer)
    assert served.read()["program_hash"] == before["program_hash"]
    log = json.loads(served.command("log", "--keys", "clinician", "--json").stdout)
    assert not [entry for entry in log if entry["kind"] == "update-begun"]


def test_a_program_that_asks_for_a_reason_is_sent_only_with_it(served: Clinic) -> None:
    new_program(served, "1.2 mg/d")
    done = served.command("program", "FILE", "--keys", "clinician", "--json")
    assert done.returncode == 4, done.stdout
    asked = {
        finding["check"]
        for finding in json.loads(done.stdout)["findings"]
        if finding["severity"] == "soft"
    }
    assert served.read()["program"]["daily_dose"]["value"] == 0.5
    answers = [word for check in sorted(asked) for word in ("--override", f"{check}: seen")]
    done = served.command("program", "FILE", "--keys", "clinician", "--json", *answers)
    assert done.returncode == 0, done.stdout
    assert served.read()["program"]["daily_dose"]["value"] == 1.2


def test_a_bolus_is_reviewed_and_the_pump_decides_too(served: Clinic) -> None:
    words = ["FILE", "--keys", "clinician", "--duration", "30 min", "--json", "--dose"]
    refused = served.command("bolus", *words, "400 mg")
    assert refused.returncode == 3
    given = served.command("bolus", *words, "0.05 mg")
    assert given.returncode == 0, given.stdout + given.stderr
    assert json.loads(given.stdout)["report"]["bolus_until"] is not None
    # The file knows of no bolus, so its review passes; the pump's own guard does not.
    second = served.command("bolus", *words, "0.05 mg")
    assert second.returncode == 3
    assert "another bolus is running" in second.stderr


def test_after_a_break_at_the_commit_the_command_looks_and_says_which_program_runs(
    served: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Programmer.update

    def breaking(self: Programmer, *arguments: Any) -> None:
        real(self, *arguments)
        raise UnknownOutcomeError("the link broke")

    monkeypatch.setattr(Programmer, "update", breaking)
    new_program(served, "0.6 mg/d")
    done = served.command("program", "FILE", "--keys", "clinician")
    assert done.returncode == 2
    assert "the pump runs the NEW program" in done.stderr
    monkeypatch.undo()
    served.end()
    done = served.command("bolus", "FILE", "--keys", "clinician", "--dose", "0.05 mg", *BOLUS_TIME)
    assert done.returncode == 2
    assert "no pump answers" in done.stderr


def test_the_pump_goes_on_where_it_was_when_it_is_served_again(clinic: Clinic) -> None:
    clinic.serve(speed="3600")
    new_program(clinic, "0.6 mg/d")
    assert clinic.command("program", "FILE", "--keys", "clinician").returncode == 0
    first = clinic.read()
    assert clinic.end()[0] == 0
    clinic.file.write_text(chart().text(), encoding="utf-8")
    clinic.serve()
    second = clinic.read()
    assert second["program_hash"] == first["program_hash"]
    assert second["pump_clock"] >= first["pump_clock"]
    assert second["reservoir"]["value"] <= first["reservoir"]["value"]


@pytest.mark.req("P02")
def test_a_server_that_is_killed_comes_back_with_what_it_told(clinic: Clinic) -> None:
    clinic.serve()
    new_program(clinic, "0.6 mg/d")
    assert clinic.command("program", "FILE", "--keys", "clinician").returncode == 0
    code, _ = clinic.end(signal.SIGKILL)
    assert code == -signal.SIGKILL
    clinic.file.write_text(chart().text(), encoding="utf-8")
    clinic.serve()
    assert clinic.read()["program"]["daily_dose"]["value"] == 0.6


def test_an_emergency_by_touch_stops_without_any_pairing(served: Clinic) -> None:
    assert served.here("touch", "FILE", "--card", "card") == 0
    stopped = served.command("stop", "--card", "card", "--reason", "unconscious")
    assert stopped.returncode == 0, stopped.stderr
    assert served.command("stop", "--card", "card").returncode == 2
    _, heard = served.end()
    assert "EMERGENCY SESSION by touch" in heard


def test_a_revoked_programmer_stays_outside(served: Clinic) -> None:
    assert served.here("revoke", "--label", "clinician") == 0
    done = served.command("interrogate", "--keys", "clinician")
    assert done.returncode == 2
    assert "pairing was revoked" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.req("GIP-6.1.5")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stop", "--keys", "patient"], "not for the role patient"),
        (["program", "FILE", "--keys", "patient"], "not for the role patient"),
    ],
)
def test_a_patients_device_cannot_stop_or_program(
    served: Clinic, words: list[str], said: str
) -> None:
    done = served.command(*words)
    assert done.returncode == 3
    assert said in done.stderr


def test_a_file_that_tells_another_story_than_the_pump_is_not_sent(served: Clinic) -> None:
    other = chart().text().replace('serial = "NGV1"', 'serial = "NGV2"')
    served.file.write_text(other, encoding="utf-8")
    done = served.command("program", "FILE", "--keys", "clinician")
    assert done.returncode == 2
    assert "the file is about pump NGV2" in done.stderr
    served.file.write_text(chart().text().replace("10 mg/mL", "20 mg/mL"), encoding="utf-8")
    done = served.command("program", "FILE", "--keys", "clinician")
    assert "another filling" in done.stderr
    written = chart().run(3, "09:35", "morphine", "0.7 mg/d").run(3, "09:40", "morphine", "1 mg/d")
    served.file.write_text(written.text(), encoding="utf-8")
    done = served.command("program", "FILE", "--keys", "clinician")
    assert done.returncode == 2
    assert "another program than the file says" in done.stderr


BAD_USAGE = [
    (["pump"], "required: ACTION"),
    (["pump", "fly"], "invalid choice"),
    (["pump", "interrogate"], "with which keys"),
    (["pump", "interrogate", "--keys", "nowhere"], "no such key"),
    (["pump", "stop", "--keys", "a", "--card", "b"], "with which keys"),
    (["pump", "serve", "FILE", "--state", "STATE", "--socket", "here"], "no HOST:PORT"),
    (["pump", "serve", "FILE", "--state", "STATE", "--socket", "1.2.3.4:1"], "own address"),
    (["pump", "serve", "FILE", "--state", "STATE", "--speed", "0"], "is no speed"),
    (["pump", "serve", "FILE", "--state", "STATE", "--speed", "fast"], "--speed"),
    (["pump", "serve", "none.toml", "--state", "STATE"], "none.toml"),
    (["pump", "serve", "FILE", "--state", "EMPTY"], "no such key"),
    (["pump", "revoke", "--state", "STATE", "--label", "nobody"], "knows no"),
    (["pump", "keygen", "--keys", "KEYS"], "a key already"),
    (["pump", "log", "--keys", "KEYS", "--since", "-1"], "--since"),
    (["pump", "interrogate", "--keys", "KEYS", "--socket", "127.0.0.1:1"], "no pump answers"),
    (["pump", "bolus", "FILE", "--keys", "KEYS", "--dose", "1", "--duration", "1 h"], "--dose"),
]


@pytest.mark.parametrize(("words", "said"), BAD_USAGE, ids=[" ".join(w[:3]) for w, _ in BAD_USAGE])
def test_bad_usage_is_one_line_and_exit_code_two(
    clinic: Clinic, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    places = {"FILE": "chart.toml", "STATE": "pump", "EMPTY": "empty", "KEYS": "clinician"}
    given = [str(clinic.folder / places[word]) if word in places else word for word in words]
    assert main(given) == 2
    out = capsys.readouterr()
    assert out.out == ""
    assert out.err.count("\n") == 1
    assert said in out.err


def test_the_pump_is_not_served_twice(served: Clinic) -> None:
    second = served.process_of("serve", "FILE", "--socket", "127.0.0.1:0")
    assert second.returncode == 2
    assert "another process has this pump's memory" in second.stderr


def test_a_constant_in_the_clinics_own_table_is_a_limit_of_the_link(
    clinic: Clinic, tmp_path: Path
) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    head = "parameter,rank,value,unit,source,status,checked_by,date,note\n"
    row = "touch-lasts,1,2,min,our own,read,,2026-11-20,\n"
    (tables / "telemetry.csv").write_text(head + row, encoding="utf-8")
    assert clinic.here("touch", "FILE", "--card", "card", "--clinic-tables", str(tables)) == 2
    words = clinic.arguments("touch", "FILE", "--card", "card")
    assert main(["pump", "--clinic-tables", str(tables), *words[1:]]) == 0
    assert os.path.getsize(tmp_path / "card") > 100


STALLS = """
import pathlib, time
from thecal.link.device import ServedPump
real = ServedPump.advance
def advance(self):
    while pathlib.Path({mark!r}).exists():
        time.sleep(0.1)
    real(self)
ServedPump.advance = advance
from thecal.cli.main import entry_point
entry_point()
"""


@pytest.mark.req("F04")
def test_a_served_pump_whose_delivery_stands_still_alarms_stops_and_ends(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    head = "parameter,rank,value,unit,source,status,checked_by,date,note\n"
    row = "watch-deadline,1,1,s,our own,read,,2026-11-20,\n"
    (tables / "telemetry.csv").write_text(head + row, encoding="utf-8")
    mark = tmp_path / "stall"
    script = STALLS.format(mark=str(mark))
    monkeypatch.setattr(sys.modules[__name__], "THECAL", (sys.executable, "-c", script))
    clinic.serve(more=("--clinic-tables", str(tables)))
    assert clinic.process is not None
    mark.touch()
    _, heard = clinic.process.communicate(timeout=20)
    assert clinic.process.returncode == 2
    clinic.process = None
    assert "ALARM: DELIVERY STOOD STILL" in heard
    mark.unlink()
    clinic.serve()
    found = clinic.read()
    assert found["activity"] == "stopped"
    assert "DELIVERY STOOD STILL" in found["notices"][0]
