"""The incidents of workflow.md 4b that no page's own tests play: through the pages, to the stop.

Which test plays which incident stands in the marks; `test_incident_table.py` holds them against the
checks that each incident names.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from clinic_pumps import chart_of, kinds, patient_today
from finding_words import tells
from programming_desk import Desk
from refill_room import Room, text_of

from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.ledger.tasks import OPENED
from thecal.clinic.programs.drafts import ORDERED
from thecal.clinic.refill import known
from thecal.clinic.refill.mixture_text import write_mixture
from thecal.record.fold import EVENT, event_body
from thecal.therapy.events import Mri
from thecal.units import Duration, MagneticField

REFUSED = 422


def unexplained(room: Room, *days: int) -> None:
    """Open a task for each event whose cause nobody has found."""
    for ago in days:
        due = (room.now - timedelta(days=ago)).isoformat()
        body = {"kind": "find-the-cause", "what": f"overdosed, {ago} days ago", "due": due}
        write(room.patient, room.world.author(), (Draft(OPENED, body),), expected=None)


def scanned(room: Room, hours_ago: int) -> None:
    """Write down a scan that nobody read the pump after."""
    ended = room.now - timedelta(hours=hours_ago)
    scan = Mri(
        time=ended - timedelta(minutes=30),
        field_strength=MagneticField.of("1.5", "T"),
        duration=Duration.of(30, "min"),
    )
    draft = Draft(EVENT, event_body(scan), pump_time=scan.time)
    write(room.patient, room.world.author(), (draft,), expected=None)


@pytest.mark.req("K5")
@pytest.mark.req("K3")
@pytest.mark.inventory("E1")
def test_e1_a_dose_of_the_day_typed_for_every_hour_speaks_the_factor(world) -> None:
    march = patient_today(world, until=datetime(2026, 4, 1, tzinfo=UTC))
    desk = Desk(replace(world, patient=march))
    page = text_of(desk.drafted(daily_dose="14.4"))
    assert tells(page, "Refused", "K5")
    assert "the factor is 24" in page
    assert desk.signed(page).status_code == REFUSED
    assert ORDERED not in kinds(march)


@pytest.mark.req("K6")
@pytest.mark.inventory("E3")
def test_e3_a_pump_that_was_told_another_solution_than_was_filled(room: Room) -> None:
    room.up_to("vitals")
    room.record("interrogate", mixture="morphine 10 mg/mL, bupivacaine 20 mg/mL")
    assert "K6" in room.blocking
    assert "fill" in room.shut


@pytest.mark.req("K13")
@pytest.mark.inventory("E7")
def test_e7_a_pump_that_reads_back_stopped_is_not_left_so(room: Room) -> None:
    room.up_to("program")
    room.record("read_back", read_mode="stopped")
    assert "K13" in room.checks
    assert "U09" in room.blocking
    assert "close" in room.shut
    assert room.close().status_code == REFUSED
    assert "visit.closed" not in room.kinds()


@pytest.mark.req("K16")
@pytest.mark.inventory("E7")
def test_e7_an_alarm_in_the_pumps_log_that_nobody_read_shuts_the_next_step(room: Room) -> None:
    room.up_to("vitals")
    page = room.record("interrogate", events="motor stall")
    assert "nobody has acknowledged motor stall" in text_of(page)
    assert "K16" in room.blocking
    assert "verify" in room.shut
    room.record("interrogate", events="motor stall", acknowledged="yes")
    assert "K16" not in room.checks


@pytest.mark.req("K18")
@pytest.mark.inventory("E9")
def test_e9_after_two_overdoses_that_nobody_explained_nothing_is_just_refilled(room: Room) -> None:
    unexplained(room, 100)
    room.up_to("aspirate")
    assert "K18" not in room.checks
    unexplained(room, 20)
    page = room.get("refill step", "fill")
    assert page.status_code == REFUSED
    assert "suspect the pump itself" in text_of(room.get("refill"))
    assert "K18" in room.checks
    assert "fill" in room.shut


@pytest.mark.req("K16")
@pytest.mark.inventory("E12")
def test_e12_a_scan_after_which_nobody_read_the_pump_is_read_before_anything_else(
    room: Room,
) -> None:
    scanned(room, hours_ago=30)
    room.begin()
    assert "K16" in room.blocking
    assert "not read since mri" in text_of(room.get("refill"))
    room.record("identify")
    room.record("complaints", mri_since="yes")
    room.record("vitals")
    assert "K16" in room.blocking
    room.record("interrogate")
    assert "K16" not in room.checks


@pytest.mark.req("K20")
@pytest.mark.inventory("E14")
def test_e14_oral_baclofen_that_was_changed_is_reconciled_first(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(world, monkeypatch, "spasticity_baclofen.toml")
    room.begin()
    room.record("identify")
    page = room.record("complaints", oral_drug_changes="oral baclofen stopped")
    assert "K20" in room.checks
    assert "list of medicines is not reconciled" in text_of(room.get("refill"))
    assert page.status_code == 200
    assert any(one.check == "K20" for one in room.situation.asks)
    room.record("complaints")
    assert "K20" not in room.checks


@pytest.mark.req("K6")
@pytest.mark.req("K27")
@pytest.mark.req("K8")
@pytest.mark.inventory("E19")
def test_e19_a_solution_ten_times_too_strong_is_neither_the_order_nor_within_limits(
    room: Room,
) -> None:
    strong = "morphine 50 mg/mL, bupivacaine 20 mg/mL"
    room.up_to("interrogate")
    room.record("verify", label=strong, label_again=strong)
    assert "K6" in room.blocking
    assert "access" in room.shut
    page = room.record("verify", order=strong, label=strong, label_again=strong)
    assert {"K27", "K8"} <= room.checks, room.checks
    assert "morphine" in text_of(page)
    assert "access" in room.shut


@pytest.mark.req("K28")
@pytest.mark.inventory("E20")
def test_e20_a_weakness_is_told_with_the_granuloma_and_leaves_a_task(room: Room) -> None:
    room.begin()
    room.record("identify")
    room.record("complaints", weakness="yes", bladder_or_bowel="yes")
    page = room.get("refill")
    assert "K28" in room.checks
    assert "think of a granuloma at the tip" in text_of(page)
    (told,) = [one for one in room.situation.findings if one.check == "K28"]
    assert told.follow_up
    room.record("complaints")
    assert "K28" not in room.checks


@pytest.mark.req("K20")
@pytest.mark.req("K29")
@pytest.mark.inventory("E21")
def test_e21_a_restart_asks_for_the_list_of_medicines_and_a_watch_of_a_day(room: Room) -> None:
    stop = {"seen": chart_of(room.patient).seq, "command": "a" * 32}
    room.nurse.post(room.url("stop pump"), stop)
    room.now += timedelta(minutes=1)
    told = {"typed_mixture": write_mixture(room.solution()), "typed_mode": "continuous"}
    no_steps = {
        f"step{number}_{part}": ""
        for number in range(2)
        for part in ("days", "start", "lasts", "dose")
    }
    room.up_to(
        "observe",
        decide=no_steps | {"mode": "continuous", "restart_reviewed_by": "physician-1"},
        program=told | {"typed_background": "0.5"},
        read_back={"read_mode": "continuous"},
    )
    (asked,) = [one for one in room.situation.findings if one.check == "K20"]
    assert "list of medicines is not reconciled" in asked.message
    assert asked.follow_up
    assert "K29" in room.checks
    assert "no watch is arranged" in text_of(room.get("refill"))
    assert "close" in room.shut
    day_later = (room.now + timedelta(hours=25)).strftime("%Y-%m-%dT%H:%M")
    room.record("observe", watched_until=day_later)
    assert "K29" not in room.checks


def test_at_a_routine_refill_none_of_these_is_told(room: Room) -> None:
    room.up_to("read_back")
    silent = {"K6", "K13", "K16", "K18", "K20", "K22", "K28", "K29"}
    assert room.checks & silent == set()
    assert room.blocking == set()


@pytest.mark.req("K22")
@pytest.mark.inventory("E10")
def test_e10_a_septum_that_was_pierced_as_often_as_it_may_is_told(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.begin()
    assert "K22" not in room.checks
    monkeypatch.setattr(known, "_punctures", lambda _: 499)
    assert "K22" in room.checks
