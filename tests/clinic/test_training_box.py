"""The training box beside the pages of a refill: both say the same, and nobody else is named."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from refill_room import STEPS, text_of
from skilled import begun
from test_notices_pages import put_up
from training_desk import Desk

from thecal.clinic.refill.outcome import vouched

WITNESS = "Let the simulated colleague sign as witness"
ANSWER = "Let the colleague answer with this reason"
NOBODY = "Only where nobody saw it destroyed"


@pytest.fixture
def learner(world: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    begun(world, physician=4, nurse=2)
    return Desk(world, monkeypatch, "C1")


def others(learner: Desk) -> list[str]:
    """Return the names of the clinic's people, without the learner's."""
    return [one.user.name for role, one in learner.world.people.items() if role != learner.role]


def shows(learner: Desk, *where: object) -> str:
    """Return what a page of the learner says."""
    return text_of(learner.get(*where))


def test_a_learner_is_told_at_each_turn_what_to_do_and_who_signs(learner: Desk) -> None:
    world = learner.world
    put_up(world, "synchromed-ii-20")
    assert learner.box.to_do == ""
    learner.begin(by_hand="")
    assert learner.box.to_do.startswith("step 1, ")
    notices = text_of(learner.learner.get(reverse("notices")))
    back = f'href="{learner.url("go on with refill")}">back to the visit of Mara Muster</a>'
    assert back in notices
    assert "back to the visit" not in text_of(
        world.browser(next(one for one in world.people if one != learner.role)).get(
            reverse("notices")
        )
    ), "a run is nobody else's visit"
    first = shows(learner, "refill step", "identify")
    assert "sign there before the pump is programmed; nothing waits for it" in first
    assert f'<a href="{reverse("notices")}">Read it under Notices</a>' in first

    learner.post("read pump at refill", "identify")
    learner.go_on(STEPS, "18", 60, "fill")
    head = shows(learner, "refill step", "program")
    assert "Watch after the fill runs until" in head
    assert "Observation" not in head
    told = "The watch runs from the fill on, as the head of the page says"
    assert told in head

    learner.go_on(("program", "read_back"), "18", 60)
    learner.post(
        "record refill step",
        "waste",
        **{**learner.typed("waste"), "received": "18", "injected": "18"},
    )
    page = shows(learner, "refill step", "observe")
    assert WITNESS in page
    assert page.index(WITNESS) < page.index(NOBODY) < page.index(ANSWER)
    assert re.search(rf"<summary>{NOBODY}[^<]*</summary><form", page), "it is folded away"
    assert learner.box.asks == ()
    learner.witness()
    assert NOBODY not in shows(learner, "refill step", "observe")
    learner.go_on(("observe", "leave"), "18", 60)

    assert learner.box.to_do.startswith("the end of the visit: read its page through")
    end = learner.post("ask supervisor", "refill-close")
    assert "In this case the simulated colleague signs it, in the training box" in text_of(end)
    for name in others(learner):
        assert name not in text_of(end)
    learner.settle()
    assert "Supervisor" in dict(vouched(learner.situation))
    number = learner.running.number
    closed = learner.close_and_end()
    assert closed.status_code == 200
    signed = shows(learner, "refill summary", number)
    for who in ("Second person", "Witness of the waste", "Supervisor"):
        assert f"{who}: Dr. Simon Simulated" in signed
