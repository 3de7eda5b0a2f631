"""What a second person does while a page of the visit is typed: nothing typed is lost by it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from clinic_pumps import chart_of
from clinic_world import PASSWORD
from django.urls import reverse
from form_reading import form_of
from refill_room import FEW, STEPS, Room, text_of

from thecal.clinic.access.second import Blind, refuse, request_draft, requests_open
from thecal.clinic.ledger.log import write
from thecal.clinic.models import Role

BLIND = (Blind("volume", "Volume to be filled", "12.5 mL", "mL"),)
HIDDEN = {"first"}
"""What is typed blind never comes back: it is typed again."""
NOT_ON_EVERY = ("why_emptied", "label_again", "started")
WHY = "the label names another patient"


def asked(room: Room) -> int:
    """Ask for a check that bears on nothing of the routine visit; return its number."""
    draft = request_draft("syringe", {"of": "syringe"}, ["the label"], BLIND, ["new solution"])
    return write(room.patient, room.world.author(Role.NURSE), (draft,), expected=None)[-1].seq


def refused_meanwhile(room: Room) -> int:
    """Let a second person refuse while a page stands open; return what the page had seen."""
    number = asked(room)
    seen = chart_of(room.patient).seq
    refuse(chart_of(room.patient), room.world.author(Role.PHYSICIAN), number, WHY)
    return seen


def comes_back(room: Room, name: str, typed: dict[str, Any]) -> None:
    """Send a page that a refusal overtook: it comes back as it was typed, and is taken then."""
    before = room.kinds()
    seen = refused_meanwhile(room)
    page = room.post("record refill step", name, seen=seen, **typed, why="typed at the needle")
    assert page.status_code == 409, name
    shown = text_of(page)
    assert f"(physician-1) refused the check: {WHY}" in shown
    assert "Nothing was written yet" in shown
    assert "aria-invalid" not in shown, name
    assert "was not accepted" not in shown, name
    assert room.kinds()[: len(before)] == before
    assert room.kinds()[len(before) :] == ["second.requested", "second.refused"]
    back = form_of(page, room.url("record refill step", name))
    assert back.pop("seen") == [str(chart_of(room.patient).seq)]
    on_it = set(re.findall(r'name="(\w+)"', shown))
    for key, value in typed.items():
        if key not in on_it:
            assert key.startswith(("same", *NOT_ON_EVERY)), (name, key)
            continue
        wanted = [value] if isinstance(value, str) else list(value)
        if key in HIDDEN:
            assert key not in back
            assert "is typed again" in shown
        elif any(wanted):
            assert back.get(key) == wanted, (name, key)


def routine(room: Room, path: str = "full") -> Any:
    """Yield the pages of a routine visit with what is typed on each, and record it then."""
    room.begin(path=path)
    pages = STEPS if path == "full" else (*(one.removeprefix("few-") for one in FEW), "leave")
    for name in pages:
        if name == "discrepancy":
            continue
        if name == "fill":
            room.settle()
        if name in ("observe", "watch"):
            room.now += timedelta(minutes=40)
        typed = room.typed(f"few-{name}" if f"few-{name}" in FEW and path != "full" else name)
        yield name, {key: value for key, value in typed.items() if value != ""}
        if name == "decide":
            room.post("skip refill step", name, reason="dose unchanged")
        else:
            room.record(name)


@pytest.mark.parametrize("path", ["full", "refill-only"])
def test_every_page_comes_back_as_it_was_typed_and_is_taken_when_it_is_sent_again(
    room: Room, path: str
) -> None:
    sent = []
    for name, typed in routine(room, path):
        if name == "leave":
            typed = {"next_visit": typed["next_visit"]}
        comes_back(room, name, typed)
        sent.append(name)
    assert set(sent) == (
        set(STEPS) - {"discrepancy"}
        if path == "full"
        else {"arrive", "drug", "needle", "fill", "account", "watch", "leave"}
    )
    assert room.close().status_code == 200
    assert room.running is None


@pytest.mark.req("K8")
def test_a_check_that_differs_says_who_and_where_and_never_a_value(room: Room) -> None:
    room.up_to("verify")
    room.post("skip refill step", "decide", reason="dose unchanged")
    room.post("ask second for refill")
    seen = chart_of(room.patient).seq
    (check,) = requests_open(chart_of(room.patient))
    room.answered(volume="37.5")
    typed = room.typed("access")
    page = room.post("record refill step", "access", seen=seen, **typed)
    assert page.status_code == 409
    shown = text_of(page)
    assert "checked as second person and typed something else in: Volume to be filled" in shown
    assert "37.5" not in shown
    assert check.blind
    back = form_of(page, room.url("record refill step", "access"))
    again = room.nurse.post(room.url("record refill step", "access"), back, follow=True)
    assert again.status_code == 200
    assert room.running.visit.access is not None


def test_an_answer_that_was_given_meanwhile_is_told_with_its_reason(room: Room) -> None:
    room.up_to("complaints", complaints={"oral_drug_changes": "pregabalin begun"})
    seen = chart_of(room.patient).seq
    assert room.blocking
    room.answer()
    assert chart_of(room.patient).seq > seen
    page = room.post("record refill step", "vitals", seen=seen, **room.typed("vitals"))
    assert page.status_code == 409
    assert "answered K20: looked at together" in text_of(page)
    back = form_of(page, room.url("record refill step", "vitals"))
    assert back["heart_rate"] == ["72"]


def test_leaving_a_step_out_comes_back_with_its_reason(room: Room) -> None:
    room.up_to("verify")
    seen = refused_meanwhile(room)
    page = room.post("skip refill step", "decide", seen=seen, reason="stays as ordered")
    assert page.status_code == 409
    back = form_of(page, room.url("skip refill step", "decide"))
    assert back["reason"] == ["stays as ordered"]
    # The fields of the program beside it stand as at first: they were not sent.
    first = form_of(room.get("refill step", "decide"), room.url("record refill step", "decide"))
    assert form_of(page, room.url("record refill step", "decide")) == first
    again = room.nurse.post(room.url("skip refill step", "decide"), back, follow=True)
    assert again.status_code == 200
    assert [one.step for one in room.running.visit.skipped] == ["decide"]


def test_the_end_comes_back_and_asks_for_the_password_again(room: Room) -> None:
    for name, _ in routine(room):
        assert name
    seen = refused_meanwhile(room)
    page = room.close(seen=seen)
    assert page.status_code == 409
    assert WHY in text_of(page)
    assert "the password is typed again" in text_of(page)
    back = form_of(page, room.url("sign refill"))
    assert "password" not in back
    assert room.running is not None
    closed = room.nurse.post(room.url("sign refill"), back | {"password": PASSWORD}, follow=True)
    assert "closed and signed" in text_of(closed)


def test_breaking_off_and_going_on_by_hand_are_not_held_up_by_it(room: Room) -> None:
    room.begin(by_hand="")
    seen = refused_meanwhile(room)
    assert room.post("refill by hand", "identify", seen=seen, reason="no head").status_code == 200
    assert room.situation.talks.by_hand == "no head"
    seen = refused_meanwhile(room)
    assert room.post("leave refill", seen=seen, reason="the patient wants it").status_code == 200
    assert room.running is None


def test_what_anybody_else_wrote_or_oneself_still_makes_the_page_old(room: Room) -> None:
    room.begin()
    seen = chart_of(room.patient).seq
    number = asked(room)
    typed = room.typed("identify")
    assert room.post("record refill step", "identify", seen=seen, **typed).status_code == 409
    assert "Nothing was written yet" not in text_of(
        room.post("record refill step", "identify", seen=seen, **typed)
    )
    address = reverse("refuse check", args=[room.patient.pk, number])
    seen = chart_of(room.patient).seq
    room.physician.post(address, {"reason": WHY})
    own = room.post("record refill step", "identify", seen=seen, browser=room.physician, **typed)
    assert own.status_code == 409
    assert "Nothing was written yet" not in text_of(own)


def test_a_paper_that_is_printed_meanwhile_makes_the_page_no_older(room: Room) -> None:
    room.up_to("observe")
    room.book(room.typed("leave")["next_visit"])
    seen = chart_of(room.patient).seq
    printed = room.nurse.post(room.url("document", "summary"), {"language": "en"})
    assert printed["Content-Type"] == "application/pdf"
    assert room.kinds()[-1] == "document.printed"
    page = room.post("record refill step", "leave", seen=seen, **room.typed("leave"))
    assert page.status_code != 409, text_of(page)


def test_a_page_that_is_too_old_says_what_was_written_by_whom_and_leads_back(room: Room) -> None:
    room.up_to("vitals")
    page = room.post("record refill step", "interrogate", seen=chart_of(room.patient).seq - 1)
    assert page.status_code == 409
    shown = text_of(page)
    assert "Written since your page was made" in shown
    assert "Visit: step recorded" in shown or "step recorded" in shown.lower()
    assert f'href="{room.url("refill")}"' in shown
    assert 'aria-label="Patient"' in shown
