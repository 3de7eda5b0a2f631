"""Doses of a trial against label, consensus, practice and the highest dose ever reported."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial_builders import START, screening, trial

from thecal.care.trial.advise import advice_on
from thecal.care.trial.case import Bolus, Infusion, TrialCase
from thecal.care.trial.doses import check_doses
from thecal.safety.finding import Severity
from thecal.units import Mass, MassRate


def planned(dose: str, drug: str = "morphine", **known: object) -> list[Severity]:
    number, unit = dose.split()
    bolus = Bolus(START, Mass.of(number, unit))
    case = TrialCase("single-bolus", "pain", drug=drug, planned=bolus)
    return [one.severity for one in check_doses(replace(case, **known))]


@pytest.mark.inventory("S3.5")
def test_a_bolus_within_the_consensus_passes_and_above_it_is_asked_about_by_edition() -> None:
    assert planned("0.5 mg") == []
    assert planned("0.51 mg") == [Severity.SOFT]  # 2017
    assert planned("1 mg") == [Severity.SOFT]
    assert planned("1.01 mg") == [Severity.SOFT, Severity.SOFT]  # 2017 and 2012


def test_a_recalled_limit_alone_never_refuses_and_a_whole_days_ceiling_does() -> None:
    assert Severity.HARD not in planned("25 mg")
    assert Severity.HARD in planned("25.1 mg")


@pytest.mark.parametrize(
    ("drug", "fine", "above"),
    [
        ("morphine", "0.15 mg", "0.16 mg"),
        ("hydromorphone", "0.04 mg", "0.041 mg"),
        ("fentanyl", "25 ug", "26 ug"),
    ],
)
def test_the_ceiling_of_an_outpatient_who_has_had_no_opioid(
    drug: str, fine: str, above: str
) -> None:
    naive = {"outpatient": True, "tolerant": False}
    assert planned(fine, drug, **naive) == []
    assert planned(above, drug, **naive) == [Severity.SOFT]
    assert planned(above, drug, outpatient=False, tolerant=False) == []
    assert planned(above, drug, outpatient=True, tolerant=True) == []


def test_a_dose_that_was_given_warns_and_refuses_nothing() -> None:
    given_already = replace(trial(8), boluses=(Bolus(START, Mass.of(30, "mg")),))
    assert {one.severity for one in check_doses(given_already)} == {Severity.WARN}


def test_baclofen_below_four_years_is_asked_about() -> None:
    case = screening(age=3, small_child=True)
    assert [one.severity for one in check_doses(case)] == [Severity.SOFT]
    assert list(check_doses(replace(case, age=4))) == []


def test_an_infusion_is_held_against_ceiling_and_start() -> None:
    def severities(dose: str, *, ended: bool = False) -> set[Severity]:
        stop = START.replace(day=5) if ended else None
        infusion = Infusion(START, MassRate.of(dose, "mg/d"), ended=stop)
        case = TrialCase("catheter", "pain", drug="morphine", infusion=infusion)
        return {one.severity for one in check_doses(case)}

    assert severities("0.5") == set()
    assert severities("0.6") == {Severity.SOFT}
    assert severities("25.1") == {Severity.HARD}
    assert severities("25.1", ended=True) == {Severity.WARN}


@pytest.mark.inventory("S3.5")
def test_the_advice_shows_every_edition_and_the_practice_beside_it() -> None:
    case = replace(trial(8), boluses=())
    (reason,) = [one for one in advice_on(case).reasons if one.rule == "doses"]
    shown = " ".join(one.what for one in reason.figures)
    assert all(word in shown for word in ("pacc-2017", "pacc-2012", "practice"))


def test_a_drug_without_a_published_trial_dose_says_so() -> None:
    case = replace(trial(8), drug="ropivacaine", boluses=())
    assert any("ropivacaine" in one.text for one in advice_on(case).reasons)


@given(micrograms=st.integers(1, 60_000), more=st.integers(0, 60_000))
def test_a_larger_bolus_never_has_fewer_findings(micrograms: int, more: int) -> None:
    small, large = planned(f"{micrograms} ug"), planned(f"{micrograms + more} ug")
    assert len(small) <= len(large)
    assert (Severity.HARD in small) <= (Severity.HARD in large)
