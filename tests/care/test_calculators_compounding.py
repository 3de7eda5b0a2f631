"""Worked examples of recipe and mixing (facts/pharmacology.md 9, devices.md 6)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.calculators.compounding import PowderEntry, mixing, recipe
from thecal.care.derivation import Typed
from thecal.errors import CannotComputeError, EntryError, UnknownIdError
from thecal.pharmacy import constant_flow_fill
from thecal.units import Concentration, Mass, MassRate, Volume, VolumeRate


def make(volume, daily, doses, stocks=None):
    return recipe(
        volume=Typed.read(volume, Volume),
        daily_volume=Typed.read(daily, VolumeRate),
        doses={drug: Typed.read(text, MassRate) for drug, text in doses.items()},
        stocks={drug: Typed.read(text, Concentration) for drug, text in (stocks or {}).items()},
    )


def mix(residual, old, added, new):
    return mixing(
        residual=Typed.read(residual, Volume, zero_allowed=True),
        old_concentration=Typed.read(old, Concentration),
        added=Typed.read(added, Volume),
        new_concentration=Typed.read(new, Concentration),
    )


def messages(found):
    return [one.message for one in found.findings]


T21_DOSES = {"morphine": "2 mg/d", "bupivacaine": "6 mg/d", "clonidine": "60 ug/d"}
T21_STOCKS = {"morphine": "25 mg/mL", "clonidine": "500 ug/mL"}


@pytest.mark.req("T21")
@pytest.mark.inventory("T21")
def test_t21_three_drugs_of_which_one_is_powder():
    """Salt masses are recalled molar masses."""
    found = make("20 mL", "0.4 mL/d", T21_DOSES, T21_STOCKS)
    drugs = found.results["drugs"]
    assert drugs["morphine"]["concentration"].quantity == Concentration.of(5, "mg/mL")
    assert drugs["bupivacaine"]["concentration"].quantity == Concentration.of(15, "mg/mL")
    assert drugs["clonidine"]["concentration"].quantity == Concentration.of(150, "ug/mL")
    assert drugs["morphine"]["mass"].quantity == Mass.of(100, "mg")
    assert drugs["bupivacaine"]["mass"].quantity == Mass.of(300, "mg")
    assert drugs["clonidine"]["mass"].quantity == Mass.of(3, "mg")
    assert drugs["morphine"]["volume"].quantity == Volume.of(4, "mL")
    assert drugs["clonidine"]["volume"].quantity == Volume.of(6, "mL")
    assert drugs["bupivacaine"]["volume"] is None
    assert found.results["diluent"].quantity == Volume.of(10, "mL")
    assert found.results["feasible"] is True
    assert any("316.6" in message and "monohydrate" in message for message in messages(found))


@pytest.mark.req("T21")
@pytest.mark.inventory("T21")
def test_t21_bupivacaine_of_075_percent_would_need_40_ml():
    found = make("20 mL", "0.4 mL/d", T21_DOSES, T21_STOCKS | {"bupivacaine": "7.5 mg/mL"})
    assert found.results["feasible"] is False
    assert found.results["diluent"] is None
    assert found.results["drugs"]["bupivacaine"]["volume"].quantity == Volume.of(40, "mL")
    said = " | ".join(messages(found))
    assert "exceed the volume by 30\u00a0mL" in said
    assert "stock of bupivacaine is too dilute" in said
    assert "at least 1\u00a0mL/day" in said


@pytest.mark.req("T22")
@pytest.mark.inventory("T22")
def test_t22_tonicity_rests_on_recalled_equivalents():
    found = make("20 mL", "0.4 mL/d", T21_DOSES, T21_STOCKS)
    (told,) = [one for one in found.findings if "isotonic" in one.message]
    for figure in ("3.283", "5.717", "114.3"):
        assert figure in told.message
    assert "recalled" in told.source


@pytest.mark.req("T23")
@pytest.mark.inventory("T23")
def test_t23_nothing_of_t21_is_at_a_maximum():
    found = make("20 mL", "0.4 mL/d", T21_DOSES, T21_STOCKS)
    assert not any("maximum" in message for message in messages(found))


@pytest.mark.req("T12")
@pytest.mark.inventory("T12")
def test_t12_exactly_at_both_recalled_maxima_computes_with_warnings():
    found = make("20 mL", "0.75 mL/d", {"morphine": "15 mg/d"}, {"morphine": "25 mg/mL"})
    assert found.results["drugs"]["morphine"]["concentration"].quantity.in_unit("mg/mL") == 20
    exactly = [one for one in found.findings if "exactly at the maximum" in one.message]
    assert len(exactly) == 2
    assert all("recalled" in one.source for one in exactly)


@pytest.mark.req("T15")
@pytest.mark.inventory("T15")
@pytest.mark.parametrize(("stock", "drawn", "diluent"), [(100, 1, 19), (25, 4, 16)])
def test_t15_ziconotide_of_5_ug_per_ml(stock, drawn, diluent):
    found = make("20 mL", "0.4 mL/d", {"ziconotide": "2 ug/d"}, {"ziconotide": f"{stock} ug/mL"})
    part = found.results["drugs"]["ziconotide"]
    assert part["concentration"].quantity == Concentration.of(5, "ug/mL")
    assert part["volume"].quantity == Volume.of(drawn, "mL")
    assert found.results["diluent"].quantity == Volume.of(diluent, "mL")


def test_powder_overfill_and_basis_change_what_is_weighed_and_not_the_concentration():
    plain = make("20 mL", "0.4 mL/d", {"bupivacaine": "6 mg/d"})
    certified = recipe(
        volume=Typed.read("20 mL", Volume),
        daily_volume=Typed.read("0.4 mL/d", VolumeRate),
        doses={"bupivacaine": Typed.read("6 mg/d", MassRate)},
        stocks={},
        overfill=Typed.read("2 mL", Volume),
        powders={"bupivacaine": PowderEntry("hydrochloride-anhydrous", Fraction("0.98"))},
    )
    first, second = (one.results["drugs"]["bupivacaine"] for one in (plain, certified))
    assert first["concentration"] == second["concentration"]
    assert second["mass"].quantity == Mass.of(330, "mg")
    assert second["powder"].quantity == Mass.of(330 / Fraction("0.98"), "mg")
    assert certified.results["prepared"].quantity == Volume.of(22, "mL")
    assert (plain.results["recomputed"], certified.results["recomputed"]) == (True, True)


@pytest.mark.inventory("T36")
def test_t36_78_5_of_citrate_and_50_of_base_are_one_recipe():
    def fentanyl(dose, basis):
        return (
            recipe(
                volume=Typed.read("20 mL", Volume),
                daily_volume=Typed.read("0.5 mL/d", VolumeRate),
                doses={"fentanyl": Typed.read(dose, MassRate)},
                stocks={},
                bases={"fentanyl": basis},
            )
            .results["drugs"]["fentanyl"]["concentration"]
            .quantity
        )

    assert abs(fentanyl("78.5 ug/d", "salt").ratio(fentanyl("50 ug/d", "base")) - 1) < Fraction(
        1, 1000
    )


def test_too_small_a_volume_is_told_with_its_dilution_and_a_percentage_as_potency_too():
    found = make("20 mL", "0.4 mL/d", {"sufentanil": "0.1 ug/d"}, {"sufentanil": "50 ug/mL"})
    (told,) = [message for message in messages(found) if "too little to measure" in message]
    assert "0.2\u00a0mL to 2\u00a0mL gives 5\u00a0mcg/mL; then take 1\u00a0mL" in told
    assert found.results["drugs"]["sufentanil"]["volume"].quantity == Volume.of("0.1", "mL")
    percent = recipe(
        volume=Typed.read("20 mL", Volume),
        daily_volume=Typed.read("0.4 mL/d", VolumeRate),
        doses={"bupivacaine": Typed.read("6 mg/d", MassRate)},
        stocks={},
        powders={"bupivacaine": PowderEntry(potency=Fraction("98.5"))},
    )
    assert any("the fraction of the certificate" in message for message in messages(percent))
    with pytest.raises(EntryError, match="a powder of clonidine is given and no dose"):
        recipe(
            volume=Typed.read("20 mL", Volume),
            daily_volume=Typed.read("0.4 mL/d", VolumeRate),
            doses={"bupivacaine": Typed.read("6 mg/d", MassRate)},
            stocks={},
            powders={"clonidine": PowderEntry()},
        )


@pytest.mark.req("B14")
def test_b14_primary_drug_carries_the_other():
    """The same flow the other way round: 0.4 mL/d gives 10 and 5 mg/mL."""
    found = make("20 mL", "0.4 mL/d", {"morphine": "4 mg/d", "bupivacaine": "2.0 mg/d"})
    drugs = found.results["drugs"]
    assert drugs["morphine"]["concentration"].quantity == Concentration.of(10, "mg/mL")
    assert drugs["bupivacaine"]["concentration"].quantity == Concentration.of(5, "mg/mL")


@pytest.mark.req("T36")
@pytest.mark.inventory("T36")
def test_t36_fentanyl_is_ordered_as_base_and_weighed_as_citrate():
    """The factor 0.637 is recalled: 50 ug a day for one day are 78.5 ug of citrate."""
    found = make("1 mL", "1 mL/d", {"fentanyl": "50 ug/d"})
    (powder,) = [one for one in found.findings if "powder" in one.message]
    assert round(float(powder.value.quantity.in_unit("ug")), 1) == 78.5
    assert "citrate" in powder.message
    assert found.results["drugs"]["fentanyl"]["mass"].quantity == Mass.of(50, "ug")


@pytest.mark.req("A9")
def test_a9_constant_flow_steps_agree_with_the_recipe():
    """The published numbers of the Archimedes manual are not readable; the formulas are tested."""
    steps = constant_flow_fill(
        Volume.of(40, "mL"),
        VolumeRate.of("0.8", "mL/d"),
        MassRate.of(4, "mg/d"),
        Concentration.of(20, "mg/mL"),
        extra=Volume.of(3, "mL"),
    )
    found = make("40 mL", "0.8 mL/d", {"morphine": "4 mg/d"}, {"morphine": "20 mg/mL"})
    assert found.results["drugs"]["morphine"]["mass"].quantity == steps.mass
    assert found.results["drugs"]["morphine"]["volume"].quantity == steps.stock_volume
    assert found.results["diluent"].quantity == steps.diluent
    assert steps.prepare == Volume.of(43, "mL")


def test_label_against_mixing_baclofen_is_told():
    found = make("20 mL", "0.4 mL/d", {"baclofen": "200 ug/d", "morphine": "1 mg/d"})
    assert any(one.check == "K33" and "baclofen" in one.message for one in found.findings)
    assert not any(
        one.check == "K33" for one in make("20 mL", "0.4 mL/d", {"baclofen": "200 ug/d"}).findings
    )


def test_stability_is_compared_or_told_as_not_checked():
    long = make("40 mL", "0.2 mL/d", {"morphine": "1 mg/d"})
    assert any(one.check == "K31" and "longer than" in one.message for one in long.findings)
    unknown = make("20 mL", "0.4 mL/d", {"fentanyl": "50 ug/d", "clonidine": "60 ug/d"})
    assert any(one.check == "K31" and "not checked" in one.message for one in unknown.findings)


def test_a_concentration_above_solubility_is_told():
    found = make("20 mL", "0.1 mL/d", {"baclofen": "400 ug/d"})
    assert any("may not dissolve" in message for message in messages(found))


def test_orders_that_name_nothing_or_no_drug_are_refused():
    with pytest.raises(EntryError, match="no drug is ordered"):
        make("20 mL", "0.4 mL/d", {})
    with pytest.raises(EntryError, match="clonidine"):
        make("20 mL", "0.4 mL/d", {"morphine": "1 mg/d"}, {"clonidine": "500 ug/mL"})
    with pytest.raises(UnknownIdError):
        make("20 mL", "0.4 mL/d", {"morfine": "1 mg/d"})


@pytest.mark.req("B15")
def test_b15_residual_of_the_old_solution():
    found = mix("1.4 mL", "500 ug/mL", "20 mL", "2000 ug/mL")
    concentration = found.results["concentration"]
    assert concentration.unit == "ug/mL"
    assert round(float(concentration.quantity.in_unit("ug/mL")), 1) == 1901.9
    assert round(float(found.results["error_percent"]), 1) == -4.9


@pytest.mark.req("T19")
@pytest.mark.inventory("T19")
@pytest.mark.parametrize(
    ("old", "new", "expected", "error"),
    [("10 mg/mL", "20 mg/mL", 18.82, -5.9), ("20 mg/mL", "10 mg/mL", 11.18, 11.8)],
)
def test_t19_dead_residual_of_24_ml(old, new, expected, error):
    found = mix("2.4 mL", old, "18 mL", new)
    concentration = found.results["concentration"]
    assert round(float(concentration.quantity.in_unit("mg/mL")), 2) == expected
    assert round(float(found.results["error_percent"]), 1) == error


def test_no_residual_is_no_error():
    found = mix("0 mL", "500 ug/mL", "20 mL", "2000 ug/mL")
    assert found.results["error_percent"] == 0
    assert found.findings == ()


def test_a_derivation_stands_beside_every_result():
    found = make("20 mL", "0.4 mL/d", T21_DOSES, T21_STOCKS)
    for step in found.steps:
        assert all((step.what, step.formula, step.numbers, step.result, step.source))


@given(
    residual=st.integers(0, 5000),
    added=st.integers(1, 40000),
    old=st.integers(1, 50000),
    new=st.integers(1, 50000),
)
def test_a_mixture_lies_between_its_two_solutions(residual, added, old, new):
    found = mix(f"{residual} uL", f"{old} ug/mL", f"{added} uL", f"{new} ug/mL")
    mixed = found.results["concentration"].quantity.in_unit("ug/mL")
    assert min(old, new) <= mixed <= max(old, new)
    assert found.results["error_percent"] == 100 * (mixed / Fraction(new) - 1)


@given(
    volume=st.integers(1, 50),
    flow=st.integers(1, 2000),
    morphine=st.integers(1, 20000),
    clonidine=st.integers(1, 2000),
    stock=st.integers(1, 50),
)
def test_a_recipe_gives_the_doses_back_and_its_parts_add_up(
    volume, flow, morphine, clonidine, stock
):
    found = make(
        f"{volume} mL",
        f"{flow} uL/d",
        {"morphine": f"{morphine} ug/d", "clonidine": f"{clonidine} ug/d"},
        {"morphine": f"{stock} mg/mL", "clonidine": "500 ug/mL"},
    )
    drugs, whole = found.results["drugs"], Volume.of(volume, "mL")
    rate = VolumeRate.of(flow, "uL/d")
    for drug, dose in (("morphine", morphine), ("clonidine", clonidine)):
        assert drugs[drug]["concentration"].quantity * rate == MassRate.of(dose, "ug/d")
        assert drugs[drug]["mass"].quantity == drugs[drug]["concentration"].quantity * whole
    drawn = drugs["morphine"]["volume"].quantity + drugs["clonidine"]["volume"].quantity
    if found.results["feasible"]:
        assert drawn + found.results["diluent"].quantity == whole
    else:
        assert drawn > whole
        assert found.results["diluent"] is None
        assert any("exceed the volume" in message for message in messages(found))


def test_nothing_to_mix_is_refused():
    with pytest.raises(CannotComputeError):
        mixing(
            residual=Typed(Volume.zero(), "mL"),
            old_concentration=Typed.read("1 mg/mL", Concentration),
            added=Typed(Volume.zero(), "mL"),
            new_concentration=Typed.read("1 mg/mL", Concentration),
        )
