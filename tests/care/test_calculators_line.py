"""Worked examples of catheter, prime and bridge (facts/devices.md 6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.calculators.bridge import bridge
from thecal.care.calculators.catheter import catheter_volume, prime
from thecal.care.derivation import Typed
from thecal.errors import EntryError, UsageError
from thecal.program.prime_bridge import PrimeKind
from thecal.units import (
    Concentration,
    Length,
    MassRate,
    Volume,
    VolumePerLength,
    VolumeRate,
)


def length(text: str) -> Typed[Length]:
    return Typed.read(text, Length, zero_allowed=True)


def volume(text: str) -> Typed[Volume]:
    return Typed.read(text, Volume)


def concentration(text: str) -> Typed[Concentration]:
    return Typed.read(text, Concentration)


def dose(text: str) -> Typed[MassRate]:
    return Typed.read(text, MassRate)


def value(calculation, key, unit):
    return calculation.results[key].quantity.in_unit(unit)


def rounded(calculation, key, unit, digits):
    return round(float(value(calculation, key, unit)), digits)


def a_bridge(old, new, daily, *, tubing="0.14 mL", catheter="0.1672 mL", after=None):
    return bridge(
        old_concentration=concentration(old),
        new_concentration=concentration(new),
        daily_dose=dose(daily),
        tubing_volume=volume(tubing),
        catheter_volume=volume(catheter),
        new_daily_dose=None if after is None else dose(after),
    )


@pytest.mark.req("A1")
@pytest.mark.parametrize(
    ("trimmed", "implanted", "expected"),
    [("40", 70, "0.182"), ("0", 110, "0.286"), ("25", 85, "0.221"), ("45", 65, "0.169")],
)
def test_a1_trimmed_prometra_catheter(trimmed, implanted, expected):
    found = catheter_volume(model="prometra-11823", trimmed_length=length(f"{trimmed} cm"))
    assert value(found, "implanted_length", "cm") == implanted
    assert found.results["volume"].quantity == Volume.of(expected, "mL")


@pytest.mark.req("A8")
def test_a8_round_bore_of_08_mm():
    found = catheter_volume(
        supplied_length=length("43 cm"),
        trimmed_length=length("11 cm"),
        inner_diameter=length("0.08 cm"),
    )
    assert value(found, "implanted_length", "cm") == 32
    assert rounded(found, "volume", "mL", 3) == 0.161


def test_contract_example_rests_on_a_recalled_volume_per_length_and_says_so():
    found = catheter_volume(model="ascenda-8780", trimmed_length=length("38 cm"))
    assert found.results["volume"].quantity == Volume.of("0.1672", "mL")
    assert "recalled" in found.findings[0].message
    assert any("unverified (recalled)" in step.source for step in found.steps)


def test_what_is_typed_goes_before_the_model():
    found = catheter_volume(
        model="ascenda-8780",
        implanted_length=length("76 cm"),
        volume_per_length=Typed.read("0.003 mL/cm", VolumePerLength),
    )
    assert found.results["volume"].quantity == Volume.of("0.228", "mL")
    assert found.findings == ()


def test_an_unknown_length_or_lumen_is_refused():
    with pytest.raises(UsageError, match="implanted length is not known"):
        catheter_volume(model="ascenda-8780", supplied_length=length("114 cm"))
    with pytest.raises(EntryError, match="volume per length"):
        catheter_volume(model="surestream", implanted_length=length("70 cm"))
    with pytest.raises(EntryError, match="not below the supplied"):
        catheter_volume(model="ascenda-8780", trimmed_length=length("114 cm"))
    with pytest.raises(UsageError, match="lumen is given twice"):
        catheter_volume(
            implanted_length=length("70 cm"),
            inner_diameter=length("0.05 cm"),
            volume_per_length=Typed.read("0.003 mL/cm", VolumePerLength),
        )


@pytest.mark.req("B7")
def test_b7_full_prime_and_tubing_alone_at_1_ml_per_hour_which_is_recalled():
    """The rate of 24 mL/d is recalled (devices.md 1.1)."""
    rate = Typed.read("1 mL/h", VolumeRate)
    full = prime(
        PrimeKind.FULL,
        rate,
        tubing_volume=volume("0.14 mL"),
        catheter_volume=volume("0.1672 mL"),
        concentrations={"baclofen": concentration("2000 ug/mL")},
    )
    assert full.results["volume"].quantity == Volume.of("0.3072", "mL")
    assert rounded(full, "duration", "min", 1) == 18.4
    assert full.results["mass"]["baclofen"].quantity.in_unit("ug") == pytest.approx(614.4)
    assert "614.4" in full.findings[0].message
    tubing = prime(PrimeKind.BACK_TABLE, rate, tubing_volume=volume("0.14 mL"))
    assert rounded(tubing, "duration", "min", 1) == 8.4
    assert "mass" not in tubing.results


@pytest.mark.req("B8")
@pytest.mark.parametrize(
    ("drug", "strength", "mass"),
    [
        ("baclofen", "500 ug/mL", "29.5 ug"),
        ("baclofen", "2000 ug/mL", "118 ug"),
        ("morphine", "10 mg/mL", "0.59 mg"),
        ("morphine", "25 mg/mL", "1.475 mg"),
    ],
)
def test_b8_mass_in_the_tubing_over_volume(drug, strength, mass):
    found = prime(
        PrimeKind.BACK_TABLE,
        Typed.read("24 mL/d", VolumeRate),
        tubing_volume=volume("0.059 mL"),
        concentrations={drug: concentration(strength)},
    )
    number, unit = mass.split()
    assert found.results["mass"][drug].quantity.in_unit(unit) == pytest.approx(float(number))
    assert found.results["mass"][drug].unit == unit


def test_a_prime_without_the_volume_it_needs_is_refused():
    rate = Typed.read("24 mL/d", VolumeRate)
    with pytest.raises(UsageError, match="--catheter-volume is missing"):
        prime(PrimeKind.FULL, rate, tubing_volume=volume("0.14 mL"))
    with pytest.raises(UsageError, match="--tubing-volume is missing"):
        prime(PrimeKind.BACK_TABLE, rate, catheter_volume=volume("0.14 mL"))
    assert prime(PrimeKind.CATHETER, rate, catheter_volume=volume("0.14 mL")).results["volume"]


@pytest.mark.req("B1")
def test_b1_bridge_up_rests_on_a_recalled_catheter_volume():
    found = a_bridge("500 ug/mL", "2000 ug/mL", "200 ug/d")
    assert found.results["volume"].quantity == Volume.of("0.3072", "mL")
    assert found.results["rate"].quantity == VolumeRate.of("0.4", "mL/d")
    assert rounded(found, "duration", "h", 2) == 18.43
    assert value(found, "dose", "ug") == pytest.approx(153.6)
    assert found.results["new_rate"].quantity == VolumeRate.of("0.1", "mL/d")


@pytest.mark.req("B2")
def test_b2_without_that_bridge_a_quarter_of_the_dose():
    without = a_bridge("500 ug/mL", "2000 ug/mL", "200 ug/d").results["without_bridge"]
    assert without["daily_dose"].quantity == MassRate.of(50, "ug/d")
    assert round(float(without["duration"].quantity.in_unit("h")), 1) == 73.7


@pytest.mark.req("B3")
def test_b3_bridge_down():
    found = a_bridge("2000 ug/mL", "500 ug/mL", "400 ug/d")
    assert found.results["rate"].quantity == VolumeRate.of("0.2", "mL/d")
    assert rounded(found, "duration", "h", 2) == 36.86
    assert value(found, "dose", "ug") == pytest.approx(614.4)
    assert found.results["new_rate"].quantity == VolumeRate.of("0.8", "mL/d")


@pytest.mark.req("B4")
def test_b4_without_that_bridge_four_times_the_dose_and_a_warning():
    found = a_bridge("2000 ug/mL", "500 ug/mL", "400 ug/d")
    without = found.results["without_bridge"]
    assert without["daily_dose"].quantity == MassRate.of(1600, "ug/d")
    assert round(float(without["duration"].quantity.in_unit("h")), 1) == 9.2
    (warning,) = [one for one in found.findings if one.severity.value == "warn"]
    assert "+300" in warning.message
    assert "4 times" in warning.message


@pytest.mark.req("B5")
def test_b5_tubing_of_0199_ml():
    found = a_bridge("500 ug/mL", "2000 ug/mL", "200 ug/d", tubing="0.199 mL")
    assert found.results["volume"].quantity == Volume.of("0.3662", "mL")
    assert rounded(found, "duration", "h", 2) == 21.97
    assert rounded(found, "dose", "ug", 1) == 183.1


@pytest.mark.req("B6")
def test_b6_dose_rises_after_the_bridge():
    found = a_bridge(
        "10 mg/mL", "20 mg/mL", "2 mg/d", tubing="0.14 mL", catheter="0.2 mL", after="2.2 mg/d"
    )
    assert found.results["rate"].quantity == VolumeRate.of("0.2", "mL/d")
    assert value(found, "duration", "h") == pytest.approx(40.8)
    assert value(found, "dose", "mg") == pytest.approx(3.4)
    assert found.results["new_rate"].quantity == VolumeRate.of("0.11", "mL/d")


@pytest.mark.req("T20")
def test_t20_concentration_change_both_ways():
    up = a_bridge("10 mg/mL", "20 mg/mL", "4 mg/d", tubing="0.2 mL", catheter="0.2 mL")
    assert up.results["rate"].quantity == VolumeRate.of("0.4", "mL/d")
    assert value(up, "duration", "h") == 24
    assert up.results["without_bridge"]["daily_dose"].quantity == MassRate.of(2, "mg/d")
    assert up.results["without_bridge"]["duration"].quantity.in_unit("d") == 2
    down = a_bridge("20 mg/mL", "10 mg/mL", "4 mg/d", tubing="0.2 mL", catheter="0.2 mL")
    assert down.results["rate"].quantity == VolumeRate.of("0.2", "mL/d")
    assert value(down, "duration", "h") == 48
    assert down.results["without_bridge"]["daily_dose"].quantity == MassRate.of(8, "mg/d")
    assert down.results["without_bridge"]["duration"].quantity.in_unit("h") == 24


@pytest.mark.req("A12")
def test_a12_sixty_an_hour_for_sixty_a_day_is_told_as_1440_a_day():
    found = a_bridge("500 ug/mL", "2000 ug/mL", "60 ug/h")
    alert = found.findings[0]
    assert alert.check == "K5"
    assert "1,440" in alert.message
    assert alert.value.quantity.in_unit("ug/d") == 1440


def test_equal_concentrations_need_no_bridge():
    found = a_bridge("10 mg/mL", "10 mg/mL", "2 mg/d")
    assert "no bridge is needed" in found.findings[0].message


def test_the_open_point_about_the_tubing_volume_is_shown():
    found = a_bridge("10 mg/mL", "20 mg/mL", "2 mg/d")
    assert any("open point" in one.source for one in found.findings)


amounts = st.integers(1, 9_999_999)


@given(old=amounts, new=amounts, daily=amounts, tubing=amounts, catheter=amounts)
def test_bridge_dose_is_volume_times_old_concentration(old, new, daily, tubing, catheter):
    found = a_bridge(
        f"{old} ug/mL",
        f"{new} ug/mL",
        f"{daily} ug/d",
        tubing=f"{tubing} uL",
        catheter=f"{catheter} uL",
    )
    results = found.results
    whole = results["volume"].quantity
    assert results["dose"].quantity == whole * Concentration.of(old, "ug/mL")
    assert results["rate"].quantity * results["duration"].quantity == whole
    # The dose rate in the bridge is the one that was asked for.
    assert results["dose"].quantity / results["duration"].quantity == MassRate.of(daily, "ug/d")


@given(number=st.integers(1, 9999), old=st.integers(1, 9999), new=st.integers(1, 9999))
def test_units_never_change_a_bridge(number, old, new):
    in_mg = a_bridge(f"{old} mg/mL", f"{new} mg/mL", f"{number} mg/d")
    in_ug = a_bridge(f"{old}000 ug/mL", f"{new}000 ug/mL", f"{number}000 ug/d")
    for key in ("volume", "rate", "duration", "dose", "new_rate"):
        assert in_mg.results[key].quantity == in_ug.results[key].quantity
