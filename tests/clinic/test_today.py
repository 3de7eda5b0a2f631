"""Today: what is due, the most urgent first, and never a list that holds no more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from clinic_world import NOW, World
from django.core.management import call_command
from django.urls import reverse

from thecal.clinic import clock
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.ledger.tasks import DONE, OPENED
from thecal.clinic.models import Projection, Role


def task(due_in: timedelta, what: str = "call the patient") -> Draft:
    due = (NOW + due_in).isoformat()
    return Draft(OPENED, {"kind": "call", "what": what, "due": due})


def page(world: World) -> str:
    return world.browser(Role.NURSE).get(reverse("today")).content.decode()


@pytest.mark.inventory("S0.21")
def test_a_task_that_is_overdue_is_shown_until_it_is_done(world: World) -> None:
    opened = write(world.patient, world.author(), (task(timedelta(hours=-1)),), expected=None)[0]
    assert "call the patient" in page(world)
    write(world.patient, world.author(), (Draft(DONE, {"task": opened.seq}),), expected=None)
    assert "call the patient" not in page(world)


@pytest.mark.inventory("S0.21")
def test_time_alone_makes_a_refill_due(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = Projection.objects.get(patient=world.patient)
    later = NOW + timedelta(days=400)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert row.wakes is not None
    assert row.wakes < later
    text = page(world)
    assert "refill" in text.lower()
    assert Projection.objects.get(patient=world.patient).urgency == 0


def test_lists_are_made_anew_by_a_command_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=400))
    call_command("refresh")
    assert not Projection.objects.filter(wakes__lte=clock.now()).exists()


def test_patients_of_other_clinics_are_not_on_the_list(world: World) -> None:
    write(world.their_patient, world.author(), (task(timedelta(), "theirs"),), expected=None)
    assert "theirs" not in page(world)
