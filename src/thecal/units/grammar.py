"""Number entry: the one grammar by which a person's text becomes a quantity.

`"<number> <unit>"`, one space, ASCII digits and one point. Anything else is refused with a message
that says what to type instead; nothing is clamped, ignored or guessed (ISMP; Thimbleby and Cairns
2010, doi 10.1098/rsif.2010.0112).
"""

from __future__ import annotations

import re
from fractions import Fraction

from thecal.errors import EntryError
from thecal.units.codes import UNITS
from thecal.units.quantity import Q

MAX_DIGITS_BEFORE_POINT = 7
MAX_DIGITS_AFTER_POINT = 6

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)
_SHAPE = re.compile(r"([0-9]+)(?:\.([0-9]+))? (\S+)", re.ASCII)
_MICRO_SIGNS = ("\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}")
_LOOK_ALIKES = {
    "cc": "mL",
    "ml": "mL",
    "ML": "mL",
    "Mg": "mg",
    "MG": "mg",
    "gamma": "ug",
    "hr": "h",
    "hrs": "h",
    "hours": "h",
    "day": "d",
    "days": "d",
    "minutes": "min",
    "sec": "s",
}


def parse_quantity(text: object, kind: type[Q], *, zero_allowed: bool = False) -> Q:
    """Read a typed quantity.

    Parameters
    ----------
    text
        What was typed; must be a string such as `"2.5 mg/d"`.
    kind
        The expected value type; its dimension decides which units are accepted.
    zero_allowed
        Whether zero is a legal entry in this field.

    Raises
    ------
    EntryError
        If the text is outside the grammar, of another dimension, or zero where that is refused.
    """
    example = _example(kind)
    if not isinstance(text, str):
        raise EntryError(
            f"{text!r} is not a quantity in quotes",
            remedy=f'write number and unit, as in "{example}"',
        )
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise EntryError(f'"{_shown(text)}" is not a quantity', remedy=_advice(text, example))
    whole, decimals, unit = match.group(1), match.group(2) or "", match.group(3)
    if len(whole) > MAX_DIGITS_BEFORE_POINT or len(decimals) > MAX_DIGITS_AFTER_POINT:
        raise EntryError(
            f'"{_shown(text)}" has too many digits',
            remedy=f"at most {MAX_DIGITS_BEFORE_POINT} before and {MAX_DIGITS_AFTER_POINT} after"
            " the point; choose a fitting unit",
        )
    code = unit.replace("mcg", "ug")
    known = UNITS.get(code)
    if known is None:
        raise EntryError(f'"{text}" has an unknown unit "{unit}"', remedy=_unit_advice(unit, kind))
    if known.dimension != kind.dimension:
        raise EntryError(
            f'"{text}" is a {known.dimension}, a {kind.dimension} is needed',
            remedy=f'type it as in "{example}"',
        )
    number = Fraction(int(whole + decimals), 10 ** len(decimals))
    if number == 0 and not zero_allowed:
        raise EntryError(f'"{text}" is zero', remedy="leave the field out or type the real figure")
    return kind.of(number, code)


def parse_number(text: str) -> Fraction:
    """Read a plain number by the same rules of digits and point; raises `EntryError`."""
    if not _NUMBER.fullmatch(text):
        raise EntryError(
            f'"{_shown(text)}" is not a number',
            remedy=_slip(text) or 'digits and one point, as in "0.5"',
        )
    whole, _, decimals = text.partition(".")
    if len(whole) > MAX_DIGITS_BEFORE_POINT or len(decimals) > MAX_DIGITS_AFTER_POINT:
        raise EntryError(
            f'"{text}" has too many digits',
            remedy=f"at most {MAX_DIGITS_BEFORE_POINT} before and {MAX_DIGITS_AFTER_POINT} after",
        )
    return Fraction(text)


def parse_typed(text: str, unit: str, kind: type[Q]) -> Q:
    """Read what was typed into a field beside which its unit stands; the unit is never typed.

    A zero at the end after the point is refused here, where a person types: `1.0` is read as 10
    (rule N2 of the number-entry literature). Raises `EntryError`.
    """
    parse_number(text)
    if "." in text and text.endswith("0"):
        plain = text.rstrip("0").rstrip(".")
        raise EntryError(
            f'"{text}" ends with a zero after the point, which is misread',
            remedy=f'type "{plain}"',
        )
    return parse_quantity(f"{text} {unit}", kind)


def _example(kind: type[Q]) -> str:
    examples = {
        "mass": "0.5 mg",
        "volume": "20 mL",
        "concentration": "10 mg/mL",
        "mass rate": "2 mg/d",
        "volume rate": "0.4 mL/d",
        "duration": "3 h",
        "length": "76 cm",
        "volume per length": "0.0022 mL/cm",
        "magnetic field": "1.5 T",
        "temperature": "38.5 Cel",
        "altitude": "2400 m",
    }
    return examples[kind.dimension]


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def _advice(text: str, example: str) -> str:
    stripped = text.strip()
    if any(sign in text for sign in _MICRO_SIGNS):
        return 'the micro sign is misread as m: type "ug" or "mcg"'
    slip = _slip(text)
    if slip:
        return slip
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", stripped):
        return f'the unit is missing: type it after one space, as in "{example}"'
    if re.match(r"[0-9]+(\.[0-9]+)?[A-Za-z]", stripped):
        return f'put one space between number and unit, as in "{example}"'
    return f'type digits, one space and a unit, as in "{example}"'


def _slip(text: str) -> str:
    """Return what to do about a well-known slip in a number; empty where it is none of them."""
    stripped = text.strip()
    if re.match(r"\.[0-9]", stripped):
        return f'a leading zero is needed: type "0{_shown(stripped)}"'
    if "," in text:
        return "a comma is not read: type a point for decimals and no grouping"
    if stripped.startswith("-"):
        return "a minus sign is refused: type the amount itself"
    if re.match(r"[0-9.]+[eE]", stripped):
        return "powers of ten are refused: type all digits"
    return ""


def _unit_advice(unit: str, kind: type[Q]) -> str:
    if any(sign in unit for sign in _MICRO_SIGNS):
        return 'the micro sign is misread as m: type "ug" or "mcg"'
    numerator, slash, denominator = unit.partition("/")
    mended = _LOOK_ALIKES.get(numerator, numerator)
    if slash:
        mended += "/" + _LOOK_ALIKES.get(denominator, denominator)
    if mended in kind.unit_codes():
        return f'type "{mended}"'
    return "use one of " + ", ".join(kind.unit_codes())
