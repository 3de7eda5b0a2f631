"""The pages of information on the own pages and for the staff, and teach-back between both."""

from __future__ import annotations

import pytest
from clinic_world import NOW
from django.urls import reverse
from own_room import CARER, GIVEN, entries_of, own_browser, stream_of, told

from thecal.care.information.pages import PAGES
from thecal.clinic import clock
from thecal.clinic.models import Role

ITEM = "what-the-pump-does"


@pytest.fixture(autouse=True)
def _now(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def text(answer) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def answer(browser, **values):
    given = {"item": ITEM, "sure": "sure", "answer": "it gives the drug to my spine"}
    return browser.post(reverse("own learning"), given | values)


def confirm(world, role=Role.NURSE, **values):
    given = {"what": "confirm", "seen": stream_of(world.patient).head_seq, "shown": [ITEM]}
    address = reverse("learning", args=[world.patient.pk])
    return world.browser(role).post(address, given | values)


@pytest.mark.inventory("S3.29")
@pytest.mark.parametrize("kind", PAGES)
def test_each_page_is_read_in_the_persons_language_and_printed(world, kind) -> None:
    browser = own_browser(world, {**GIVEN, "language": "de"})
    shown = browser.get(reverse("own information page", args=[kind]))
    assert shown.status_code == 200
    assert "kein ärztlicher Rat" in text(shown)
    printed = browser.post(reverse("own information page", args=[kind]), {"language": "de"})
    assert printed.content.startswith(b"%PDF")
    last = told(world.patient, "document.printed")[-1]
    assert (last.actor, last.body["kind"], last.body["language"]) == ("own-ada", kind, "de")


@pytest.mark.inventory("S3.24")
@pytest.mark.inventory("S3.26")
def test_the_pages_are_about_the_pump_in_the_record(world) -> None:
    browser = own_browser(world)
    index = text(browser.get(reverse("own information")))
    for kind in PAGES:
        assert reverse("own information page", args=[kind]) in index
    assert "SynchroMed II" in text(browser.get(reverse("own information page", args=["scan"])))
    assert browser.get(reverse("own information page", args=["nothing"])).status_code == 404


@pytest.mark.inventory("S3.8")
def test_an_answer_in_own_words_reaches_the_nurse_who_confirms_it(world) -> None:
    browser = own_browser(world)
    assert answer(browser).status_code == 302
    entry = told(world.patient, "education.answered")[-1]
    assert entry.body["item"] == ITEM
    assert "my spine" not in entry.canonical()
    assert "not yet confirmed by the clinic" in text(browser.get(reverse("own learning")))
    page = text(world.browser(Role.NURSE).get(reverse("learning", args=[world.patient.pk])))
    assert "it gives the drug to my spine" in page
    assert "What the pump does" in page.split("Missing:")[1].split("</p>")[0]
    assert confirm(world, remark="her son was there").status_code == 302
    kept = told(world.patient, "education.confirmed")[-1]
    assert (kept.body["result"], kept.body["answer"]) == ("shown", entry.seq)
    assert kept.reason == "her son was there"
    page = text(world.browser(Role.NURSE).get(reverse("learning", args=[world.patient.pk])))
    assert "What the pump does" not in page.split("Missing:")[1].split("</p>")[0]
    assert "confirmed by your clinic on 20 April 2026" in text(browser.get(reverse("own learning")))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"sure": ""}, "Choose how sure you are"),
        ({"answer": ""}, "Write it in your own words"),
        ({"answer": "y" * 1001}, "longer than 1000 characters"),
    ],
)
def test_a_refused_answer_keeps_its_text_and_writes_nothing(world, values, said) -> None:
    browser = own_browser(world)
    before = len(entries_of(world.patient))
    refused = answer(browser, **values)
    assert refused.status_code == 422
    assert said in text(refused)
    assert values.get("answer", "it gives the drug to my spine") in text(refused)
    assert len(entries_of(world.patient)) == before
    assert answer(browser, item="nothing").status_code == 404


def test_a_carer_reads_the_pages_and_the_answers_only_if_the_patient_allowed_it(world) -> None:
    browser = own_browser(world, CARER)
    assert browser.get(reverse("own information")).status_code == 200
    assert browser.get(reverse("own information page", args=["scan"])).status_code == 200
    assert browser.get(reverse("own learning")).status_code == 403
    assert reverse("own learning") not in text(browser.get(reverse("own information")))
    more = own_browser(world, {**CARER, "username": "own-cora", "allows": ["diary"]})
    assert answer(more).status_code == 302
    assert told(world.patient, "education.answered")[-1].body["as"] == "carer"


def test_reading_and_answering_changes_no_therapy(world) -> None:
    browser = own_browser(world)
    before = [one for one in entries_of(world.patient) if one.kind.startswith("therapy.")]
    answer(browser)
    browser.post(reverse("own information page", args=["scan"]))
    after = entries_of(world.patient)
    assert [one for one in after if one.kind.startswith("therapy.")] == before
    kinds = {one.kind for one in after if one.actor == "own-ada"}
    assert kinds == {"education.answered", "document.printed"}


def test_a_table_of_several_columns_names_the_column_in_each_cell_for_a_telephone(world) -> None:
    browser = own_browser(world)
    page = browser.get(reverse("own information page", args=["comparison"]))
    (section,) = [one for one in page.context["sections"] if one["columns"]]
    assert len(section["columns"]) == 3
    said = page.content.decode()
    for column in section["columns"][1:]:
        assert said.count(f'<span class="own-column">{column}</span>') == len(section["rows"])
    glossary = browser.get(reverse("own information page", args=["glossary"]))
    assert "own-column" not in text(glossary)
