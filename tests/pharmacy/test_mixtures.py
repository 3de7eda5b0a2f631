"""A mixture is a value: drugs of concentration zero are none, and blending conserves mass."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from thecal.pharmacy import DRUG_FREE, Mixture, mixing
from thecal.units import Concentration, Mass, Volume

amounts = st.fractions(min_value=0, max_value=1000, max_denominator=1000)
mixtures = st.dictionaries(
    st.sampled_from(["morphine", "bupivacaine", "clonidine", "baclofen"]),
    amounts.map(lambda n: Concentration.of(n, "mg/mL")),
).map(Mixture.of)
volumes = amounts.map(lambda n: Volume.of(n, "mL"))


def test_a_drug_of_concentration_zero_is_not_in_the_mixture() -> None:
    mixture = Mixture.of(
        {"morphine": Concentration.of(1, "mg/mL"), "baclofen": Concentration.zero()}
    )
    assert list(mixture) == ["morphine"]
    assert len(mixture) == 1
    assert "baclofen" not in mixture
    assert not mixture.get_concentration("baclofen")


def test_equal_mixtures_are_equal_in_any_order() -> None:
    one, two = Concentration.of(1, "mg/mL"), Concentration.of(2, "mg/mL")
    left = Mixture.of({"morphine": one, "clonidine": two})
    right = Mixture.of({"clonidine": two, "morphine": one})
    assert left == right
    assert hash(left) == hash(right)
    assert left != DRUG_FREE


@given(left=mixtures, right=mixtures, below=volumes, above=volumes)
def test_blending_conserves_the_mass_of_every_drug(
    left: Mixture, right: Mixture, below: Volume, above: Volume
) -> None:
    blend = left.blended(below, right, above)
    for drug in {*left, *right}:
        before = left.mass_of(drug, below) + right.mass_of(drug, above)
        assert blend.mass_of(drug, below + above) == before


def test_blending_nothing_with_nothing_is_drug_free() -> None:
    assert DRUG_FREE.blended(Volume.zero(), DRUG_FREE, Volume.zero()) == DRUG_FREE
    assert DRUG_FREE.mass_of("morphine", Volume.of(1, "mL")) == Mass.zero()


def test_blending_agrees_with_the_calculator_of_mixing() -> None:
    old, new = Concentration.of(500, "ug/mL"), Concentration.of(2000, "ug/mL")
    left, right = Mixture.of({"baclofen": old}), Mixture.of({"baclofen": new})
    residual, added = Volume.of("1.4", "mL"), Volume.of(20, "mL")
    blend = left.blended(residual, right, added)
    assert blend["baclofen"] == mixing(residual, old, added, new).concentration
    assert blend["baclofen"].in_unit("ug/mL") == Fraction(40700 * 10, 214)
