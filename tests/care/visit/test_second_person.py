"""K8: who checks is somebody else, enters blind, and an exception is seen and counted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from visit_cases import BACLOFEN, KNOWN, ROUTINE, STRONG, changed, dose, found, ml, without, worst

from thecal.care.visit import Visit, follow_ups
from thecal.care.visit.programming import Presence
from thecal.care.visit.second_person import why_second_person
from thecal.program.program import Mode

ALONE = without("second_check")
ITB = {"last_fill": BACLOFEN, "daily_doses": {"baclofen": dose("baclofen", "300 ug/d").daily_dose}}


@pytest.mark.req("K8")
@pytest.mark.inventory("W17")
def test_scenario_17_the_same_user_is_no_second_person() -> None:
    assert worst(ROUTINE, "K8") == "silent"
    assert worst(changed("second_check", checker="nurse.a"), "K8") == "hard"
    assert worst(changed("second_check", presence=Presence.REMOTE), "K8") == "silent"


@pytest.mark.req("K8")
@pytest.mark.parametrize(
    "changes",
    [
        {"mixture": STRONG},
        {"volume": ml("2")},
        {"daily_doses": (dose("morphine", "0.4 mg/d"),)},
        {"mixture": None},
        {"volume": None},
        {"daily_doses": ()},
    ],
)
def test_what_the_second_person_entered_blind_has_to_be_equal(changes: dict[str, object]) -> None:
    assert worst(changed("second_check", **changes), "K8") == "hard"


@pytest.mark.req("K8")
def test_a_change_refuses_without_a_second_person_a_drug_of_high_risk_asks() -> None:
    assert worst(ALONE, "K8") == "soft"
    stronger = changed("verify", ALONE, label=STRONG, order=STRONG)
    assert worst(stronger, "K8") == "hard"
    flex = changed("decide", ALONE, mode=Mode.FLEX, reason="spasms at night")
    assert worst(flex, "K8") == "hard"
    assert "the mode is another" in why_second_person(flex, KNOWN)


@pytest.mark.req("K8")
def test_an_unchanged_refill_with_another_drug_needs_nobody() -> None:
    visit = changed("verify", ALONE, label=BACLOFEN, order=BACLOFEN)
    visit = replace(visit, decide=None)
    assert worst(visit, "K8", **ITB) == "silent"


@pytest.mark.req("K8")
def test_one_clinician_alone_takes_a_configured_exception_that_is_counted() -> None:
    visit = changed("second_check", presence=Presence.EXCEPTION, reason="alone on the island")
    assert worst(visit, "K8") == "hard"
    (told,) = found(visit, "K8", exception_allowed=True, exceptions=6)
    assert str(told.severity) == "warn"
    assert "exception 7 of this clinic: alone on the island" in told.message
    assert [one.kind for one in follow_ups((told,), KNOWN.now)] == ["review-the-exception"]
    unsaid: Visit = changed("second_check", visit, reason=None)
    assert worst(unsaid, "K8", exception_allowed=True) == "hard"


@pytest.mark.req("K8")
def test_a_lower_dose_of_the_same_solution_is_never_held_up_by_a_missing_person() -> None:
    lower = changed(
        "decide", ALONE, daily_doses=(dose("morphine", "3 mg/d"),), reason="drowsy", mode=Mode.FLEX
    )
    assert worst(lower, "K8") == "warn"
    assert worst(changed("decide", ALONE, mode=Mode.STOPPED, daily_doses=()), "K8") == "warn"
