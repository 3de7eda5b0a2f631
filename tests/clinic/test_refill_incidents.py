"""The incidents of workflow.md 4b that a refill can meet, played through the pages.

Each is stopped by the checks named there: the finding stands on the page, the next step is shut.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from clinic_pumps import chart_of
from clinic_world import PASSWORD
from refill_room import Room, text_of

from thecal.clinic.models import Role
from thecal.units import show_date


@pytest.mark.req("K15")
@pytest.mark.inventory("E2")
@pytest.mark.req("K9")
def test_e2_a_needle_in_the_side_port_shuts_the_fill(room: Room) -> None:
    room.up_to("verify")
    room.post("skip refill step", "decide", reason="dose unchanged")
    room.record("access", port="side-port")
    page = room.record("aspirate")
    assert {"K9", "K15"} <= room.checks
    assert "side port" in text_of(page)
    assert "fill" in room.shut
    assert room.get("refill step", "fill").status_code == 422
    assert room.record("fill").status_code == 422
    assert room.running.visit.fill is None


@pytest.mark.req("K10")
@pytest.mark.inventory("E2", "W18", "S0.22")
def test_e2_a_look_alike_kit_for_the_access_port_shuts_the_fill(room: Room) -> None:
    room.up_to("verify")
    room.post("skip refill step", "decide", reason="dose unchanged")
    page = room.get("refill step", "access")
    assert "CATHETER ACCESS PORT: catheter access port kit (8540)" in text_of(page)
    room.record("access", kit="synchromed-access-port", needle_gauge="24")
    page = room.record("aspirate")
    assert "made for the catheter access port" in text_of(page)
    assert "K10" in room.blocking
    assert "fill" in room.shut
    assert room.record("fill").status_code == 422
    # The right kit with a needle of another one is no better; the right needle opens the fill.
    room.record("access", needle_gauge="20")
    assert "K10" in room.blocking
    room.record("access")
    assert "K10" not in room.checks
    assert room.running.visit.access.kit == "synchromed-refill"


@pytest.mark.req("K10")
@pytest.mark.inventory("E2")
def test_no_kit_keeps_anybody_from_emptying_a_pump(room: Room) -> None:
    room.begin(purpose="emptying")
    for step in ("identify", "complaints", "vitals", "interrogate"):
        room.record(step)
    room.record("access", kit="synchromed-access-port", needle_gauge="24")
    assert "K10" in room.checks
    assert "K10" not in room.blocking


@pytest.mark.req("K10")
@pytest.mark.inventory("E2")
def test_a_kit_has_to_be_named(room: Room) -> None:
    room.up_to("verify")
    room.post("skip refill step", "decide", reason="dose unchanged")
    page = room.record("access", kit="")
    assert page.status_code == 422
    assert "Kit in hand: this is needed" in text_of(page)


@pytest.mark.inventory("E11")
@pytest.mark.req("K9")
@pytest.mark.req("K11")
def test_e11_a_swelling_stops_the_fill_and_drowsiness_keeps_the_patient(room: Room) -> None:
    room.up_to("aspirate")
    room.settle()
    page = room.record("fill", swelling="yes")
    assert "the pocket swells" in text_of(page)
    assert "program" in room.shut
    room.record("fill", swelling="yes", imaged="yes")
    for key in ("program", "read_back", "waste"):
        room.record(key)
    room.now += timedelta(minutes=40)
    page = room.record("observe", consciousness="drowsy")
    assert "K11" in room.blocking
    assert "consciousness is worse" in text_of(page)


@pytest.mark.inventory("E15")
@pytest.mark.req("K2")
@pytest.mark.req("K23")
def test_e15_old_drug_that_is_missing_is_not_accounted_for(room: Room) -> None:
    room.up_to("read_back")
    room.settle()
    page = room.record("waste", old_wasted="2")
    assert "K23" in room.blocking
    shown = text_of(page)
    assert "drawn out of the pump, but 2 mL destroyed" in shown
    account = text_of(room.get("refill step", "waste"))
    assert ">Old solution: destroyed<" in account
    assert "drawn out of the pump: " in account, "the field says what has to come out"


@pytest.mark.inventory("E16")
@pytest.mark.req("K6")
def test_e16_a_label_that_is_not_the_order_shuts_the_needle(room: Room) -> None:
    room.up_to("interrogate")
    other = "morphine 5 mg/mL, bupivacaine 30 mg/mL"
    page = room.record("verify", label=other, label_again=other)
    assert "K6" in room.blocking
    assert "access" in room.shut
    assert "bupivacaine" in text_of(page)
    once = room.record("verify", label=other)
    assert once.status_code == 422
    assert "typed as two solutions" in text_of(once)


@pytest.mark.inventory("E17")
@pytest.mark.req("K12")
def test_e17_a_next_visit_after_the_refill_by_date_is_refused(room: Room) -> None:
    page = room.up_to("leave", leave={"next_visit": "2027-02-01"})
    assert page.status_code == 422
    latest = show_date(room.situation.knowledge.refill_by.date())
    assert f"book {latest} or an earlier day" in text_of(page)
    assert room.running.visit.leave is None
    assert room.close().status_code == 422
    assert "visit.closed" not in room.kinds()
    assert room.record("leave").status_code == 200
    assert room.situation.progress.may_close


@pytest.mark.inventory("E18")
@pytest.mark.req("K26")
@pytest.mark.inventory("W10")
def test_e18_another_solution_wants_a_bridge_that_is_reckoned(room: Room) -> None:
    strong = "morphine 10 mg/mL, bupivacaine 20 mg/mL"
    room.up_to("interrogate")
    page = room.record("verify", order=strong, label=strong, label_again=strong)
    shown = text_of(page)
    assert "Volume of the bridge" in shown
    assert "K26" in shown
    assert "K6" in room.blocking
    refused = room.post("skip refill step", "decide", reason="as before")
    assert "has to be recorded" in text_of(refused)
    assert "access" in room.shut


@pytest.mark.inventory("E18")
@pytest.mark.inventory("W11")
@pytest.mark.req("K25")
def test_w11_without_the_length_of_the_catheter_no_bridge_is_reckoned(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(world, monkeypatch, trimmed=False)
    strong = "morphine 10 mg/mL, bupivacaine 20 mg/mL"
    room.up_to("interrogate")
    page = room.record("verify", order=strong, label=strong, label_again=strong)
    shown = text_of(page)
    assert "no bridge can be reckoned" in shown
    assert "Volume of the bridge" not in shown


@pytest.mark.inventory("E3")
@pytest.mark.req("K36")
@pytest.mark.req("K12")
@pytest.mark.inventory("W16")
def test_w16_a_pump_that_ran_empty_is_not_resumed_at_the_old_dose(room: Room) -> None:
    room.now += timedelta(days=400)
    room.up_to("interrogate")
    room.record("verify", beyond_use="2027-12-30")
    refused = room.post("skip refill step", "decide", reason="dose unchanged")
    assert "has to be recorded" in text_of(refused)
    assert {"K36", "K12"} <= room.blocking
    room.record("decide", reason="as before", restart_reviewed_by="physician-1")
    assert "K36" not in room.blocking
    assert "K12" in room.blocking
    assert "access" in room.shut or "program" in room.shut
    assert room.situation.knowledge.starts == "restart"


@pytest.mark.req("K8")
@pytest.mark.inventory("W17")
def test_w17_who_did_the_steps_is_not_the_second_person(room: Room) -> None:
    room.up_to("verify")
    answer = room.second(Role.NURSE)
    assert room.situation.given is None
    assert "somebody else" in text_of(answer)
    (asked,) = [one for one in room.situation.asks if one.check == "K8"]
    refused = room.post(
        "answer refill", check="K8", message=asked.message, reason="in a hurry", password=PASSWORD
    )
    assert refused.status_code == 422
    assert room.situation.visit.answers == ()


@pytest.mark.inventory("E6")
@pytest.mark.req("K8")
def test_a_second_person_who_types_something_else_releases_nothing(room: Room) -> None:
    room.up_to("verify")
    room.second(volume="28")
    assert room.situation.given is None
    assert "differed 1 time" in text_of(room.get("refill"))


@pytest.mark.inventory("E5")
@pytest.mark.inventory("E4")
@pytest.mark.req("K11")
@pytest.mark.inventory("W20")
def test_w20_released_and_papers_given_after_12_of_30_minutes(room: Room) -> None:
    room.up_to("waste")
    room.settle()
    page = room.get("refill step", "observe")
    assert "30 min left" in text_of(page)
    room.now += timedelta(minutes=12)
    assert "18 min left" in text_of(room.get("refill step", "observe"))
    room.record("observe")
    page = room.record("leave")
    assert "released after 12 min" in text_of(page)
    assert "documents handed over 12 min" in text_of(page)
    assert room.close().status_code == 422
    kinds = {one.kind for one in chart_of(room.patient).entries}
    assert "watch.begun" in kinds
    assert "watch.released" not in kinds, "nobody answered for the early release yet"


@pytest.mark.req("K23")
@pytest.mark.inventory("W27")
def test_w27_a_millilitre_that_is_missing_is_flagged(room: Room) -> None:
    room.up_to("read_back")
    room.settle()
    page = room.record("waste", received="38", injected="36", wasted="1")
    shown = text_of(page)
    assert "1 mL missing" in shown
    assert "K23" in room.blocking
