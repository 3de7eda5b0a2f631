"""The tornado: one input at a time from its low to its high end, all others as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import final

from thecal.lab.economics.inputs import Inputs
from thecal.lab.economics.model import curves


@final
@dataclass(frozen=True, slots=True)
class Swing:
    """What one input does: the result at its low and at its high end.

    `result` is the net benefit where a willingness to pay was given, else minus the added cost, so
    that more is better either way.
    """

    name: str
    low: Fraction
    high: Fraction
    result_low: Fraction
    result_high: Fraction

    @property
    def width(self) -> Fraction:
        """How far the result moves."""
        return abs(self.result_high - self.result_low)


def tornado(
    base: Inputs[Fraction],
    ranges: Mapping[str, tuple[Fraction, Fraction]],
    months: int,
    willingness: Fraction | None,
) -> tuple[Swing, ...]:
    """Return the swing of every input that has a range, the widest first."""

    def result(name: str, value: Fraction) -> Fraction:
        found = curves(replace(base, **{name: value}), months)
        return -found.increment if willingness is None else found.net_benefit(willingness)

    swings = [
        Swing(name, low, high, result(name, low), result(name, high))
        for name, (low, high) in ranges.items()
    ]
    return tuple(sorted(swings, key=lambda one: (-one.width, one.name)))
