"""Rounding of what is proposed: never towards the limit that it has to keep."""

from __future__ import annotations

from fractions import Fraction

from thecal.units.quantity import Q


def rounded_down(quantity: Q, unit: str, *, digits: int = 3) -> Q:
    """Return a quantity cut to `digits` significant digits, never above itself: for proposals."""
    number = quantity.in_unit(unit)
    step = Fraction(1)
    while number and number < step * 10 ** (digits - 1):
        step /= 10
    while number >= step * 10**digits:
        step *= 10
    return type(quantity).of(number // step * step, unit)
