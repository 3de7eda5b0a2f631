"""What people write at a refill: "None" is no change, and a check says which field differs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from clinic_pumps import chart_of
from clinic_world import PASSWORD
from django.urls import reverse
from refill_room import Room, text_of

from thecal.clinic.access.second import requests_open
from thecal.clinic.models import Role


@pytest.mark.req("K20")
def test_none_under_medicines_is_no_change_of_medicines(room: Room) -> None:
    room.up_to("identify")
    room.record("complaints", oral_drug_changes="None", other_events="none; a fall")
    assert room.running.visit.complaints.oral_drug_changes == ()
    assert room.running.visit.complaints.other_events == ("a fall",)
    assert "K20" not in room.blocking
    room.record("complaints", oral_drug_changes="pregabalin begun")
    assert room.running.visit.complaints.oral_drug_changes == ("pregabalin begun",)


@pytest.mark.req("K8")
def test_a_check_that_differs_says_in_which_field_and_never_the_value(room: Room) -> None:
    room.up_to("verify")
    room.post("ask second for refill")
    (asked,) = requests_open(chart_of(room.patient))
    right = {one.key: one.value.split()[0] for one in asked.blind}
    address = reverse("check", args=[room.patient.pk, asked.seq])
    checker = room.world.browser(Role.PHYSICIAN)
    page = checker.post(address, right | {"volume": "37", "password": PASSWORD}, follow=True)
    shown = text_of(page)
    assert "differs from the order in: Volume to be filled." in shown
    assert "the last time in: Volume to be filled." in shown
    assert "38 mL" not in shown
    visit = text_of(room.get("refill"))
    assert "the last time in: Volume to be filled" in visit
    assert "37 mL" not in visit
    checker.post(address, right | {"password": PASSWORD})
    assert room.situation.given is not None


def test_a_step_that_was_recorded_anew_stands_struck_through_in_the_record(room: Room) -> None:
    room.up_to("vitals")
    room.record("vitals", heart_rate="88", why="typed the wrong line")
    written = [
        one.seq
        for one in chart_of(room.patient).entries
        if one.kind == "visit.step" and one.body["step"] == "vitals"
    ]
    first, second = written
    page = text_of(room.get("record"))
    earlier = page.partition(f'id="entry-{first}"')[2].partition("</li>\n<li class")[0]
    assert "<del>" in earlier
    assert re.search(r"<del>[^<]*72", earlier)
    assert f"entry {second}" in earlier
    later = page.partition(f'id="entry-{second}"')[2].partition(f'id="entry-{first}"')[0]
    assert "The entry that it corrects" in later
    assert "<del>" not in later.partition("typed the wrong line")[0]


def test_the_page_that_writes_to_the_pump_names_what_comes_after_it_not_the_end(
    room: Room,
) -> None:
    room.begin(path="refill-only", by_hand="")
    room.post("read pump at refill", "arrive")
    for key in ("arrive", "drug"):
        room.record(key)
        room.answer()
    room.second()
    for key in ("needle", "fill"):
        room.record(key)
    assert room.running.visit.fill is not None
    assert room.situation.progress.open.key == "read_back"
    page = text_of(room.get("refill step", "fill"))
    following = "Once the pump is written and read back, next comes: Account for the drug"
    assert page.index("Write to the pump</button>") < page.index(following)
    assert "After this:" not in page
    room.post("write pump at refill")
    again = text_of(room.get("refill step", "fill"))
    assert "next comes" not in again


def follows(room: Room, step: str) -> str:
    """Return what the page of a step says that comes after it; empty where it says nothing."""
    page = text_of(room.get("refill step", step))
    found = re.search(r'<p class="next">(.*?)</p>', page, re.S)
    return found[1] if found else ""


def test_a_page_names_what_comes_after_it_only_where_that_is_so(room: Room) -> None:
    room.up_to("access")
    said = follows(room, "aspirate")
    assert said.startswith("After this, once K8 (")
    assert "is settled: step 10, " in said
    assert "Where another volume is drawn than expected, step 9, Decide on a difference" in said
    assert follows(room, "access") == "", "a page that is recorded leads nowhere"
    room.second()
    assert follows(room, "aspirate").startswith("After this: step 10, ")
    room.record("aspirate")
    assert follows(room, "fill").startswith("After this: step 11, ")


def test_what_waits_for_a_witness_is_named_before_the_end(room: Room) -> None:
    room.up_to("waste", waste={"witness": ""})
    room.now += timedelta(minutes=40)
    assert follows(room, "observe").startswith("After this: step 15, ")
    room.record("observe")
    assert follows(room, "leave") == "After this: what is handed over, on this page."
    room.book("2026-07-01")
    said = follows(room, "leave")
    assert said.startswith("After this, once K23 (")
    assert said.endswith("is settled: the end of the visit, which is read through and signed.")
    room.witness()
    assert follows(room, "leave").startswith("After this: the end of the visit")


def test_the_field_of_a_solution_has_room_for_two_drugs(room: Room) -> None:
    page = text_of(room.up_to("interrogate"))
    for name in ("order", "label", "label_again"):
        assert f'class="wide" id="f-{name}"' in page


def test_asking_for_a_second_person_keeps_the_page_and_it_says_who_checked(room: Room) -> None:
    room.up_to("verify")
    asked = room.post("ask second for refill", screen="verify")
    assert asked.redirect_chain[-1][0] == room.url("refill step", "verify")
    assert "Checked by" not in text_of(asked)
    assert "what is listed above still waits for one" in text_of(room.physician.get("/checks/"))
    check = requests_open(chart_of(room.patient))[0]
    assert any("as programmed (without steps and boluses)" in one.label for one in check.blind)
    room.second()
    page = text_of(room.get("refill step", "verify"))
    assert "(physician-1) on 20 April 2026, 11:00" in page.split("Checked by ")[1]
    elsewhere = room.post("ask second for refill", screen="no-such-page")
    assert elsewhere.redirect_chain[-1][0] == room.url("refill")


def test_no_hint_and_no_refusal_of_a_solution_is_one_that_could_be_copied(room: Room) -> None:
    """An example of the patient's own drugs, typed without a look, would pass the match."""
    page = room.up_to("interrogate")
    refused = room.record("verify", order="ten of morphine")
    for shown in (text_of(page), text_of(refused)):
        hints = " ".join(re.findall(r'<span class="hint">([^<]*)</span>', shown))
        assert "each drug, then its concentration with its unit" in hints
        assert not re.search(r"\d\s*(?:mg|mcg)/mL", hints)
    assert "ten of morphine" in text_of(refused)
    error = re.search(r'id="e-order">([^<]*)', text_of(refused))
    assert error
    assert not re.search(r"\d\s*(?:mg|mcg)/mL", error[1])


