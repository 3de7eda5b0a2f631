"""A refill through its pages, from the first step to the refill-by date that follows from it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from clinic_pumps import chart_of
from refill_room import Room, text_of


@pytest.mark.inventory("S3.18")
def test_a_routine_refill_goes_from_identity_to_the_new_refill_by_date(room: Room) -> None:
    before = chart_of(room.patient).content["dates"]["refill_by"]
    page = room.up_to("verify")
    assert "Decide the dose" in text_of(page)
    room.post("skip refill step", "decide", reason="dose unchanged")
    assert room.second().status_code == 302
    for key in ("access", "aspirate", "fill", "program", "read_back", "waste"):
        page = room.record(key)
        assert room.blocking == set(), (key, room.blocking)
    assert "min left" in text_of(page)
    room.now += timedelta(minutes=31)
    room.record("observe")
    page = room.record("leave")
    assert "Written to the therapy" in text_of(page)
    assert room.situation.progress.may_close, room.situation.progress
    page = room.close()
    shown = text_of(page)
    assert "The visit is closed and signed" in shown
    assert "38 mL" in shown
    after = chart_of(room.patient).content["dates"]["refill_by"]
    assert after > before
    assert chart_of(room.patient).content["therapy"]["volume"].startswith("38")
    assert room.kinds()[-1] == "signature"
    assert room.running is None


def test_where_nothing_changes_a_few_pages_do(room: Room) -> None:
    room.begin(path="refill-only")
    pages = []
    for key in ("arrive", "drug", "needle", "fill"):
        page = room.record(key)
        pages.append(page.redirect_chain[-1][0].split("/")[-2])
        room.answer()
        if key == "drug":
            room.second()
    assert pages == ["drug", "needle", "fill", "account"]
    page = room.record("account")
    assert "min left" in text_of(page), "the account waits for no watch"
    assert room.running.visit.waste is not None
    room.now += timedelta(minutes=31)
    page = room.record("watch")
    page = room.record("leave")
    assert "closed" not in text_of(page)
    assert room.situation.progress.may_close, room.situation.progress
    assert "closed and signed" in text_of(room.close())


def test_the_closed_visit_speaks_in_words_in_order_of_time_and_says_no_line_twice(
    room: Room,
) -> None:
    room.up_to("leave")
    page = text_of(room.close())
    assert "typed-twice" not in page
    assert "typed twice" in page
    kit = room.typed("access")["kit"]
    assert f"<dd>{kit}</dd>" not in page
    assert "RESERVOIR: " in page
    back = page.split("Step 12: ")[1].split("</section>")[0]
    assert back.count("<dt>Mode</dt>") == 1
    written = page.split("<caption>Written to the therapy</caption>")[1].split("</table>")[0]
    times = re.findall(r'<th scope="row">([^<]+)</th>', written)
    assert times == sorted(times, key=lambda one: one.rsplit(" ", 1)[1])
    assert len(times) > 1
