"""A witness says so themselves, and a paper that is ticked was made."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from clinic_pumps import chart_of
from django.urls import reverse
from refill_room import HERE, Room, text_of

from thecal.clinic.ledger.signatures import unfitting
from thecal.clinic.models import Role
from thecal.clinic.refill.record_words import names_of
from thecal.clinic.refill.witness import WITNESS

NOT_MINE = {"password": "somebody else's"}


@pytest.mark.req("K23")
def test_the_witness_proves_who_they_are_and_is_nobody_who_did_the_visit(room: Room) -> None:
    page = room.up_to("waste", waste={"witness": ""})
    assert "you did steps of this visit, so it is somebody else" in text_of(page)
    assert 'name="witness"' not in page.content.decode()
    assert "K23" in room.blocking
    assert room.witness(browser=room.nurse).status_code == 422
    wrong = room.post("witness refill", browser=room.physician, **NOT_MINE)
    assert wrong.status_code == 422
    assert WITNESS not in room.kinds()
    assert "I saw it destroyed" in text_of(room.get("refill", browser=room.physician))
    room.witness()
    assert room.running.visit.waste.witness == "physician-1"
    assert "K23" not in room.blocking
    assert unfitting(chart_of(room.patient).entries) == ()
    assert room.witness().status_code == 422


@pytest.mark.req("K23")
def test_an_account_that_is_corrected_is_not_witnessed_any_more(room: Room) -> None:
    room.up_to("waste")
    assert room.running.visit.waste.witness == "physician-1"
    room.record("waste", witness="", returned="0.1", injected="37.9")
    assert room.running.visit.waste.witness is None
    assert "K23" in room.blocking
    room.record("waste", witness="")
    assert room.running.visit.waste.witness is None
    room.witness()
    assert room.running.visit.waste.witness == "physician-1"


def test_a_trainee_is_no_witness(room: Room) -> None:
    room.up_to("waste", waste={"witness": ""})
    assert room.witness(browser=room.world.browser(Role.TRAINEE)).status_code == 403


def test_the_page_says_who_may_witness_and_gives_everybody_else_the_true_reason(
    room: Room,
) -> None:
    page = text_of(room.up_to("waste", waste={"witness": ""}))
    assert "Who may sign: <strong>" in page
    assert "(physician)" in page
    assert "(pharmacist)" in page
    assert "(checker)" not in page
    checker = room.world.browser(Role.CHECKER)
    shown = text_of(room.get("refill", browser=checker))
    assert "You did steps" not in shown
    assert "a checker works from afar" in shown
    assert room.witness(browser=checker).status_code == 403
    assert WITNESS not in room.kinds()
    pharmacist = room.world.browser(Role.PHARMACIST)
    assert room.witness(browser=pharmacist).status_code == 200
    assert room.running.visit.waste.witness == "pharmacist-1"


def test_who_comes_to_witness_finds_it_under_checks_and_is_asked_for_nothing_else(
    room: Room,
) -> None:
    nurse = text_of(room.up_to("waste", waste={"witness": ""}))
    assert ">correct the account" not in nurse
    assert "no witness has signed for the waste of morphine yet" in nurse
    assert "Not you: you did steps of this visit" in text_of(room.nurse.get("/checks/"))
    listed = text_of(room.physician.get("/checks/"))
    assert "Sign as witness for Refa Example" in listed
    assert "No order waits; a witness does, below." in listed
    assert "Nothing waits for a second person" not in listed
    page = text_of(room.get("refill", browser=room.physician))
    before, form = page.split('id="witness"')
    assert "Sign that it may go on: K23" not in before
    assert form.index("I saw it destroyed") < form.index("Nobody saw it destroyed: say why")
    assert "What another person has to answer" not in page
    room.witness()
    assert "Sign as witness" not in text_of(room.physician.get("/checks/"))


def made(paper: str, page: Any) -> str:
    """Return what the page says of how a paper stands."""
    return re.search(rf'id="state-{paper}"[^>]*>([^<]+)<', text_of(page))[1]


def print_summary(room: Room) -> None:
    address = reverse("document", args=[room.patient.pk, "summary"])
    printed = room.nurse.post(address, {"language": "en"})
    assert printed["Content-Type"] == "application/pdf"


def test_the_next_refill_is_sent_first_and_then_what_is_handed_over(room: Room) -> None:
    room.up_to("observe")
    first = text_of(room.get("refill step", "leave"))
    assert "Handed over at" not in first
    second = text_of(room.book("2026-07-01"))
    assert "Next refill recorded: <strong>Wednesday, 1 July 2026" in second
    assert "Handed over at" in second
    assert "What you send now corrects it" not in second
    assert room.situation.progress.open.key == "leave"
    assert "close" in room.shut
    assert "1 July 2026" in text_of(room.get("document", "summary"))
    print_summary(room)
    assert "closed" not in text_of(room.record("leave", papers_why=""))
    assert room.situation.progress.may_close


def test_a_paper_of_before_another_date_does_not_count(room: Room) -> None:
    room.up_to("observe")
    print_summary(room)
    room.book("2026-07-01")
    assert room.record("leave", papers_why="").status_code == 422
    print_summary(room)
    page = room.record("leave", papers_why="", next_visit="2026-06-30")
    assert page.status_code == 422
    assert "not made since the next refill was recorded" in text_of(page)
    assert room.running.visit.leave.given_at is None
    assert room.record("leave", papers_why="").status_code == 200


def test_a_paper_that_nobody_made_is_not_ticked_as_handed_over(room: Room) -> None:
    room.up_to("observe")
    page = room.record("leave", papers_why="")
    assert page.status_code == 422
    shown = text_of(page)
    assert "not made since the next refill was recorded: Summary: for" in shown
    assert "press “Print as PDF” beside it (opening it is not enough)" in shown
    assert made("summary", page) == "not made since the next refill was recorded"
    assert room.running.visit.leave.given_at is None
    print_summary(room)
    assert made("summary", room.get("refill step", "leave")).startswith("made on 20 April 2026")
    room.record("leave", papers_why="")
    assert room.running.visit.leave.documents == ("patient-summary",)


def test_a_paper_of_another_visit_needs_its_reason_in_writing(room: Room) -> None:
    room.nurse.post(reverse("document", args=[room.patient.pk, "summary"]), {"language": "en"})
    room.now += timedelta(minutes=1)
    room.up_to("observe")
    assert room.record("leave", papers_why="").status_code == 422
    room.record("leave", papers_why="the card of last time still holds")
    assert room.running.beside["leave"]["papers_why"] == "the card of last time still holds"
    assert "the card of last time still holds" in text_of(room.get("refill step", "leave"))


def test_an_appointment_alone_is_no_paper_to_be_made(room: Room) -> None:
    room.up_to("observe")
    room.record("leave", documents=["appointment"], papers_why="")
    assert room.running.visit.leave.documents == ("appointment",)


def test_no_paper_is_handed_over_before_it_was_made(room: Room) -> None:
    room.up_to("observe")
    room.book("2026-07-01")
    before = room.now.astimezone(HERE).strftime("%Y-%m-%dT%H:%M")
    room.now += timedelta(minutes=5)
    print_summary(room)
    page = room.record("leave", papers_why="", given_at=before)
    assert page.status_code == 422
    assert "before these were made: Summary: for the patient after a visit (made on" in text_of(
        page
    )
    assert room.running.visit.leave.given_at is None
    at = room.now.astimezone(HERE).strftime("%Y-%m-%dT%H:%M")
    room.now += timedelta(minutes=5)
    print_summary(room)
    assert room.record("leave", papers_why="", given_at=at).status_code == 200, "printed again"


def test_the_end_says_which_papers_were_handed_over_and_that_they_count(room: Room) -> None:
    room.up_to("observe")
    room.book("2026-07-01")
    print_summary(room)
    room.record("leave", papers_why="")
    end = text_of(room.get("close refill"))
    papers = end.split('id="h-papers"')[1].split("</section>")[0]
    handed, left = papers.split("Not handed over")
    assert "Handed over: Summary: for the patient after a visit (made on" in handed
    assert "Emergency: the one page for an emergency (not made" in left
    assert "appointment" in left
    assert "A paper that is printed before the signature counts" in left


def test_a_user_name_that_is_the_role_is_not_said_twice(room: Room) -> None:
    room.up_to("interrogate")
    user = room.world.people[Role.PHARMACIST].user
    assert names_of(room.situation)[user.username] == f"{user.name}, pharmacist ({user.username})"
    user.username = "pharmacist"
    user.save()
    assert names_of(room.situation)["pharmacist"] == f"{user.name}, pharmacist"


def test_the_account_says_before_anything_is_thrown_away_who_may_witness(room: Room) -> None:
    room.up_to("waste", waste={"witness": ""})
    page = text_of(room.get("refill step", "waste"))
    assert "What is destroyed of morphine wants a witness who sees it and signs" in page
    assert "(pharmacist)" in page.partition("Who may: ")[2].partition("</p>")[0]
