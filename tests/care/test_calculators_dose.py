"""Worked examples of opioid conversion and the first baclofen dose (facts/pharmacology.md 9)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.calculators.baclofen import baclofen_start
from thecal.care.calculators.conversion import OPIOIDS, ROUTES, convert_opioid
from thecal.care.derivation import Typed
from thecal.errors import EntryError, UsageError
from thecal.units import Duration, Mass, MassRate, VolumeRate


def convert(drug, route, dose, ratio, to=None):
    return convert_opioid(
        drug_id=drug,
        route=route,
        daily_dose=Typed.read(dose, MassRate),
        ratio=Fraction(ratio),
        to_drug=to,
    )


def start(bolus, effect, rule):
    return baclofen_start(
        screening_bolus=Typed.read(bolus, Mass),
        effect_duration=Typed.read(effect, Duration),
        rule=rule,
    )


def factor_doses(found, unit):
    return [one["daily_dose"].quantity.in_unit(unit) for one in found.results["factors"]]


def warnings(found):
    return [one.message for one in found.findings if one.severity.value == "warn"]


@pytest.mark.req("T1")
@pytest.mark.inventory("S3.10")
def test_t1_oral_300_mg_at_300_to_1_warns_above_a_recalled_consensus_start():
    """The PACC start of 0.5 mg/d is recalled."""
    found = convert("morphine", "oral", "300 mg/d", 300)
    assert found.results["intrathecal_daily_dose"].quantity == MassRate.of(1, "mg/d")
    assert factor_doses(found, "mg/d") == [1, Fraction(3, 4), Fraction(1, 2)]
    low, high = found.results["range"]
    assert (low.quantity.in_unit("mg/d"), high.quantity.in_unit("mg/d")) == (Fraction(1, 2), 1)
    above = [one for one in found.findings if "pacc-2017" in one.message]
    assert above[0].limit.quantity == MassRate.of("0.5", "mg/d")
    assert "unverified (recalled)" in above[0].source


@pytest.mark.req("T2")
def test_t2_at_100_to_1_three_times_as_much():
    found = convert("morphine", "oral", "300 mg/d", 100)
    assert found.results["intrathecal_daily_dose"].quantity == MassRate.of(3, "mg/d")
    assert any("pacc-2017" in message for message in warnings(found))


@pytest.mark.inventory("T2", "S3.10")
def test_every_published_ratio_and_the_published_raise_stand_beside_the_answer():
    """300 mg by mouth are 1 mg by the ratio of the patient page, 3 mg by that of the cancer one."""
    found = convert("morphine", "oral", "300 mg/d", 100)
    doses = {
        one["ratio"]: one["daily_dose"].quantity.in_unit("mg/d")
        for one in found.results["by_published_ratio"]
    }
    assert (doses[300], doses[100]) == (1, 3)
    after = found.results["after_published_raise"].quantity.in_unit("mg/d")
    assert round(after, 2) == 5
    assert any("shown, not proposed" in one.message for one in found.findings)
    assert not convert("morphine", "transdermal", "1 mg/d", 100).results["by_published_ratio"]


@pytest.mark.req("T4")
@pytest.mark.parametrize(("ratio", "expected"), [("5", "0.16"), ("6", "0.8/6")])
def test_t4_intrathecal_morphine_to_hydromorphone(ratio, expected):
    """5:1 and the start of 0.15 mg/d are recalled."""
    found = convert("morphine", "intrathecal", "0.8 mg/d", ratio, "hydromorphone")
    above, _, below = expected.partition("/")
    wanted = Fraction(above) / Fraction(below or 1)
    assert factor_doses(found, "mg/d") == [wanted, wanted * Fraction(3, 4), wanted / 2]
    over = any("0.15" in message for message in warnings(found))
    assert over == (ratio == "5")


@pytest.mark.req("T5")
def test_t5_intravenous_fentanyl_keeps_its_day_and_its_hour_apart():
    found = convert("fentanyl", "intravenous", "200 ug/h", 100)
    dose = found.results["intrathecal_daily_dose"]
    assert (dose.quantity.in_unit("ug/d"), dose.unit) == (48, "ug/d")
    assert dose.quantity == MassRate.of(2, "ug/h")
    assert factor_doses(found, "ug/d")[-1] == 24
    assert any("4,800" in one.message for one in found.findings)
    # Read as 48 ug/h it would break the consensus maximum of 1000 ug/d (recalled).
    mistaken = convert("fentanyl", "intrathecal", "48 ug/h", 1)
    assert mistaken.results["intrathecal_daily_dose"].quantity.in_unit("ug/d") == 1152
    assert any("daily maximum of pacc-2017" in message for message in warnings(mistaken))


@pytest.mark.req("T3")
def test_t3_mme_is_never_a_conversion_table():
    found = convert("hydromorphone", "oral", "40 mg/d", 100)
    assert any("not a conversion table" in one.message for one in found.findings)


def test_first_factor_is_dose_over_ratio_and_every_factor_has_a_source():
    found = convert("morphine", "epidural", "10 mg/d", 10)
    factors = found.results["factors"]
    assert factors[0]["name"] == "dose over ratio"
    assert factors[0]["factor"] == Fraction(1, 10)
    for one in factors:
        assert one["source"]
        assert one["status"]


def test_above_label_and_above_everything_reported_still_computes():
    found = convert("morphine", "oral", "9000 mg/d", 100)
    messages = " | ".join(warnings(found))
    for words in ("starting dose of label-us", "daily maximum of label-us", "highest daily dose"):
        assert words in messages
    assert "so is the low end" in messages


def test_lipophilic_to_hydrophilic_is_warned():
    found = convert("fentanyl", "transdermal", "1200 ug/d", 100, "morphine")
    assert any("equianalgesic tables overdose" in message for message in warnings(found))
    assert any("drug changes" in message for message in warnings(found))


def test_a_ratio_that_gives_more_than_every_published_one_is_warned():
    assert any(
        "more than every published" in m
        for m in warnings(convert("morphine", "oral", "300 mg/d", 50))
    )
    assert not any("published" in m for m in warnings(convert("morphine", "oral", "300 mg/d", 300)))


def test_unknown_drug_route_or_zero_ratio_is_refused():
    with pytest.raises(UsageError, match="no opioid"):
        convert("baclofen", "oral", "300 mg/d", 300)
    with pytest.raises(UsageError, match="no opioid"):
        convert("morphine", "oral", "300 mg/d", 300, "ziconotide")
    with pytest.raises(UsageError, match="no route"):
        convert("morphine", "nasal", "300 mg/d", 300)
    with pytest.raises(EntryError, match="ratio is zero"):
        convert("morphine", "oral", "300 mg/d", 0)


@given(
    drug=st.sampled_from(OPIOIDS),
    route=st.sampled_from(ROUTES),
    dose=st.integers(1, 9_999_999),
    ratio=st.integers(1, 9_999_999),
)
def test_whatever_can_be_computed_is_computed(drug, route, dose, ratio):
    found = convert(drug, route, f"{dose} ug/d", ratio)
    first = found.results["intrathecal_daily_dose"].quantity
    assert first.scaled(ratio) == MassRate.of(dose, "ug/d")
    low, high = found.results["range"]
    assert low.quantity < first == high.quantity


@pytest.mark.req("T6")
@pytest.mark.parametrize(
    ("effect", "rule", "expected"),
    [("6 h", "us", 100), ("10 h", "us", 50), ("6 h", "eu", 100), ("10 h", "eu", 100)],
)
def test_t6_screening_50_ug_by_rule(effect, rule, expected):
    """The EU rule of 12 h is recalled, and the answer says so."""
    found = start("50 ug", effect, rule)
    dose = found.results["daily_dose"]
    assert (dose.quantity.in_unit("ug/d"), dose.unit) == (expected, "ug/d")
    assert any("only recalled" in message for message in warnings(found)) == (rule == "eu")
    assert any("labels disagree" in message for message in warnings(found)) == (effect == "10 h")


@pytest.mark.req("T7")
def test_t7_screening_75_ug_for_7_hours():
    found = start("75 ug", "7 h", "us")
    assert found.results["daily_dose"].quantity == MassRate.of(150, "ug/d")
    assert found.results["rate"].quantity == VolumeRate.of("0.3", "mL/d")


@pytest.mark.parametrize(
    ("effect", "rule", "expected"),
    [("8 h", "us", 100), ("481 min", "us", 50), ("12 h", "eu", 100), ("721 min", "eu", 50)],
)
def test_an_effect_of_exactly_the_bound_is_not_long(effect, rule, expected):
    assert start("50 ug", effect, rule).results["daily_dose"].quantity.in_unit("ug/d") == expected


def test_the_unit_typed_is_the_unit_answered():
    dose = start("0.05 mg", "6 h", "us").results["daily_dose"]
    assert (dose.quantity.in_unit("mg/d"), dose.unit) == (Fraction(1, 10), "mg/d")


def test_a_bolus_above_the_largest_of_the_label_is_warned():
    assert not any("above the largest" in m for m in warnings(start("100 ug", "6 h", "us")))
    assert any("above the largest" in m for m in warnings(start("100.1 ug", "6 h", "us")))


def test_an_unknown_rule_is_refused():
    with pytest.raises(UsageError, match="no rule"):
        start("50 ug", "6 h", "uk")
