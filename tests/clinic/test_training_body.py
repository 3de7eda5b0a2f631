"""The debrief shows the body of what was true, computed as a job, once the case is over."""

from __future__ import annotations

from typing import Any

import pytest
from refill_room import text_of
from training_desk import Desk

from thecal.clinic.patient import body_jobs, body_worker
from thecal.therapy.file_reader import read_therapy


@pytest.fixture
def learner(world: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(world, monkeypatch, "C5")


def test_the_body_waits_for_the_end_and_is_of_what_was_true(
    learner: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[list[str], bytes]] = []
    monkeypatch.setattr(body_jobs, "start_worker", lambda *given: started.append(given))
    assert learner.post("training body").redirect_chain[-1][0] == learner.url("training case")
    assert not started
    debrief_page = text_of(learner.end())
    assert learner.url("training body") in debrief_page
    assert "Compute the body" in text_of(learner.get("training body"))
    page = text_of(learner.post("training body"))
    assert "Computing: 0 %" in page
    assert f'hx-get="{learner.url("training body")}"' in page
    assert learner.debrief.hidden[0].replace("\u00a0", " ") in page, "what was hidden"
    ((command, data),) = started
    assert read_therapy(data, "the truth").events == learner.debrief.truth.events
    assert command[4] == learner.debrief.truth.moment(learner.debrief.until).isoformat()


def test_the_body_is_shown_with_its_tables_and_an_error_with_its_remedy(
    learner: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner.end()
    debrief = learner.debrief
    table = {"caption": "Twin", "head": ["Level"], "rows": [["T8"]], "foot": [], "numbers": []}
    figure = {"name": "a", "title": "By level", "caption": "", "svg": "<svg></svg>"}
    answer = {
        "until": debrief.ended.isoformat(),
        "band": "Band of the priors.",
        "drugs": [{"drug": "baclofen", "figures": [figure | {"tables": [table]}]}],
        "effects": [],
        "tables": [],
        "lacking": [],
        "notes": [],
    }
    body_worker._finish(debrief.body.place, answer)
    page = text_of(learner.get("training body"))
    assert "Model, not measurement" in page
    assert "As a table: Twin" in page
    assert "Band of the priors" in page
    error = {"what": "the body took too long", "why": "", "remedy": "ask again"}
    body_worker._finish(debrief.body.place, {"error": error})
    page = text_of(learner.get("training body"))
    assert "the body took too long" in page
    assert "Compute the body" in page
