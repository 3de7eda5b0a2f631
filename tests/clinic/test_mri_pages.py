"""The visit for a scan: never signed while it may not be, never closed unread."""

from __future__ import annotations

from datetime import timedelta

import pytest
from clinic_pumps import chart_of
from clinic_world import NOW
from flow_desk import FlowDesk, local, patient_with, text_of

from thecal.clinic import clock
from thecal.clinic.flows.scan_visit import CLOSED, ENDED, PLANNED, scan_visit
from thecal.clinic.models import Role
from thecal.record.fold import EVENT

ROTOR, BACLOFEN = "pain_two_drugs.toml", "spasticity_baclofen.toml"
BEFORE = {
    "field": "1.5",
    "done_before": ["model-confirmed", "read-before", "interruption-judged", "left-running"],
    "cover": "tablets",
    "reason_before": "decided with the neurologist",
}


def at(monkeypatch: pytest.MonkeyPatch, moment) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def scanned(world, desk: FlowDesk):
    ended = local(clock.now(), world.clinic.timezone)
    page = desk.send("mri step", "ended", ended_at=ended, lasted="30", field_was="1.5")
    assert page.status_code == 200, text_of(page)
    return page


def test_a_rotor_is_cleared_scanned_read_twice_and_only_then_closed(world, monkeypatch) -> None:
    desk = FlowDesk(world, patient=patient_with(world, ROTOR))
    assert "rotor" in text_of(desk.go("mri"))
    page = desk.send("mri step", "plan", **BEFORE)
    assert "Signed: the scan may take place" in text_of(page)
    assert len(desk.entries(PLANNED)) == 1
    assert chart_of(desk.patient).content["stage"] == "scan"
    at(monkeypatch, NOW + timedelta(hours=1))
    scanned(world, desk)
    assert [one.body["type"] for one in desk.entries(EVENT)][-1] == "mri"
    refused = desk.send("mri step", "close", reason_after="it surely runs")
    assert refused.status_code == 422
    assert "no reading shows the pump running" in text_of(refused)
    at(monkeypatch, NOW + timedelta(hours=2))
    first = text_of(desk.send("mri step", "read"))
    assert "does not show that the pump runs again" in first
    assert desk.send("mri step", "close").status_code == 422
    at(monkeypatch, NOW + timedelta(hours=2, minutes=10))
    assert "seen running after the scan" in text_of(desk.send("mri step", "read"))
    closed = desk.send("mri step", "close")
    assert closed.status_code == 200, text_of(closed)
    assert len(desk.entries(CLOSED)) == 1
    assert chart_of(desk.patient).content["stage"] == "maintenance"
    assert scan_visit(chart_of(desk.patient)).visit.ended is None


@pytest.mark.req("K16")
@pytest.mark.inventory("W12", "E12")
def test_without_a_reading_the_clock_runs_to_critical_and_the_visit_stays_open(
    world, monkeypatch
) -> None:
    desk = FlowDesk(world, patient=patient_with(world, ROTOR))
    scanned(world, desk)
    for hours, word in ((1, "today"), (3, "critical"), (25, "critical")):
        at(monkeypatch, NOW + timedelta(hours=hours))
        page = text_of(desk.go("mri"))
        assert f"{word}: " in page, hours
        assert desk.send("mri step", "close").status_code == 422
    assert desk.entries(CLOSED) == []
    assert "scan-reading" in desk.due()


@pytest.mark.inventory("S3.24")
@pytest.mark.req("K19")
@pytest.mark.inventory("W13", "E13")
def test_a_valve_pump_that_holds_drug_cannot_be_signed_for_until_it_is_emptied(
    world, monkeypatch
) -> None:
    desk = FlowDesk(world, patient=patient_with(world, ROTOR, "prometra-ii-20"))
    before = BEFORE | {
        "gradient": "1900",
        "done_before": [
            "model-confirmed",
            "read-before",
            "site-healed",
            "other-therapy",
            "emptied",
        ],
    }
    refused = desk.send("mri step", "plan", **before)
    assert refused.status_code == 422
    assert "K19" in text_of(refused)
    assert desk.entries(PLANNED) == []
    when = local(NOW, world.clinic.timezone)
    # An old page does not hold up an emptying.
    page = desk.send("mri step", "emptied", seen=1, drawn="9.5", emptied_at=when)
    assert page.status_code == 200
    emptied = desk.entries(EVENT)[-1].body
    assert (emptied["type"], emptied["aspirated"], emptied["reason"]) == (
        "empty",
        "9.5 mL",
        "a scan",
    )
    assert "pump-standing" in desk.due()
    assert "witness-of-destruction" in desk.tasks()
    page = desk.send("mri step", "plan", **before)
    assert "Signed: the scan may take place" in text_of(page)
    at(monkeypatch, NOW + timedelta(hours=1))
    scanned(world, desk)
    assert "reading-after-scan" in desk.tasks()
    assert [one.body["type"] for one in desk.entries(EVENT)][-2:] == ["empty", "mri"]
    done = chart_of(desk.patient).simulation(clock.now())
    assert done.emptied
    assert not done.reservoir_volume


def test_a_scan_that_nobody_cleared_is_written_down_all_the_same(world) -> None:
    desk = FlowDesk(world, patient=patient_with(world, ROTOR, "prometra-ii-20"))
    page = scanned(world, desk)
    assert "not cleared" in text_of(page)
    assert desk.entries(ENDED)[0].body["signed_before"] is False
    assert [one.body["type"] for one in desk.entries(EVENT)][-1] == "mri"


def test_a_reading_by_hand_that_did_not_see_it_run_is_critical_and_opens_a_task(
    world, monkeypatch
) -> None:
    desk = FlowDesk(world, patient=patient_with(world, ROTOR))
    scanned(world, desk)
    for minutes in (30, 40):
        at(monkeypatch, NOW + timedelta(minutes=minutes))
        when = local(clock.now(), world.clinic.timezone)
        page = desk.send("mri step", "read-by-hand", read_at=when, running="no")
        assert page.status_code == 200
    assert "pump-stands-after-scan" in desk.tasks()
    assert desk.send("mri step", "close").status_code == 422
    at(monkeypatch, NOW + timedelta(minutes=50))
    when = local(clock.now(), world.clinic.timezone)
    desk.send("mri step", "read-by-hand", read_at=when, running="yes")
    assert "pump-stands-after-scan" not in desk.tasks()


def test_an_old_page_of_the_plan_is_a_lost_update(world) -> None:
    desk = FlowDesk(world, patient=patient_with(world, ROTOR))
    page = desk.send("mri step", "plan", seen=1, **BEFORE)
    assert page.status_code == 409
    assert desk.entries(PLANNED) == []


def test_a_wrong_password_signs_nothing_and_keeps_what_was_typed(world) -> None:
    desk = FlowDesk(world, patient=patient_with(world, ROTOR))
    page = desk.send("mri step", "plan", **BEFORE | {"password_plan": "not it"})
    assert page.status_code == 422
    assert 'value="tablets"' in text_of(page)
    assert desk.entries(PLANNED) == []


def test_who_may_not_write_sees_the_visit_and_no_form(world) -> None:
    desk = FlowDesk(world, Role.PHARMACIST, patient_with(world, ROTOR))
    page = text_of(desk.go("mri"))
    assert "MRI visit" in page
    assert "Sign: the scan may take place" not in page
