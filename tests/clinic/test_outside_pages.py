"""The pages of outsiders: switched on by the clinic, limited, in two languages, showing nothing."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from clinic_world import NOW
from django.test import Client
from django.urls import reverse
from logins import clinic_log

import enquiry_cases
from thecal.care.enquiry import limit
from thecal.clinic import clock
from thecal.clinic.flows.enquiry_log import RECEIVED, enquiries, sent_of, waiting
from thecal.clinic.models import Clinic, Role, SenderFailures

QUESTION = {"name": "Ida", "who": "patient", "reply": "030 1", "message": "Can I fly?"}
REFERRAL = {**enquiry_cases.NEEDED, "infection": "active"}


@pytest.fixture
def world(world):
    Clinic.objects.filter(pk=world.clinic.pk).update(
        handle="example-clinic", telephone_always="000 999"
    )
    return world


def address(kind: str, language: str = "en", handle: str = "example-clinic") -> str:
    return reverse("write from outside", args=[handle, language, kind])


def send(kind: str = "enquiry", sender: str = "10.0.0.1", **fields: str):
    whole = {**(QUESTION if kind == "enquiry" else REFERRAL), **fields}
    return Client(REMOTE_ADDR=sender).post(address(kind), whole)


def shown(answer) -> str:
    return unescape(answer.content.decode())


@pytest.mark.inventory("S0.25")
def test_an_enquiry_of_somebody_without_a_login_reaches_the_clinic(world) -> None:
    answer = send()
    assert answer.url == reverse("outside sent", args=["example-clinic", "en"])
    (one,) = enquiries(world.clinic)
    assert (one.kind, one.state, one.red_flags) == ("enquiry", "open", ())
    assert sent_of(one) == QUESTION
    entry = clinic_log(world.clinic)[-1]
    assert entry.actor == ""
    assert "Ida" not in entry.canonical()


@pytest.mark.inventory("S0.25")
def test_every_page_says_that_it_is_for_no_emergency_and_whom_to_call(world) -> None:
    for language, words in (("en", "Not for emergencies"), ("de", "Nicht für Notfälle")):
        for path in (
            reverse("outside", args=["example-clinic", language]),
            reverse("outside sent", args=["example-clinic", language]),
            address("enquiry", language),
            address("referral", language),
        ):
            page = shown(Client().get(path))
            assert words in page, path
            assert "000 999" in page, path
            assert f'<html lang="{language}">' in page
            assert ("research and training" in page) == (language == "en")
            assert ("Forschungs- und Ausbildungssoftware" in page) == (language == "de")


def test_the_language_of_the_browser_chooses_and_another_can_be_chosen(world) -> None:
    path = reverse("outside in any language", args=["example-clinic"])
    assert Client().get(path, headers={"accept-language": "de-AT"}).url.endswith("/de/")
    assert Client().get(path, headers={"accept-language": "fr"}).url.endswith("/en/")
    page = shown(Client().get(address("referral", "de")))
    assert f'href="{address("referral", "en")}"' in page
    assert "bitte wählen" in page


@pytest.mark.parametrize("handle", ["other-clinic", "x"])
def test_a_clinic_that_has_not_switched_it_on_has_no_such_page(world, handle) -> None:
    for path in (
        reverse("outside in any language", args=[handle]),
        reverse("outside", args=[handle, "en"]),
        address("enquiry", handle=handle),
    ):
        assert Client().get(path).status_code == 404
    assert Client().post(address("enquiry", handle=handle), QUESTION).status_code == 404
    assert Client().get(address("enquiry", "fr")).status_code == 404
    assert Client().get(address("complaint")).status_code == 404


def test_the_clinics_on_a_server_have_an_address_each_and_no_two_the_same(world) -> None:
    administrator = world.browser(Role.ADMINISTRATOR)
    given = {
        "name": "Example Clinic",
        "timezone": "Europe/Berlin",
        "second_person": "required",
        "reason": "r",
    }
    Clinic.objects.filter(pk=world.elsewhere.pk).update(handle="other")
    for handle in ("other", "A", "a b", "../x", "1abc", "x" * 41):
        answer = administrator.post(reverse("clinic settings"), {**given, "handle": handle})
        assert 'id="e-handle"' in answer.content.decode(), handle
    administrator.post(reverse("clinic settings"), {**given, "handle": "new-name"})
    assert Client().get(address("enquiry", handle="new-name")).status_code == 200
    assert Client().get(address("enquiry")).status_code == 404
    administrator.post(reverse("clinic settings"), {**given, "handle": ""})
    assert Client().get(address("enquiry", handle="new-name")).status_code == 404


def test_what_is_refused_keeps_its_text_and_says_why_in_the_same_language(world) -> None:
    answer = Client().post(address("referral", "de"), {**REFERRAL, "birth_date": "2030-01-01"})
    page = shown(answer)
    assert answer.status_code == 422
    assert "das liegt in der Zukunft" in page
    assert "Dr. Rosa Referrer" in page
    assert 'aria-describedby="e-birth_date"' in page
    assert enquiries(world.clinic) == ()


def test_one_sender_may_send_so_much_and_no_more_and_may_again_later(world, monkeypatch) -> None:
    most = limit("sender", "most")
    for _ in range(most):
        assert send().status_code == 302
    refused = send()
    assert refused.status_code == 429
    assert "Please call the clinic" in shown(refused)
    assert "Can I fly?" in shown(refused)
    assert send(sender="10.0.0.2").status_code == 302
    assert len(enquiries(world.clinic)) == most + 1
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1, seconds=1))
    assert send().status_code == 302


def test_a_clinic_takes_so_much_a_day_whoever_sends_it(world) -> None:
    most = limit("clinic", "most")
    for number in range(most):
        assert send(sender=f"10.0.{number}.1").status_code == 302
    assert "no more messages today" in shown(send(sender="10.1.1.1"))


def test_no_address_of_a_sender_is_kept(world) -> None:
    send(sender="203.0.113.77")
    kept = str(list(SenderFailures.objects.values_list("sender", flat=True)))
    assert "203.0.113.77" not in kept + str([one.canonical() for one in clinic_log(world.clinic)])


def test_a_form_of_another_site_is_refused(world) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(address("enquiry"), QUESTION).status_code == 403
    assert RECEIVED not in [one.kind for one in clinic_log(world.clinic)]


def test_too_large_a_form_is_refused_before_it_is_read(world) -> None:
    answer = send(message="x" * limit("length", "body"))
    assert answer.status_code == 413
    page = shown(answer)
    assert "nichts davon wurde behalten" in page
    assert answer["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert enquiries(world.clinic) == ()


def test_hostile_words_are_shown_as_words(world) -> None:
    words = "<script>alert(1)</script> {{ clinic }} javascript:x"
    send(message=words, name="=cmd|' /C calc'!A0")
    (one,) = enquiries(world.clinic)
    page = world.browser(Role.NURSE).get(reverse("enquiry", args=[one.number]))
    assert "<script>alert" not in page.content.decode()
    assert words in shown(page)


def test_no_page_shows_anything_of_a_record(world) -> None:
    send("referral", patient_name="Ada Example")
    for path in (
        address("enquiry"),
        address("referral"),
        reverse("outside", args=["example-clinic", "en"]),
    ):
        page = shown(Client().get(path))
        assert "Ada" not in page
        assert "Paul" not in page
        assert 'href="/patients' not in page


@pytest.mark.parametrize("text", ["", "\0", "a\u202eb", "9" * 6000, "[]", "\ud83d"[:0] + "😀"])
def test_whatever_is_typed_never_breaks_the_page(world, text) -> None:
    for kind in ("enquiry", "referral"):
        fields = QUESTION if kind == "enquiry" else REFERRAL
        for name in fields:
            answer = send(kind, sender=name, **{name: text})
            assert answer.status_code in (302, 422), (name, answer.status_code)


def test_a_referral_with_a_red_flag_is_counted_as_such(world) -> None:
    send()
    send("referral")
    assert waiting(world.clinic) == (2, 1)
    assert waiting(world.elsewhere) == (0, 0)
    today = shown(world.browser(Role.NURSE).get(reverse("today")))
    assert "2 messages from outside wait" in today
    assert "1 with a red flag" in today
    assert "from outside" not in shown(world.browser(Role.PHARMACIST).get(reverse("today")))
