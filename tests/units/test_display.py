"""What people are shown: the rules N1 to N5, N7 and N8 of facts/standards.md 4.3 as properties."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from thecal.units import (
    NO_BREAK_SPACE,
    Concentration,
    Mass,
    MassRate,
    Quantity,
    Volume,
    VolumeRate,
    parse_quantity,
    show,
    show_date,
    show_number,
    show_percent,
    show_time,
    show_unit,
)
from thecal.units.codes import UNITS

amounts = st.one_of(
    st.fractions(min_value=-(10**9), max_value=10**9),
    st.decimals(min_value=-(10**7), max_value=10**7, places=6).map(Fraction),
    st.builds(
        lambda digits, power: Fraction(digits) * Fraction(10) ** power,
        st.integers(-99999, 99999),
        st.integers(-12, 9),
    ),
)
positive = amounts.map(abs).filter(bool)
digits = st.integers(1, 12)
units = st.sampled_from([*UNITS])
KINDS: dict[str, type[Quantity]] = {
    kind.dimension: kind for kind in (Mass, Volume, Concentration, MassRate, VolumeRate)
}
PLAIN = re.compile(r"-?(0|[1-9][0-9]{0,2}(,[0-9]{3})*)(\.[0-9]*[1-9])?", re.ASCII)


@pytest.mark.req("U05")
@given(amount=amounts, how_many=digits)
@example(amount=Fraction(1), how_many=4)
@example(amount=Fraction(999_996, 1000), how_many=4)
@example(amount=Fraction(9_999_999, 10_000_000), how_many=4)
@example(amount=Fraction(-1, 10**9), how_many=1)
@example(amount=Fraction(100), how_many=1)
def test_a_number_has_a_leading_zero_no_trailing_zero_and_grouped_digits(
    amount: Fraction, how_many: int
) -> None:
    text = show_number(amount, digits=how_many)
    assert not re.search(r"\.\d*0$", text)  # N2
    assert not text.endswith(".")
    assert not text.lstrip("-").startswith(".")  # N1
    assert PLAIN.fullmatch(text)  # N3, N8: ASCII digits, one point, commas between threes
    assert text != "-0"


@pytest.mark.req("U05")
@given(amount=amounts, how_many=digits)
def test_what_is_shown_is_the_nearest_number_of_its_digits(amount: Fraction, how_many: int) -> None:
    text = show_number(amount, digits=how_many).replace(",", "")
    shown = Fraction(text)
    if amount == 0:
        assert text == "0"
        return
    magnitude = Decimal(f"{float(abs(amount)):.17e}").adjusted()
    places = max(0, how_many - 1 - magnitude)
    assert abs(shown - amount) <= Fraction(1, 2 * 10**places) + abs(amount) / 10**15
    assert abs(shown - amount) <= abs(amount) * Fraction(5, 10**how_many) or places == 0


@given(amount=st.integers(-(10**9), 10**9))
def test_whole_digits_are_never_rounded_away(amount: int) -> None:
    assert show_number(amount, digits=1).replace(",", "") == str(amount)


@pytest.mark.req("U05")
@given(amount=positive, unit=units)
def test_a_quantity_has_one_no_break_space_and_an_unmistakable_unit(
    amount: Fraction, unit: str
) -> None:
    kind = next(
        kind for kind in Quantity.__subclasses__() if kind.dimension == UNITS[unit].dimension
    )
    text = show(kind.of(amount, unit), unit)
    number, space, shown_unit = text.partition("\u00a0")
    assert space == NO_BREAK_SPACE  # N5
    assert PLAIN.fullmatch(number)
    assert not re.search(r"\s", number)
    assert not re.search(r"\s", shown_unit)
    assert "\u00b5" not in text  # N4
    assert "\u03bc" not in text
    assert not re.search(r"(?<![mc])ug", text)
    assert "cc" not in shown_unit
    assert not shown_unit.endswith("/d")  # N7: a day is written out


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("ug", "mcg"),
        ("ug/d", "mcg/day"),
        ("ug/mL", "mcg/mL"),
        ("ug/h", "mcg/h"),
        ("mg/d", "mg/day"),
        ("uL/d", "uL/day"),
        ("d", "day"),
        ("mL/cm", "mL/cm"),
        ("Cel", "\u00b0C"),
    ],
)
def test_units_as_people_read_them(unit: str, shown: str) -> None:
    assert show_unit(unit) == shown


@pytest.mark.req("U05")
@given(
    millionths=st.integers(1, 10**13 - 1),
    unit=st.sampled_from([u for u in UNITS if UNITS[u].dimension in KINDS]),
)
def test_what_is_shown_in_full_reads_back_to_the_same_quantity(millionths: int, unit: str) -> None:
    kind = KINDS[UNITS[unit].dimension]
    quantity = kind.of(Fraction(millionths, 10**6), unit)
    text = show(quantity, unit, digits=13).replace(NO_BREAK_SPACE, " ").replace(",", "")
    assert parse_quantity(text.replace("/day", "/d"), kind) == quantity


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0.5", "0.5"),
        ("1.0", "1"),
        ("10", "10"),
        ("1000", "1,000"),
        ("12345.6", "12,346"),
        ("1234567", "1,234,567"),
        ("0.00012345", "0.0001234"),
        ("0", "0"),
        ("-0.5", "-0.5"),
    ],
)
def test_examples_of_numbers(amount: str, text: str) -> None:
    assert show_number(Fraction(amount)) == text


@given(fraction=amounts, signed=st.booleans())
def test_percentages_carry_their_sign_and_the_same_rules(fraction: Fraction, signed: bool) -> None:
    text = show_percent(fraction, signed=signed)
    number, space, rest = text.partition(NO_BREAK_SPACE)
    assert (space, rest) == (NO_BREAK_SPACE, "%")
    assert PLAIN.fullmatch(number.lstrip("+-"))
    if signed and number.strip("+-") != "0":
        assert number.startswith("-" if fraction < 0 else "+")
    elif not signed:
        assert number[0] in "0123456789"


def test_examples_of_percentages() -> None:
    assert show_percent(Fraction(1, 4)) == f"+25{NO_BREAK_SPACE}%"
    assert show_percent(Fraction(-3, 4)) == f"-75{NO_BREAK_SPACE}%"
    assert show_percent(Fraction(0)) == f"0{NO_BREAK_SPACE}%"


@given(moment=st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)))  # noqa: DTZ001
def test_dates_spell_the_month_out(moment: datetime) -> None:
    text = show_date(moment)
    day, month, year = text.split(" ")
    assert (int(day), int(year)) == (moment.day, moment.year)
    assert month.isalpha()
    assert show_time(moment).startswith(text)
    assert show_time(moment, seconds=True).endswith(f":{moment.second:02d}")


def test_an_example_of_a_time() -> None:
    moment = datetime(2026, 3, 2, 10, 0, 5)  # noqa: DTZ001
    assert show_time(moment) == "2 March 2026, 10:00"
    assert show_time(moment, seconds=True) == "2 March 2026, 10:00:05"
