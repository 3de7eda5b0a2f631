"""Forms of the record under hostile input: refused in plain words, never a failure."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from clinic_pumps import chart_of, kinds, patient_today
from django.urls import reverse
from logins import PASSWORD

from thecal.clinic.access.entering import NEXT
from thecal.clinic.ledger.projection import REGISTERED
from thecal.clinic.models import Role
from thecal.clinic.templatetags.show import day, moment
from thecal.record.fold import EVENT, SETUP

TEXTS = [
    "",
    "\0",
    "a\u202eb",
    "<script>x</script>",
    "😀",
    "9" * 6000,
    "K" * 1_000_000,
    "1e400",
    "[]",
    "{}",
]
IDS = ["empty", "nul", "rtl", "html", "emoji", "digits", "long", "huge", "list", "object"]


@pytest.fixture
def world(world):
    """The patient's newest event lies before now."""
    return replace(world, patient=patient_today(world))


def go_to(world, name: str, *more: object) -> str:
    return reverse(name, args=[world.patient.pk, *more])


def seen(world) -> int:
    return chart_of(world.patient).seq


@pytest.mark.parametrize("text", TEXTS, ids=IDS)
@pytest.mark.parametrize("kind", [SETUP, EVENT])
def test_a_correction_to_anything_leaves_a_record_that_can_be_read(world, kind, text) -> None:
    browser = world.browser(Role.PHYSICIAN)
    found = [one for one in chart_of(world.patient).entries if one.kind == kind]
    address = go_to(world, "correct an entry", found[0].seq)
    page = browser.get(address).content.decode()
    fields = re.findall(r'name="(value-[0-9]+)"', page)
    assert fields
    for name in fields:
        typed = dict(re.findall(r'name="(value-[0-9]+)"[^>]*value="([^"]*)"', page)) | {name: text}
        form = typed | {"reason": "x", "step": "write", "seen": seen(world), "password": PASSWORD}
        assert browser.post(address, form).status_code in (200, 302, 409, 422)
        assert browser.get(go_to(world, "patient")).status_code == 200
        assert browser.get(go_to(world, "stop pump")).status_code == 200
    assert browser.get(go_to(world, "record")).status_code == 200
    assert browser.get(reverse("today")).status_code == 200


@pytest.mark.parametrize("text", TEXTS, ids=IDS)
def test_a_name_that_was_added_to_an_entry_breaks_nothing(world, text) -> None:
    browser = world.browser(Role.PHYSICIAN)
    for one in chart_of(world.patient).entries[:4]:
        form = {"name-0": text or "x", "added-0": text, "name-1": "time", "added-1": text}
        form |= {"reason": "x", "step": "write", "seen": seen(world), "password": PASSWORD}
        answer = browser.post(go_to(world, "correct an entry", one.seq), form)
        assert answer.status_code in (200, 302, 409, 422)
    assert browser.get(go_to(world, "patient")).status_code == 200


def test_no_event_can_be_withdrawn_that_the_others_rest_on_and_the_setup_never(world) -> None:
    browser = world.browser(Role.PHYSICIAN)
    for one in chart_of(world.patient).entries:
        if one.kind not in (EVENT, SETUP, REGISTERED, "therapy.plan"):
            continue
        form = {"withdraw": "yes", "reason": "x", "step": "write", "seen": seen(world)}
        answer = browser.post(go_to(world, "correct an entry", one.seq), form)
        assert answer.status_code in (302, 422)
        if one.kind in (SETUP, REGISTERED):
            assert answer.status_code == 422
        for name in ("patient", "programming", "stop pump", "charts", "record", "documents"):
            assert browser.get(go_to(world, name)).status_code in (200, 302), (one.body, name)
    for kind in ("emergency", "letter", "summary"):
        assert browser.get(go_to(world, "document", kind)).status_code in (200, 404, 422)


@pytest.mark.parametrize("text", TEXTS, ids=IDS)
def test_a_search_for_anything_finds_nothing_and_fails_nowhere(world, text) -> None:
    browser = world.browser(Role.NURSE)
    assert browser.post(reverse("patients"), {"search": text}).status_code == 200


