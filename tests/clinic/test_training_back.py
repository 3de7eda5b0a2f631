"""Back into a case and into its visit: the open step, not the page where the plan is changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from refill_room import text_of
from training_desk import Desk


@pytest.fixture
def learner(world: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(world, monkeypatch, "C1")


def leads_to(learner: Desk, name: str) -> str:
    """Return where a link of a learner ends."""
    return str(learner.get(name).redirect_chain[-1][0])


def test_a_case_without_a_visit_leads_back_to_its_story(learner: Desk) -> None:
    assert leads_to(learner, "go on training") == learner.url("training case")
    assert leads_to(learner, "go on with refill") == learner.url("refill")


def test_a_case_and_a_notice_lead_back_to_the_open_step(learner: Desk) -> None:
    learner.begin(by_hand="")
    learner.post("read pump at refill", "identify")
    learner.go_on(("identify", "complaints", "vitals", "interrogate", "verify"), "18", 60)
    step = learner.url("refill step", "decide")
    assert leads_to(learner, "go on training") == step
    assert leads_to(learner, "go on with refill") == step
    runs = text_of(learner.learner.get(reverse("training")))
    assert f'<a href="{learner.url("go on training")}">Go on with C1</a>' in runs
    story = text_of(learner.get("training case"))
    assert f'href="{learner.url("go on with refill")}">Go to work</a>' in story
