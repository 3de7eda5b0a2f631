"""The incidents of workflow.md 4b about volumes: typed, filled, drawn, and missing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from refill_room import AT, Room, text_of

from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.ledger.tasks import OPENED
from thecal.clinic.refill import known


def drawn(room: Room, more: float) -> str:
    """Return what was expected and so much more, in millilitre."""
    return f"{float(room.expected().in_unit('mL')) + more:.1f}"


@pytest.mark.req("K2")
@pytest.mark.inventory("E3")
@pytest.mark.req("K1")
@pytest.mark.req("K36")
@pytest.mark.inventory("W2")
def test_e3_another_volume_typed_than_filled_and_an_empty_pump(room: Room) -> None:
    room.up_to("aspirate")
    room.settle()
    room.record("fill")
    page = room.record("program", first="20", second="20", programmed_volume="38")
    assert "K1" in room.blocking
    assert "was filled" in text_of(page) or "K1" in text_of(page)
    assert "read_back" in room.shut
    assert room.record("read_back").status_code == 422
    room.record("aspirate", volume_drawn="0")
    assert {"K36", "K2"} <= room.blocking


@pytest.mark.inventory("W1")
@pytest.mark.req("K1")
def test_w1_more_than_the_pump_holds_is_refused(room: Room) -> None:
    room.up_to("aspirate")
    room.settle()
    room.record("fill")
    room.record("program", first="20", second="20", programmed_volume="45")
    assert any("45" in one.message for one in room.situation.findings if one.check in ("K1", "R03"))
    assert "read_back" in room.shut


@pytest.mark.inventory("E3")
@pytest.mark.req("K1")
def test_two_blind_entries_of_the_volume_that_differ_are_refused(room: Room) -> None:
    room.up_to("aspirate")
    room.settle()
    page = room.record("fill")
    assert 'type="password" inputmode="decimal" autocomplete="off"' in page.content.decode()
    room.record("program", first="38", second="36")
    assert "K1" in room.blocking
    again = room.get("refill step", "program").content.decode()
    assert 'name="first" value' not in again


@pytest.mark.req("K2")
@pytest.mark.inventory("E4")
@pytest.mark.req("K9")
@pytest.mark.req("K11")
@pytest.mark.inventory("W3")
@pytest.mark.inventory("W19")
def test_e4_a_template_that_does_not_fit_and_too_little_drawn(room: Room) -> None:
    room.up_to("verify")
    room.post("skip refill step", "decide", reason="dose unchanged")
    room.record("access", template_fits="no")
    page = room.record("aspirate", volume_drawn=drawn(room, -2.5))
    assert {"K2", "K9"} <= room.checks
    assert "red" in text_of(page)
    assert "fill" in room.shut
    assert room.record("fill").status_code == 422
    room.record("access", template_fits="no", imaging="ultrasound")
    assert "K9" not in room.blocking


@pytest.mark.req("K15")
@pytest.mark.req("K2")
@pytest.mark.inventory("E5")
@pytest.mark.req("K9")
@pytest.mark.inventory("W4")
def test_e5_far_more_drawn_than_expected_and_it_looks_like_water(room: Room) -> None:
    room.up_to("verify")
    room.post("skip refill step", "decide", reason="dose unchanged")
    room.record("access")
    page = room.record("aspirate", volume_drawn=drawn(room, 3))
    assert {"K2", "K9", "K15"} <= room.checks
    assert "cerebrospinal fluid" in text_of(page)
    assert "fill" in room.shut


@pytest.mark.inventory("W5")
@pytest.mark.req("K2")
def test_w5_a_small_difference_is_green(room: Room) -> None:
    room.up_to("access")
    room.settle()
    page = room.record("aspirate", volume_drawn=drawn(room, 0.3))
    assert "K2" not in room.checks
    assert "fill" in page.redirect_chain[-1][0]
    shown = text_of(room.get("refill step", "aspirate"))
    assert "green" in shown
    assert "Delivered ratio" in shown


@pytest.mark.inventory("W6")
@pytest.mark.req("K2")
def test_w6_where_little_was_to_be_used_no_ratio_is_reckoned(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(world, monkeypatch, at=AT - timedelta(days=38))
    room.up_to("access")
    room.settle()
    room.record("aspirate", volume_drawn=drawn(room, 0.4))
    shown = text_of(room.get("refill step", "aspirate"))
    assert "not reckoned: too little was to be used" in shown
    assert "green" in shown


@pytest.mark.req("K2")
@pytest.mark.inventory("E8")
@pytest.mark.req("K17")
@pytest.mark.inventory("W7")
def test_e8_nearly_everything_still_in_the_pump_is_not_filled_upon(room: Room) -> None:
    room.up_to("access")
    room.settle()
    room.record("aspirate", volume_drawn="37.5")
    assert {"K2", "K17"} <= room.checks
    assert "fill" in room.shut
    assert "decide" in room.get("refill").content.decode()
    same = room.record("decide", reason="nobody knows yet")
    assert "a red difference is answered" in text_of(same)
    room.record(
        "discrepancy", browser=room.physician, category="under-delivery", action="troubleshoot"
    )
    assert "K2" not in room.blocking
    assert "K17" in room.blocking
    assert "fill" in room.shut
    room.record("decide", reason="start low after the stall", daily_dose="0.1")
    assert "K17" not in room.blocking


@pytest.mark.req("K2")
@pytest.mark.inventory("E10")
@pytest.mark.req("K18")
@pytest.mark.req("K22")
def test_e10_drug_is_missing_again_and_nobody_found_the_cause(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "_punctures", lambda _: 499)
    for ago in (20, 3):
        due = (room.now - timedelta(days=ago)).isoformat()
        body = {"kind": "find-the-cause", "what": f"missing, {ago} days ago", "due": due}
        write(room.patient, room.world.author(), (Draft(OPENED, body),), expected=None)
    room.up_to("access")
    room.record("aspirate", volume_drawn=drawn(room, -6))
    assert {"K2", "K18", "K22"} <= room.checks
    assert "fill" in room.shut
