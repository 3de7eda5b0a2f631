"""The diary: written by the patient or a carer, corrected by new entries, read by the staff."""

from __future__ import annotations

import json

import pytest
from clinic_pumps import patient_today
from clinic_world import NOW
from django.urls import reverse
from own_room import CARER, entries_of, own_browser, stream_of, told

from thecal.clinic import clock
from thecal.clinic.models import Projection, Role

MORNING = {"when": "2026-04-20T08:00", "pain": "4"}
DIARY = reverse("own diary")


@pytest.fixture(autouse=True)
def _now(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def text(answer) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def staff(world, name: str, role: Role = Role.NURSE) -> str:
    return text(world.browser(role).get(reverse(name, args=[world.patient.pk])))


@pytest.mark.inventory("S1.R27")
def test_an_entry_is_kept_as_reported_and_shown_to_both_sides(world) -> None:
    browser = own_browser(world)
    whole = {
        **MORNING,
        "boluses": "3",
        "refused": "1",
        "before": "7",
        "after": "4",
        "side_effects": ["itch", "sleep"],
        "rescue": "2",
        "alarm": "single",
        "falls": "1",
        "note": "Slept badly",
    }
    assert browser.post(DIARY, whole).status_code == 302
    (entry,) = told(world.patient, "diary.entry")
    assert entry.body["reported_by"] == "patient"
    assert entry.body["when"] == "2026-04-20T08:00:00+02:00"
    assert (entry.body["pain"], entry.body["boluses"], entry.body["falls"]) == (4, 3, 1)
    assert "Slept badly" not in entry.canonical()
    for shown in (text(browser.get(DIARY)), staff(world, "diary")):
        assert "Slept badly" in shown
        assert "itching, bad sleep" in shown
    assert "Reported by the patient or a carer" in staff(world, "diary")


@pytest.mark.inventory("S1.R5")
def test_the_boluses_of_the_diary_feed_the_bolus_report(world) -> None:
    object.__setattr__(world, "patient", patient_today(world))
    browser = own_browser(world)
    for day in (17, 18, 19):
        given = {"when": f"2026-04-{day}T20:00", "boluses": "2", "refused": "3"}
        browser.post(DIARY, {**given, "before": "8", "after": "4"})
    shown = staff(world, "diary")
    assert "Reported as got, a day</dt><dd>2<" in shown
    assert "Reported as refused, a day</dt><dd>3<" in shown
    assert "a bolus takes 50 % of the pain" in shown


def test_scores_stand_in_the_charts_marked_as_from_the_diary(world) -> None:
    browser = own_browser(world)
    browser.post(DIARY, MORNING)
    browser.post(DIARY, {"when": "2026-04-19T20:00", "pain": "6", "spasm": "2"})
    shown = staff(world, "charts")
    assert "Diary: pain, 0 to 10" in shown
    assert "Diary: spasms, 0 to 10" in shown
    assert "From the diary, as the patient or a carer reported it" in shown


def test_hours_are_told_apart_only_where_the_diary_does(world) -> None:
    browser = own_browser(world)
    for day in (14, 15, 16, 17, 18):
        browser.post(DIARY, {"when": f"2026-04-{day}T08:30", "pain": "2"})
        browser.post(DIARY, {"when": f"2026-04-{day}T20:30", "pain": "8"})
    shown = staff(world, "diary")
    assert "Pain by the hour, from the diary" in shown
    assert ">+3<" in shown
    assert ">-3<" in shown


def test_a_correction_is_a_new_entry_and_the_old_one_stays_in_the_record(world) -> None:
    browser = own_browser(world)
    browser.post(DIARY, {**MORNING, "note": "first"})
    (old,) = told(world.patient, "diary.entry")
    form = text(browser.get(reverse("own diary entry", args=[old.seq])))
    assert 'value="2026-04-20T08:00"' in form
    assert ">first</textarea>" in form
    browser.post(DIARY, {**MORNING, "pain": "5", "replaces": str(old.seq)})
    kept = told(world.patient, "diary.entry")
    assert [one.body["pain"] for one in kept] == [4, 5]
    assert kept[1].body["replaces"] == old.seq
    assert [one["seq"] for one in browser.get(DIARY).context["kept"]] == [kept[1].seq]


def test_what_is_not_an_entry_of_this_diary_is_not_corrected(world) -> None:
    browser = own_browser(world)
    assert browser.get(reverse("own diary entry", args=[1])).status_code == 404
    assert browser.post(DIARY, {**MORNING, "replaces": "1"}).status_code == 404
    assert told(world.patient, "diary.entry") == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("pain", "11", "write a whole number from 0 to 10"),
        ("pain", "4,5", "write a whole number from 0 to 10"),
        ("boluses", "-1", "write a whole number from 0 to 99"),
        ("when", "2026-04-21T08:00", "this lies ahead of now"),
        ("when", "yesterday", "this is no date with a time"),
        ("before", "7", "say it before and after the bolus"),
        ("alarm", "loud", "choose one of these"),
        ("flags", ["dragons"], "choose one of these"),
        ("note", "x" * 1001, "at most 1000 characters"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_on_the_page(world, field, value, words) -> None:
    browser = own_browser(world)
    answer = browser.post(DIARY, {**MORNING, "rescue": "7", field: value})
    assert answer.status_code == 422
    assert words in text(answer)
    assert 'value="7"' in text(answer)
    assert told(world.patient, "diary.entry") == []


def test_an_empty_entry_is_refused(world) -> None:
    answer = own_browser(world).post(DIARY, {"when": "2026-04-20T08:00"})
    assert answer.status_code == 422
    assert "say at least one thing" in text(answer)


@pytest.mark.parametrize("given", [{"flags": ["breathing"]}, {"alarm": "dual"}])
def test_a_danger_sign_says_to_call_at_once_and_stands_on_the_list_of_today(world, given) -> None:
    browser = own_browser(world)
    answer = browser.post(DIARY, {**MORNING, **given}, follow=True)
    assert "Do not wait for an answer here: call now." in text(answer)
    assert 'href="tel:000111">Call now: 000 111' in text(answer)
    today = world.browser(Role.NURSE).get(reverse("today"))
    critical = next(one for one in today.context["groups"] if one["urgency"] == "critical")
    (row,) = [one for one in critical["rows"] if one["item"]["rule"] == "red-flag"]
    assert "danger sign in the diary" in row["item"]["what"]
    assert row["page"] == "tasks"
    assert "Do not wait for an answer" not in text(browser.get(DIARY))


def test_without_a_danger_sign_nothing_is_put_on_the_list_of_today(world) -> None:
    own_browser(world).post(DIARY, {**MORNING, "alarm": "single", "side_effects": ["itch"]})
    due = json.loads(Projection.objects.get(patient=world.patient).content)["due"]
    assert "red-flag" not in {one["rule"] for one in due}
    assert told(world.patient, "task.opened") == []


def test_a_carer_who_may_writes_as_a_carer(world) -> None:
    browser = own_browser(world, {**CARER, "allows": ["diary"]})
    browser.post(DIARY, MORNING)
    (entry,) = told(world.patient, "diary.entry")
    assert entry.body["reported_by"] == "carer"
    assert (entry.actor, entry.role) == ("own-carl", "carer of the patient")


def test_a_carer_who_may_not_writes_nothing(world) -> None:
    assert own_browser(world, CARER).post(DIARY, MORNING).status_code == 403
    assert told(world.patient, "diary.entry") == []


def test_an_entry_of_the_diary_does_not_keep_the_clinic_from_its_work(world) -> None:
    browser = own_browser(world)
    seen = stream_of(world.patient).head_seq
    browser.post(DIARY, MORNING)
    address = reverse("notes", args=[world.patient.pk])
    nurse = world.browser(Role.NURSE)
    assert nurse.post(address, {"text": "seen today", "seen": seen}).status_code == 302
    # A danger sign has to be read first: it opened a task.
    seen = stream_of(world.patient).head_seq
    browser.post(DIARY, {**MORNING, "flags": ["fever"]})
    assert nurse.post(address, {"text": "again", "seen": seen}).status_code == 409
    # What no page can have seen yet stays refused.
    ahead = stream_of(world.patient).head_seq + 5
    assert nurse.post(address, {"text": "again", "seen": ahead}).status_code == 409


def test_the_diary_is_read_by_the_german_patient_in_german(world) -> None:
    browser = own_browser(world)
    browser.post(reverse("own language"), {"language": "de"})
    shown = text(browser.post(DIARY, {**MORNING, "pain": "11"}))
    assert "schreiben Sie eine ganze Zahl von 0 bis 10" in shown
    browser.post(DIARY, {**MORNING, "flags": ["confusion"]})
    shown = text(browser.get(DIARY))
    assert "Warten Sie hier nicht auf Antwort: Rufen Sie sofort an." in shown
    assert "20. April 2026, 08:00 Uhr" in shown
    assert len(entries_of(world.patient)) > 1


@pytest.mark.inventory("S1.R27")
def test_a_danger_sign_says_call_now_also_where_another_field_is_refused(world) -> None:
    browser = own_browser(world)
    for sign in ({"flags": ["breathing"]}, {"alarm": "dual"}):
        page = browser.post(DIARY, {**MORNING, "pain": "11", **sign})
        assert page.status_code == 422
        assert "You named a danger sign" in text(page)
        assert "Your clinic sees it" not in text(page)
    assert not told(world.patient, "diary.entry")
    page = browser.post(DIARY, {**MORNING, "pain": "11"})
    assert page.status_code == 422
    assert "You named a danger sign" not in text(page)


def test_a_slip_in_the_year_is_refused_and_a_year_back_is_not(world) -> None:
    """One entry about 1900 would draw the charts of the staff over more than a century."""
    browser = own_browser(world)
    page = browser.post(DIARY, {**MORNING, "when": "1926-04-20T08:00"})
    assert page.status_code == 422
    assert "more than 366 days back: look at the year" in text(page)
    assert not told(world.patient, "diary.entry")
    assert browser.post(DIARY, {**MORNING, "when": "2025-04-20T08:00"}).status_code == 302
