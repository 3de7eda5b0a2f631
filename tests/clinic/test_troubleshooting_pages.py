"""A case from the findings to the verdict; nothing is restarted blind."""

from __future__ import annotations

import pytest
from flow_desk import FlowDesk, patient_with, text_of

from thecal.clinic.flows.trouble_case import CLOSED, FINDING, OPENED, ORDERED
from thecal.clinic.models import Role

ROTOR = "pain_two_drugs.toml"
VERDICT = {"cause": "unexplained", "action": "lower-dose", "verdict_words": "looked at everything"}


@pytest.fixture
def desk(world) -> FlowDesk:
    """Somebody with an open case."""
    found = FlowDesk(world, patient=patient_with(world, ROTOR))
    page = found.send("troubleshooting", "open", complaint="pain came back within a week")
    assert page.status_code == 200
    return found


def test_findings_rank_causes_with_reasons_and_ask_for_the_next_test(desk) -> None:
    page = text_of(
        desk.send(
            "troubleshooting",
            "findings",
            finding_patient="withdrawal",
            finding_residual="above",
        )
    )
    assert len(desk.entries(OPENED)) == 1
    assert len(desk.entries(FINDING)) == 2
    assert "cover immediately" in page
    assert "do not restart or raise at the old dose" in page
    assert "Motor stall" in page or "stall" in page
    assert "What to find out next" in page
    assert "troubleshooting withdrawal" in desk.tasks()


def test_what_was_noted_can_be_taken_back_and_stays_in_the_log(desk) -> None:
    desk.send("troubleshooting", "findings", finding_residual="above")
    page = desk.send("troubleshooting", "findings", finding_residual="")
    assert [one.body["outcome"] for one in desk.entries(FINDING)] == ["above", ""]
    assert "do not restart or raise" not in text_of(page)


@pytest.mark.inventory("E16")
def test_trouble_right_after_a_refill_points_to_the_solution_and_the_assay_is_ordered(desk) -> None:
    found = {"finding_patient": "overdose", "finding_onset": "after-refill"}
    page = text_of(desk.send("troubleshooting", "findings", **found))
    listed = page[page.index("What may be wrong") : page.index("What to find out next")].lower()
    assert "concentration" in listed or "wrong drug" in listed
    desk.send("troubleshooting", "order", test="assay", wanted_by="2026-04-21")
    assert "examination-assay" in desk.tasks()


@pytest.mark.req("K9")
def test_contrast_through_a_port_that_draws_nothing_is_not_ordered(desk) -> None:
    desk.send("troubleshooting", "findings", **{"finding_access-port": "none"})
    page = desk.send("troubleshooting", "order", test="dye", wanted_by="2026-04-22")
    assert page.status_code == 422
    assert "cannot aspirate" in text_of(page)
    assert desk.entries(ORDERED) == []
    page = desk.send("troubleshooting", "order", test="ct", wanted_by="2026-04-22")
    assert page.status_code == 200
    assert "examination-ct" in desk.tasks()
    desk.send(
        "troubleshooting", "findings", **{"finding_access-port": "none", "finding_ct": "leak"}
    )
    assert "examination-ct" not in desk.tasks()


@pytest.mark.req("K17")
def test_a_pump_that_kept_its_drug_is_not_restarted_at_the_same_dose_unstudied(desk) -> None:
    desk.send("troubleshooting", "findings", finding_residual="above")
    blind = VERDICT | {"action": "same-dose", "reason_verdict": "the patient wants it"}
    page = desk.send("troubleshooting", "verdict", **blind)
    assert page.status_code == 422
    assert "K17" in text_of(page)
    assert desk.entries(CLOSED) == []
    desk.send("troubleshooting", "findings", finding_residual="above", finding_rotor="moves")
    page = desk.send("troubleshooting", "verdict", **blind)
    assert page.status_code == 200, text_of(page)
    assert len(desk.entries(CLOSED)) == 1


def test_a_lower_dose_is_never_kept_back_by_a_residual(desk) -> None:
    desk.send("troubleshooting", "findings", finding_residual="above")
    assert desk.send("troubleshooting", "verdict", **VERDICT).status_code == 200


@pytest.mark.req("K18")
def test_the_second_event_that_nobody_explains_asks_about_the_pump(desk) -> None:
    assert desk.send("troubleshooting", "verdict", **VERDICT).status_code == 200
    desk.send("troubleshooting", "open", complaint="again")
    page = desk.send("troubleshooting", "verdict", **VERDICT)
    assert page.status_code == 422
    assert "2 events without an explanation" in text_of(page)
    page = desk.send("troubleshooting", "verdict", **VERDICT, reason_verdict="maker asked")
    assert page.status_code == 200
    assert "review-the-pump" in desk.tasks()


def test_a_trainee_opens_no_case_and_an_old_page_is_a_lost_update(world, desk) -> None:
    trainee = FlowDesk(world, Role.TRAINEE, desk.patient)
    assert trainee.go("troubleshooting").status_code == 403
    page = desk.send("troubleshooting", "findings", seen=1, finding_residual="above")
    assert page.status_code == 409
    assert desk.entries(FINDING) == []
