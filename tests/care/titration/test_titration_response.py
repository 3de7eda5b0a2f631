"""Effect and side effects decide before any step: sedation, harm, lost effect, goal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.titration.advise import advice_on
from thecal.care.titration.case import OralDrug, TitrationCase
from thecal.care.titration.history import DoseChange, DoseHistory
from thecal.care.titration.oral_wean import oral_steps
from thecal.care.titration.response import responses
from thecal.safety.finding import Amount, Severity
from thecal.units import Concentration, Mass, MassRate

START = datetime.fromisoformat("2026-03-02T10:00")
LATER = datetime.fromisoformat("2026-03-20T10:00")


def running(drug: str, dose: str, **more: object) -> TitrationCase:
    history = DoseHistory((DoseChange(START, MassRate.of(*dose.split())),))
    case = TitrationCase(
        drug, LATER, history, cancer=False, inpatient=False, age=45, origin="spinal"
    )
    return replace(case, **more)


def answered(drug: str, dose: str, **more: object) -> TitrationCase:
    case = running(drug, dose, response="insufficient", side_effects="none", refill_overdue=False)
    return replace(case, **more)


def reduced_to(case: TitrationCase) -> tuple[MassRate, MassRate]:
    found = advice_on(case).results["reduce_to"]
    assert isinstance(found, tuple)
    assert all(isinstance(one, Amount) for one in found)
    return found[0].quantity, found[1].quantity


@pytest.mark.inventory("T31")
def test_t31_sedation_level_3_halves_at_most_and_takes_a_quarter_at_least() -> None:
    case = running("morphine", "2 mg/d", sedation="3", response="insufficient")
    advice = advice_on(case)
    assert advice.verdict == "reduce"
    assert reduced_to(case) == (MassRate.of("1", "mg/d"), MassRate.of("1.5", "mg/d"))
    assert "notify" in advice.reasons[0].text


@pytest.mark.inventory("T31")
def test_sedation_level_4_stops_and_calls_whatever_else_is_entered() -> None:
    advice = advice_on(running("morphine", "2 mg/d", sedation="4", response="insufficient"))
    assert advice.verdict == "stop"
    assert "naloxone" in advice.reasons[0].text


@pytest.mark.parametrize("level", ["S", "1", "2"])
def test_lower_levels_of_sedation_leave_the_dose_alone(level: str) -> None:
    advice = advice_on(answered("morphine", "2 mg/d", sedation=level))
    assert advice.verdict == "may-raise"


def test_the_scale_of_opioid_sedation_says_nothing_of_baclofen() -> None:
    assert responses(running("baclofen", "200 ug/d", sedation="4")) == ()


@pytest.mark.inventory("S1.6")
def test_side_effects_of_baclofen_take_ten_to_twenty_percent() -> None:
    case = running("baclofen", "200 ug/d", side_effects="intolerable")
    assert reduced_to(case) == (MassRate.of("160", "ug/d"), MassRate.of("180", "ug/d"))


def test_where_no_source_gives_a_size_none_is_invented() -> None:
    for drug in ("ziconotide", "clonidine", "bupivacaine", "hydromorphone"):
        advice = advice_on(running(drug, "10 ug/d", side_effects="intolerable"))
        assert advice.verdict == "reduce"
        assert "reduce_to" not in advice.results


@pytest.mark.parametrize(("percent", "verdict"), [(199, "may-raise"), (200, "reduce")])
def test_creatine_kinase_acts_from_twice_the_upper_limit(percent: int, verdict: str) -> None:
    case = answered("ziconotide", "1 ug/d", creatine_kinase=percent)
    assert advice_on(case).verdict == verdict


def test_a_multiple_that_is_only_remembered_asks_and_says_so() -> None:
    case = answered("ziconotide", "1 ug/d", creatine_kinase=200)
    findings = advice_on(replace(case, requested=MassRate.of("1.1", "ug/d"))).findings
    asked = next(one for one in findings if one.check == "response")
    assert asked.severity is Severity.SOFT
    assert "recalled" in asked.source


@pytest.mark.inventory("S0.19")
def test_each_change_stands_beside_its_effect() -> None:
    assert advice_on(running("morphine", "1 mg/d", response="goal-reached")).verdict == "hold"
    raised = advice_on(answered("morphine", "1 mg/d", sedation="1"))
    assert raised.verdict == "may-raise"
    unscored = advice_on(running("morphine", "1 mg/d"))
    missing = {one.rule for one in unscored.reasons if one.weight.value == "missing"}
    assert {"response", "side-effects", "sedation"} <= missing
    assert unscored.verdict == "ask-first"
    assert any(one.title.startswith("Watch") for one in raised.listings)


@pytest.mark.inventory("S0.19")
@pytest.mark.parametrize("left_out", ["response", "side_effects", "refill_overdue", "sedation"])
def test_nobody_raises_a_dose_beside_an_unknown_answer(left_out: str) -> None:
    known = answered("morphine", "1 mg/d", sedation="1", requested=MassRate.of("1.1", "mg/d"))
    assert advice_on(known).findings == ()
    advice = advice_on(replace(known, **{left_out: None}))
    assert advice.verdict == "needs-a-reason"
    assert [(one.check, one.severity) for one in advice.findings] == [("ask-first", Severity.SOFT)]
    assert advice_on(replace(known, requested=None, **{left_out: None})).verdict == "ask-first"
    lower = replace(known, requested=MassRate.of("0.9", "mg/d"), **{left_out: None})
    assert advice_on(lower).findings == ()


def test_a_lost_effect_or_a_bolus_without_effect_is_searched_for_first() -> None:
    assert advice_on(running("morphine", "1 mg/d", response="lost")).verdict == "search-first"
    nothing = running("baclofen", "200 ug/d", bolus_response="none", response="insufficient")
    assert advice_on(nothing).verdict == "search-first"


def test_no_rise_while_a_refill_is_overdue() -> None:
    case = running("morphine", "1 mg/d", response="insufficient", refill_overdue=True)
    assert advice_on(case).verdict == "wait"


@pytest.mark.parametrize("reaction", ["negative", "prolonged"])
def test_after_a_bad_reaction_baclofen_starts_at_one_time_the_bolus(reaction: str) -> None:
    case = TitrationCase(
        "baclofen", START, bolus_response=reaction, screening_bolus=Mass.of("50", "ug")
    )
    advice = advice_on(case)
    assert advice.verdict == "start"
    assert advice.results["start_dose"] == Amount(MassRate.of("50", "ug/d"), "ug/d")
    well = advice_on(replace(case, bolus_response="good"))
    assert "start_dose" not in well.results


def test_a_first_dose_above_the_highest_ever_reported_is_refused() -> None:
    case = TitrationCase("ziconotide", START, requested=MassRate.of("22", "ug/d"))
    findings = advice_on(case).findings
    assert Severity.HARD in [one.severity for one in findings]


ORAL = (
    OralDrug("tizanidine", MassRate.of("12", "mg/d")),
    OralDrug("Baclofen", MassRate.of("60", "mg/d")),
)


def test_one_oral_drug_goes_at_a_time_and_baclofen_first() -> None:
    first, second = oral_steps(ORAL)
    assert first.drug.name == "Baclofen"
    assert (first.lowest, first.highest) == (MassRate.of("30", "mg/d"), MassRate.of("45", "mg/d"))
    assert second.lowest == second.highest == MassRate.of("12", "mg/d")
    advice = advice_on(running("baclofen", "200 ug/d", oral=ORAL))
    assert {"oral-wean", "stacking"} <= {one.rule for one in advice.reasons}


def test_a_rise_moves_every_drug_of_the_reservoir() -> None:
    case = running(
        "morphine",
        "10 mg/d",
        mixed_with=(("bupivacaine", MassRate.of("18", "mg/d")),),
        requested=MassRate.of("13", "mg/d"),
    )
    findings = [one for one in advice_on(case).findings if one.check == "mixture-maximum"]
    assert Severity.HARD in [one.severity for one in findings]
    value = findings[0].value
    assert isinstance(value, Amount)
    assert value.quantity == MassRate.of("23.4", "mg/d")
    smaller = replace(case, requested=MassRate.of("11", "mg/d"))
    assert [one for one in advice_on(smaller).findings if one.check == "mixture-maximum"] == []


def test_a_dose_below_the_least_rate_of_the_pump_is_marked_with_what_it_needs() -> None:
    case = running(
        "ziconotide",
        "1 ug/d",
        concentration=Concentration.of("25", "ug/mL"),
        pump="synchromed-ii-20",
        scheme="practice",
        steps=1,
    )
    rows = next(one for one in advice_on(case).listings if one.title.startswith("Fastest")).rows
    assert "below the least rate" in str(rows[0][-1])
    assert rows[1][-1] == "deliverable"


@given(dose=st.integers(1, 20000))
def test_a_reduction_is_always_lower_and_ordered(dose: int) -> None:
    case = running("morphine", f"{dose} ug/d", sedation="3")
    lowest, highest = reduced_to(case)
    now = MassRate.of(dose, "ug/d")
    assert MassRate.zero() < lowest < highest < now


@pytest.mark.inventory("T31")
@pytest.mark.parametrize(
    ("entered", "severity"),
    [
        ({"sedation": "3"}, Severity.HARD),
        ({"sedation": "4"}, Severity.HARD),
        ({"side_effects": "intolerable"}, Severity.HARD),
        ({"side_effects": "tolerable"}, Severity.SOFT),
        ({"response": "lost"}, Severity.SOFT),
        ({"refill_overdue": True}, Severity.SOFT),
    ],
)
def test_a_rise_against_what_the_dose_did_is_refused_or_asked_about_and_a_fall_never(
    entered: dict[str, object], severity: Severity
) -> None:
    up = running("morphine", "2 mg/d", requested=MassRate.of("2.2", "mg/d"), **entered)
    assert severity in [one.severity for one in advice_on(up).findings]
    down = replace(up, requested=MassRate.of("1", "mg/d"))
    assert advice_on(down).findings == ()


@pytest.mark.parametrize("sedation", ["3", "4"])
def test_who_is_sedated_is_shown_no_calendar_of_rises(sedation: str) -> None:
    advice = advice_on(running("morphine", "2 mg/d", sedation=sedation))
    assert not any(one.title.startswith(("Fastest", "Every")) for one in advice.listings)
    assert "allowed" not in advice.results


@pytest.mark.parametrize(("age", "said"), [(17, True), (18, False)])
def test_below_the_age_of_the_label_is_said(age: int, said: bool) -> None:
    advice = advice_on(running("morphine", "1 mg/d", age=age))
    assert any(one.rule == "age" for one in advice.reasons) is said
