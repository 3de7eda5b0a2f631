"""Pages that staff and patients share: German for whose language it is, English for the staff."""

from __future__ import annotations

import pytest
from clinic_world import NOW
from django.test import Client
from django.urls import reverse
from logins import PASSWORD, logged_in
from own_room import GIVEN, ask, own_browser

from thecal.clinic import clock
from thecal.clinic.models import Membership, Role

GERMAN = {**GIVEN, "language": "de"}
FROM_GERMANY = {"HTTP_ACCEPT_LANGUAGE": "de-DE,de;q=0.9,en;q=0.5"}


@pytest.fixture(autouse=True)
def _now(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def text(answer) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def german_browser(world) -> Client:
    browser = own_browser(world, GERMAN)
    browser.get(reverse("own home"))
    return browser


@pytest.mark.parametrize("values", [GIVEN, GERMAN])
def test_who_is_a_patient_and_opens_the_first_page_is_led_to_the_own_pages(world, values) -> None:
    answer = own_browser(world, values).get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("own home"))


def test_before_the_login_the_browser_says_the_language_and_a_switch_overrules(
    world, client
) -> None:
    address = reverse("login")
    assert "Benutzername" in text(client.get(address, **FROM_GERMANY))
    assert "User name" in text(client.get(address))
    answer = client.get(address, {"language": "de", "next": "/my/"})
    assert answer.headers["Location"] == f"{address}?next=%2Fmy%2F"
    shown = text(client.get(answer.headers["Location"]))
    assert '<html lang="de">' in shown
    assert 'value="/my/"' in shown
    client.get(address, {"language": "en"})
    assert "User name" in text(client.get(address, **FROM_GERMANY))


def test_a_refused_login_is_refused_in_the_language_of_the_page(client, world) -> None:
    wrong = {"username": "nobody", "password": "wrong"}
    answer = client.post(reverse("login"), wrong, **FROM_GERMANY)
    assert answer.status_code == 403
    assert "keine Anmeldung möglich" in text(answer)


def test_a_german_patient_logs_in_and_sees_the_second_factor_in_german(client, world) -> None:
    password = ask(world, GERMAN).context["first"]
    answer = client.post(reverse("login"), {"username": "own-ada", "password": password})
    assert answer.status_code == 302
    assert "Den zweiten Faktor einrichten" in text(client.get(answer.headers["Location"]))
    client.post(reverse("logout"))
    assert "Benutzername" in text(client.get(reverse("login")))


@pytest.mark.parametrize(
    ("page", "words"),
    [("own account", "Neue Ersatzcodes machen"), ("change password", "Neues Passwort noch einmal")],
)
def test_account_and_password_are_german_for_a_german_patient(world, page, words) -> None:
    shown = text(german_browser(world).get(reverse(page)))
    assert '<html lang="de">' in shown
    assert words in shown
    assert "Log out" not in shown
    assert "Skip to" not in shown


def test_a_weak_password_is_refused_in_german(world) -> None:
    given = {"old": PASSWORD, "new": "kurz", "again": "kurz"}
    own_browser(world, GERMAN)
    user = Membership.objects.get(user__username="own-ada").user
    user.set_password(PASSWORD)
    user.save()
    browser = logged_in(Membership.objects.get(user=user))
    browser.get(reverse("own home"))
    answer = browser.post(reverse("change password"), given)
    assert answer.status_code == 422
    assert "Passwort ist zu kurz" in text(answer)


def test_pages_of_errors_are_german_for_a_german_patient(world) -> None:
    browser = german_browser(world)
    browser.raise_request_exception = False
    gone = browser.get("/no-such-page/")
    assert gone.status_code == 404
    assert "Diese Seite gibt es für Sie nicht" in text(gone)
    closed = browser.get(reverse("patients"))
    assert closed.status_code == 403
    assert "Diese Seite ist für Sie nicht offen" in text(closed)
    assert "you may not" not in text(closed)


def test_the_staff_stays_english_with_a_german_browser(world) -> None:
    nurse = world.browser(Role.NURSE)
    for address in ("/no-such-page/", reverse("own account"), reverse("today")):
        assert '<html lang="en">' in text(nurse.get(address, **FROM_GERMANY))
