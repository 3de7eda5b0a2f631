"""From an order to a worksheet: salt and base, certificates, overfill, dilutions by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import CannotComputeError, EntryError, UnknownIdError
from thecal.pharmacy import (
    Ingredient,
    Preparation,
    basis_factor,
    compounding_fact,
    dilution_plan,
    drugs,
    form_factor,
    least_measured_volume,
    on_scale,
    prepare,
    salt_form,
    salt_forms,
    usual_form,
)
from thecal.units import Concentration, Mass, MassRate, Volume, VolumeRate, parse_quantity


def ml(number: str | int) -> Volume:
    return Volume.of(number, "mL")


def ordered(dose: str, stock: str | None = None) -> Ingredient:
    strength = None if stock is None else parse_quantity(stock, Concentration)
    return Ingredient(parse_quantity(dose, MassRate), stock=strength)


def t21(**bupivacaine: Fraction) -> Preparation:
    return prepare(
        ml(20),
        VolumeRate.of("0.4", "mL/d"),
        {
            "morphine": ordered("2 mg/d", "25 mg/mL"),
            "bupivacaine": replace(ordered("6 mg/d"), **bupivacaine),
            "clonidine": ordered("60 ug/d", "500 ug/mL"),
        },
    )


@pytest.mark.inventory("T21")
def test_t21_concentrations_masses_volumes_and_monohydrate() -> None:
    made = t21()
    parts = made.parts
    assert parts["morphine"].concentration == Concentration.of(5, "mg/mL")
    assert parts["bupivacaine"].concentration == Concentration.of(15, "mg/mL")
    assert parts["clonidine"].concentration == Concentration.of(150, "ug/mL")
    masses = [parts[one].mass.in_unit("mg") for one in ("morphine", "bupivacaine", "clonidine")]
    assert masses == [100, 300, 3]
    assert (parts["morphine"].draw, parts["clonidine"].draw) == (ml(4), ml(6))
    powder = parts["bupivacaine"].powder
    assert powder is not None
    assert powder.form.id == "hydrochloride-monohydrate"
    assert round(powder.mass.in_unit("mg"), 1) == Fraction("316.6")
    assert powder.mass == Mass.of(300, "mg").scaled(Fraction("342.9") / Fraction("324.89"))
    assert made.diluent == ml(10)


@pytest.mark.inventory("T21")
def test_t21_bupivacaine_from_075_percent_would_need_40_ml_and_is_not_made() -> None:
    made = prepare(
        ml(20), VolumeRate.of("0.4", "mL/d"), {"bupivacaine": ordered("6 mg/d", "7.5 mg/mL")}
    )
    assert made.parts["bupivacaine"].draw == ml(40)
    assert made.diluent is None


def test_potency_and_water_of_the_certificate_raise_the_mass_to_weigh() -> None:
    plain, real = (
        one.parts["bupivacaine"].powder
        for one in (t21(), t21(potency=Fraction("0.98"), water=Fraction("0.05")))
    )
    assert plain is not None
    assert real is not None
    assert real.mass.ratio(plain.mass) == 1 / (Fraction("0.98") * Fraction("0.95"))
    with pytest.raises(EntryError, match="certificate"):
        t21(water=Fraction(1))


def test_overfill_makes_more_of_the_same_concentration() -> None:
    some = {"morphine": ordered("2 mg/d", "25 mg/mL")}
    flow = VolumeRate.of("0.4", "mL/d")
    plain, more = prepare(ml(20), flow, some), prepare(ml(20), flow, some, overfill=ml(2))
    assert more.prepared == ml(22)
    assert more.parts["morphine"].concentration == plain.parts["morphine"].concentration
    assert more.parts["morphine"].mass.in_unit("mg") == 110


@pytest.mark.inventory("T36")
def test_t36_fentanyl_50_as_base_is_78_5_of_citrate_and_the_same_order() -> None:
    factor = basis_factor("fentanyl", "base", "salt")
    assert round(50 * factor, 1) == Fraction("78.5")
    assert round(1 / factor, 3) == Fraction("0.637")
    flow = VolumeRate.of("0.5", "mL/d")
    as_base = Ingredient(MassRate.of(50, "ug/d"), "base")
    as_salt = Ingredient(MassRate.of(50 * factor, "ug/d"), "salt")
    first, second = (
        prepare(ml(20), flow, {"fentanyl": one}).parts["fentanyl"] for one in (as_base, as_salt)
    )
    assert first.concentration == second.concentration
    assert first.powder == second.powder


@pytest.mark.parametrize("drug", [one.id for one in drugs() if salt_forms(one.id)])
def test_molar_masses_agree_with_the_fractions_of_base_in_the_facts(drug: str) -> None:
    """Two independent answers; the facts print three digits."""
    known = compounding_fact(drug, "base-fraction")
    assert known is not None
    base = usual_form(drug, "base")
    powder = form_factor(usual_form(drug, "powder"), base)
    assert round(powder, 3) == known.value


def test_morphine_of_another_salt_is_weighed_by_its_base() -> None:
    """Two molecules of base stand in one formula of the sulfate, one in the hydrochloride."""
    sulfate = salt_form("morphine", "sulfate-pentahydrate")
    hydrochloride = salt_form("morphine", "hydrochloride-trihydrate")
    factor = form_factor(sulfate, hydrochloride)
    assert factor == Fraction("375.84") * 2 / Fraction("758.83")


def test_nothing_is_guessed_for_a_drug_without_molar_mass() -> None:
    with pytest.raises(CannotComputeError, match="ziconotide"):
        basis_factor("ziconotide", "salt", "base")
    with pytest.raises(UnknownIdError):
        salt_form("morphine", "citrate")
    part = prepare(ml(20), VolumeRate.of("0.4", "mL/d"), {"ziconotide": ordered("2 ug/d")})
    assert part.parts["ziconotide"].powder is None


@pytest.mark.inventory("T15")
@pytest.mark.parametrize(("stock", "drawn", "saline"), [("100", 1, 19), ("25", 4, 16)])
def test_t15_20_ml_of_5_ug_per_ml_ziconotide(stock: str, drawn: int, saline: int) -> None:
    made = prepare(
        ml(20), VolumeRate.of("0.4", "mL/d"), {"ziconotide": ordered("2 ug/d", f"{stock} ug/mL")}
    )
    part = made.parts["ziconotide"]
    assert part.concentration == Concentration.of(5, "ug/mL")
    assert part.plan is not None
    assert part.plan.steps == ()
    assert part.draw == ml(drawn)
    assert made.diluent == ml(saline)


@pytest.mark.inventory("T15")
def test_a_stock_too_strong_to_be_measured_is_diluted_first() -> None:
    made = prepare(
        ml(20), VolumeRate.of("0.4", "mL/d"), {"sufentanil": ordered("0.1 ug/d", "50 ug/mL")}
    )
    plan = made.parts["sufentanil"].plan
    assert plan is not None
    (step,) = plan.steps
    assert (step.take, step.make, step.diluent) == (ml("0.2"), ml(2), ml("1.8"))
    assert plan.strength == step.result == Concentration.of(5, "ug/mL")
    assert plan.draw == ml(1)
    assert made.diluent == ml(19)


def test_exactly_the_least_volume_is_drawn_directly() -> None:
    least = least_measured_volume().value
    stock = Concentration.of(10, "mg/mL")
    assert dilution_plan(stock, stock * least, ml(20)).steps == ()
    below = Volume(least.base * Fraction(999, 1000))
    assert len(dilution_plan(stock, stock * below, ml(20)).steps) == 1


@given(dose=st.integers(1, 9_999_999), stock=st.integers(1, 50_000))
def test_what_the_scale_shows_never_makes_more_than_the_order(dose: int, stock: int) -> None:
    rate = MassRate.of(Fraction(dose, 1000), "ug/d")
    strong = Ingredient(rate, stock=Concentration.of(stock, "ug/mL"))
    flow = VolumeRate.of("0.4", "mL/d")
    for one in (strong, Ingredient(rate)):
        read = on_scale(prepare(ml(20), flow, {"morphine": one}).parts["morphine"])
        if read is None:
            continue
        assert read.dose <= rate
        assert read.loss == 1 - read.dose.ratio(rate)
        step = Volume.of("0.01", "mL") if isinstance(read.amount, Volume) else Mass.of("0.1", "mg")
        assert (read.amount.base / step.base).denominator == 1


def test_a_dilution_that_does_not_fit_is_not_made() -> None:
    stock = Concentration.of(1, "mg/mL")
    with pytest.raises(CannotComputeError, match="does not fit"):
        dilution_plan(stock, stock * ml("0.1"), ml("0.5"))


@given(stock=st.integers(1, 50_000), nanograms=st.integers(1, 10**9))
def test_every_volume_of_a_dilution_can_be_measured_and_the_mass_arrives(
    stock: int, nanograms: int
) -> None:
    strength, mass = Concentration.of(stock, "ug/mL"), Mass.of(nanograms, "ng")
    plan = dilution_plan(strength, mass, Volume.of(10**6, "mL"))
    least = least_measured_volume().value
    assert plan.strength * plan.draw == mass
    before = strength
    for place, step in enumerate(plan.steps):
        assert step.source == before
        assert step.take >= least
        assert step.diluent.base > 0
        needed = plan.steps[place + 1].take if place + 1 < len(plan.steps) else plan.draw
        assert step.make >= needed
        before = step.result
    assert before == plan.strength
    assert plan.draw >= least
