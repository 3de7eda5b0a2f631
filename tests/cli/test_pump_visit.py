"""A refill visit by telemetry, as a person types it: fill, prime, program, each reviewed first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_pump_commands import BOLUS, Clinic

from builders import MORPHINE, Chart

TYPED = ("--volume", "18 mL", "--drug", "morphine=5 mg/mL")
WEAKER = {"morphine": "5 mg/mL"}


def running() -> Chart:
    """Return a pump that has run 0.5 mg of morphine a day for three days."""
    chart = Chart().start(MORPHINE, "morphine", "0.5 mg/d", patient_bolus=BOLUS)
    return chart.add("note", 3, "09:00", text="three days later")


def visit(volume: str = "18 mL") -> Chart:
    """Return the file of a refill visit with another concentration, all of it planned."""
    chart = running().fill(3, "09:00", WEAKER, volume, aspirated="17 mL")
    bridge = {"daily_dose": "0.5 mg/d"}
    return chart.run(3, "09:00", "morphine", "0.5 mg/d", patient_bolus=BOLUS, bridge=bridge)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Clinic]:
    clinic = Clinic(tmp_path)
    clinic.file.write_text(running().text(), encoding="utf-8")
    clinic.serve()
    yield clinic
    if clinic.process is not None:
        clinic.end()


def send(clinic: Clinic, action: str, *words: str) -> tuple[int, str, str]:
    """Send an order, and again with every soft finding answered where that is asked."""
    given = ("FILE", "--keys", "clinician", "--json", *words)
    done = clinic.command(action, *given)
    if done.returncode == 4:
        findings = json.loads(done.stdout)["findings"]
        asked = sorted({one["check"] for one in findings if one["severity"] == "soft"})
        answers = [word for check in asked for word in ("--override", f"{check}: seen")]
        done = clinic.command(action, *given, *answers)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.req("R03")
def test_a_refill_visit_is_a_fill_and_a_program_each_reviewed(served: Clinic) -> None:
    served.file.write_text(visit().text(), encoding="utf-8")
    before = served.read()
    code, out, err = send(served, "fill", *TYPED)
    assert code == 0, out + err
    answer = json.loads(out)
    assert answer["sent"] == "fill"
    assert answer["report"]["mixture"] == {"morphine": {"value": 5, "unit": "mg/mL"}}
    assert answer["report"]["reservoir"]["value"] == pytest.approx(18, abs=1e-3)
    assert answer["report"]["program_hash"] == before["program_hash"]
    code, out, err = send(served, "fill", *TYPED)
    assert code == 2
    assert "another filling than the pump" in err
    code, out, err = send(served, "program")
    assert code == 0, out + err
    assert json.loads(out)["report"]["activity"] == "bridging"


@pytest.mark.inventory("S0.18")
def test_a_prime_is_sent_before_the_first_program(served: Clinic) -> None:
    chart = running().add("prime", 3, "09:00", kind="catheter")
    served.file.write_text(chart.text(), encoding="utf-8")
    code, _, err = send(served, "prime")
    assert code in (0, 3), err
    activity = served.read()["activity"]
    # A prime with drug in the line is a bolus: the review decides, and the pump does what it says.
    assert activity == ("priming" if code == 0 else "running")


@pytest.mark.req("R03")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("--volume", "18.1 mL", *TYPED[2:]), "was typed now"),
        ((*TYPED[:2], "--drug", "morphine=2 mg/mL"), "another mixture"),
        ((*TYPED, "--drug", "clonidine=1 mg/mL"), "another mixture"),
        (("--volume", ".5 mL", *TYPED[2:]), "--volume"),
    ],
)
def test_two_entries_that_differ_fill_nothing(
    served: Clinic, typed: tuple[str, ...], said: str
) -> None:
    served.file.write_text(visit().text(), encoding="utf-8")
    code, out, err = send(served, "fill", *typed)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert served.read()["mixture"]["morphine"]["value"] == 10


@pytest.mark.req("R03")
def test_a_fill_that_the_review_refuses_is_not_sent(served: Clinic) -> None:
    served.file.write_text(visit("41 mL").text(), encoding="utf-8")
    code, out, _ = send(served, "fill", "--volume", "41 mL", *TYPED[2:])
    assert code == 3
    assert {"R03"} & {one["check"] for one in json.loads(out)["findings"]}
    assert served.read()["mixture"]["morphine"]["value"] == 10


def test_a_fill_with_a_stop_after_it_is_no_visit(served: Clinic) -> None:
    served.file.write_text(visit().add("stop", 3, "09:00").text(), encoding="utf-8")
    code, _, err = send(served, "fill", *TYPED)
    assert code == 2
    assert "a stop follows the newest fill" in err
    served.file.write_text(running().text(), encoding="utf-8")
    code, _, err = send(served, "fill", *TYPED)
    assert code == 2
