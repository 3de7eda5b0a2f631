"""Limits of an hour and of the day: whose they are, and what goes beyond them is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from design_cases import baclofen, case, morphine, rate
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.advice import Weight
from thecal.care.design.bounds import bounds_of, daily_limits, largest_step, total_wanted
from thecal.care.design.plain import NO_STEPS, design_plainly
from thecal.safety.finding import Severity
from thecal.safety.situation import PatientFacts


def test_without_limits_of_its_own_no_hour_leaves_the_even_rate_by_more_than_one_step() -> None:
    asked = case(baclofen(daily="480"))
    found = bounds_of(asked, rate(480, "ug/d"))
    assert found is not None
    assert (found.lowest, found.highest) == (rate(14, "ug/h"), rate(26, "ug/h"))
    assert found.steps == 13


def test_limits_of_the_case_hold_and_wider_ones_than_a_step_are_a_caution() -> None:
    asked = case(baclofen(daily="480"), lowest=rate(10, "ug/h"), highest=rate(40, "ug/h"))
    found = bounds_of(asked, rate(480, "ug/d"))
    assert found is not None
    assert (found.lowest, found.highest) == (rate(10, "ug/h"), rate(40, "ug/h"))
    assert [one.weight for one in found.reasons if one.rule == "hour-limits"][-1] is Weight.CAUTION


def test_the_lowest_rate_of_the_pump_holds_over_a_lower_limit_and_is_said() -> None:
    found = bounds_of(case(lowest=rate(1, "ug/h"), highest=rate(9, "ug/h")), rate(150, "ug/d"))
    assert found is not None
    assert found.lowest == rate(4, "ug/h")  # 0.048 mL/d of 2000 mcg/mL
    assert any("no less than 4" in one.text for one in found.reasons)


def test_where_no_step_is_known_for_a_patient_there_are_no_limits_and_no_flex() -> None:
    # The steps of morphine are by setting, cancer or not, and this one is not said.
    unsaid = PatientFacts(60, "pain", None, None, opioid_tolerant=True)
    running = morphine(patient=unsaid)
    assert largest_step(running) is None
    assert bounds_of(case(running), rate(2, "mg/d")) is None
    design = design_plainly(case(running))
    assert [one.kind for one in design.proposals] == ["continuous"]
    assert design.verdict == NO_STEPS
    assert any(one.weight is Weight.MISSING for one in design.reasons)
    named = case(running, lowest=rate("0.06", "mg/h"), highest=rate("0.12", "mg/h"))
    assert [one.kind for one in design_plainly(named).proposals] == ["continuous", "flex"]


@pytest.mark.parametrize(("wish", "allowed"), [("195", True), ("195.000001", False)])
def test_a_wish_is_proposed_up_to_one_step_and_refused_above_it(wish: str, allowed: bool) -> None:
    asked = case(daily_dose=rate(wish, "ug/d"))  # 30 % above 150
    total, refusals, _ = total_wanted(asked)
    assert total == rate(wish if allowed else "150", "ug/d")
    assert [one.check for one in refusals] == ([] if allowed else ["K4"])
    assert all(one.severity is Severity.HARD for one in refusals)


def test_a_wish_above_a_limit_of_the_day_is_refused_with_its_source() -> None:
    running = morphine(daily="14")
    _, refusals, _ = total_wanted(case(running, daily_dose=rate(16, "mg/d")))
    assert [one.check for one in refusals] == ["K27"]
    assert "pacc-2017" in refusals[0].source
    # Only recalled: it refuses nothing alone, and still nothing is proposed beyond it.
    assert refusals[0].severity is Severity.SOFT


@pytest.mark.parametrize(("daily", "offered"), [("1000", 2), ("1001", 0)])
def test_a_dose_that_runs_beyond_a_limit_is_not_proposed_again(daily: str, offered: int) -> None:
    design = design_plainly(case(baclofen(daily=daily)))  # 1000 mcg a day by the label
    assert len(design.proposals) == offered
    assert [one.check for one in design.findings] == ([] if offered else ["K27"])
    assert all(one.severity is Severity.HARD for one in design.findings)


def test_a_lower_dose_is_never_refused() -> None:
    total, refusals, _ = total_wanted(case(daily_dose=rate(1, "ug/d")))
    assert (total, refusals) == (rate(1, "ug/d"), ())


@given(
    daily=st.integers(60, 1200),
    wish=st.integers(1, 5000),
    low=st.integers(0, 100),
    high=st.integers(0, 300),
)
def test_no_proposal_lies_beyond_any_limit(daily: int, wish: int, low: int, high: int) -> None:
    running = baclofen(daily=str(daily), strength="500")
    target = wish if wish <= daily * Fraction(13, 10) and wish <= 1000 else daily
    even = Fraction(min(wish, target), 24)
    asked = case(
        running,
        daily_dose=rate(wish, "ug/d"),
        lowest=rate(even * Fraction(low, 100), "ug/h") if low else None,
        highest=rate(Fraction(max(wish, daily), 24) * (1 + Fraction(high, 100)), "ug/h"),
    )
    design = design_plainly(asked)
    for proposal in design.proposals:
        assert proposal.total <= running.daily_dose.scaled(Fraction(13, 10))
        assert all(proposal.total <= one.rate for one in daily_limits(running))
        assert proposal.total.base <= target * rate(1, "ug/d").base
        if design.bounds is not None and proposal.kind == "flex":
            for step in proposal.program.steps:
                run = step.dose / step.duration
                assert design.bounds.lowest <= run <= design.bounds.highest
