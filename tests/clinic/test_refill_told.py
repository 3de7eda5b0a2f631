"""What a page of a refill tells and where it leads: at the step where it matters, and back."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from refill_room import Room, text_of

from thecal.care.papers.kinds import PAPERS, title


def folded(page: str) -> str:
    """Return what stands under "To know"."""
    return "".join(re.findall(r"<details><summary>To know.*?</details>", page, re.S))


def test_the_list_of_medicines_leads_back_to_the_step_that_sent_there(room: Room) -> None:
    room.up_to("identify")
    step = text_of(room.get("refill step", "complaints"))
    assert "the browser asks first" in step
    assert "unsent.js" in step
    listed = text_of(room.nurse.get(reverse("medicines", args=[room.patient.pk])))
    assert f'href="{room.url("refill step", "complaints")}"' in listed


def test_the_match_of_the_drug_leads_to_the_orders_that_were_signed_here(room: Room) -> None:
    room.up_to("interrogate")
    step = text_of(room.get("refill step", "verify")).split('id="h-verify"')[1]
    for name in ("forms", "record"):
        assert f'href="{room.url(name)}"' in step


def test_beside_the_check_the_answer_says_what_it_is_for(room: Room) -> None:
    decide = text_of(room.up_to("verify"))
    assert "the check above is the usual way" in decide
    room.second()
    assert "the check above is the usual way" not in text_of(room.get("refill step", "decide"))


@pytest.mark.req("K15")
@pytest.mark.req("K24")
def test_what_may_kill_stands_open_at_the_needle_and_what_is_decided_is_folded_after_it(
    room: Room,
) -> None:
    decide = text_of(room.up_to("verify"))
    assert "strongest solution sold" in decide.replace(folded(decide), "")
    assert "that may kill" not in decide.replace(folded(decide), "")
    room.post("skip refill step", "decide", reason="dose unchanged")
    needle = text_of(room.get("refill step", "access"))
    assert "strongest solution sold" in folded(needle)
    assert "strongest solution sold" not in needle.replace(folded(needle), "")
    assert "that may kill; be sure of the needle" in needle.replace(folded(needle), "")


def test_the_few_pages_are_offered_behind_the_open_step(room: Room) -> None:
    few = "Put the steps on few pages"
    room.up_to("verify")
    whole = text_of(room.get("refill"))
    assert re.search(rf"<summary>Fewer pages[^<]*</summary>.*?{few}", whole, re.S), "folded away"
    assert whole.index("Go on: ") < whole.index(few)
    assert "Nothing changes" not in whole, "step 6 alone has a button of these words"


def test_the_few_pages_are_not_offered_after_the_fill(room: Room) -> None:
    few = "Put the steps on few pages"
    room.up_to("aspirate")
    assert few in text_of(room.get("refill"))
    room.settle()
    room.record("fill")
    assert few not in text_of(room.get("refill"))


def test_the_banner_leads_to_the_watch_as_soon_as_it_may_be_reached(room: Room) -> None:
    room.up_to("fill")
    begun = room.get("watch of refill")
    assert begun.redirect_chain[-1][0] == room.url("refill")
    for key in ("program", "read_back", "waste"):
        room.record(key)
    page = room.get("watch of refill")
    assert page.redirect_chain[-1][0] == room.url("refill step", "observe")
    banner = text_of(room.get("patient"))
    assert f'href="{room.url("watch of refill")}"' in banner


def test_the_papers_have_one_name_and_each_leads_to_its_page(room: Room) -> None:
    room.up_to("observe")
    step = text_of(room.book("2026-07-01"))
    listed = text_of(room.get("documents"))
    for kind in ("summary", "session", "emergency"):
        assert title(kind) in step
        assert title(kind) in listed
        for language in ("en", "de"):
            assert f'{room.url("document", kind)}?language={language}"' in step
    assert all(title(kind) in listed for kind in PAPERS)


def test_the_final_page_tells_the_score_and_that_the_dose_was_decided(room: Room) -> None:
    room.up_to("decide")
    number = room.running.number
    room.post("leave refill", reason="taken ill")
    page = text_of(room.get("refill summary", number))
    assert "<dt>Pain or spasm, NRS</dt><dd>3</dd>" in page
    assert "Decided: dose unchanged." in page
