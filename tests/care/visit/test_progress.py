"""No safety step is skipped, no step comes out of order, and what is open holds the visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visit_cases import DRAWN, KNOWN, ROUTINE, STRONG, changed, dose, knowing, ml, without

from thecal.care.visit import Path, Purpose, Visit, not_refill_only, progress, record_step, steps
from thecal.care.visit.needle import Colour, Discrepancy
from thecal.care.visit.programming import Programming
from thecal.care.visit.visit import RECORDS, Answered, Skipped
from thecal.device import pump_model
from thecal.errors import DataError, StepRefusedError
from thecal.safety.finding import Finding, Severity

KEYS = list(RECORDS)
BARE = Visit(patient="DEMO-001", started=ROUTINE.started, operator="nurse.a")


def reason(visit: Visit, key: str) -> str:
    found = progress(visit, KNOWN).shut
    return next(one.why for one in found if one.step is not None and one.step.key == key)


def test_a_new_visit_opens_with_identity_and_everything_else_is_shut() -> None:
    found = progress(BARE, KNOWN)
    assert found.open is not None
    assert found.open.key == "identify"
    assert [one.step.key if one.step else "close" for one in found.shut] == [*KEYS[1:], "close"]
    assert not found.may_close
    assert "step 1 (Identify patient and pump) comes first" in reason(BARE, "fill")


def test_the_routine_visit_is_recorded_step_by_step_and_may_then_close() -> None:
    visit = replace(BARE, second_check=ROUTINE.second_check)
    for key in KEYS:
        if ROUTINE.record(key) is not None:
            found = progress(visit, KNOWN)
            assert found.open is not None
            assert found.open.key == key
            visit = record_step(visit, KNOWN, key, ROUTINE.record(key))
    assert visit == ROUTINE
    assert progress(visit, KNOWN).may_close
    assert progress(visit, KNOWN).open is None


@given(have=st.sets(st.sampled_from(KEYS)), key=st.sampled_from(KEYS))
def test_no_step_is_ever_recorded_while_an_earlier_safety_step_is_missing(
    have: set[str], key: str
) -> None:
    visit = without(*(one for one in KEYS if one not in have))
    earlier = [one for one in steps()[: KEYS.index(key)] if one.key != "discrepancy"]
    missing = [one for one in earlier if visit.record(one.key) is None]
    if visit.record(key) is None and missing and ROUTINE.record(key) is not None:
        with pytest.raises(StepRefusedError, match="may not be reached yet"):
            record_step(visit, KNOWN, key, ROUTINE.record(key))
    everything = have >= set(KEYS) - {"discrepancy"}
    assert progress(visit, KNOWN).may_close == everything


def test_a_step_that_is_recorded_may_be_corrected_at_any_time() -> None:
    right = replace(DRAWN, volume=ml("4.2"))
    assert record_step(ROUTINE, KNOWN, "aspirate", right).aspirate == right


def test_the_record_of_another_step_is_refused_and_so_is_an_unknown_step() -> None:
    with pytest.raises(StepRefusedError, match="no record of step 8"):
        record_step(ROUTINE, KNOWN, "aspirate", ROUTINE.fill)
    with pytest.raises(DataError, match="no step of a visit"):
        record_step(ROUTINE, KNOWN, "coffee", ROUTINE.fill)


@pytest.mark.parametrize(
    "key", [one.key for one in steps() if one.safety and one.key != "discrepancy"]
)
def test_a_safety_step_stays_open_however_it_is_skipped(key: str) -> None:
    visit = replace(without(key), skipped=(Skipped(step=key, reason="no time"),))
    found = progress(visit, KNOWN)
    assert found.open is not None
    assert found.open.key == key
    assert not found.may_close
    assert any("cannot be skipped" in one.why for one in found.shut)


def test_the_decision_may_be_left_out_only_where_nothing_changes() -> None:
    skipped = (Skipped(step="decide", reason="unchanged"),)
    plain = replace(without("decide"), skipped=skipped)
    assert progress(plain, KNOWN).may_close
    stronger = changed("verify", plain, label=STRONG, order=STRONG)
    found = progress(without("access", visit=stronger), KNOWN)
    assert found.held_by or (found.open is not None and found.open.key == "decide")


def test_the_waste_may_be_booked_later_and_leaves_a_task() -> None:
    visit = replace(without("waste"), skipped=(Skipped(step="waste", reason="tonight"),))
    assert progress(visit, KNOWN).may_close


def test_a_difference_of_the_aspirate_has_to_be_decided_before_the_fill() -> None:
    visit = changed("aspirate", without("fill", "program"), volume=ml("7"), colour=Colour.YELLOW)
    found = progress(visit, KNOWN)
    assert found.open is not None
    assert found.open.key == "discrepancy"
    decided = Discrepancy(category="under-delivery", action="read-the-log", decided_by="dr.c")
    visit = record_step(visit, KNOWN, "discrepancy", decided)
    found = progress(visit, KNOWN)
    assert found.open is not None
    assert found.open.key == "fill"


def test_recording_and_going_on_does_not_open_the_fill_where_the_difference_is_red() -> None:
    visit = changed("aspirate", without("fill", "program"), volume=ml("7"), colour=Colour.YELLOW)
    decided = Discrepancy(category="syringe-reading", action="record", decided_by="dr.c")
    found = progress(replace(visit, discrepancy=decided), KNOWN)
    assert found.open is None
    assert [one.check for one in found.held_by] == ["K2"]
    said = found.held_by[0].message
    answer = Answered(check="K2", message=said, reason="seen", by="dr.c")
    for each, opens in (
        (answer, True),
        (replace(answer, by="nurse.a"), False),
        (replace(answer, message="something else"), False),
        (replace(answer, check="K17"), False),
    ):
        answered = replace(visit, discrepancy=decided, answers=(each,))
        assert (progress(answered, KNOWN).open is not None) == opens
    alone = replace(visit, discrepancy=decided, answers=(replace(answer, by="nurse.a"),))
    assert progress(alone, knowing(exception_allowed=True)).open is not None


def test_a_constant_flow_pump_is_neither_read_nor_read_back() -> None:
    known = knowing(model=pump_model("ip-2000-v"))
    entered = replace(ROUTINE, program=Programming(first=ml("20"), second=ml("20")))
    entered = changed("access", entered, kit="ip-2000-v-refill")
    visit = without("interrogate", "read_back", visit=entered)
    assert progress(visit, known).may_close
    assert not progress(visit, KNOWN).may_close


def test_a_hard_finding_holds_the_steps_behind_it_and_tells_why() -> None:
    visit = changed("identify", without(*KEYS[1:]), serial="NGV700009H")
    found = progress(visit, KNOWN)
    assert found.open is None
    assert [one.check for one in found.held_by] == ["K30"]
    assert "wrong patient or wrong record" in reason(visit, "complaints")
    with pytest.raises(StepRefusedError, match="wrong patient"):
        record_step(visit, KNOWN, "complaints", ROUTINE.complaints)


def test_the_watch_is_settled_only_when_it_ended_and_somebody_released_the_patient() -> None:
    visit = changed("observe", without("leave"), released_by=None)
    found = progress(visit, KNOWN)
    assert found.open is not None
    assert found.open.key == "observe"


def test_an_emptying_visit_is_in_no_order_and_nothing_holds_it() -> None:
    visit = replace(BARE, purpose=Purpose.EMPTYING)
    visit = record_step(visit, KNOWN, "aspirate", DRAWN)
    whole = replace(without("verify", "fill"), purpose=Purpose.EMPTYING)
    wrong = changed("identify", whole, serial="OTHER")
    for one in (visit, wrong):
        found = progress(one, KNOWN)
        assert found.may_close
        assert not found.shut
        assert not found.held_by


def test_an_emptying_visit_fills_nothing_and_opens_no_way_around_the_checks() -> None:
    emptying = replace(BARE, purpose=Purpose.EMPTYING)
    with pytest.raises(StepRefusedError, match="no step 10"):
        record_step(emptying, KNOWN, "fill", ROUTINE.fill)
    filled = changed("identify", replace(ROUTINE, purpose=Purpose.EMPTYING), serial="OTHER")
    assert not progress(filled, KNOWN).may_close
    raised = changed(
        "program", without("fill", visit=filled), daily_doses=(dose("morphine", "40 mg/d"),)
    )
    assert not progress(raised, KNOWN).may_close


def test_an_amber_aspirate_asks_for_no_dose_decision_and_a_red_one_does() -> None:
    plain = replace(without("decide", "fill", "program"), path=Path.REFILL_ONLY)
    for drawn, key in (("5.9", "discrepancy"), ("7", "decide")):
        found = progress(changed("aspirate", plain, volume=ml(drawn)), KNOWN)
        opened = found.open or found.shut[0].step
        assert opened is not None
        assert opened.key == key


def test_the_few_screens_hold_as_long_as_nothing_changes() -> None:
    plain = replace(without("decide"), path=Path.REFILL_ONLY)
    assert not_refill_only(plain, KNOWN) == ()
    assert progress(plain, KNOWN).may_close


@pytest.mark.parametrize(
    ("visit", "why"),
    [
        (changed("verify", label=STRONG), "the solution is another"),
        (changed("decide", daily_doses=(dose("morphine", "4.4 mg/d"),)), "a daily dose is another"),
        (changed("complaints", weakness=True), "new: weakness"),
        (changed("aspirate", volume=ml("7")), "the aspirate is red"),
    ],
)
def test_whatever_changes_asks_for_all_screens(visit: Visit, why: str) -> None:
    assert not_refill_only(visit, KNOWN) == (why,)


def test_a_first_fill_an_empty_pump_and_a_restart_ask_for_all_screens() -> None:
    known = knowing(last_fill=None, mode=None, daily_doses={}, starts="start")
    reasons = not_refill_only(ROUTINE, known)
    assert {"this is the first fill", "this is a start"} <= set(reasons)
    assert not_refill_only(ROUTINE, knowing(empty_since=KNOWN.now)) == ("the pump is empty",)


def test_an_open_finding_of_the_review_of_the_draft_holds_fill_and_program() -> None:
    hard = Finding("K27", Severity.HARD, "above the limit", "limits.csv, unverified (read)")
    for visit in (without("fill"), without("program")):
        found = progress(visit, knowing(reviewed=(hard,)))
        assert found.open is None
        assert found.held_by == (hard,)
    assert progress(without("aspirate"), knowing(reviewed=(hard,))).open is not None


def test_the_last_step_is_open_until_something_is_handed_over() -> None:
    visit = changed("leave", given_at=None, documents=())
    stands = progress(visit, KNOWN)
    assert stands.open is not None
    assert stands.open.key == "leave"
    assert not stands.may_close


@pytest.mark.req("K11")
@pytest.mark.parametrize(("key", "name"), [("observe", "ended"), ("leave", "given_at")])
def test_a_release_that_has_not_come_yet_cannot_be_recorded_not_even_as_a_correction(
    key: str, name: str
) -> None:
    late = KNOWN.now + timedelta(minutes=30)
    with pytest.raises(StepRefusedError, match="lies ahead"):
        record_step(ROUTINE, KNOWN, key, replace(ROUTINE.record(key), **{name: late}))
    assert record_step(ROUTINE, KNOWN, key, ROUTINE.record(key)) == ROUTINE
