"""The patient bolus: smallest usual part, longest lockout, a number that holds the worst day."""

from __future__ import annotations

from fractions import Fraction

import pytest
from design_cases import NAIVE, TOLERANT, baclofen, morphine, rate
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.advice import Weight
from thecal.care.design.bolus import propose_bolus
from thecal.care.design.bounds import daily_limits
from thecal.safety.situation import PatientFacts
from thecal.units import NO_BREAK_SPACE, Duration, Mass


@pytest.mark.inventory("S0.4", "S1.R27")
def test_a_bolus_starts_at_five_percent_with_six_hours_of_lockout() -> None:
    answer = propose_bolus(morphine(), rate(2, "mg/d"), rate(2, "mg/d"))
    bolus = answer.bolus
    assert bolus is not None
    assert bolus.dose == Mass.of(Fraction("0.1"), "mg")
    assert bolus.lockout == Duration.of(6, "h")
    assert bolus.duration == Duration.of(2, "min")
    assert bolus.max_per_day == 4
    texts = " ".join(one.text for one in answer.reasons)
    assert f"2.4{NO_BREAK_SPACE}mg" in texts  # 2 mg and four boluses
    assert "lipophilic" in texts


def test_a_local_anaesthetic_in_the_solution_takes_away_the_caution_about_speed() -> None:
    answer = propose_bolus(morphine(bupivacaine="10"), rate(2, "mg/d"), rate(2, "mg/d"))
    assert answer.bolus is not None
    assert all("lipophilic" not in one.text for one in answer.reasons)


@pytest.mark.parametrize(("tolerant", "weight"), [(False, Weight.AGAINST), (None, Weight.MISSING)])
def test_no_bolus_of_an_opioid_unless_tolerance_is_recorded(
    tolerant: bool | None, weight: Weight
) -> None:
    patient = PatientFacts(60, "pain", "non-cancer", None, opioid_tolerant=tolerant)
    answer = propose_bolus(morphine(patient=patient), rate(2, "mg/d"), rate(2, "mg/d"))
    assert answer.bolus is None
    assert [one.weight for one in answer.reasons] == [weight]


def test_no_bolus_of_a_drug_whose_label_provides_for_none() -> None:
    assert propose_bolus(baclofen(), rate(150, "ug/d"), rate(150, "ug/d")).bolus is None
    mixed = morphine(baclofen="1")
    assert propose_bolus(mixed, rate(2, "mg/d"), rate(2, "mg/d")).bolus is None


def test_no_bolus_where_one_stroke_is_more_than_the_largest_usual_part() -> None:
    # One stroke of 2 uL holds 0.01 mg: a quarter, a fifth and a seventh of the day's dose.
    for daily, says in (("0.04", "too much"), ("0.05", "room for 1"), ("0.07", "")):
        total = rate(daily, "mg/d")
        answer = propose_bolus(morphine("prometra-20", daily=daily), total, total)
        assert (answer.bolus is None) is bool(says)
        assert says in answer.reasons[0].text


def test_a_limit_of_the_day_lowers_the_number_and_fewer_than_two_give_none() -> None:
    for daily, count in (("13", 3), ("13.7", None)):  # 15 mg a day by PACC 2017
        total = rate(daily, "mg/d")
        answer = propose_bolus(morphine(daily=daily), total, total)
        found = None if answer.bolus is None else answer.bolus.max_per_day
        assert found == count
        assert any("pacc-2017" in one.text for one in answer.reasons)


def test_a_bolus_is_slow_enough_for_what_the_pump_can_run_on_top() -> None:
    running = morphine("synchromed-ii-40", daily="10")
    total = rate(10, "mg/d")
    busiest = rate(115, "mg/d")  # 23 of 24 mL/d
    bolus = propose_bolus(running, total, busiest).bolus
    assert bolus is not None
    assert bolus.duration == Duration.of(144, "min")  # 0.1 mL at 1 mL/d
    assert propose_bolus(running, total, rate(120, "mg/d")).bolus is None


@given(tenths=st.integers(1, 200))
def test_a_day_with_every_bolus_holds_every_limit(tenths: int) -> None:
    total = rate(Fraction(tenths, 10), "mg/d")
    running = morphine(daily=str(Fraction(tenths, 10)).replace("/", "/"), patient=TOLERANT)
    bolus = propose_bolus(running, total, total).bolus
    if bolus is None:
        return
    assert bolus.max_per_day is not None
    worst = total.per_day() + bolus.dose.scaled(bolus.max_per_day)
    assert all(worst <= one.rate.per_day() for one in daily_limits(running))
    assert worst <= total.per_day().scaled(Fraction(13, 10))
    assert Fraction(1, 20) <= bolus.dose.ratio(total.per_day()) <= Fraction(1, 5)
    assert 2 <= bolus.max_per_day <= 6
    assert propose_bolus(morphine(patient=NAIVE), total, total).bolus is None
