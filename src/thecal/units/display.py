"""How quantities are shown to people: rules N1-N5 and N7 of the number-entry literature.

Leading zero, no trailing zero, digits grouped in threes from 1,000, a no-break space before the
unit, `mcg` and never a micro sign, per-day units written with "/day" only where nothing can be
misread. Rounding here is for reading; the value keeps every digit.
"""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from functools import cache

from thecal.units.quantity import Quantity

NO_BREAK_SPACE = "\u00a0"
SIGNIFICANT_DIGITS = 4
_SHOWN_UNITS = {"d": "day", "Cel": "\u00b0C"}


def show_number(number: Fraction | int, *, digits: int = SIGNIFICANT_DIGITS) -> str:
    """Return `number` for people: at least `digits` significant digits, never a trailing zero.

    Whole digits are never rounded away: 12 345.6 shows as 12,345.6 only where `digits` allows, else
    as 12,346.
    """
    return _show_ratio(*number.as_integer_ratio(), digits)


def _show_ratio(top: int, bottom: int, digits: int) -> str:
    """Return a ratio for people; it need not be in lowest terms, the bottom is above zero."""
    size = abs(top)
    places = max(0, digits - 1 - _exponent(size, bottom)) if size else 0
    whole, rest = divmod(_rounded(size * 10**places, bottom), 10**places)
    text = f"{whole:,}"
    if rest:
        text += "." + f"{rest:0{places}}".rstrip("0")
    return f"-{text}" if top < 0 else text


def _exponent(top: int, bottom: int) -> int:
    """Return the power of ten of the first digit of a ratio above zero."""
    guess = len(str(top)) - len(str(bottom))
    reached = top >= bottom * 10**guess if guess >= 0 else top * 10**-guess >= bottom
    return guess if reached else guess - 1


def _rounded(top: int, bottom: int) -> int:
    """Return a ratio rounded to a whole number, a half to the even one.

    On whole numbers, for this is called for every figure of every answer: a decimal context of
    its own took three times as long.
    """
    whole, rest = divmod(top, bottom)
    twice = 2 * rest
    return whole + (twice > bottom or (twice == bottom and whole % 2 == 1))


def show(quantity: Quantity, unit: str, *, digits: int = SIGNIFICANT_DIGITS) -> str:
    """Return a quantity in `unit` for people, number and unit joined by a no-break space."""
    top, bottom = quantity.base.as_integer_ratio()
    times, over = quantity.factor_of(unit).as_integer_ratio()
    number = _show_ratio(top * over, bottom * times, digits)
    word = "days" if unit == "d" and number != "1" else show_unit(unit)
    return f"{number}{NO_BREAK_SPACE}{word}"


@cache
def show_unit(unit: str) -> str:
    """Return a unit as people read it: `ug` as `mcg`, `d` as `day`."""
    parts = [_SHOWN_UNITS.get(part, part.replace("ug", "mcg")) for part in unit.split("/")]
    return "/".join(parts)


def show_percent(fraction: Fraction, *, digits: int = 3, signed: bool = True) -> str:
    """Return a fraction as a percentage with its sign, as in `+25 %`."""
    text = show_number(abs(fraction) * 100, digits=digits)
    sign = ("-" if fraction < 0 else "+") if signed and text != "0" else ""
    return f"{sign}{text}{NO_BREAK_SPACE}%"


def show_time(moment: datetime, *, seconds: bool = False) -> str:
    """Return a date and time with the month spelled out, as in `2 March 2026, 10:00`."""
    clock = moment.strftime("%H:%M:%S" if seconds else "%H:%M")
    return f"{show_date(moment)}, {clock}"


def show_date(moment: date) -> str:
    """Return a date with the month spelled out, as in `2 March 2026`."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def show_weekday(moment: date) -> str:
    """Return the day of the week of a date, as in `Monday`."""
    return _WEEKDAYS[moment.weekday()]


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
