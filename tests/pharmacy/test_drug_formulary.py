"""The nine drugs: basis, units, brands, label, and what stopping them does."""

from __future__ import annotations

from fractions import Fraction

import pytest

from thecal.errors import UnknownIdError
from thecal.pharmacy import (
    conversion_facts,
    drug,
    drug_by_brand,
    drugs,
    indication,
    indications,
    interactions,
    restart_rule,
    restart_rules,
)
from thecal.units import Concentration, Duration

NINE = [
    *("morphine", "hydromorphone", "fentanyl", "sufentanil", "bupivacaine", "ropivacaine"),
    *("clonidine", "ziconotide", "baclofen"),
]
PAIN = {
    *("failed-back-surgery-syndrome", "complex-regional-pain-syndrome", "arachnoiditis"),
    *("neuropathic-pain-spinal-cord-injury", "chronic-pancreatitis", "chronic-abdominal-pain"),
    *("osteoarthritis", "cancer-pain", "spinal-metastases"),
}
SPASTICITY = {
    *("multiple-sclerosis", "cerebral-palsy", "stroke", "spinal-cord-injury", "brain-injury"),
    *("spastic-diplegia", "paraplegia", "quadriplegia"),
}


@pytest.mark.inventory("S2.2", "S3.13", "S3.15", "S3.16")
def test_the_formulary_holds_the_nine_drugs() -> None:
    assert [one.id for one in drugs()] == NINE


@pytest.mark.parametrize(
    ("id", "basis", "unit", "concentration"),
    [
        ("morphine", "salt", "mg", "mg/mL"),
        ("hydromorphone", "salt", "mg", "mg/mL"),
        ("fentanyl", "base", "ug", "ug/mL"),
        ("sufentanil", "base", "ug", "ug/mL"),
        ("bupivacaine", "salt", "mg", "mg/mL"),
        ("ropivacaine", "salt", "mg", "mg/mL"),
        ("clonidine", "salt", "ug", "ug/mL"),
        ("ziconotide", "salt", "ug", "ug/mL"),
        ("baclofen", "base", "ug", "ug/mL"),
    ],
)
def test_every_drug_has_a_basis_and_its_own_units(
    id: str,
    basis: str,
    unit: str,
    concentration: str,
) -> None:
    one = drug(id)
    assert (one.basis, one.mass_unit, one.concentration_unit) == (basis, unit, concentration)


@pytest.mark.parametrize(
    ("brand", "id"),
    [
        ("Lioresal", "baclofen"),
        ("gablofen", "baclofen"),
        ("PRIALT", "ziconotide"),
        ("Infumorph", "morphine"),
        ("Mitigo", "morphine"),
        ("Duraclon", "clonidine"),
    ],
)
@pytest.mark.inventory("S3.14", "S3.17")
def test_a_brand_names_its_drug_in_any_case_of_letters(brand: str, id: str) -> None:
    assert drug_by_brand(brand).id == id


def test_a_brand_typed_as_a_drug_is_refused_with_the_drug_to_write() -> None:
    with pytest.raises(UnknownIdError, match='write the drug: "baclofen"'):
        drug("Lioresal")


def test_a_misspelt_drug_or_brand_names_the_nearest() -> None:
    with pytest.raises(UnknownIdError, match="did you mean morphine"):
        drug("morfine")
    with pytest.raises(UnknownIdError, match="prialt"):
        drug_by_brand("Prialtt")


def test_only_three_drugs_have_a_label_for_the_pump() -> None:
    approved = {one.id for one in drugs() if one.approved_for_pump}
    assert approved == {"morphine", "ziconotide", "baclofen"}


def test_concentrations_sold() -> None:
    sold = [fact.value for fact in drug("baclofen").concentrations_sold]
    assert sold == [Concentration.of(n, "ug/mL") for n in (50, 500, 1000, 2000)]
    sold = [fact.value for fact in drug("ziconotide").concentrations_sold]
    assert sold == [Concentration.of(n, "ug/mL") for n in (25, 100)]


def test_t27_the_label_of_baclofen_forbids_mixing() -> None:
    assert drug("baclofen").facts["label-mixture"].value == "forbidden"


def test_enzymes_that_matter() -> None:
    assert drug("fentanyl").enzymes == ("CYP3A4",)
    assert drug("ropivacaine").enzymes == ("CYP1A2", "CYP3A4")
    assert drug("baclofen").enzymes == ()
    assert drug("ziconotide").enzymes == ()


@pytest.mark.parametrize("id", NINE)
def test_every_drug_has_a_restart_rule(id: str) -> None:
    rule = restart_rule(id)
    assert rule.gap.value > Duration.zero()
    assert rule.abrupt_stop.value
    assert rule.stop_is_hazard == (id in ("baclofen", "clonidine"))


def test_an_opioid_restarts_at_half_after_a_day_by_a_recalled_rule() -> None:
    rule = restart_rules()["opioid"]
    assert rule.gap.value == Duration.of(24, "h")
    assert rule.fraction is not None
    assert rule.fraction.value == Fraction(1, 2)
    assert rule.fraction.recalled


@pytest.mark.parametrize("id", ["bupivacaine", "ziconotide"])
def test_without_tolerance_there_is_no_restart_fraction(id: str) -> None:
    assert restart_rule(id).fraction is None


def test_interactions_of_a_drug_and_of_its_class() -> None:
    partners = {one.partner for one in interactions("morphine")}
    assert {"benzodiazepine", "mao-inhibitor", "systemic-opioid"} <= partners
    assert "mao-inhibitor" not in {one.partner for one in interactions("hydromorphone")}
    assert "cyp3a4-inhibitor" in {one.partner for one in interactions("fentanyl")}


@pytest.mark.inventory("S0.8", "S2.5", "S3.2")
def test_indications_are_those_of_the_contract_and_of_the_sources() -> None:
    assert {one.id for one in indications() if one.therapy == "pain"} == PAIN
    assert {one.id for one in indications() if one.therapy == "spasticity"} == SPASTICITY
    assert indication("stroke").origin == "cerebral"
    assert indication("multiple-sclerosis").origin == "spinal"
    with pytest.raises(UnknownIdError, match="cancer-pain"):
        indication("cancerpain")


def test_both_oral_to_intrathecal_ratios_are_data() -> None:
    ratios = conversion_facts("oral-to-intrathecal-morphine", "ratio")
    assert [fact.value for fact in ratios][:2] == [300, 100]
    with pytest.raises(UnknownIdError):
        conversion_facts("rectal-to-intrathecal", "ratio")
    with pytest.raises(UnknownIdError):
        conversion_facts("oral-to-intrathecal-morphine", "ration")
