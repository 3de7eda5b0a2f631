"""A visit has one last day: the beyond-use date of a label bounds the injection alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from clinic_pumps import chart_of
from refill_room import HERE, Room, text_of

from thecal.clinic.ledger.log import Author, Draft, write
from thecal.clinic.models import Role


def test_a_label_that_ends_soon_changes_no_refill_by_and_no_page_names_a_second_day(
    room: Room,
) -> None:
    room.up_to("observe", verify={"beyond_use": "2026-05-04"})
    by = room.situation.knowledge.refill_by
    assert by is not None
    room.record("leave", next_visit=(by.date() + timedelta(days=1)).isoformat())
    assert room.running.visit.leave is None, "a booking after refill-by is refused"
    by = by.astimezone(HERE)
    room.record("leave", next_visit=by.date().isoformat())
    assert room.running.visit.leave is None, "on the last day a visit without a time may be late"
    late = {"next_visit": by.date().isoformat(), "visit_at": "23:59"}
    assert "is after the refill-by time" in text_of(
        room.post("record refill step", "leave", **late)
    )
    last = {"next_visit": by.date().isoformat(), "visit_at": f"{by:%H:%M}"}
    assert "the clinic is closed on 19 July 2026" in text_of(
        room.post("record refill step", "leave", **last)
    )
    room.record("leave", **last, booking_why="no other day: the team comes in for it")
    end = text_of(room.get("close refill"))
    assert "To be injected until (beyond-use date)</th><td>4 May 2026" in end
    assert "in the pump may be used" not in end
    room.close()
    content = chart_of(room.patient).content
    assert content["dates"]["refill_by"].startswith(by.date().isoformat())
    assert not [one for one in content["due"] if "4 May 2026" in one["what"]]
    assert "4 May 2026" not in text_of(room.nurse.get("/"))


@pytest.mark.inventory("S2.12")
def test_a_next_refill_within_28_days_asks_why_and_keeps_the_reason(room: Room) -> None:
    room.up_to("observe")
    soon = {"next_visit": "2026-05-10", "visit_at": "10:00"}
    page = room.post("record refill step", "leave", **soon)
    assert page.status_code == 422
    assert "20 days from fill to refill, too short" in text_of(page)
    assert 'value="10:00"' in text_of(page), "what was typed is still there"
    assert room.running.visit.leave is None
    room.post("record refill step", "leave", **soon, booking_why="a journey of three months")
    assert room.running.visit.leave is not None
    assert room.running.beside["leave"]["booking_why"] == "a journey of three months"


def test_a_reason_that_was_kept_under_its_old_name_is_still_shown(room: Room) -> None:
    room.up_to("observe")
    soon = {"next_visit": "2026-05-10", "visit_at": "10:00"}
    room.post("record refill step", "leave", **soon, booking_why="a journey of three months")
    body = dict(chart_of(room.patient).entries[-1].body)
    assert body["step"] == "leave"
    body["interval_why"] = body.pop("booking_why")
    author = Author.of(room.world.people[Role.NURSE], "test")
    write(room.patient, author, (Draft("visit.step", body),), expected=None)
    page = text_of(room.get("refill step", "leave"))
    assert 'name="booking_why" value="a journey of three months"' in page
