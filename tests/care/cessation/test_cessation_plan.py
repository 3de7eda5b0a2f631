"""Ending a therapy: worked wean, class rules, the least rate, and that no stop is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.cessation.advise import advice_on
from thecal.care.cessation.case import REASONS, SPEEDS, CessationCase
from thecal.care.cessation.plan import wean_plan
from thecal.care.cessation.wean_document import wean_document
from thecal.units import Concentration, MassRate, show_date

START = date(2026, 3, 2)
DRUGS = ("morphine", "baclofen", "clonidine", "bupivacaine", "ziconotide", "fentanyl")


def ending(**more: object) -> CessationCase:
    case = CessationCase((("morphine", MassRate.of("2", "mg/d")),), START)
    return replace(case, **more)


def only(drug: str, dose: str, **more: object) -> CessationCase:
    return ending(doses=((drug, MassRate.of(*dose.split())),), **more)


@pytest.mark.inventory("T37")
def test_t37_two_milligrams_fall_by_a_fifth_each_week() -> None:
    plan = wean_plan(ending())
    assert [row.dose.in_unit("mg/d") for row in plan.rows] == [
        Fraction(one) for one in ("2", "1.6", "1.28", "1.024", "0.8192", "0.65536")
    ]
    assert [round(float(row.dose.in_unit("mg/d")), 3) for row in plan.rows] == [
        2.0,
        1.6,
        1.28,
        1.024,
        0.819,
        0.655,
    ]
    assert [(row.day - START).days for row in plan.rows] == [0, 7, 14, 21, 28, 35]


@pytest.mark.parametrize(
    ("speed", "second"), [("slow", "1.8"), ("usual", "1.6"), ("fastest", "1.5")]
)
def test_the_speed_takes_another_figure_of_the_table(speed: str, second: str) -> None:
    rows = wean_plan(ending(speed=speed)).rows
    assert rows[1].dose == MassRate.of(second, "mg/d")
    first = advice_on(ending(speed=speed)).disagreements[0].answers[0]
    assert first.fact.value == 1 - Fraction(second) / 2


@pytest.mark.inventory("S1.R21")
@pytest.mark.parametrize(("speed", "days"), [("usual", 4), ("fastest", 2)])
def test_clonidine_tapers_over_two_to_four_days_under_cover(speed: str, days: int) -> None:
    case = only("clonidine", "300 ug/d", speed=speed)
    rows = wean_plan(case).rows
    assert [(row.day - START).days for row in rows] == list(range(days + 1))
    assert rows[-1].dose == MassRate.zero()
    assert rows[1].dose == MassRate.of(300 - Fraction(300, days), "ug/d")
    assert any(one.rule == "cover-alpha-2-agonist" for one in advice_on(case).reasons)


@pytest.mark.parametrize(
    ("drug", "verdict"),
    [
        ("ziconotide", "may-stop"),
        ("bupivacaine", "may-stop"),
        ("clonidine", "wean"),
        ("baclofen", "wean"),
        ("morphine", "wean"),
    ],
)
def test_what_may_stop_at_once_by_class(drug: str, verdict: str) -> None:
    assert advice_on(only(drug, "100 ug/d")).verdict == verdict


def test_baclofen_at_once_is_warned_of_with_cover_and_follow_up_and_not_refused() -> None:
    advice = advice_on(only("baclofen", "300 ug/d", at_once=True))
    assert advice.verdict == "stop-under-cover"
    assert advice.findings[0].follow_up
    assert "rhabdomyolysis" in advice.findings[0].message
    assert any("100 mg a day" in str(one.fact.value) for one in advice.figures())


@pytest.mark.parametrize("reason", ["infection", "device"])
def test_an_urgent_reason_needs_cover_instead_of_a_plan(reason: str) -> None:
    assert advice_on(ending(reason=reason)).verdict == "stop-under-cover"
    assert advice_on(only("ziconotide", "5 ug/d", reason=reason)).verdict == "may-stop"


def test_the_pump_says_where_it_can_go_no_lower() -> None:
    case = ending(concentration=Concentration.of("10", "mg/mL"), pump="synchromed-ii-20")
    plan = wean_plan(case)
    assert plan.ended_by == "pump"
    assert all(not row.problem for row in plan.rows[:-1])
    assert plan.rows[-2].dose >= MassRate.of("0.48", "mg/d") > plan.rows[-1].dose
    advice = advice_on(case)
    (told,) = (one.text for one in advice.reasons if one.rule == "pump")
    assert f"cannot go lower than the step of {show_date(plan.rows[-2].day)}, " in told
    text = str(wean_document(case, plan))
    assert "Pumpe kann es nicht abgeben" in text


def test_a_dose_at_the_least_rate_can_still_be_given() -> None:
    case = ending(
        doses=(("morphine", MassRate.of("0.6", "mg/d")),),
        concentration=Concentration.of("10", "mg/mL"),
        pump="synchromed-ii-20",
    )
    rows = wean_plan(case).rows
    assert rows[1].dose == MassRate.of("0.48", "mg/d")
    assert not rows[1].problem
    assert rows[2].problem


def test_in_a_mixture_the_most_dangerous_class_sets_the_pace_for_all() -> None:
    case = ending(
        doses=(
            ("bupivacaine", MassRate.of("10", "mg/d")),
            ("clonidine", MassRate.of("60", "ug/d")),
            ("morphine", MassRate.of("2", "mg/d")),
        )
    )
    assert case.deciding[0] == "morphine"
    listing = advice_on(case).listings[0]
    assert [row[2].quantity.in_unit("mg/d") for row in listing.rows[:2]] == [10, 8]


@given(
    drug=st.sampled_from(DRUGS),
    dose=st.integers(1, 3000),
    speed=st.sampled_from(SPEEDS),
    reason=st.sampled_from(REASONS),
    at_once=st.booleans(),
    thin=st.integers(1, 20),
)
def test_a_plan_only_falls_and_no_stop_is_ever_blocked(
    drug: str, dose: int, speed: str, reason: str, at_once: bool, thin: int
) -> None:
    case = only(
        drug,
        f"{dose} ug/d",
        speed=speed,
        reason=reason,
        at_once=at_once,
        concentration=Concentration.of(thin, "mg/mL"),
        pump="synchromed-ii-20",
    )
    plan = wean_plan(case)
    for before, later in zip(plan.rows, plan.rows[1:], strict=False):
        assert MassRate.zero() <= later.dose < before.dose
        assert later.day > before.day
    assert not any(one.blocks for one in advice_on(case).findings)
