"""How often a pump is refilled and when it is replaced, with the sources that disagree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.advice import Weight
from thecal.care.refill_interval.advise import advice_on
from thecal.care.refill_interval.case import IntervalCase, intervals
from thecal.care.refill_interval.interval import plausible, replacement
from thecal.device import pump_model, pump_models
from thecal.safety.finding import Severity
from thecal.units import Concentration, Duration, MassRate, Volume

CASE = IntervalCase(
    "baclofen",
    MassRate.of("300", "ug/d"),
    Concentration.of("2000", "ug/mL"),
    Volume.of("20", "mL"),
    "synchromed-ii-20",
)
TODAY = date(2026, 3, 2)


def days(number: int) -> Duration:
    return Duration.of(number, "d")


@pytest.mark.inventory("S2.12")
@pytest.mark.parametrize(
    ("number", "word"),
    [(27, "too-short"), (28, "plausible"), (183, "plausible"), (184, "too-long")],
)
def test_baclofen_is_refilled_every_one_to_six_months(number: int, word: str) -> None:
    assert plausible("baclofen", days(number))[0] == word


@pytest.mark.inventory("S2.12", "S3.22")
@pytest.mark.parametrize("drug", ["baclofen", "morphine"])
def test_two_hundred_days_are_flagged(drug: str) -> None:
    advice = advice_on(replace(CASE, drug=drug, planned=days(200)))
    assert advice.verdict == "flagged-too-long"
    assert advice.results["plausible"] is False


@pytest.mark.inventory("S3.22")
def test_the_interval_is_the_alarm_less_the_window_and_the_windows_disagree() -> None:
    unknown_shelf = replace(CASE, drug="fentanyl")
    found = intervals(unknown_shelf)
    assert found.to_alarm == days(120)
    assert found.wanted == days(113)
    advice = advice_on(unknown_shelf)
    assert "stability" in {one.rule for one in advice.reasons if one.weight is Weight.MISSING}
    window = advice.disagreements[0]
    assert [one.fact.value for one in window.answers] == [days(7), days(5), days(3), days(10)]
    assert len(advice.listings[0].rows) == 4


@pytest.mark.inventory("S3.22")
def test_the_pump_caps_a_slow_one_and_a_longer_plan_asks() -> None:
    slow = replace(CASE, drug="fentanyl", dose=MassRate.of("150", "ug/d"))
    assert intervals(slow).wanted == days(180)
    assert intervals(slow).decided_by == "pump"
    assert advice_on(replace(slow, planned=days(180))).findings == ()
    asked = advice_on(replace(slow, planned=days(181))).findings
    assert [one.severity for one in asked] == [Severity.SOFT]


@pytest.mark.inventory("T11")
def test_no_interval_is_longer_than_the_solution_keeps_as_the_review_has_it() -> None:
    large = replace(CASE, dose=MassRate.of("200", "ug/d"), filled=Volume.of("40", "mL"))
    large = replace(large, concentration=Concentration.of("500", "ug/mL"), pump="synchromed-ii-40")
    found = intervals(large)
    assert found.to_alarm == days(95)
    assert (found.wanted, found.decided_by) == (days(77), "stability")
    kept = next(one for one in advice_on(large).disagreements if "keep" in one.question)
    assert [one.fact.value for one in kept.answers] == [days(77), days(180)]
    assert advice_on(replace(large, planned=days(77))).findings == ()
    (asked,) = advice_on(replace(large, planned=days(78))).findings
    assert asked.severity is Severity.SOFT
    assert "L4d" in asked.source


@pytest.mark.inventory("T17")
@pytest.mark.parametrize(
    ("first_fill", "diluted", "kept"),
    [(True, None, 14), (None, None, 14), (False, False, 84), (False, True, 40), (False, None, 40)],
)
def test_ziconotide_keeps_as_told_and_what_is_not_answered_takes_the_shortest(
    first_fill: bool | None, diluted: bool | None, kept: int
) -> None:
    case = replace(
        CASE,
        drug="ziconotide",
        dose=MassRate.of("1.2", "ug/d"),
        concentration=Concentration.of("25", "ug/mL"),
        first_fill=first_fill,
        diluted=diluted,
    )
    assert intervals(case).wanted == days(kept)


@pytest.mark.inventory("W1")
def test_forty_millilitres_do_not_go_into_a_pump_of_twenty() -> None:
    (refused,) = advice_on(replace(CASE, filled=Volume.of("40", "mL"))).findings
    assert (refused.check, refused.severity) == ("K1", Severity.HARD)
    assert advice_on(replace(CASE, filled=Volume.of("20", "mL"))).findings == ()


def test_a_plan_beyond_the_last_drop_is_refused() -> None:
    def severities(number: str) -> list[Severity]:
        planned = Duration.of(number, "d")
        return [one.severity for one in advice_on(replace(CASE, planned=planned)).findings]

    assert severities("133") == [Severity.SOFT]
    assert severities("133.4") == [Severity.HARD]


def test_a_flow_that_the_pump_cannot_run_asks() -> None:
    thin = replace(CASE, dose=MassRate.of("96", "ug/d"))
    assert advice_on(thin).findings == ()
    (asked,) = advice_on(replace(CASE, dose=MassRate.of("95", "ug/d"))).findings
    assert (asked.check, asked.severity) == ("pump-rate", Severity.SOFT)


@pytest.mark.inventory("S2.13", "S3.23")
def test_a_pump_of_six_and_a_half_years_is_planned_for_and_at_seven_it_ends() -> None:
    model = pump_model("synchromed-ii-20")
    old = replacement(model, TODAY - timedelta(days=2374), TODAY)
    assert old.state == "plan-replacement"
    assert old.latest.value == 7
    assert replacement(model, TODAY - timedelta(days=2557), TODAY).state == "replace-now"
    assert replacement(model, TODAY - timedelta(days=365 * 5), TODAY).state == "running"


@pytest.mark.inventory("S3.23")
def test_five_to_seven_and_seven_to_ten_years_are_both_shown_and_the_model_decides() -> None:
    case = replace(CASE, implanted=TODAY - timedelta(days=2374), today=TODAY)
    advice = advice_on(case)
    found = next(one for one in advice.disagreements if "years" in one.question)
    assert [one.fact.value for one in found.answers] == [7, 7, 10, 5, 7]
    assert "synchromed-ii-20" in found.answers[0].what
    assert any(one.check == "replacement" for one in advice.findings)


@given(dose=st.integers(50, 1000), strength=st.sampled_from([500, 2000]), filled=st.integers(3, 40))
def test_stronger_and_larger_last_longer_and_more_a_day_shorter(
    dose: int, strength: int, filled: int
) -> None:
    case = replace(
        CASE,
        dose=MassRate.of(dose, "ug/d"),
        concentration=Concentration.of(strength, "ug/mL"),
        filled=Volume.of(filled, "mL"),
    )
    now = intervals(case)
    assert now.wanted <= now.to_alarm
    more = replace(case, dose=MassRate.of(dose + 1, "ug/d"))
    stronger = replace(case, concentration=Concentration.of(strength + 1, "ug/mL"))
    larger = replace(case, filled=Volume.of(filled + 1, "mL"))
    assert intervals(more).to_alarm < now.to_alarm < intervals(stronger).to_alarm
    assert now.to_alarm < intervals(larger).to_alarm


def test_a_pump_of_fixed_flow_empties_at_its_own_rate_whatever_dose_is_entered() -> None:
    models = [one for one in pump_models() if not one.programmable and one.nominal_flow]
    model = models[0]
    assert model.nominal_flow is not None
    case = replace(CASE, pump=model.id, alarm=Volume.of("2", "mL"))
    found = advice_on(case)
    assert intervals(case).to_alarm == Volume.of("18", "mL") / model.nominal_flow.value
    assert "fixed-flow" in {one.check for one in found.findings}
    fitting = replace(case, dose=case.concentration * model.nominal_flow.value)
    assert "fixed-flow" not in {one.check for one in advice_on(fitting).findings}
