"""The page for emergency rooms as the clinic hands it out, and where staff and patients find it."""

from __future__ import annotations

import pytest
from clinic_world import NOW
from django.urls import reverse
from own_room import own_browser

from thecal.clinic import clock
from thecal.clinic.models import Role
from thecal.clinic.own.cards import clinic_key
from thecal.record.card import fingerprint, public_text
from thecal.report.card_check import card_check_page

STAFF = [role for role in Role if role is not Role.PATIENT]


@pytest.fixture(autouse=True)
def _now(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.mark.parametrize("role", STAFF)
def test_the_whole_staff_hands_out_the_page_of_its_own_clinic(world, role) -> None:
    browser = world.browser(role)
    key = clinic_key(world.clinic).public_key()
    shown = browser.get(reverse("card checks")).content.decode()
    assert fingerprint(key) in shown
    assert reverse("card check page") in shown
    answer = browser.get(reverse("card check page"))
    assert answer.content.decode() == card_check_page(key, world.clinic.name, "000 111")
    assert answer["Content-Disposition"].startswith('attachment; filename="check-pump-card-')
    assert browser.get(reverse("card check key")).content.decode() == public_text(key)


def test_no_patient_hands_it_out_but_the_card_names_the_clinic_that_does(world) -> None:
    browser = own_browser(world)
    assert browser.get(reverse("card check page")).status_code == 403
    card = browser.get(reverse("own card")).content.decode()
    assert f"on the page for pump cards of {world.clinic.name}" in card


def test_the_staff_finds_it_from_the_papers_and_the_settings(world) -> None:
    link = f'href="{reverse("card checks")}"'
    papers = reverse("documents", args=[world.patient.pk])
    logins = reverse("own logins", args=[world.patient.pk])
    for role, path in (
        (Role.NURSE, papers),
        (Role.NURSE, logins),
        (Role.ADMINISTRATOR, reverse("clinic settings")),
    ):
        assert link in world.browser(role).get(path).content.decode(), path


def test_a_clinic_without_a_number_is_told_before_the_page_goes_out(world) -> None:
    world.clinic.telephone = world.clinic.telephone_always = ""
    world.clinic.save()
    shown = world.browser(Role.NURSE).get(reverse("card checks")).content.decode()
    assert "no telephone number in its settings" in shown
