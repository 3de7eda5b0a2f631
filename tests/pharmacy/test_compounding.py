"""Recipes, mixing and salts: the worked examples, and what always holds."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import CannotComputeError, EntryError, UnknownIdError
from thecal.pharmacy import (
    base_of_salt,
    compounding_fact,
    constant_flow_fill,
    limits,
    mixing,
    powder_of_salt,
    recipe,
    salt_of_base,
    tonicity,
)
from thecal.units import Concentration, Duration, Mass, MassRate, Volume, VolumeRate

positive = st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=1000)
DOSES = {
    "morphine": MassRate.of(2, "mg/d"),
    "bupivacaine": MassRate.of(6, "mg/d"),
    "clonidine": MassRate.of(60, "ug/d"),
}
STOCKS = {
    "morphine": Concentration.of(25, "mg/mL"),
    "clonidine": Concentration.of(500, "ug/mL"),
}


def ml(number: str | int) -> Volume:
    return Volume.of(number, "mL")


def test_t21_recipe_with_powder() -> None:
    made = recipe(ml(20), VolumeRate.of("0.4", "mL/d"), DOSES, STOCKS)
    morphine, bupivacaine, clonidine = (made.drugs[id] for id in DOSES)
    assert morphine.concentration == Concentration.of(5, "mg/mL")
    assert bupivacaine.concentration == Concentration.of(15, "mg/mL")
    assert clonidine.concentration == Concentration.of(150, "ug/mL")
    assert [p.mass.in_unit("mg") for p in (morphine, bupivacaine, clonidine)] == [100, 300, 3]
    assert (morphine.volume, clonidine.volume) == (ml(4), ml(6))
    assert bupivacaine.volume is None
    assert made.feasible
    assert made.diluent == ml(10)
    assert any("bupivacaine: no stock given, powder" in note for note in made.notes)


def test_t21_a_stock_that_is_too_weak_is_not_feasible_and_says_by_how_much() -> None:
    weak = {**STOCKS, "bupivacaine": Concentration.of("7.5", "mg/mL")}
    made = recipe(ml(20), VolumeRate.of("0.4", "mL/d"), DOSES, weak)
    assert made.drugs["bupivacaine"].volume == ml(40)
    assert not made.feasible
    assert made.diluent is None
    assert made.shortfall == ml(30)
    assert any("weaker than the solution" in note for note in made.notes)


def test_t21_powder_is_the_monohydrate_of_the_anhydrous_label_salt() -> None:
    powder = powder_of_salt("bupivacaine", Mass.of(300, "mg"))
    assert round(powder.in_unit("mg"), 1) == Fraction("316.6")


def test_powder_counts_potency_and_water_of_its_certificate() -> None:
    powder = powder_of_salt(
        "morphine", Mass.of(98, "mg"), potency=Fraction("0.98"), water=Fraction("0.2")
    )
    assert powder == Mass.of(125, "mg")
    with pytest.raises(EntryError, match="certificate"):
        powder_of_salt("morphine", Mass.of(1, "mg"), water=Fraction(1))


def test_t22_tonicity_rests_on_recalled_equivalents() -> None:
    solution = {
        "morphine": Concentration.of(5, "mg/mL"),
        "bupivacaine": Concentration.of(15, "mg/mL"),
        "clonidine": Concentration.of("0.15", "mg/mL"),
    }
    found = tonicity(solution, ml(20))
    assert found.equivalent == Concentration.of("3.283", "mg/mL")
    assert found.to_add == Concentration.of("5.717", "mg/mL")
    assert found.mass == Mass.of("114.34", "mg")
    assert not found.hypertonic


def test_a_hypertonic_solution_gets_no_sodium_chloride() -> None:
    found = tonicity({"bupivacaine": Concentration.of(60, "mg/mL")}, ml(20))
    assert found.hypertonic
    assert not found.mass


def test_tonicity_is_not_computed_for_a_drug_without_an_equivalent() -> None:
    with pytest.raises(CannotComputeError, match="ziconotide"):
        tonicity({"ziconotide": Concentration.of(25, "ug/mL")}, ml(20))


def test_t23_the_recipe_is_below_the_consensus_concentrations() -> None:
    made = recipe(ml(20), VolumeRate.of("0.4", "mL/d"), DOSES, STOCKS)
    for drug, part in made.drugs.items():
        (limit,) = limits(drug, "maximum-concentration", populations=())
        assert part.concentration <= limit.concentration


@pytest.mark.parametrize(("stock", "drawn", "saline"), [("100", 1, 19), ("25", 4, 16)])
def test_t15_dilution_of_ziconotide(stock: str, drawn: int, saline: int) -> None:
    made = recipe(
        ml(20),
        VolumeRate.of("0.4", "mL/d"),
        {"ziconotide": MassRate.of(2, "ug/d")},
        {"ziconotide": Concentration.of(stock, "ug/mL")},
    )
    assert made.drugs["ziconotide"].concentration == Concentration.of(5, "ug/mL")
    assert made.drugs["ziconotide"].volume == ml(drawn)
    assert made.diluent == ml(saline)


def test_t14_ziconotide_at_ten_per_millilitre() -> None:
    flow = MassRate.of("0.5", "ug/d") / Concentration.of(10, "ug/mL")
    assert flow == VolumeRate.of("0.05", "mL/d")


def test_the_recipe_of_the_contract() -> None:
    doses = {name: DOSES[name] for name in ("morphine", "clonidine")}
    made = recipe(ml(20), VolumeRate.of("0.4", "mL/d"), doses, STOCKS)
    assert made.feasible
    assert made.diluent == ml(10)
    assert made.notes == ()


def test_a_recipe_refuses_what_cannot_be_an_order() -> None:
    flow, dose = VolumeRate.of("0.4", "mL/d"), {"morphine": MassRate.of(2, "mg/d")}
    with pytest.raises(EntryError, match="volume is not above zero"):
        recipe(Volume.zero(), flow, dose, {})
    with pytest.raises(EntryError, match="daily volume is not above zero"):
        recipe(ml(20), VolumeRate.zero(), dose, {})
    with pytest.raises(EntryError, match="no drug is ordered"):
        recipe(ml(20), flow, {}, {})
    with pytest.raises(EntryError, match="dose of morphine"):
        recipe(ml(20), flow, {"morphine": MassRate.zero()}, {})
    with pytest.raises(EntryError, match="stock of clonidine is given and no dose"):
        recipe(ml(20), flow, dose, {"clonidine": STOCKS["clonidine"]})
    with pytest.raises(UnknownIdError):
        recipe(ml(20), flow, {"aspirin": MassRate.of(2, "mg/d")}, {})


@given(volume=positive, flow=positive, dose=positive, stock=positive)
def test_a_recipe_delivers_the_dose_and_conserves_mass(
    volume: Fraction, flow: Fraction, dose: Fraction, stock: Fraction
) -> None:
    rate = VolumeRate.of(flow, "mL/d")
    made = recipe(
        Volume.of(volume, "mL"),
        rate,
        {"morphine": MassRate.of(dose, "mg/d")},
        {"morphine": Concentration.of(stock, "mg/mL")},
    )
    part = made.drugs["morphine"]
    assert part.concentration * rate == MassRate.of(dose, "mg/d")
    assert part.volume is not None
    assert part.stock is not None
    assert part.stock * part.volume == part.mass == part.concentration * made.volume
    assert made.feasible == (part.concentration <= part.stock)
    if made.diluent is not None:
        assert made.diluent + part.volume == made.volume
    else:
        assert part.volume - made.shortfall == made.volume


@pytest.mark.parametrize(
    ("old", "new", "concentration", "percent"),
    [("10", "20", "18.82", "-5.9"), ("20", "10", "11.18", "11.8")],
)
def test_t19_an_old_pump_keeps_2_4_millilitres(
    old: str, new: str, concentration: str, percent: str
) -> None:
    found = mixing(
        ml("2.4"), Concentration.of(old, "mg/mL"), ml(18), Concentration.of(new, "mg/mL")
    )
    assert round(found.concentration.in_unit("mg/mL"), 2) == Fraction(concentration)
    assert round(found.error * 100, 1) == Fraction(percent)


def test_b15_residual_mixing() -> None:
    found = mixing(
        ml("1.4"), Concentration.of(500, "ug/mL"), ml(20), Concentration.of(2000, "ug/mL")
    )
    assert round(found.concentration.in_unit("ug/mL"), 1) == Fraction("1901.9")
    assert round(found.error * 100, 1) == Fraction("-4.9")


def test_without_fluid_or_new_drug_there_is_no_mixture_to_compute() -> None:
    some = Concentration.of(1, "mg/mL")
    with pytest.raises(CannotComputeError):
        mixing(Volume.zero(), some, Volume.zero(), some)
    with pytest.raises(CannotComputeError):
        mixing(ml(1), some, ml(1), Concentration.zero())


@given(residual=positive, added=positive, old=positive, new=positive)
def test_a_mixture_lies_between_its_parts_and_conserves_mass(
    residual: Fraction, added: Fraction, old: Fraction, new: Fraction
) -> None:
    left, right = Concentration.of(old, "mg/mL"), Concentration.of(new, "mg/mL")
    below, above = Volume.of(residual, "mL"), Volume.of(added, "mL")
    found = mixing(below, left, above, right)
    assert min(left, right) <= found.concentration <= max(left, right)
    assert found.concentration * (below + above) == left * below + right * above
    assert right.scaled(1 + found.error) == found.concentration


def test_a9_archimedes_in_three_steps() -> None:
    """20 mL at 0.5 mL a day run 40 days; 2 mg a day are 80 mg, 3.2 mL of 25 mg/mL."""
    found = constant_flow_fill(
        ml(20),
        VolumeRate.of("0.5", "mL/d"),
        MassRate.of(2, "mg/d"),
        Concentration.of(25, "mg/mL"),
        extra=ml(3),
    )
    assert found.running_time == Duration.of(40, "d")
    assert found.mass == Mass.of(80, "mg")
    assert found.stock_volume == ml("3.2")
    assert found.diluent == ml("16.8")
    assert found.prepare == ml(23)


def test_a_stock_too_weak_for_a_fixed_flow_is_refused() -> None:
    with pytest.raises(CannotComputeError, match="too weak"):
        constant_flow_fill(
            ml(20),
            VolumeRate.of("0.5", "mL/d"),
            MassRate.of(20, "mg/d"),
            Concentration.of(25, "mg/mL"),
        )


def test_t36_fentanyl_base_and_citrate_rest_on_a_recalled_fraction() -> None:
    citrate = salt_of_base("fentanyl", Mass.of(50, "ug"))
    assert round(citrate.in_unit("ug"), 1) == Fraction("78.5")
    fraction = compounding_fact("fentanyl", "base-fraction")
    assert fraction is not None
    assert fraction.value == Fraction("0.637")
    assert fraction.recalled


def test_baclofen_has_no_salt() -> None:
    assert base_of_salt("baclofen", Mass.of(1, "mg")) == Mass.of(1, "mg")


def test_a_salt_without_a_fraction_is_not_guessed() -> None:
    with pytest.raises(CannotComputeError, match="base fraction of ziconotide"):
        base_of_salt("ziconotide", Mass.of(1, "mg"))


@given(mass=positive)
def test_salt_and_base_are_each_others_inverse(mass: Fraction) -> None:
    given_mass = Mass.of(mass, "ug")
    assert base_of_salt("fentanyl", salt_of_base("fentanyl", given_mass)) == given_mass
