"""Every address, tried by every role and by everybody who has no business there."""

from __future__ import annotations

import uuid

import pytest
from addresses import FOR_EVERYBODY, HALF_WAY, Address, addresses, guarded
from django.test import Client
from django.urls import reverse
from logins import logged_in

from thecal.clinic.access.sessions import FACTOR
from thecal.clinic.models import EntryRow, Membership, Role, Stream, User

WRONG_METHOD = 405


@pytest.fixture(autouse=True)
def _no_body_is_computed(monkeypatch) -> None:
    """Walking along every address would begin minutes of computing."""
    monkeypatch.setattr("thecal.clinic.patient.body_jobs.BodyJob.begin", lambda *given: None)


def answers(browser: Client, path: str) -> set[int]:
    """Return what looking and sending nothing lead to, besides that one of them is not possible."""
    browser.raise_request_exception = False
    return {browser.get(path).status_code, browser.post(path).status_code} - {WRONG_METHOD}


def led_to(browser: Client, path: str) -> set[str]:
    """Return where looking and sending lead away to; an empty text where a page is shown."""
    both = (browser.get(path), browser.post(path))
    return {getattr(one, "url", "") for one in both if one.status_code != WRONG_METHOD}


def test_every_view_says_what_it_asks_for_but_those_on_the_way_in() -> None:
    without = {one.name for one in addresses() if one.permission is None}
    assert without == HALF_WAY | FOR_EVERYBODY


@pytest.mark.parametrize("role", list(Role))
def test_a_role_reaches_what_the_table_gives_it_and_nothing_else(world, role: Role) -> None:
    wrong = []
    for one in guarded():
        got = answers(world.browser(role), one.path(world.patient.pk))
        fits = 403 not in got if one.may(role) else got == {403}
        if not fits or 500 in got or not got:
            wrong.append((one.route, one.permission, got))
    assert wrong == []


@pytest.mark.parametrize("role", list(Role))
def test_a_patient_of_another_clinic_does_not_exist_for_anybody(world, role: Role) -> None:
    wrong, browser = [], world.browser(role)
    for one in guarded():
        if one.of_patient:
            expected = {404} if one.may(role) else {403}
            for patient in (world.their_patient.pk, uuid.uuid4()):
                got = answers(browser, one.path(patient))
                if got != expected:
                    wrong.append((one.route, got))
    assert wrong == []


def test_an_insider_of_another_clinic_finds_no_patient_here(world) -> None:
    browser = logged_in(world.stranger)
    of_patient = [one for one in guarded() if one.of_patient and one.may(Role.PHYSICIAN)]
    got = [answers(browser, one.path(world.patient.pk)) for one in of_patient]
    assert got == [{404}] * len(of_patient)


def test_somebody_who_is_not_logged_in_is_led_to_the_login(world) -> None:
    for one in guarded():
        path = one.path(world.patient.pk)
        assert led_to(Client(), path) == {f"{reverse('login')}?next={path}"}, one.route


def test_a_password_alone_leads_to_the_second_factor(world) -> None:
    browser = world.browser(Role.PHYSICIAN)
    session = browser.session
    del session[FACTOR]
    session.save()
    for one in guarded():
        got = led_to(browser, one.path(world.patient.pk))
        assert got == {reverse("second factor")}, one.route


def test_a_first_password_leads_to_its_change(world) -> None:
    User.objects.filter(username="physician-1").update(must_change_password=True)
    browser = world.browser(Role.PHYSICIAN)
    for one in guarded():
        if one.permission != "own account":
            got = led_to(browser, one.path(world.patient.pk))
            assert got == {reverse("change password")}, one.route


def test_a_deactivated_person_is_not_logged_in_any_more(world) -> None:
    browser = world.browser(Role.PHYSICIAN)
    User.objects.filter(username="physician-1").update(is_active=False)
    for one in guarded():
        path = one.path(world.patient.pk)
        assert led_to(browser, path) == {f"{reverse('login')}?next={path}"}, one.route


def test_somebody_who_left_the_clinic_has_to_choose_another(world) -> None:
    browser = world.browser(Role.PHYSICIAN)
    Membership.objects.filter(pk=world.people[Role.PHYSICIAN].pk).update(active=False)
    for one in guarded():
        assert led_to(browser, one.path(world.patient.pk)) == {reverse("choose clinic")}, one.route


@pytest.mark.parametrize("name", sorted(HALF_WAY - {"login", "logout"}))
def test_the_way_in_begins_with_the_password(world, name: str) -> None:
    assert led_to(Client(), reverse(name)) == {reverse("login")}


@pytest.mark.req("U12")
def test_looking_at_a_page_changes_no_record(world) -> None:
    changed = []
    for one in guarded():
        before = written()
        role = next(role for role in Role if one.may(role))
        world.browser(role).get(one.path(world.patient.pk))
        if written() != before:
            changed.append(one.route)
    assert changed == []


def written() -> int:
    """Return how many entries there are of what was done, not of who looked."""
    looked = EntryRow.objects.filter(stream__kind=Stream.Kind.ACCESS).count()
    read = EntryRow.objects.filter(kind="log.read").count()
    return EntryRow.objects.count() - looked - read


def test_a_form_without_the_token_of_its_session_is_refused_everywhere(world) -> None:
    for one in addresses():
        member = world.people[next((role for role in Role if one.may(role)), Role.NURSE)]
        browser = logged_in(member, Client(enforce_csrf_checks=True))
        answer = browser.post(one.path(world.patient.pk))
        assert answer.status_code == 403, one.route
        assert "does not belong to your session" in answer.content.decode()


@pytest.mark.req("L01")
def test_a_refused_page_is_written_down_with_who_and_what(world) -> None:
    world.browser(Role.ADMINISTRATOR).get(reverse("patients"))
    denied = EntryRow.objects.get(stream__clinic=world.clinic, kind="page.denied")
    assert '"permission":"read patients"' in denied.text
    assert '"actor":"administrator-1"' in denied.text


def test_an_address_without_a_permission_would_be_found() -> None:
    assert Address("x/", "x", lambda request: None).permission is None
