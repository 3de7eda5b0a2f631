"""How much an own login may write in a day: no flood in a record, and nobody is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from clinic_world import NOW, World
from django.urls import reverse
from logins import logged_in
from own_room import CARER, own_browser, told

from thecal.clinic import clock
from thecal.clinic.access_rules import access_count, access_time
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.models import Membership

MORNING = {"when": "2026-04-20T08:00", "pain": "4"}
DIARY, CARD, LEARNING = reverse("own diary"), reverse("own card"), reverse("own learning")
REFUSED = "This was not stored: with one login it can be done at most {} times in 24 hours."


@pytest.fixture(autouse=True)
def _now(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def text(answer) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def filled(world: World, kind: str, short: int = 0, actor: str = "own-ada") -> int:
    """Write as often as a login may; return how often that is."""
    most = access_count("own-login", kind)
    (one,) = [entry for entry in told(world.patient, kind) if entry.actor == actor][:1]
    author = replace(world.author(), actor=actor, role="patient")
    again = [Draft(kind, one.body)] * (most - short - 1)
    write(world.patient, author, again, expected=None)
    return most


@pytest.mark.inventory("S1.R27")
def test_a_diary_takes_so_many_entries_of_a_login_and_keeps_what_was_typed(world) -> None:
    browser = own_browser(world)
    browser.post(DIARY, MORNING)
    most = filled(world, "diary.entry", short=1)
    assert browser.post(DIARY, {**MORNING, "pain": "5"}).status_code == 302
    page = browser.post(DIARY, {**MORNING, "pain": "7", "note": "the leg is numb"})
    assert page.status_code == 429
    assert REFUSED.format(most) in text(page)
    assert 'today, call: <a href="tel:000111">000 111</a>' in text(page)
    assert 'value="7"' in text(page)
    assert ">the leg is numb</textarea>" in text(page)
    assert "You named a danger sign" not in text(page)
    assert len(told(world.patient, "diary.entry")) == most
    assert "not stored" not in text(browser.get(DIARY))


@pytest.mark.inventory("S1.R27")
@pytest.mark.parametrize("sign", [{"flags": ["breathing"]}, {"alarm": "dual"}])
def test_a_danger_sign_in_a_refused_entry_still_says_call_now(world, sign) -> None:
    browser = own_browser(world)
    browser.post(DIARY, MORNING)
    filled(world, "diary.entry")
    page = browser.post(DIARY, {**MORNING, **sign})
    assert page.status_code == 429
    assert "Do not wait for an answer here: call now." in text(page)
    assert 'href="tel:000111">Call now: 000 111' in text(page)
    assert "Your clinic sees it" not in text(page), "it does not: nothing was stored"
    assert told(world.patient, "task.opened") == []


def test_a_correction_counts_and_the_refused_one_stays_a_correction(world) -> None:
    browser = own_browser(world)
    browser.post(DIARY, MORNING)
    filled(world, "diary.entry")
    (first, *_) = told(world.patient, "diary.entry")
    page = browser.post(DIARY, {**MORNING, "pain": "5", "replaces": str(first.seq)})
    assert page.status_code == 429
    assert f'name="replaces" value="{first.seq}"' in text(page)


def test_each_login_has_its_own_day_and_the_next_day_is_free(world, monkeypatch) -> None:
    browser, carer = own_browser(world), own_browser(world, {**CARER, "allows": ["diary"]})
    browser.post(DIARY, MORNING)
    filled(world, "diary.entry")
    assert browser.post(DIARY, MORNING).status_code == 429
    assert carer.post(DIARY, MORNING).status_code == 302
    later = NOW + access_time("own-login", "within") + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    tomorrow = logged_in(Membership.objects.get(user__username="own-ada"))
    assert tomorrow.post(DIARY, MORNING).status_code == 302


def test_so_many_codes_are_made_and_the_card_is_shown_all_the_same(world) -> None:
    browser = own_browser(world)
    assert browser.post(CARD).context["code"]
    most = filled(world, "own.card")
    page = browser.post(CARD, {"named": "yes"})
    assert page.status_code == 429
    assert "code" not in page.context
    assert REFUSED.format(most) in text(page)
    assert '<a href="tel:000111">000 111</a>' in text(page)
    assert page.context["sections"], "the card itself is read"
    assert 'value="yes" checked' in text(page)
    assert len(told(world.patient, "own.card")) == most
    assert browser.get(CARD).status_code == 200


def test_so_many_answers_are_taken_and_the_typed_one_stays(world) -> None:
    browser = own_browser(world)
    item = browser.get(LEARNING).context["rows"][0]["id"]
    given = {"item": item, "sure": "sure", "answer": "it stops at night"}
    sure = browser.get(LEARNING).context["sure"][0][0]
    assert browser.post(LEARNING, {**given, "sure": sure}).status_code == 302
    most = filled(world, "education.answered")
    page = browser.post(LEARNING, {**given, "sure": sure, "answer": "call the clinic"})
    assert page.status_code == 429
    assert REFUSED.format(most) in text(page)
    assert ">call the clinic</textarea>" in text(page)
    assert len(told(world.patient, "education.answered")) == most


def test_the_language_cannot_be_changed_without_end_and_says_so_in_german(world) -> None:
    browser = own_browser(world)
    browser.post(reverse("own language"), {"language": "de"})
    most = filled(world, "own.language")
    page = browser.post(reverse("own language"), {"language": "en"}, follow=True)
    assert f"Mit einer Anmeldung geht das höchstens {most}-mal in 24 Stunden." in text(page)
    assert len(told(world.patient, "own.language")) == most


def test_a_clinic_without_a_number_sends_to_the_paper_card(world) -> None:
    browser = own_browser(world)
    browser.post(DIARY, MORNING)
    filled(world, "diary.entry")
    world.clinic.telephone = world.clinic.telephone_always = ""
    world.clinic.save()
    page = browser.post(DIARY, MORNING)
    assert text(page).count("use the one on your paper card") == 2
