"""Who works in a clinic and by which rules, and what the clinic's log says of every change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from logins import clinic_log, give_code, give_password, kinds

from thecal.clinic import clock
from thecal.clinic.access import second_factor
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.models import Clinic, Membership, Role, User

ADA = {"username": "ada.new", "name": "Ada New", "role": "nurse", "reason": "starts today"}


@pytest.fixture
def administrator(world) -> Client:
    return world.browser(Role.ADMINISTRATOR)


def address(name: str, member: Membership, *more: str) -> str:
    return reverse(name, args=[member.pk, *more])


def test_a_new_person_gets_a_first_password_once_and_chooses_their_own(world, administrator):
    shown = administrator.post(reverse("people"), ADA)
    first = shown.context["first"]
    assert first in shown.content.decode()
    assert first not in administrator.get(reverse("people")).content.decode()
    added = clinic_log(world.clinic)[-1]
    assert (added.kind, added.actor, added.reason) == (
        "people.added",
        "administrator-1",
        "starts today",
    )
    assert first not in str(added)

    browser = Client()
    assert give_password(browser, "ada.new", first).url == reverse("enrol second factor")
    key = browser.get(reverse("enrol second factor")).context["key"]
    browser.post(reverse("enrol second factor"), {"code": second_factor.current_code(key)})
    browser.post(reverse("choose clinic"))
    assert browser.get(reverse("today")).url == reverse("change password")


def test_a_first_password_works_for_some_days_only(world, administrator, monkeypatch) -> None:
    first = administrator.post(reverse("people"), ADA).context["first"]
    later = clock.now() + settings.FIRST_PASSWORD_FOR
    monkeypatch.setattr(clock, "now", lambda: later)
    assert give_password(Client(), "ada.new", first).status_code == 403
    monkeypatch.setattr(clock, "now", lambda: later - timedelta(seconds=1))
    assert give_password(Client(), "ada.new", first).status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "nurse-1"),
        ("username", "Ada New"),
        ("name", ""),
        ("role", "patient"),
        ("role", "king"),
        ("reason", ""),
    ],
)
def test_a_person_who_cannot_be_added_is_refused_beside_the_field(
    world, administrator, field: str, value: str
) -> None:
    answer = administrator.post(reverse("people"), {**ADA, field: value})
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.content.decode()
    assert kinds(world.clinic) == []
    assert not User.objects.filter(username="ada.new").exists()


def test_a_new_role_counts_from_the_next_request_and_both_are_written_down(world, administrator):
    nurse = world.people[Role.NURSE]
    browser = world.browser(Role.NURSE)
    given = {"role": "trainee", "reason": "back to training"}
    administrator.post(address("change role", nurse), given)
    assert browser.get(reverse("own account")).context["member"].role == "trainee"
    entry = clinic_log(world.clinic)[-1]
    assert (entry.kind, entry.before["role"], entry.body["role"]) == (
        "people.role",
        "nurse",
        "trainee",
    )


def test_a_deactivated_person_is_out_at_once_and_can_come_back(world, administrator) -> None:
    nurse = world.people[Role.NURSE]
    browser = world.browser(Role.NURSE)
    administrator.post(address("change person", nurse, "deactivate"), {"reason": "left"})
    assert browser.get(reverse("today")).url.startswith(reverse("login"))
    assert give_password(Client()).status_code == 403
    administrator.post(address("change person", nurse, "reactivate"), {"reason": "is back"})
    assert give_password(Client()).status_code == 302
    assert kinds(world.clinic) == [
        "people.deactivated",
        "people.reactivated",
    ]


def test_a_lost_second_factor_is_reset_and_its_sessions_end(world, administrator, monkeypatch):
    nurse = world.people[Role.NURSE]
    key = second_factor.enrol(nurse.user)
    browser = world.browser(Role.NURSE)
    later = clock.now() + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    administrator.post(address("change person", nurse, "reset-factor"), {"reason": "lost"})
    assert browser.get(reverse("today")).url.startswith(reverse("login"))
    again = Client()
    assert give_password(again).url == reverse("enrol second factor")
    assert give_code(again, second_factor.current_code(key)).url == reverse("enrol second factor")
    written = {entry.kind: entry for entry in clinic_log(world.clinic)}
    assert written["people.factor_reset"].before == {"enrolled": True}


def test_a_locked_account_is_unlocked(world, administrator) -> None:
    for _ in range(settings.LOGIN_FAILURES):
        give_password(Client(), password="x")  # noqa: S106 - a wrong one
    assert give_password(Client()).status_code == 403
    nurse = world.people[Role.NURSE]
    administrator.post(address("change person", nurse, "unlock"), {"reason": "asked in person"})
    assert give_password(Client()).status_code == 302


def test_nobody_takes_over_an_account_that_opens_another_clinic(world, administrator) -> None:
    nurse = world.people[Role.NURSE]
    Membership.objects.create(user=nurse.user, clinic=world.elsewhere, role=Role.NURSE)
    for path in (
        address("change person", nurse, "reset-factor"),
        address("reset password", nurse),
    ):
        answer = administrator.post(path, {"reason": "lost"})
        assert answer.status_code == 422
        assert "another clinic" in answer.content.decode()


def test_somebody_of_another_clinic_is_not_there(world, administrator) -> None:
    assert administrator.get(address("person", world.stranger)).status_code == 404
    path = address("change person", world.stranger, "deactivate")
    assert administrator.post(path, {"reason": "x"}).status_code == 404


def test_an_administrator_cannot_change_themself_so_that_one_remains(world, administrator):
    one = world.people[Role.ADMINISTRATOR]
    for path, given in (
        (address("change role", one), {"role": "physician", "reason": "x"}),
        (address("change person", one, "deactivate"), {"reason": "x"}),
    ):
        answer = administrator.post(path, given)
        assert answer.status_code == 422
        assert "ask another administrator" in answer.content.decode()
    assert Membership.objects.get(pk=one.pk).role == Role.ADMINISTRATOR
    assert Membership.objects.get(pk=one.pk).active


def test_a_change_without_a_reason_is_refused(world, administrator) -> None:
    nurse = world.people[Role.NURSE]
    answer = administrator.post(address("change person", nurse, "deactivate"), {"reason": " "})
    assert answer.status_code == 422
    assert Membership.objects.get(pk=nurse.pk).active


def test_settings_are_changed_with_what_stood_before_in_the_log(world, administrator) -> None:
    given = {
        "name": "Example Clinic",
        "telephone": "000 222",
        "address": "",
        "timezone": "Europe/Berlin",
        "second_person": "exception",
        "reason": "one clinician in August",
    }
    administrator.post(reverse("clinic settings"), given)
    assert Clinic.objects.get(pk=world.clinic.pk).second_person == "exception"
    entry = clinic_log(world.clinic)[-1]
    assert entry.before == {"telephone": "000 111", "second_person": "required"}
    assert entry.body == {"telephone": "000 222", "second_person": "exception"}
    assert entry.reason == "one clinician in August"
    for field, value in (("timezone", "Mars/North"), ("second_person", "none")):
        answer = administrator.post(reverse("clinic settings"), {**given, field: value})
        assert f'id="e-{field}"' in answer.content.decode()


def test_what_went_without_a_second_person_is_counted_and_shown(world, administrator) -> None:
    alone = Draft("second.exception", {"request": 1, "counted": 1}, "alone on a Sunday")
    write(world.patient, world.author(), (alone,), expected=None)
    shown = administrator.get(reverse("clinic settings")).content.decode()
    assert "left out 1 time." in shown
    assert "alone on a Sunday" in shown
