"""The password: hashed with argon2, one's own, and changed with the old one."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from logins import PASSWORD

from thecal.clinic.models import Role, User

NEW = "violet kettle under snow"


def change(browser: Client, old: str = PASSWORD, new: str = NEW, again: str | None = None):
    given = {"old": old, "new": new, "again": new if again is None else again}
    return browser.post(reverse("change password"), given)


def test_passwords_are_hashed_with_argon2(world) -> None:
    assert {user.password.split("$")[0] for user in User.objects.all()} == {"argon2"}


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(world) -> None:
    here, there = (world.browser(Role.NURSE) for _ in range(2))
    before = here.session.session_key
    assert change(here).status_code == 302
    assert here.get(reverse("today")).status_code == 200
    assert here.session.session_key != before
    assert there.get(reverse("today")).url.startswith(reverse("login"))
    assert User.objects.get(username="nurse-1").check_password(NEW)


@pytest.mark.parametrize(
    "given",
    [
        {"old": "wrong"},
        {"new": "short"},
        {"new": "password1234"},
        {"new": "nurse of example clinic"},
        {"new": PASSWORD},
        {"again": "something else"},
    ],
)
def test_a_password_that_will_not_do_is_refused_with_the_reason(world, given) -> None:
    answer = change(world.browser(Role.NURSE), **given)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert User.objects.get(username="nurse-1").check_password(PASSWORD)


def test_a_first_password_has_to_be_changed_before_anything_else(world) -> None:
    User.objects.filter(username="nurse-1").update(must_change_password=True)
    browser = world.browser(Role.NURSE)
    assert browser.get(reverse("patients")).url == reverse("change password")
    assert browser.get(reverse("patient", args=[world.patient.pk])).status_code == 302
    change(browser)
    assert browser.get(reverse("patients")).status_code == 200
