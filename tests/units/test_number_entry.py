"""Number entry: what the contract's grammar lets in, what it refuses, and what it says then."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from thecal.errors import EntryError
from thecal.units import (
    Altitude,
    Concentration,
    Duration,
    Length,
    MagneticField,
    Mass,
    MassRate,
    Quantity,
    Temperature,
    Volume,
    VolumePerLength,
    VolumeRate,
    parse_number,
    parse_quantity,
)

UNITS_OF_CONTRACT: dict[type[Quantity], tuple[str, ...]] = {
    Mass: ("mg", "ug", "ng", "kg", "mcg"),
    Volume: ("mL", "uL"),
    Concentration: ("mg/mL", "ug/mL", "ng/mL", "mcg/mL"),
    MassRate: ("mg/d", "ug/d", "mg/h", "ug/h", "mcg/d", "mcg/h"),
    VolumeRate: ("mL/d", "mL/h", "uL/d", "uL/h"),
    VolumePerLength: ("mL/cm",),
    Length: ("cm",),
    MagneticField: ("T",),
    Duration: ("d", "h", "min", "s"),
    Temperature: ("Cel",),
    Altitude: ("m",),
}
"""The units of the contract, and the two of `environment` events, by dimension."""

KINDS = tuple(UNITS_OF_CONTRACT)
DIGITS = "0123456789"

kinds = st.sampled_from(KINDS)
pairs = kinds.flatmap(
    lambda kind: st.tuples(st.just(kind), st.sampled_from(UNITS_OF_CONTRACT[kind]))
)
wholes = st.text(DIGITS, min_size=1, max_size=7)
decimals = st.text(DIGITS, min_size=1, max_size=6)
numbers = st.one_of(wholes, st.builds("{}.{}".format, wholes, decimals))


def is_number(text: str) -> bool:
    """Read the contract's number by hand, letter by letter."""
    whole, point, fraction = text.partition(".")
    if any(letter not in DIGITS for letter in whole + fraction):
        return False
    if not 1 <= len(whole) <= 7:
        return False
    return 1 <= len(fraction) <= 6 if point else True


def is_quantity(text: str, kind: type[Quantity]) -> bool:
    """Read the contract's quantity by hand."""
    number, space, unit = text.partition(" ")
    return bool(space) and is_number(number) and unit in UNITS_OF_CONTRACT[kind]


def accepted(text: object, kind: type[Quantity]) -> bool:
    try:
        parse_quantity(text, kind, zero_allowed=True)
    except EntryError:
        return False
    return True


# -- what is let in -----------------------------------------------------------------------------


@pytest.mark.req("U05")
@given(pair=pairs, number=numbers)
def test_every_text_of_the_grammar_is_read_to_its_exact_value(
    pair: tuple[type[Quantity], str], number: str
) -> None:
    kind, unit = pair
    quantity = parse_quantity(f"{number} {unit}", kind, zero_allowed=True)
    assert type(quantity) is kind
    assert quantity.in_unit(unit.replace("mcg", "ug")) == Fraction(Decimal(number))


@pytest.mark.req("U05")
@given(pair=pairs, number=numbers)
def test_what_was_read_can_be_written_and_read_again(
    pair: tuple[type[Quantity], str], number: str
) -> None:
    kind, unit = pair
    code = unit.replace("mcg", "ug")
    first = parse_quantity(f"{number} {unit}", kind, zero_allowed=True)
    exact = first.in_unit(code)
    millionths = exact * 10**6
    assert millionths.denominator == 1
    whole, rest = divmod(int(millionths), 10**6)
    again = parse_quantity(f"{whole}.{rest:06d} {code}", kind, zero_allowed=True)
    assert again == first


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_of_units_is_the_contract_s(kind: type[Quantity]) -> None:
    expected = {unit for unit in UNITS_OF_CONTRACT[kind] if "mcg" not in unit}
    assert set(kind.unit_codes()) == expected


@pytest.mark.parametrize("text", ["2.50 mg", "2.500000 mg", "02.5 mg"])
def test_trailing_and_leading_zeros_are_read(text: str) -> None:
    assert parse_quantity(text, Mass) == Mass.of("2.5", "mg")


# -- what is kept out ---------------------------------------------------------------------------