@pytest.mark.parametrize("text", TEXTS, ids=IDS)
def test_an_account_form_of_anything_is_refused(world, client, text) -> None:
    form = {"username": text, "password": text, "next": text}
    assert client.post(reverse("login"), form).status_code == 403
    browser = world.browser(Role.NURSE)
    answer = browser.post(reverse("choose clinic"), {"membership": text})
    assert answer.status_code in (200, 302)
    form = {"old": text, "new": text, "again": text}
    assert browser.post(reverse("change password"), form).status_code == 422


@pytest.mark.parametrize("text", [*TEXTS, "9999-12-31", "0001-01-01", "2026-W17-1"])
def test_a_day_of_anything_is_refused_or_shown(world, text) -> None:
    answer = world.browser(Role.NURSE).get(go_to(world, "known on a day"), {"day": text})
    assert answer.status_code in (200, 422)


@pytest.mark.parametrize("text", ["", "x", "9" * 6000, "-1", "0", "99999999999999999999"])
def test_a_page_of_anything_is_the_first_or_empty(world, text) -> None:
    browser = world.browser(Role.NURSE)
    for name in ("page", "find", "sort"):
        assert browser.get(go_to(world, "record"), {name: text}).status_code == 200


@pytest.mark.parametrize(
    "away",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:x",
        "\t//evil.example",
        "/\t/evil.example",
        "http:///evil.example",
        "///evil.example",
        "/%0d%0aSet-Cookie:x=y",
        "/\r\nX: y",
    ],
)
def test_the_login_leads_nowhere_else(world, client, away) -> None:
    browser = world.browser(Role.NURSE)
    session = browser.session
    session[NEXT] = away
    session.save()
    answer = browser.post(reverse("choose clinic"), {})
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert "\r" not in answer["Location"]
    assert "\n" not in answer["Location"]
    assert "Set-Cookie" not in answer["Location"] or answer["Location"].startswith("/%0d%0a")


@pytest.mark.parametrize("text", TEXTS, ids=IDS)
def test_a_draft_of_anything_is_refused_or_kept_as_typed(world, text) -> None:
    browser = world.browser(Role.PHYSICIAN)
    browser.post(go_to(world, "read pump"))
    names = ["mode", "primary", "daily_dose", "reason", "bolus_dose", "bolus_most", "bridge_drug",
             "step0_start", "step0_dose", "step0_days", "step95_dose"]  # fmt: skip
    for name in names:
        typed = {"mode": "continuous", "daily_dose": "1", name: text, "go on": "yes"}
        for page in ("program verdict", "save draft"):
            answer = browser.post(go_to(world, page), typed | {"seen": seen(world)})
            assert answer.status_code in (200, 302, 422)
        assert browser.get(go_to(world, "programming")).status_code in (200, 302)
        assert browser.get(go_to(world, "confirm program")).status_code in (200, 302)
    confirm = {"tick": [text], f"answer_{text[:50]}": text, "password": text, "seen": seen(world)}
    assert browser.post(go_to(world, "confirm program"), confirm).status_code in (302, 422)
    assert browser.post(go_to(world, "close programming"), {"reason": text}).status_code == 302
    assert browser.get(go_to(world, "programming")).status_code == 200
    assert "order.program" not in kinds(world.patient)


def test_who_the_patient_is_is_corrected_only_where_each_value_is_checked(world) -> None:
    browser = world.browser(Role.PHYSICIAN)
    form = {"value-0": "x", "reason": "x", "step": "write", "seen": seen(world)}
    assert browser.post(go_to(world, "correct an entry", 1), form).status_code == 422
    assert (
        "record/1/correct/" not in browser.get(go_to(world, "record"), {"find": 1}).content.decode()
    )
    assert "correction" not in kinds(world.patient)


@pytest.mark.parametrize("text", ["2026-02-30", "soon", "0001-01-01T00:00:00+14:00", "1961-04-12"])
def test_a_page_shows_a_time_that_is_none_as_it_stands(text) -> None:
    assert day(text, "America/New_York")
    assert moment(text, "America/New_York")


def test_a_birth_date_is_the_same_day_in_every_zone() -> None:
    assert {day("1961-04-12", zone) for zone in ("America/New_York", "Asia/Tokyo", "UTC")} == {
        day("1961-04-12")
    }
