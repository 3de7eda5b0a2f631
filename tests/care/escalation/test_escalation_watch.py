"""A dose over time: yearly rise, signals, signs, cohorts, what was recorded at the trial."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.escalation.advise import advice_on
from thecal.care.escalation.case import NERVE_SIGNS, SIGNS, EscalationCase
from thecal.care.escalation.cohorts import age_groups, cohort_dose, rise_in_a_year
from thecal.care.escalation.review_form import review_form
from thecal.care.escalation.trend import trend
from thecal.care.titration.history import DoseChange, DoseHistory
from thecal.safety.finding import Severity
from thecal.units import Concentration, Mass, MassRate

START = datetime.fromisoformat("2024-03-01T10:00")
YEAR = timedelta(days=365)
NO_SIGNS = dict.fromkeys(SIGNS, False)


def ug(number: Fraction | str | int) -> MassRate:
    return MassRate.of(number, "ug/d")


def rising(drug: str, first: str, last: str, **more: object) -> EscalationCase:
    """The second dose began half a year before now, the first a year and a half before."""
    history = DoseHistory((DoseChange(START, ug(first)), DoseChange(START + YEAR, ug(last))))
    now = START + YEAR + timedelta(days=182)
    case = EscalationCase(drug, now, history, age=60, signs=NO_SIGNS)
    return replace(case, **more)


def rules(case: EscalationCase) -> set[str]:
    return {one.rule for one in advice_on(case).reasons}


@pytest.mark.inventory("S1.9")
@pytest.mark.parametrize(("last", "verdict"), [("1500", "steady"), ("1501", "review")])
def test_more_than_half_as_much_again_in_a_year_calls_for_a_review(last: str, verdict: str) -> None:
    case = rising("morphine", "1000", last)
    advice = advice_on(case)
    assert advice.verdict == verdict
    assert advice.results["above_signal"] is (verdict == "review")
    assert all(one.severity is not Severity.HARD for one in advice.findings)


def test_new_disease_explains_a_rise_but_the_rise_stays_on_the_page() -> None:
    advice = advice_on(rising("morphine", "1000", "3000", new_disease=True))
    assert advice.verdict == "steady"
    assert advice.results["above_signal"] is True
    assert advice.findings[0].check == "escalation"


@pytest.mark.inventory("S1.9")
@pytest.mark.parametrize(("last", "verdict"), [("400", "steady"), ("401", "tolerance")])
def test_baclofen_is_tolerant_above_a_hundred_micrograms_more_in_a_year(
    last: str, verdict: str
) -> None:
    case = rising("baclofen", "300", last)
    assert advice_on(case).verdict == verdict
    if verdict == "tolerance":
        assert "drug-holiday" in rules(case)
        holiday = next(one for one in advice_on(case).reasons if one.rule == "drug-holiday")
        assert "14" in holiday.text
        assert "28" in holiday.text
        assert "never by stopping at once" in holiday.text


def test_a_short_history_is_carried_on_evenly_and_a_shorter_one_is_not_judged() -> None:
    history = DoseHistory((DoseChange(START, ug(1000)), DoseChange(START + YEAR / 5, ug(1100))))
    half = trend(history, START + timedelta(days=146))
    assert half.yearly == Fraction(1, 4)
    assert half.basis == "projected"
    short = EscalationCase("morphine", START + timedelta(days=89), history, signs=NO_SIGNS)
    assert advice_on(short).verdict == "too-short"
    assert advice_on(replace(short, now=START + timedelta(days=90))).verdict == "steady"


@pytest.mark.inventory("S1.R19", "S1.R1")
@pytest.mark.parametrize("sign", ["spreading_pain", "allodynia"])
def test_spreading_pain_under_a_rising_opioid_is_reviewed_as_hyperalgesia(sign: str) -> None:
    case = rising("morphine", "1000", "1200", signs=NO_SIGNS | {sign: True})
    assert advice_on(case).verdict == "review"
    assert "hyperalgesia" in rules(case)
    assert "hyperalgesia" not in rules(rising("baclofen", "300", "310", signs={sign: True}))


@pytest.mark.inventory("S1.R19")
def test_the_review_form_holds_dose_rise_signs_imaging_and_a_plan_to_sign() -> None:
    case = rising("morphine", "1000", "1600", signs={"allodynia": True, "weakness": False})
    form = review_form(case, trend(case.history, case.now), "review")
    german = [field.value.de for section in form.sections for field in section.fields]
    assert {"ja", "nein", "nicht erfragt", "nicht bekannt"} <= set(german)
    assert "+60" in form.sections[0].fields[2].value.en
    assert form.sections[0].grid is not None
    assert len(form.sections[0].grid.rows) == 2
    assert form.sections[-1].signatures


@pytest.mark.inventory("S1.R12")
def test_myoclonus_on_morphine_says_reduce_or_rotate_and_names_the_caution() -> None:
    signs = NO_SIGNS | {"myoclonus": True}
    high = advice_on(rising("morphine", "20000", "21000", signs=signs))
    assert high.verdict == "reduce-or-rotate"
    assert "above the label's caution" in high.reasons[0].text
    assert "rotate" in {one.rule for one in high.reasons}
    low = advice_on(rising("morphine", "19000", "20000", signs=signs))
    assert "is not above" in low.reasons[0].text


@pytest.mark.parametrize("sign", NERVE_SIGNS)
@pytest.mark.parametrize("drug", ["morphine", "baclofen"])
def test_a_new_sign_of_the_nerves_calls_for_imaging_before_any_rise(drug: str, sign: str) -> None:
    advice = advice_on(rising(drug, "300", "310", signs=NO_SIGNS | {sign: True}))
    assert advice.verdict == "granuloma-work-up"
    assert advice.findings[0].severity is Severity.SOFT
    assert "MRI" in advice.findings[0].message
    seen = rising(drug, "300", "310", signs={sign: True}, imaging="granuloma")
    assert advice_on(seen).verdict == "granuloma"


def test_a_lost_effect_of_baclofen_is_searched_for_in_pump_and_catheter() -> None:
    signs = NO_SIGNS | {"effect_lost": True}
    assert advice_on(rising("baclofen", "300", "310", signs=signs)).verdict == "search-first"
    assert advice_on(rising("morphine", "300", "310", signs=signs)).verdict == "granuloma-work-up"


@pytest.mark.inventory("S1.9")
def test_the_sources_on_granuloma_disagree_and_both_are_shown() -> None:
    case = rising("morphine", "1000", "1100", concentration=Concentration.of("20", "mg/mL"))
    found = advice_on(case).disagreements[0]
    assert not found.used
    assert len(found.answers) == 2
    assert "concentration" in rules(case)
    weaker = replace(case, concentration=Concentration.of("19.9", "mg/mL"))
    assert "concentration" not in rules(weaker)


@pytest.mark.inventory("S1.R9")
def test_the_curve_of_the_age_group_stands_beside_the_patient() -> None:
    assert age_groups(50) == ("young",)
    assert age_groups(51) == ("old",)
    assert age_groups(None) == ("young", "old")
    assert rise_in_a_year("young") == (3, Fraction("7.5"), 12)
    assert rise_in_a_year("old") == (Fraction("0.75"), Fraction("1.95"), Fraction("3.15"))
    assert cohort_dose(ug(100), "young", 12)[1] == ug(850)
    assert cohort_dose(ug(100), "old", 12)[1] == ug(295)
    listings = [one.title for one in advice_on(rising("morphine", "1000", "1100")).listings]
    assert any("age above 50" in title for title in listings)
    with pytest.raises(ValueError, match="outside the cohort"):
        cohort_dose(ug(100), "old", 13)


@pytest.mark.inventory("S1.R15")
def test_predictors_of_the_trial_are_recorded_and_missing_ones_named() -> None:
    bare = rising("morphine", "1000", "1100", age=None)
    reason = next(one for one in advice_on(bare).reasons if one.rule == "predictors")
    assert reason.weight.value == "missing"
    for field in ("systemic opioid", "dose of the trial", "diagnosis", "age"):
        assert field in reason.text
    full = replace(
        bare,
        age=60,
        pre_trial_opioid=MassRate.of("180", "mg/d"),
        trial_dose=Mass.of("0.3", "mg"),
        diagnosis="failed back surgery syndrome",
    )
    reason = next(one for one in advice_on(full).reasons if one.rule == "predictors")
    assert reason.weight.value == "note"
    assert "not scored" in reason.text


@given(first=st.integers(1, 5000), last=st.integers(1, 5000), more=st.integers(1, 500))
def test_a_higher_dose_never_looks_calmer(first: int, last: int, more: int) -> None:
    calm = advice_on(rising("morphine", str(first), str(last)))
    loud = advice_on(rising("morphine", str(first), str(last + more)))
    assert calm.results["above_signal"] is (2 * last > 3 * first)
    assert loud.results["above_signal"] or not calm.results["above_signal"]


@given(start=st.integers(1, 5000), months=st.integers(0, 12))
def test_the_cohort_rises_with_time_and_the_younger_faster(start: int, months: int) -> None:
    young, old = (cohort_dose(ug(start), group, months) for group in ("young", "old"))
    assert young[0] <= young[1] <= young[2]
    assert old[1] <= young[1]
    if months:
        assert cohort_dose(ug(start), "old", months - 1)[1] < old[1]
