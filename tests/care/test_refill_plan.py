"""The latest date of a refill, what decides it, and what disagrees."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.refill import plan_refill, safe_alarm_volume
from thecal.device import pump_model
from thecal.errors import CannotComputeError
from thecal.pharmacy import Mixture
from thecal.safety.residual_bands import assess_residual
from thecal.units import Concentration, Duration, Volume

DAY = 86400
FILL = Fraction(20_000 * DAY)


def mixture(**mg_per_mL):  # noqa: N803
    return Mixture.of({drug: Concentration.of(c, "mg/mL") for drug, c in mg_per_mL.items()})


def plan(solution, *, low, low_all=None, model="synchromed-ii-40", **more):
    def at(days):
        return None if days is None else FILL + Fraction(days) * DAY

    return plan_refill(
        fill=FILL,
        mixture=solution,
        model=pump_model(model),
        low_reservoir=at(low),
        low_reservoir_all_boluses=at(low if low_all is None else low_all),
        **more,
    )


def days_after_fill(found):
    return (found.refill_by - FILL) / DAY


@pytest.mark.req("T11")
def test_t11_40_ml_of_baclofen_is_capped_by_the_11_weeks_of_the_label():
    found = plan(mixture(baclofen="0.5"), low=95)
    assert days_after_fill(found) == 77
    assert found.decided_by == "stability"
    assert [candidate.name for candidate in found.candidates] == [
        "stability",
        "alarm date",
        "maximum interval",
    ]
    assert 180 in [one.fact.value.in_unit("d") for one in found.other_stability]
    assert any("another answer" in reason and "180" in reason for reason in found.reasons)


@pytest.mark.req("T11")
def test_t11_20_ml_is_due_a_week_before_its_alarm():
    found = plan(mixture(baclofen="0.5"), low=45, model="synchromed-ii-20")
    assert days_after_fill(found) == 38
    assert found.decided_by == "alarm date"


@pytest.mark.req("workflow-10.15")
def test_scenario_15_the_pump_allows_180_days_where_stability_is_not_on_record():
    found = plan(mixture(fentanyl="1"), low="253.3")
    assert days_after_fill(found) == 180
    assert found.decided_by == "maximum interval"
    assert "stability" in found.not_checked[0]


@pytest.mark.req("T17")
def test_t17_ziconotide_in_a_new_pump_is_due_after_14_days():
    new = plan(mixture(ziconotide="0.025"), low=300, first_fill=True)
    assert days_after_fill(new) == 14
    later = {
        diluted: days_after_fill(plan(mixture(ziconotide="0.025"), low=300, diluted=diluted))
        for diluted in (True, False, None)
    }
    assert later == {True: 40, False: 84, None: 40}


def test_the_alarm_with_every_bolus_decides_and_not_the_one_without():
    found = plan(mixture(morphine="10"), low=45, low_all="32.1")
    assert days_after_fill(found) == Fraction("25.1")


def test_the_clinic_may_choose_its_window():
    found = plan(mixture(morphine="10"), low=45, window=Duration.of(3, "d"))
    assert days_after_fill(found) == 42
    assert "own window" in found.candidates[0].source


def test_every_candidate_and_reason_names_a_source():
    found = plan(mixture(morphine="10"), low=45)
    assert all("unverified" in candidate.source for candidate in found.candidates)
    assert found.reasons[0].startswith("decided by the alarm date")


def test_a_red_aspirate_is_told_with_the_dates():
    red = assess_residual(Volume.of(20, "mL"), Volume.of(4, "mL"), Volume.of("6.5", "mL"))
    found = plan(mixture(morphine="10"), low=45, residual=red)
    assert any("red" in reason for reason in found.reasons)


def test_a_stopped_pump_is_still_limited_by_stability_and_interval():
    found = plan(mixture(morphine="10"), low=None)
    assert found.refill_by is not None
    assert "alarm date" not in [candidate.name for candidate in found.candidates]


def test_nothing_on_record_is_no_date_and_never_passed():
    found = plan(mixture(fentanyl="1"), low=None, model="codman-3000-16")
    assert found.refill_by is None
    assert found.decided_by == ""
    assert len(found.not_checked) == 2


@pytest.mark.req("B12")
@pytest.mark.parametrize(
    ("filled", "model", "expected"),
    [(20, "synchromed-ii-20", 3.76), (40, "synchromed-ii-40", 6.29)],
)
def test_b12_safe_alarm_volume(filled, model, expected):
    found = safe_alarm_volume(Volume.of(filled, "mL"), pump_model(model))
    assert round(float(found.in_unit("mL")), 2) == expected


def test_no_safe_alarm_volume_without_accuracy_or_residual():
    with pytest.raises(CannotComputeError):
        safe_alarm_volume(Volume.of(20, "mL"), pump_model("codman-3000-16"))


@given(low=st.fractions(8, 400), sooner=st.fractions(0, 8))
def test_an_earlier_alarm_never_gives_a_later_refill(low, sooner):
    solution = mixture(morphine="10")
    assert plan(solution, low=low - sooner).refill_by <= plan(solution, low=low).refill_by


@given(low=st.fractions(8, 400))
def test_refill_by_is_the_earliest_candidate(low):
    found = plan(mixture(baclofen="2"), low=low)
    assert found.refill_by == min(candidate.instant for candidate in found.candidates)
    assert found.decided_by in [
        candidate.name for candidate in found.candidates if candidate.instant == found.refill_by
    ]


def test_a_pump_of_constant_flow_has_no_alarm_that_decides_and_another_pumps_figure_says_so():
    found = plan(mixture(morphine="4"), low=70, model="isomed-35-05")
    assert found.decided_by == "date it runs empty"
    assert "it has no alarm" in found.reasons[0]
    (other,) = [reason for reason in found.reasons if "synchromed" in reason]
    assert "stated for synchromed-ii, another pump than IsoMed" in other
    own = plan(mixture(morphine="4"), low=70)
    assert not [reason for reason in own.reasons if "another pump" in reason]
