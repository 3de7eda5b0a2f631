"""Journeys, stays elsewhere, and what waits: tasks, alarms, watches."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from clinic_pumps import chart_of
from clinic_world import NOW
from flow_desk import FlowDesk, patient_with, text_of

from thecal.clinic.flows.paper_details import JOURNEY, STAY
from thecal.clinic.flows.pathway_steps import refill_day
from thecal.clinic.ledger.due import ACKNOWLEDGED, WATCH_BEGUN, WATCH_RELEASED
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.web.flow import task_draft

ROTOR = "pain_two_drugs.toml"


@pytest.fixture
def desk(world) -> FlowDesk:
    return FlowDesk(world, patient=patient_with(world, ROTOR))


@pytest.mark.req("K12")
@pytest.mark.parametrize(("days", "status"), [(-8, 200), (-6, 422), (1, 422)])
def test_a_journey_ends_before_the_refill_with_a_margin(desk, days, status) -> None:
    back = refill_day(chart_of(desk.patient)) + timedelta(days=days)
    trip = {"leaves": "2026-04-25", "returns": back.isoformat(), "destination": "Lisbon"}
    page = desk.send("travel", "plan", **trip, clinic_there="Hospital A, 000 333")
    assert page.status_code == status, text_of(page)
    assert len(desk.entries(JOURNEY)) == (status == 200)
    if status == 200:
        letter = text_of(desk.go("document", "travel"))
        assert "Lisbon" in letter
        assert "Hospital A, 000 333" in letter
    else:
        assert "refill before the journey" in text_of(page)
        page = desk.send("travel", "plan", **trip, reason="filled at the destination, agreed")
        assert page.status_code == 200
        assert "refill-and-journey" in desk.tasks()


def test_a_journey_backwards_is_refused_and_heat_and_height_are_told(desk) -> None:
    assert "Height, water, heat" in text_of(desk.go("travel"))
    page = desk.send(
        "travel", "plan", leaves="2026-04-25", returns="2026-04-20", destination="Lisbon"
    )
    assert page.status_code == 422


@pytest.mark.inventory("E14")
def test_a_stay_prints_do_not_reorder_and_says_that_the_refill_falls_into_it(desk) -> None:
    out = (refill_day(chart_of(desk.patient)) + timedelta(days=3)).isoformat()
    page = desk.send("stay", "begin", ward="Ward 3", admitted="2026-04-20", discharge=out)
    assert "during the stay" in text_of(page)
    assert {"refill-during-stay", "inpatient sheet", "back-from-ward"} <= set(desk.tasks())
    assert len(desk.entries(STAY)) == 1
    sheet = text_of(desk.go("document", "inpatient")).lower()
    assert "do not re-order" in sheet
    assert chart_of(desk.patient).content["stage"] == "inpatient"
    desk.send("stay", "end", ended="2026-04-20", changed="nothing")
    assert chart_of(desk.patient).content["stage"] == "maintenance"


def test_a_task_is_closed_with_what_was_done_and_once(world, desk) -> None:
    write(
        desk.patient, world.author(), (task_draft("call", "call the patient", NOW),), expected=None
    )
    seq = chart_of(desk.patient).content["tasks"][0]["seq"]
    assert desk.send("tasks", f"task-{seq}").status_code == 422
    how = {f"how_task-{seq}": "called, all well"}
    assert desk.send("tasks", f"task-{seq}", **how).status_code == 200
    assert desk.tasks() == []
    again = text_of(desk.send("tasks", f"task-{seq}", **how))
    assert "not open any more" in again


def test_an_observation_is_released_with_how_the_patient_is(world, desk) -> None:
    ends = (NOW - timedelta(hours=1)).isoformat()
    begun = Draft(WATCH_BEGUN, {"kind": "observation", "ends": ends})
    (entry,) = write(desk.patient, world.author(), (begun,), expected=None)
    assert "observation" in desk.due()
    how = {f"how_watch-{entry.seq}": "awake, 14 breaths a minute"}
    desk.send("tasks", f"watch-{entry.seq}", **how)
    assert len(desk.entries(WATCH_RELEASED)) == 1
    assert "observation" not in desk.due()


def test_an_alarm_is_acknowledged_and_its_cause_stays(desk, monkeypatch) -> None:
    from thecal.clinic import clock

    late = refill_day(chart_of(desk.patient)) + timedelta(days=120)
    monkeypatch.setattr(clock, "now", lambda: NOW.replace(year=late.year, month=12, day=1))
    page = text_of(desk.go("tasks"))
    assert "larm: " in page
    first, *_ = re.findall(r'name="what" value="(alarm-[^"]+)"', page)
    # A page names the alarm itself, not its place, which another one may have taken since.
    other = f"{first[:-1]}1"
    page = text_of(desk.send("tasks", other, **{f"how_{other}": "heard, refill today"}))
    assert "somebody has dealt with it" in page
    assert desk.entries(ACKNOWLEDGED) == []
    desk.send("tasks", first, **{f"how_{first}": "heard, refill today"})
    (read,) = desk.entries(ACKNOWLEDGED)
    assert first.startswith(f"alarm-{read.body['kind']}-")
