"""Back into a case and into its visit: the open step, not the page where the plan is changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from refill_room import STEPS, text_of
from skilled import begun
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


def test_what_a_tired_learner_presses_is_the_strong_button_and_the_box_says_the_same(
    learner: Desk,
) -> None:
    begun(learner.world, physician=4, nurse=2)
    learner.begin(by_hand="")
    assert "serial number NGP901001H" in learner.told()
    assert "medicines" in dict(learner.box.questions)
    learner.post("read pump at refill", "identify")
    learner.go_on(("identify", "complaints", "vitals", "interrogate", "verify"), "18", 60)
    step = text_of(learner.get("refill step", "decide"))
    assert '<button type="submit">Nothing changes</button>' in step
    assert '<button type="submit" class="quiet">Record and go on</button>' in step
    asked = text_of(learner.post("ask second for refill", screen="decide"))
    assert "check and sign” in the training box." in asked
    assert "A second person finds this under Checks" not in asked
    filled = STEPS[STEPS.index("decide") : STEPS.index("read_back") + 1]
    learner.go_on(filled, "18", 60)
    assert "What you do now:</strong> step 12: compare" in text_of(
        learner.get("refill step", "read_back")
    )
    assert "What you do now:</strong> step 13" in text_of(learner.get("refill step", "waste"))
    learner.post(
        "record refill step",
        "waste",
        **{**learner.typed("waste"), "received": "18", "injected": "18"},
    )
    whole = text_of(learner.get("refill"))
    assert "Waits for the witness, who signs in the training box:</strong> no witness has" in whole
    assert "Needs a reason:</strong> no witness has signed" not in whole