@pytest.mark.req("K23")
def test_who_saw_the_waste_destroyed_stands_on_the_pages_after_they_signed(room: Room) -> None:
    page = text_of(room.up_to("waste", waste={"witness": ""}))
    assert "Waste witnessed by" not in page
    room.witness()
    signed = r"Waste witnessed by [^<]*\(physician-1\) on 20 April 2026"
    for shown in (room.get("refill"), room.get("refill step", "waste")):
        assert re.search(signed, text_of(shown))
    room.record("waste", wasted="0.5", witness="")
    assert "Waste witnessed by" not in text_of(room.get("refill")), "it is another account now"


def test_a_paper_opens_beside_the_page_and_its_pdf_leaves_the_page_where_it_is(
    room: Room,
) -> None:
    room.up_to("observe")
    page = text_of(room.book("2026-07-01"))
    links = re.findall(r'<a href="[^"]*\?language=(?:en|de)"([^>]*)>', page)
    assert links
    assert all('target="_blank" rel="noopener"' in one for one in links)
    assert "A paper opens or is saved beside this page" in page
    makes = re.findall(r'<form[^>]*id="make-[^>]*>', page)
    assert makes
    assert all('target="_blank"' in one for one in makes)
    pdf = room.nurse.post(room.url("document", "summary"), {"language": "en"})
    assert pdf["Content-Disposition"].startswith("attachment")


def test_every_page_that_leads_away_from_an_open_visit_leads_back_to_it(room: Room) -> None:
    link, whose = f'href="{room.url("go on with refill")}">', "the visit of Refa Example"
    pages = {"/": "go on with", "/notices/": "back to", "/checks/": "go on with"}
    assert all(whose not in text_of(room.nurse.get(one)) for one in pages)
    room.begin()
    for one, words in pages.items():
        assert f"{link}{words} {whose}" in text_of(room.nurse.get(one)), one


def test_the_record_names_a_step_by_its_title_and_its_values_without_keys(room: Room) -> None:
    room.up_to("verify")
    page = text_of(room.get("record"))
    assert "Match the drug four ways" in page
    assert "lot: L-17" in page
    assert "record, lot" not in page
    assert "step: verify" not in page
