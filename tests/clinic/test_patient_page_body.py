"""The body on its own page: a model, computed beside the work, cancelled when it takes too long."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.urls import reverse

from thecal.clinic.ledger.log import patient_stream
from thecal.clinic.models import Role
from thecal.clinic.patient import body_jobs
from thecal.clinic.patient.body_jobs import BodyJob

EXAMPLES = Path(__file__).parents[2] / "examples"
ANSWER = {
    "until": "2026-04-20T11:00:00+01:00",
    "band": "Central values only: no band was asked for.",
    "drugs": [],
    "effects": [],
    "tables": [],
    "lacking": ["Stand-in: nothing."],
    "notes": ["a note"],
}


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Collect the processes that would have been started."""
    started: list[list[str]] = []
    monkeypatch.setattr(body_jobs, "start_worker", lambda command, _: started.append(command))
    return started


def shown(world, **headers: str) -> str:
    url = reverse("body", args=[world.patient.pk])
    answer = world.browser(Role.PHYSICIAN).get(url, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_that_it_is_a_model_and_takes_no_dose(world) -> None:
    page = shown(world)
    assert "Model, not measurement. No dose may be chosen by these figures" in page
    assert 'type="text"' not in page
    assert '<button type="submit">Compute</button>' in page


def test_a_computation_begins_once_shows_how_far_it_is_and_is_kept(world, begun) -> None:
    browser = world.browser(Role.PHYSICIAN)
    url = reverse("compute the body", args=[world.patient.pk])
    assert browser.get(url).status_code == 405
    for _ in range(2):
        assert browser.post(url).status_code == 302
    assert len(begun) == 1
    place = Path(begun[0][3])
    place.with_suffix(".progress").write_text("40")
    assert "Computing: 40 %" in shown(world)
    part = shown(world, **{"HX-Request": "true"})
    assert part.startswith('<div id="body-progress"')
    place.write_text(json.dumps(ANSWER))
    place.with_suffix(".progress").unlink()
    page = shown(world)
    assert "20 April 2026" in page
    assert "Stand-in: nothing." in page
    browser.post(url)
    assert len(begun) == 1


def test_what_was_computed_is_of_the_record_as_it_stood(world) -> None:
    stream = patient_stream(world.patient)
    one = BodyJob.of(stream, "2026-04-20")
    stream.head_hash = "1" * 64
    assert BodyJob.of(stream, "2026-04-20") != one
    assert BodyJob.of(stream, "2026-04-20") != BodyJob.of(stream, "2026-04-21")


def test_a_computation_that_was_cancelled_says_so_and_can_begin_again(world, begun) -> None:
    job = BodyJob.of(patient_stream(world.patient), "2026-04-20")
    error = {"what": "the body took longer than 1 s and was cancelled", "why": "", "remedy": ""}
    job.place.write_text(json.dumps({"error": error}))
    assert "took longer than 1 s" in shown(world)
    world.browser(Role.PHYSICIAN).post(reverse("compute the body", args=[world.patient.pk]))
    assert len(begun) == 1


def test_a_computation_that_died_is_not_waited_for(world) -> None:
    job = BodyJob.of(patient_stream(world.patient), "2026-04-20")
    progress = job.place.with_suffix(".progress")
    progress.write_text("10")
    assert job.percent == 10
    long_ago = time.time() - 3600
    os.utime(progress, (long_ago, long_ago))
    assert job.percent is None


def test_the_worker_ends_itself_when_it_takes_longer_than_it_may(tmp_path: Path) -> None:
    place = tmp_path / "a.json"
    data = (EXAMPLES / "pain_two_drugs.toml").read_bytes()
    until = datetime(2026, 7, 1, tzinfo=UTC).isoformat()
    command = [
        sys.executable,
        "-m",
        "thecal.clinic.patient.body_worker",
        str(place),
        until,
        "500",
        "1",
    ]
    subprocess.run(command, input=data, check=True)
    assert "took longer than 1 s" in json.loads(place.read_text())["error"]["what"]
    assert not place.with_suffix(".progress").exists()


def test_the_worker_draws_what_a_report_draws(tmp_path: Path) -> None:
    place = tmp_path / "a.json"
    data = (EXAMPLES / "body" / "morphine_bolus.toml").read_bytes()
    if b"thecal.therapy" not in data:
        data = (EXAMPLES / "spasticity_baclofen.toml").read_bytes()
    until = datetime(2026, 3, 3, tzinfo=UTC).isoformat()
    command = [
        sys.executable,
        "-m",
        "thecal.clinic.patient.body_worker",
        str(place),
        until,
        "0",
        "120",
    ]
    subprocess.run(command, input=data, check=True)
    answer = json.loads(place.read_text())
    assert "error" not in answer
    figures = [one for drug in answer["drugs"] for one in drug["figures"]]
    assert figures
    assert all("model, not measurement" in one["svg"] for one in figures)
