"""Logging in: two factors, lockout, one answer for every refusal, and what the log says of it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from logins import NURSE, PASSWORD, clinic_log, give_code, give_password, kinds

from thecal.clinic import clock
from thecal.clinic.access import lockout, second_factor
from thecal.clinic.models import Membership, Role, User

WRONG = "tryst quay ninety"


@pytest.fixture
def key(world) -> str:
    """The key of the nurse's authenticator."""
    return second_factor.enrol(world.people[Role.NURSE].user)


def test_password_and_code_lead_to_the_page_that_was_asked_for(world, key: str) -> None:
    browser = Client()
    asked = browser.get(reverse("patients"))
    assert asked.url == f"{reverse('login')}?next={reverse('patients')}"
    answer = browser.post(
        reverse("login"),
        {"username": NURSE, "password": PASSWORD, "next": reverse("patients")},
    )
    assert answer.url == reverse("second factor")
    assert browser.get(reverse("patients")).url == reverse("second factor")
    assert give_code(browser, second_factor.current_code(key)).url == reverse("patients")
    assert browser.get(reverse("patients")).status_code == 200
    assert kinds(world.clinic) == ["account.login"]


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/", "x:y"])
def test_a_login_never_leads_out_of_the_clinic(world, key: str, address: str) -> None:
    browser = Client()
    browser.post(reverse("login"), {"username": NURSE, "password": PASSWORD, "next": address})
    assert give_code(browser, second_factor.current_code(key)).url == reverse("today")


@pytest.mark.parametrize(
    ("role", "start"),
    [(Role.NURSE, "today"), (Role.ADMINISTRATOR, "people"), (Role.PATIENT, "own account")],
)
def test_everybody_starts_where_their_work_begins(world, role: Role, start: str) -> None:
    key = second_factor.enrol(world.people[role].user)
    browser = Client()
    given = {"username": f"{role.value}-1", "password": PASSWORD, "next": "/"}
    browser.post(reverse("login"), given)
    assert give_code(browser, second_factor.current_code(key)).url == reverse(start)


def test_every_refusal_reads_the_same_and_names_nobody(world, caplog) -> None:
    User.objects.filter(username="checker-1").update(is_active=False)
    User.objects.filter(username="trainee-1").update(
        locked_until=clock.now() + timedelta(minutes=1)
    )
    User.objects.filter(username="pharmacist-1").update(password_until=clock.now())
    answers = {
        give_password(Client(), *given).content
        for given in (
            ("nobody-of-this-name", PASSWORD),
            (NURSE, WRONG),
            ("checker-1", PASSWORD),
            ("trainee-1", PASSWORD),
            ("pharmacist-1", PASSWORD),
        )
    }
    shown = {text.split(b"csrfmiddlewaretoken")[0] for text in answers}
    assert len(shown) == 1
    written = str([(entry.actor, entry.body) for entry in clinic_log(world.clinic)]) + caplog.text
    assert "nobody-of-this-name" not in written
    assert PASSWORD not in written
    assert WRONG not in written


def test_the_fifth_wrong_password_locks_and_the_right_one_does_not_open(world, key) -> None:
    for _ in range(settings.LOGIN_FAILURES):
        assert give_password(Client(), password=WRONG).status_code == 403
    assert give_password(Client()).status_code == 403
    expected = ["account.refused"] * settings.LOGIN_FAILURES + ["account.locked"]
    assert kinds(world.clinic) == expected


def test_a_lock_ends_by_itself(world, key: str, monkeypatch) -> None:
    for _ in range(settings.LOGIN_FAILURES):
        give_password(Client(), password=WRONG)
    later = clock.now() + settings.LOGIN_LOCK
    monkeypatch.setattr(clock, "now", lambda: later)
    assert give_password(Client()).url == reverse("second factor")


def test_the_right_password_counts_from_nothing_again(world, key: str) -> None:
    for _ in range(2):
        for _ in range(settings.LOGIN_FAILURES - 1):
            give_password(Client(), password=WRONG)
        assert give_password(Client()).status_code == 302


def test_tries_at_the_same_moment_are_no_more_than_those_allowed(world) -> None:
    user = world.people[Role.NURSE].user
    stale = [User.objects.get(pk=user.pk) for _ in range(20)]
    assert sum(lockout.may_try(one) for one in stale) == settings.LOGIN_FAILURES


def test_one_sender_cannot_try_many_accounts(world, key: str, monkeypatch) -> None:
    monkeypatch.setattr(settings, "SENDER_FAILURES", 3)
    for name in ("a", "b", "c"):
        give_password(Client(), username=name)
    assert give_password(Client()).status_code == 403
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert give_password(elsewhere).status_code == 302


def test_a_forged_forwarding_header_changes_no_sender(world, monkeypatch) -> None:
    monkeypatch.setattr(settings, "SENDER_FAILURES", 2)
    for number in range(3):
        give_password(Client(HTTP_X_FORWARDED_FOR=f"198.51.100.{number}"), username="a")
    assert give_password(Client()).status_code == 403


def test_a_code_works_once(world, key: str) -> None:
    code = second_factor.current_code(key)
    for answer in (302, 403):
        browser = Client()
        give_password(browser)
        assert give_code(browser, code).status_code == answer
    assert "account.factor_refused" in kinds(world.clinic)


