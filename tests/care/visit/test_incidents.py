"""The incidents of workflow.md 4b, as far as the rules of a visit stop them.

Each names the checks that fire and the step that stays shut. E13 (a scan) and E18 (a bridge) are
stopped by the review of the draft, whose findings the visit takes over.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from visit_cases import (
    BACLOFEN,
    NOW,
    ROUTINE,
    START,
    STRONG,
    changed,
    dose,
    found,
    knowing,
    lines,
    mixture,
    ml,
    unread,
    without,
)

from thecal.care.interactions import InteractionCase, medicine
from thecal.care.visit import DueReading, Visit, progress, visit_findings
from thecal.care.visit.arrival import Consciousness
from thecal.care.visit.needle import Colour, Imaging, Port
from thecal.program.program import Mode
from thecal.safety.finding import Finding, Severity
from thecal.safety.residual_bands import assess_residual

STARTED = START + timedelta(minutes=45)
EARLY = {"ended": STARTED + timedelta(minutes=10)}
BUPIVACAINE = mixture(hydromorphone="0.5 mg/mL", bupivacaine="30 mg/mL")


def fired(visit: Visit, **known: Any) -> set[str]:
    return {one.check for one in visit_findings(visit, knowing(**known))}


def shut(visit: Visit, **known: Any) -> set[str]:
    stands = progress(visit, knowing(**known))
    return {"close" if one.step is None else one.step.key for one in stands.shut}


@pytest.mark.req("K7")
@pytest.mark.req("K21")
def test_e1_60_mcg_each_morning_programmed_as_60_mcg_every_hour() -> None:
    visit = changed(
        "program",
        without("read_back"),
        old=lines(basal="300 mcg/day"),
        new=lines(basal="300 mcg/day", step="60 mcg every hour"),
    )
    notice = (unread("the flex mode counts by the hour"),)
    assert {"K7", "K21"} <= fired(visit, unread_notices=notice)
    assert "read_back" in shut(visit)


@pytest.mark.req("K9")
def test_e2_concentrated_morphine_through_the_side_port() -> None:
    visit = changed("access", without("fill"), port=Port.SIDE, kit="synchromed-access-port")
    assert {"K9", "K15"} <= fired(visit)
    assert "fill" in shut(visit)


@pytest.mark.req("K1")
@pytest.mark.req("K36")
def test_e3_20_ml_filled_40_typed_and_the_empty_pump_not_recognised() -> None:
    typed = changed("program", without("read_back"), programmed_volume=ml("40"))
    assert "K1" in fired(typed)
    assert "read_back" in shut(typed)
    empty = changed("aspirate", without("fill"), volume=ml("0"))
    raised = changed("decide", empty, daily_doses=(dose("morphine", "4.48 mg/d"),), reason="pain")
    assert {"K36", "K2"} <= fired(raised)
    assert "fill" in shut(raised)
    late = changed("leave", next_visit=date(2027, 5, 1))
    assert "K12" in fired(late)
    assert "close" in shut(late)


@pytest.mark.req("K9")
@pytest.mark.req("K11")
@pytest.mark.inventory("W3")
def test_e4_13_expected_11_5_drawn_template_did_not_fit_discharged_early() -> None:
    expected = {"expected": ml("13")}
    visit = changed("aspirate", without("fill"), volume=ml("11.5"))
    visit = changed("access", changed("observe", visit, **EARLY), template_fits=False)
    assert {"K2", "K9", "K11"} <= fired(visit, **expected)
    assert "fill" in shut(visit, **expected)


@pytest.mark.req("K9")
@pytest.mark.inventory("W4")
def test_e5_20_expected_23_clear_fluid_drawn_then_40_ml_injected() -> None:
    known = {"filled": ml("40"), "expected": ml("20"), "last_fill": BUPIVACAINE}
    visit = changed("verify", without("fill"), label=BUPIVACAINE, order=BUPIVACAINE)
    visit = changed("aspirate", changed("observe", visit, **EARLY), volume=ml("23"))
    assert {"K2", "K9", "K11", "K15"} <= fired(visit, **known)
    assert any("cerebrospinal fluid" in one.message for one in found(visit, "K9", **known))
    assert "fill" in shut(visit, **known)


@pytest.mark.req("K8")
def test_e6_two_misprogrammed_on_one_day_without_an_independent_check() -> None:
    visit = changed("verify", without("fill", "second_check"), label=STRONG, order=STRONG)
    assert "K8" in fired(visit)
    assert "fill" in shut(visit)
    wrong = changed("second_check", daily_doses=(dose("morphine", "40 mg/d"),))
    assert "K8" in fired(wrong)


@pytest.mark.req("K13")
def test_e7_the_pump_left_stopped_by_a_programming_error() -> None:
    known = {"last_fill": BACLOFEN}
    visit = changed("verify", label=BACLOFEN, order=BACLOFEN)
    visit = changed("read_back", visit, mode=Mode.STOPPED, read=lines(mode="stopped"))
    (told,) = found(visit, "K13", **known)
    assert "baclofen" in told.message
    assert told.follow_up
    assert "U09" in fired(visit, **known)
    assert "close" in shut(visit, **known)


@pytest.mark.req("K17")
def test_e8_19_ml_still_in_the_pump_refilled_and_restarted() -> None:
    visit = changed("aspirate", without("fill"), volume=ml("19"))
    assert {"K2", "K17"} <= fired(visit)
    assert "fill" in shut(visit)


@pytest.mark.req("K18")
def test_e9_the_refill_of_a_boy_overdosed_him_twice() -> None:
    twice = (date(2026, 6, 1), date(2026, 10, 1))
    visit = without("fill")
    assert "K18" in fired(visit, unexplained=twice)
    assert "fill" in shut(visit, unexplained=twice)


@pytest.mark.req("K22")
def test_e10_14_ml_missing_then_3_5_ml_the_next_day_from_a_leaking_septum() -> None:
    visit = changed("aspirate", without("fill"), volume=ml("1"))
    known = {
        "expected": ml("15"),
        "unexplained": (date(2026, 11, 19), date(2026, 8, 1)),
        "punctures": 499,
    }
    assert {"K2", "K18", "K22"} <= fired(visit, **known)
    assert "fill" in shut(visit, **known)


@pytest.mark.req("K9")
@pytest.mark.req("K11")
def test_e11_a_pocket_fill_shows_by_swelling_and_by_drowsiness() -> None:
    visit = changed("fill", without("program"), swelling=True)
    drowsy = changed("observe", visit, consciousness=Consciousness.DROWSY)
    assert {"K9", "K11"} <= fired(drowsy)
    assert "program" in shut(visit)


@pytest.mark.req("K16")
@pytest.mark.inventory("W12")
def test_e12_no_reading_after_the_scan() -> None:
    due = (DueReading("mri", NOW - timedelta(days=2)),)
    visit = without("interrogate", "verify")
    (told,) = found(visit, "K16", due_readings=due)
    assert told.severity is Severity.HARD
    assert told.follow_up
    assert "verify" in shut(visit, due_readings=due)


@pytest.mark.req("K20")
def test_e14_oral_baclofen_lost_after_a_replacement() -> None:
    case = InteractionCase(
        on=date(2026, 11, 20),
        occasion="replacement",
        pump=("baclofen",),
        home=(medicine("baclofen-oral"),),
        ordered=(),
        stopped={},
        alcohol=False,
    )
    visit = without("program")
    assert "K20" in fired(visit, interactions=case, starts="restart")
    assert "program" in shut(visit, interactions=case, starts="restart")


@pytest.mark.req("K2")
@pytest.mark.req("K23")
def test_e15_drug_taken_from_the_pump_at_four_visits() -> None:
    low = assess_residual(ml("20"), ml("4"), ml("2.2"))
    assert low.single_band == "amber"
    visit = changed("aspirate", without("fill"), volume=ml("2.2"))
    known = {"earlier": (low, low, low)}
    assert {"K2", "K23"} <= fired(visit, **known)
    assert "fill" in shut(visit, **known)


@pytest.mark.req("K6")
def test_e16_a_compounding_error_that_the_label_shows() -> None:
    visit = changed("verify", without("access"), label=BUPIVACAINE)
    assert "K6" in fired(visit)
    assert "access" in shut(visit)


@pytest.mark.req("K12")
def test_e17_a_refill_that_would_be_missed() -> None:
    visit = changed("leave", next_visit=date(2027, 2, 1))
    (told,) = found(visit, "K12")
    assert told.follow_up
    assert "close" in shut(visit)


@pytest.mark.parametrize("check", ["K19", "K25", "K26"])
def test_e13_and_e18_what_the_review_refuses_keeps_the_program_shut(check: str) -> None:
    hard = Finding(check, Severity.HARD, "refused", "workflow.md 4c")
    assert "program" in shut(without("program"), reviewed=(hard,))


@pytest.mark.req("K6")
@pytest.mark.req("K8")
def test_e19_a_dilution_ten_times_too_strong() -> None:
    visit = changed("verify", without("access"), label=mixture(morphine="100 mg/mL"))
    assert {"K6", "K8"} <= fired(visit)
    assert "access" in shut(visit)


@pytest.mark.req("K28")
def test_e20_nerve_signs_under_a_rising_dose() -> None:
    visit = changed("complaints", without("program"), weakness=True, bladder_or_bowel=True)
    assert "K28" in fired(visit, escalating=True)
    assert "program" in shut(visit, escalating=True)


@pytest.mark.req("K29")
@pytest.mark.req("K20")
def test_e21_a_start_beside_a_systemic_opioid_and_a_benzodiazepine() -> None:
    case = InteractionCase(
        on=date(2026, 11, 20),
        occasion="start",
        pump=("morphine",),
        home=(medicine("diazepam"), medicine("oxycodone")),
        ordered=(medicine("diazepam"), medicine("oxycodone")),
        stopped={},
        alcohol=False,
    )
    known = {"interactions": case, "starts": "start"}
    assert {"K20", "K29"} <= fired(ROUTINE, **known)
    assert "close" in shut(ROUTINE, **known)


def test_none_of_these_checks_fires_at_a_routine_refill() -> None:
    assert fired(ROUTINE) == {"K15"}
    assert shut(ROUTINE) == set()
    shown = changed("access", imaging=Imaging.ULTRASOUND)
    assert fired(changed("aspirate", shown, colour=Colour.YELLOW)) == {"K15"}
