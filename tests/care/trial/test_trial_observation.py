"""What is looked at after a dose, and when: clock times by the class of the drug."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial_builders import BOLUS, START, screening, trial

from thecal.care.trial.advise import advice_on
from thecal.care.trial.case import Bolus, TrialCase
from thecal.care.trial.observation import (
    check_spacing,
    group_of,
    observation_listing,
    schedule,
    watched_until,
)
from thecal.pharmacy import drugs
from thecal.safety.finding import Severity
from thecal.units import Duration, Mass

GROUPS = ("hydrophilic-opioid", "lipophilic-opioid", "continuous-opioid", "baclofen", "ziconotide")


def looks(group: str, word: str) -> list[float]:
    """Hours after the dose at which something with this word is looked at."""
    return [float(one.after.in_unit("h")) for one in schedule(group) if word in one.what]


@pytest.mark.inventory("S3.6")
def test_after_a_hydrophilic_opioid_hourly_for_12_h_then_every_2_h_to_24_h() -> None:
    assert looks("hydrophilic-opioid", "oxygen") == [*range(1, 13), 14, 16, 18, 20, 22, 24]


@pytest.mark.inventory("S3.6")
def test_after_a_lipophilic_opioid_continuously_for_20_min_then_hourly_to_2_h() -> None:
    assert looks("lipophilic-opioid", "oxygen") == [0, 1, 2]
    assert "continuously until 20" in schedule("lipophilic-opioid")[0].what


def test_while_an_opioid_runs_4_hourly_after_the_first_day() -> None:
    assert looks("continuous-opioid", "oxygen")[-3:] == [64, 68, 72]


@pytest.mark.inventory("S3.6")
def test_every_trial_is_scored_at_the_times_of_its_record() -> None:
    for group in GROUPS:
        assert looks(group, "score") == [0, 1, 2, 3, 4, 6, 8, 24]


@pytest.mark.parametrize(
    ("drug", "group"),
    [
        ("morphine", "hydrophilic-opioid"),
        ("hydromorphone", "hydrophilic-opioid"),
        ("fentanyl", "lipophilic-opioid"),
        ("sufentanil", "lipophilic-opioid"),
        ("baclofen", "baclofen"),
        ("ziconotide", "ziconotide"),
        ("clonidine", None),
        ("bupivacaine", None),
    ],
)
def test_each_drug_has_its_schedule_or_none_was_found(drug: str, group: str | None) -> None:
    assert group_of(drug, infusion=False) == group


def test_a_drug_without_a_schedule_says_so() -> None:
    case = TrialCase("single-bolus", "pain", drug="clonidine", boluses=(BOLUS,))
    assert any("clonidine" in one for one in advice_on(case).not_checked)


@pytest.mark.parametrize(
    ("group", "hours"),
    [("hydrophilic-opioid", 24), ("lipophilic-opioid", 2), ("baclofen", 4), ("ziconotide", 6)],
)
def test_until_when_the_person_is_watched_at_least(group: str, hours: int) -> None:
    assert watched_until(group, START) == START + timedelta(hours=hours)


@pytest.mark.inventory("S3.6")
def test_the_chart_has_clock_times_from_the_planned_dose() -> None:
    listing = observation_listing("baclofen", START)
    assert listing.rows[0][0] == "2 March 2026, 09:00"
    assert listing.rows[-1][0] == "3 March 2026, 09:00"
    planned = replace(screening(), planned=Bolus(START + timedelta(hours=5), Mass.of(50, "ug")))
    assert advice_on(planned).results["watched_at_least_until"] == "2 March 2026, 18:00"


def test_a_second_bolus_of_morphine_while_the_first_is_watched_is_asked_about() -> None:
    def severities(hours: float) -> list[Severity]:
        bolus = Bolus(START + timedelta(hours=hours), Mass.of("0.3", "mg"))
        case = replace(trial(8), method="repeated-bolus", planned=bolus)
        return [one.severity for one in check_spacing(case)]

    assert severities(23.9) == [Severity.SOFT]
    assert severities(24) == []


@given(group=st.sampled_from(GROUPS))
def test_a_schedule_is_in_order_and_reaches_the_end_of_watching(group: str) -> None:
    moments = [one.after for one in schedule(group)]
    assert moments == sorted(moments)
    assert len(set(moments)) == len(moments)
    assert moments[0] == Duration.zero()
    end = watched_until(group, START)
    assert end is not None
    assert START + timedelta(seconds=float(moments[-1].in_unit("s"))) >= end


def test_every_drug_of_the_formulary_is_either_scheduled_or_named() -> None:
    for one in drugs():
        assert group_of(one.id, infusion=False) in (None, *GROUPS)