def test_a_wrong_code_opens_nothing_and_the_next_has_to_wait(world, key: str) -> None:
    browser = Client()
    give_password(browser)
    assert give_code(browser, "000000").status_code == 403
    assert give_code(browser, second_factor.current_code(key)).status_code == 403
    assert browser.get(reverse("today")).url == reverse("second factor")


def test_the_key_of_the_session_changes_at_login_and_at_the_second_factor(world, key) -> None:
    browser = Client()
    browser.get(reverse("login"))
    keys = [browser.session.session_key]
    give_password(browser)
    keys.append(browser.session.session_key)
    give_code(browser, second_factor.current_code(key))
    keys.append(browser.session.session_key)
    assert len(set(keys)) == 3
    assert len(browser.session["device"]) >= 16


def test_somebody_new_sets_up_the_second_factor_and_gets_recovery_codes_once(world) -> None:
    browser = Client()
    assert give_password(browser).url == reverse("enrol second factor")
    page = browser.get(reverse("enrol second factor"))
    assert "data:image/svg+xml" in page.content.decode()
    key = page.context["key"]
    assert key in page.content.decode()
    code = second_factor.current_code(key)
    shown = browser.post(reverse("enrol second factor"), {"code": code})
    codes = shown.context["codes"]
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert browser.get(reverse("enrol second factor")).status_code == 302
    assert browser.post(reverse("choose clinic")).url == reverse("today")
    assert kinds(world.clinic) == ["account.factor_enrolled", "account.login"]

    later = Client()
    give_password(later)
    assert give_code(later, codes[0].upper()).status_code == 302
    again = Client()
    give_password(again)
    assert give_code(again, codes[0]).status_code == 403


def test_a_code_that_went_stale_on_the_screen_is_named_and_the_one_of_now_is_a_click_away(
    world, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_factor, "shown_in_training", lambda user: "123456")
    browser = Client()
    give_password(browser)
    refused = give_code(browser, "000000")
    assert refused.status_code == 403
    said = refused.content.decode()
    assert "too old" in said
    assert f'<a href="{reverse("second factor")}">Show the code of now</a>' in said


def test_a_wrong_code_confirms_no_key(world) -> None:
    browser = Client()
    give_password(browser)
    assert browser.post(reverse("enrol second factor"), {"code": "000000"}).status_code == 403
    assert not second_factor.is_enrolled(world.people[Role.NURSE].user)


def test_new_recovery_codes_need_the_password_and_void_the_old(world, key: str) -> None:
    user = world.people[Role.NURSE].user
    old = second_factor.new_recovery_codes(user)
    browser = world.browser(Role.NURSE)
    assert browser.post(reverse("recovery codes"), {"password": "wrong"}).status_code == 422
    new = browser.post(reverse("recovery codes"), {"password": PASSWORD}).context["codes"]
    assert not set(old) & set(new)
    assert second_factor.is_right(user, new[0])
    assert not StaticToken.objects.filter(token__in=old).exists()


def test_a_code_for_recovery_is_no_guess_at_the_code_of_the_moment(world, key: str) -> None:
    user = world.people[Role.NURSE].user
    codes = second_factor.new_recovery_codes(user)
    assert second_factor.is_right(user, codes[0])
    assert second_factor.is_right(user, second_factor.current_code(key))
    assert not second_factor.is_right(user, "wrongone")
    assert not second_factor.is_right(user, codes[1])


def test_somebody_of_two_clinics_chooses_and_sees_one(world, key: str) -> None:
    user = world.people[Role.NURSE].user
    other = Membership.objects.create(user=user, clinic=world.elsewhere, role=Role.NURSE)
    browser = Client()
    give_password(browser)
    answer = give_code(browser, second_factor.current_code(key))
    assert answer.url == reverse("choose clinic")
    assert browser.get(reverse("today")).url == reverse("choose clinic")
    browser.post(reverse("choose clinic"), {"membership": other.pk})
    assert browser.get(reverse("patient", args=[world.their_patient.pk])).status_code == 200
    assert browser.get(reverse("patient", args=[world.patient.pk])).status_code == 404


def test_nobody_chooses_a_clinic_they_do_not_work_in(world) -> None:
    browser = world.browser(Role.NURSE)
    browser.post(reverse("choose clinic"), {"membership": world.stranger.pk})
    assert browser.session["membership"] == world.people[Role.NURSE].pk


def test_logging_out_ends_the_session_on_the_server(world) -> None:
    browser = world.browser(Role.NURSE)
    cookie = browser.cookies["sessionid"].value
    browser.post(reverse("logout"))
    thief = Client()
    thief.cookies["sessionid"] = cookie
    assert thief.get(reverse("today")).url.startswith(reverse("login"))
    assert kinds(world.clinic) == ["account.logout"]


def test_the_key_of_the_demonstration_gives_its_code_on_the_command_line(world, key: str) -> None:
    out = StringIO()
    call_command("code", key, stdout=out)
    browser = Client()
    give_password(browser)
    assert give_code(browser, out.getvalue().strip()).status_code == 302
    with pytest.raises(CommandError, match="no key"):
        call_command("code", "0189", stdout=out)
