"""The pages that everything starts from."""

from __future__ import annotations

from django.urls import reverse
from new_person import person

from thecal.clinic.models import Role, Stream


def test_a_patient_is_found_and_shown_and_the_access_is_written_down(world) -> None:
    browser = world.browser(Role.NURSE)
    found = browser.post(reverse("patients"), {"search": "ada"})
    assert "Ada Example" in found.content.decode()
    page = browser.get(reverse("patient", args=[world.patient.pk]))
    assert page.status_code == 200
    assert "morphine" in page.content.decode()
    access = Stream.objects.get(kind=Stream.Kind.ACCESS, patient=world.patient)
    assert access.head_seq == 1


def test_a_list_that_is_cut_says_so_and_what_to_do(world, monkeypatch) -> None:
    person(world, "non-cancer")
    browser = world.browser(Role.NURSE)
    cut = "there are more. Search by the beginning"
    assert cut not in browser.get(reverse("patients")).content.decode()
    monkeypatch.setattr("thecal.clinic.pages.patients._SHOWN", 1)
    assert cut in browser.get(reverse("patients")).content.decode()
    assert cut not in browser.post(reverse("patients"), {"search": "nora"}).content.decode()


def test_a_patient_of_another_clinic_is_not_there(world) -> None:
    browser = world.browser(Role.PHYSICIAN)
    assert browser.get(reverse("patient", args=[world.their_patient.pk])).status_code == 404


def test_today_lists_who_is_due(world) -> None:
    assert world.browser(Role.NURSE).get(reverse("today")).status_code == 200
