"""Exact value types: conversions against plain decimals, unit permutation, no mixing."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import DimensionError
from thecal.units import (
    DAY,
    HOUR,
    Concentration,
    Duration,
    Length,
    Mass,
    MassRate,
    Volume,
    VolumePerLength,
    VolumeRate,
)

# An oracle of its own: decimal strings, no table shared with the code under test.
IN_NANOGRAM = {"kg": "1000000000000", "mg": "1000000", "ug": "1000", "ng": "1"}
IN_MICROLITRE = {"mL": "1000", "uL": "1"}
IN_SECOND = {"d": "86400", "h": "3600", "min": "60", "s": "1"}

amounts = st.decimals(min_value=Decimal("0.000001"), max_value=Decimal(9_999_999), places=6).filter(
    bool
)
mass_units = st.sampled_from([*IN_NANOGRAM])
volume_units = st.sampled_from([*IN_MICROLITRE])
time_units = st.sampled_from(["d", "h"])


def product(*factors: Decimal | str) -> Decimal:
    """Multiply without rounding."""
    with localcontext() as context:
        context.prec = 200
        total = Decimal(1)
        for factor in factors:
            total *= Decimal(factor)
    return total


def same(left: Fraction, right: Decimal) -> bool:
    return left == Fraction(right)


@given(amount=amounts, first=mass_units, second=mass_units)
def test_masses_convert_as_decimals_do(amount: Decimal, first: str, second: str) -> None:
    converted = Mass.of(amount, first).in_unit(second)
    assert same(converted * int(IN_NANOGRAM[second]), product(amount, IN_NANOGRAM[first]))


@given(amount=amounts, first=volume_units, second=volume_units)
def test_volumes_convert_as_decimals_do(amount: Decimal, first: str, second: str) -> None:
    converted = Volume.of(amount, first).in_unit(second)
    assert same(converted * int(IN_MICROLITRE[second]), product(amount, IN_MICROLITRE[first]))


@given(amount=amounts, first=st.sampled_from([*IN_SECOND]), second=st.sampled_from([*IN_SECOND]))
def test_durations_convert_as_decimals_do(amount: Decimal, first: str, second: str) -> None:
    converted = Duration.of(amount, first).in_unit(second)
    assert same(converted * int(IN_SECOND[second]), product(amount, IN_SECOND[first]))


@given(
    amount=amounts,
    units=st.tuples(*[st.sampled_from(["mg", "ug"]), time_units] * 2),
)
def test_mass_rates_convert_as_decimals_do(amount: Decimal, units: tuple[str, ...]) -> None:
    mass, time, other_mass, other_time = units
    converted = MassRate.of(amount, f"{mass}/{time}").in_unit(f"{other_mass}/{other_time}")
    left = converted * int(IN_NANOGRAM[other_mass]) * int(IN_SECOND[time])
    assert same(left, product(amount, IN_NANOGRAM[mass], IN_SECOND[other_time]))


@given(amount=amounts, units=st.tuples(volume_units, time_units, volume_units, time_units))
def test_volume_rates_convert_as_decimals_do(amount: Decimal, units: tuple[str, ...]) -> None:
    volume, time, other_volume, other_time = units
    converted = VolumeRate.of(amount, f"{volume}/{time}").in_unit(f"{other_volume}/{other_time}")
    left = converted * int(IN_MICROLITRE[other_volume]) * int(IN_SECOND[time])
    assert same(left, product(amount, IN_MICROLITRE[volume], IN_SECOND[other_time]))


@given(
    amount=amounts, first=st.sampled_from(["mg", "ug", "ng"]), second=st.sampled_from(["mg", "ng"])
)
def test_concentrations_convert_as_decimals_do(amount: Decimal, first: str, second: str) -> None:
    converted = Concentration.of(amount, f"{first}/mL").in_unit(f"{second}/mL")
    assert same(converted * int(IN_NANOGRAM[second]), product(amount, IN_NANOGRAM[first]))


@pytest.mark.req("U11")
@given(
    dose=amounts,
    level=amounts,
    units=st.tuples(st.sampled_from(["mg", "ug"]), time_units, st.sampled_from(["mg", "ug", "ng"])),
    others=st.tuples(
        st.sampled_from(["mg", "ug"]), time_units, st.sampled_from(["mg", "ug", "ng"])
    ),
)
def test_permuting_units_never_changes_a_rate(
    dose: Decimal, level: Decimal, units: tuple[str, str, str], others: tuple[str, str, str]
) -> None:
    """The same order typed in mg or ug, a day or an hour, gives the same volume rate."""
    (mass, time, conc), (other_mass, other_time, other_conc) = units, others
    typed = MassRate.of(dose, f"{mass}/{time}")
    dissolved = Concentration.of(level, f"{conc}/mL")
    retyped = MassRate.of(typed.in_unit(f"{other_mass}/{other_time}"), f"{other_mass}/{other_time}")
    redissolved = Concentration.of(dissolved.in_unit(f"{other_conc}/mL"), f"{other_conc}/mL")
    assert typed / dissolved == retyped / redissolved
    # Against the oracle: mL/d times ng/mL is ng/d.
    a_day = (typed / dissolved).in_unit("mL/d")
    left = a_day * Fraction(product(level, IN_NANOGRAM[conc])) * int(IN_SECOND[time])
    assert same(left, product(dose, IN_NANOGRAM[mass], IN_SECOND["d"]))


@given(mass=amounts, volume=amounts, seconds=amounts)
def test_products_and_quotients_undo_each_other(
    mass: Decimal, volume: Decimal, seconds: Decimal
) -> None:
    drug, fluid, time = Mass.of(mass, "mg"), Volume.of(volume, "mL"), Duration.of(seconds, "s")
    assert (drug / fluid) * fluid == drug
    assert fluid * (drug / fluid) == drug
    assert drug / (drug / fluid) == fluid
    assert (drug / time) * time == drug
    assert (fluid / time) * time == fluid
    assert fluid / (fluid / time) == time
    assert (drug / time) / (drug / fluid) == fluid / time
    assert (fluid / time) * (drug / fluid) == drug / time
    assert (drug / fluid) * (fluid / time) == drug / time
    assert (drug / time).per_day() == (drug / time) * DAY
    assert (fluid / time).per_day() == (fluid / time) * DAY
    assert drug.ratio(drug.scaled(4)) == Fraction(1, 4)


@given(first=amounts, second=amounts)
def test_sums_and_order_are_those_of_the_numbers(first: Decimal, second: Decimal) -> None:
    left, right = Mass.of(first, "mg"), Mass.of(second, "mg")
    assert (left + right).in_unit("mg") == Fraction(first) + Fraction(second)
    assert (left - right).in_unit("mg") == Fraction(first) - Fraction(second)
    assert abs(left - right) == abs(right - left)
    assert -(left - right) == right - left
    assert (left < right, left <= right, left > right, left >= right) == (
        first < second,
        first <= second,
        first > second,
        first >= second,
    )


def test_the_length_of_a_catheter_gives_its_volume() -> None:
    volume = Length.of(76, "cm") * VolumePerLength.of("0.0022", "mL/cm")
    assert volume == Volume.of("0.1672", "mL")
    assert HOUR.in_unit("min") == 60


@pytest.mark.req("U11")
@pytest.mark.parametrize(
    "mix",
    [
        lambda m, v: m + v,
        lambda m, v: m - v,
        lambda m, v: m < v,
        lambda m, v: m >= v,
        lambda m, v: m.ratio(v),
    ],
)
def test_two_dimensions_never_mix(mix) -> None:
    with pytest.raises((TypeError, DimensionError)):
        mix(Mass.of(1, "mg"), Volume.of(1, "mL"))


@pytest.mark.parametrize("unit", ["mcg", "mL", "", "MG", "mg/d"])
def test_an_unknown_or_foreign_unit_is_refused(unit: str) -> None:
    with pytest.raises(DimensionError, match="use one of"):
        Mass.of(1, unit)
    with pytest.raises(DimensionError):
        Mass.of(1, "mg").in_unit(unit)


def test_equal_amounts_of_different_kinds_are_not_equal() -> None:
    assert Mass(Fraction(1)) != Volume(Fraction(1))
    assert Mass.of(1, "mg") == Mass.of(1000, "ug")
    assert hash(Mass.of(1, "mg")) == hash(Mass.of(1000, "ug"))
    assert not Mass.zero()
