"""Label status by drug, pump and concentration; what consent and survival of the pump it means."""

from __future__ import annotations

from fractions import Fraction

import pytest
from drug_choice_builders import asked, solution
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.drug_choice.advise import advice_on
from thecal.care.drug_choice.label import deviations, label_therapy
from thecal.pharmacy import Mixture, drug, drugs
from thecal.safety.finding import Severity
from thecal.units import Concentration


@pytest.mark.inventory("S1.R18")
def test_only_morphine_ziconotide_and_baclofen_have_a_label() -> None:
    labelled = {one.id for one in drugs() if label_therapy(one.id) is not None}
    assert labelled == {"morphine", "ziconotide", "baclofen"}
    assert labelled == {one.id for one in drugs() if one.approved_for_pump}


@pytest.mark.inventory("S1.R18")
@pytest.mark.parametrize(
    ("name", "therapy", "highest", "above"),
    [
        ("morphine", "pain", "25 mg/mL", "25.1 mg/mL"),
        ("ziconotide", "pain", "100 ug/mL", "100.1 ug/mL"),
        ("baclofen", "spasticity", "2000 ug/mL", "2000.1 ug/mL"),
    ],
)
def test_alone_and_up_to_the_strongest_solution_sold_is_within_the_label(
    name: str, therapy: str, highest: str, above: str
) -> None:
    assert deviations(solution(**{name: highest}), therapy, None) == ()
    assert len(deviations(solution(**{name: above}), therapy, None)) == 1


def test_a_labelled_drug_for_the_other_therapy_is_outside_the_label() -> None:
    assert deviations(solution(baclofen="500 ug/mL"), "pain", None)
    assert deviations(solution(morphine="10 mg/mL"), "spasticity", None)


@pytest.mark.inventory("S1.R18")
def test_every_mixture_is_outside_the_label_and_baclofen_must_not_be_mixed() -> None:
    two = solution(morphine="10 mg/mL", ziconotide="25 ug/mL")
    assert [one.text for one in deviations(two, "pain", None)] == [
        "morphine + ziconotide is a mixture",
        "the label of ziconotide on mixing: with opioids not recommended",
    ]
    mixed = solution(baclofen="500 ug/mL", clonidine="100 ug/mL")
    assert any("forbidden" in one.text for one in deviations(mixed, "spasticity", None))


@pytest.mark.inventory("S1.R18")
def test_a_pump_has_its_own_list_of_drugs() -> None:
    planned = solution(ziconotide="25 ug/mL")
    assert deviations(planned, "pain", "synchromed-ii-20") == ()
    (one,) = deviations(planned, "pain", "prometra-ii-20")
    assert "Prometra" in one.text
    assert deviations(solution(morphine="10 mg/mL"), "pain", "prometra-ii-20") == ()


@pytest.mark.inventory("S1.R18")
def test_k33_asks_for_consent_until_it_is_given() -> None:
    planned = solution(morphine="10 mg/mL", bupivacaine="20 mg/mL")

    def severity(consent: bool | None) -> list[Severity]:
        found = advice_on(asked(planned=planned, consent=consent)).findings
        return [one.severity for one in found if one.check == "K33"]

    assert severity(None) == [Severity.SOFT]
    assert severity(False) == [Severity.SOFT]
    assert severity(True) == [Severity.INFO]
    within = advice_on(asked(planned=solution(morphine="10 mg/mL")))
    assert within.findings == ()
    assert "consent_needed" not in within.results


@pytest.mark.inventory("S1.R18")
def test_what_it_does_to_the_pump_is_said_with_the_published_figures() -> None:
    planned = solution(hydromorphone="10 mg/mL")
    results = advice_on(asked(planned=planned)).results
    assert results["stall_free_6_years_on_label_percent"] == Fraction("97.3")
    assert results["stall_free_6_years_off_label_percent"] == Fraction("91.1")
    assert results["failure_78_months_on_label_percent"] == Fraction("2.4")
    assert results["failure_78_months_off_label_percent"] == 7


def test_for_another_pump_the_figures_are_said_to_be_of_the_one_they_come_from() -> None:
    planned = solution(hydromorphone="10 mg/mL")
    (reason,) = [
        one
        for one in advice_on(asked(planned=planned, pump="prometra-ii-20")).reasons
        if one.rule == "pump-survival"
    ]
    assert "not for this pump" in reason.text


def test_a_concentration_above_the_recalled_consensus_is_asked_about() -> None:
    def checks(strength: str) -> list[str]:
        planned = solution(hydromorphone=strength)
        return [one.check for one in advice_on(asked(planned=planned, consent=True)).findings]

    assert checks("15 mg/mL") == ["K33"]
    assert checks("15.1 mg/mL") == ["K27", "K33"]


def test_without_a_pump_its_label_is_not_checked() -> None:
    planned = solution(morphine="10 mg/mL")
    assert any("pump" in one for one in advice_on(asked(planned=planned, pump=None)).not_checked)


@given(
    name=st.sampled_from([one.id for one in drugs()]),
    weak=st.integers(1, 50_000),
    more=st.integers(0, 50_000),
)
def test_a_stronger_solution_is_never_nearer_the_label(name: str, weak: int, more: int) -> None:
    def count(number: int) -> int:
        unit = "ug/mL"
        planned = Mixture.of({drug(name).id: Concentration.of(number, unit)})
        return len(deviations(planned, "pain", None))

    assert count(weak) <= count(weak + more)


@given(first=st.sampled_from(drugs()), second=st.sampled_from(drugs()))
def test_two_drugs_are_always_outside_the_label(first: object, second: object) -> None:
    if first is not second:
        weakest = Concentration.of(1, "ug/mL")
        planned = Mixture.of({first.id: weakest, second.id: weakest})
        assert deviations(planned, "pain", None)
