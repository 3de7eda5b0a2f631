"""A patient sees who else sees their pages, and ends it at once; a carer ends nobody's login."""

from __future__ import annotations

import pytest
from clinic_world import NOW
from django.urls import reverse
from logins import clinic_log
from own_room import CARER, entries_of, own_browser, stream_of, told, withdraw

from thecal.clinic import clock
from thecal.clinic.models import Membership


@pytest.fixture(autouse=True)
def _now(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def text(answer) -> str:
    return answer.content.decode()


ADDRESS = "own carers"


def test_a_patient_withdraws_a_carer_who_is_out_at_once(world) -> None:
    patient = own_browser(world)
    carer = own_browser(world, {**CARER, "allows": ["diary"]})
    shown = text(patient.get(reverse(ADDRESS)))
    assert "Carl Carer" in shown
    assert "May besides: Diary" in shown
    assert carer.get(reverse("own home")).status_code == 200
    # What is written between the look and the button holds nothing up.
    carer.post(reverse("own diary"), {"pain": "3", "when": "2026-04-20T08:00", "replaces": ""})
    answer = patient.post(reverse(ADDRESS), {"account": "own-carl"}, follow=True)
    assert "The login is withdrawn." in text(answer)
    assert "Carl Carer" not in text(answer)
    assert carer.get(reverse("own home")).status_code == 302
    entry = told(world.patient, "own.withdrawn")[-1]
    assert (entry.actor, entry.role, entry.body["account"]) == ("own-ada", "patient", "own-carl")
    assert "patient withdrew it" in entry.reason
    assert "people.deactivated" in [one.kind for one in clinic_log(world.clinic)]
    assert not Membership.objects.get(user__username="own-carl").active


def test_a_carer_neither_sees_nor_ends_logins(world) -> None:
    own_browser(world)
    carer = own_browser(world, CARER)
    other = {**CARER, "username": "own-cora", "name": "Cora Carer"}
    own_browser(world, other)
    before = stream_of(world.patient).head_seq
    assert carer.get(reverse(ADDRESS)).status_code == 403
    assert carer.post(reverse(ADDRESS), {"account": "own-cora"}).status_code == 403
    assert stream_of(world.patient).head_seq == before
    assert reverse(ADDRESS) not in text(carer.get(reverse("own home")))


@pytest.mark.parametrize("account", ["own-ada", "own-carl", "nurse-1", ""])
def test_only_the_standing_login_of_a_carer_can_be_withdrawn(world, account) -> None:
    patient = own_browser(world)
    own_browser(world, CARER)
    withdraw(world)
    before = len(entries_of(world.patient))
    assert patient.post(reverse(ADDRESS), {"account": account}).status_code == 404
    assert len(entries_of(world.patient)) == before
    assert patient.get(reverse("own home")).status_code == 200
