"""A mass in milligrams and micrograms: both figures say the same, to the same digit."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.pharmacy import both_units, in_both_units
from thecal.units import Mass, MassRate

_MICROGRAMS = st.fractions(Fraction(1, 1000), 10_000_000)


def number(text: str) -> Fraction:
    return Fraction(text.partition("\u00a0")[0].replace(",", ""))


@pytest.mark.parametrize(
    ("micrograms", "shown"),
    [
        ("3275", "3.275 mg (3,275 mcg)"),
        ("12345.6", "12.346 mg (12,346 mcg)"),
        ("9999.96", "10 mg (10,000 mcg)"),
        ("0.123456", "0.0001235 mg (0.1235 mcg)"),
    ],
)
def test_whole_micrograms_are_rounded_away_in_neither_unit(micrograms: str, shown: str) -> None:
    text = both_units("morphine", Mass.of(micrograms, "ug"))
    assert text.replace("\u00a0", " ") == shown


@given(_MICROGRAMS, st.sampled_from(["mg", "ug"]))
def test_both_figures_say_the_same(micrograms: Fraction, unit: str) -> None:
    first, second = in_both_units(Mass(micrograms), unit).removesuffix(")").split(" (")
    assert {number(first), number(second)} == {
        number(first),
        number(first) * (1000 if unit == "mg" else Fraction(1, 1000)),
    }


@given(_MICROGRAMS)
def test_a_rate_is_told_in_both_units_of_mass_over_its_time(micrograms: Fraction) -> None:
    rate = MassRate(micrograms / 3600)
    first, second = in_both_units(rate, "mg/h").removesuffix(")").split(" (")
    assert first.endswith("mg/h")
    assert second.endswith("mcg/h")
    assert number(first) * 1000 == number(second)