letters = st.sampled_from(
    [
        *DIGITS,
        *" .,+-eE/_'\u00b5\u03bc\u00a0\u2009\t\n\r",
        *"\u0661\u0967\uff15\u00b2\u2460\u00bd\u2212",
        *("mg", "ug", "mL", "mcg", "cc", "d", "h", " mg/d", "NaN", "inf", "%", "M", "G", "L"),
    ]
)
near_misses = st.one_of(
    st.text(max_size=14),
    st.lists(letters, max_size=10).map("".join),
    st.builds(
        lambda text, at, extra: text[: at % (len(text) + 1)] + extra + text[at % (len(text) + 1) :],
        st.builds("{} {}".format, numbers, st.sampled_from(["mg", "ug/d", "mL", "h"])),
        st.integers(0, 20),
        letters,
    ),
    st.builds(
        lambda text, at: text[: at % len(text)] + text[at % len(text) + 1 :],
        st.builds("{} {}".format, numbers, st.sampled_from(["mg", "ug/d", "mL", "h"])),
        st.integers(0, 20),
    ),
)


@pytest.mark.req("U05")
@pytest.mark.req("U06")
@given(text=near_misses, kind=kinds)
@example(text="5 mg\n", kind=Mass)
@example(text="\u0665 mg", kind=Mass)
@example(text="5\u00a0mg", kind=Mass)
@example(text="1_000 mg", kind=Mass)
@example(text="+5 mg", kind=Mass)
@example(text="5 mcgmcg", kind=Mass)
@example(text="5 mmcg", kind=Mass)
def test_nothing_outside_the_grammar_is_ever_accepted(text: str, kind: type[Quantity]) -> None:
    assert accepted(text, kind) == is_quantity(text, kind)


@pytest.mark.req("U05")
@given(text=near_misses)
@example(text="5\n")
@example(text="\u0665")
@example(text="1_0")
def test_a_plain_number_follows_the_same_rules(text: str) -> None:
    if is_number(text):
        assert parse_number(text) == Fraction(Decimal(text))
    else:
        with pytest.raises(EntryError):
            parse_number(text)


@given(pair=pairs, other=kinds, number=numbers)
def test_a_unit_of_another_dimension_is_refused(
    pair: tuple[type[Quantity], str], other: type[Quantity], number: str
) -> None:
    kind, unit = pair
    assume(other is not kind)
    with pytest.raises(EntryError, match="is needed"):
        parse_quantity(f"{number} {unit}", other, zero_allowed=True)


@pytest.mark.parametrize(
    "text", [None, 5, 5.0, True, ["5 mg"], {"value": 5, "unit": "mg"}, b"5 mg"]
)
def test_what_is_no_text_is_refused(text: object) -> None:
    with pytest.raises(EntryError, match="quotes"):
        parse_quantity(text, Mass)


@pytest.mark.parametrize("text", ["0 mg", "0.0 mg", "000.000000 mg"])
def test_zero_is_refused_unless_the_field_takes_it(text: str) -> None:
    with pytest.raises(EntryError, match="zero"):
        parse_quantity(text, Mass)
    assert parse_quantity(text, Mass, zero_allowed=True) == Mass.zero()


@pytest.mark.req("U06")
@pytest.mark.parametrize(
    ("text", "kind", "advice"),
    [
        (".5 mg", Mass, "0.5 mg"),
        ("1,5 mg", Mass, "point"),
        ("1,500 mg", Mass, "grouping"),
        ("1e-3 mg", Mass, "all digits"),
        ("1E3 mg", Mass, "all digits"),
        ("5mg", Mass, "one space"),
        ("5  mg", Mass, "one space"),
        ("-5 mg", Mass, "minus"),
        ("5", Mass, "unit is missing"),
        ("5.5", Mass, "unit is missing"),
        ("5 \u00b5g", Mass, "mcg"),
        ("5 \u03bcg", Mass, "mcg"),
        ("5\u00b5g", Mass, "mcg"),
        ("5 cc", Volume, "mL"),
        ("5 ml", Volume, "mL"),
        ("5 mg/day", MassRate, "mg/d"),
        ("5 hours", Duration, "h"),
        ("NaN mg", Mass, "digits"),
        ("12345678 mg", Mass, "7 before"),
        ("1.1234567 mg", Mass, "6 after"),
        ("5 mL", Mass, "mg"),
        ("5 mg/d", Mass, "mg"),
    ],
)
def test_a_refusal_says_what_to_type_instead(text: str, kind: type[Quantity], advice: str) -> None:
    with pytest.raises(EntryError) as refusal:
        parse_quantity(text, kind)
    assert advice in refusal.value.remedy


@given(text=st.text(min_size=200, max_size=400))
def test_a_long_text_is_not_repeated_in_full(text: str) -> None:
    with pytest.raises(EntryError) as refusal:
        parse_quantity(text, Mass)
    assert len(str(refusal.value)) < 300
