"""The published studies from `economics.csv`: what they print, and what follows from it here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from types import MappingProxyType
from typing import final

from thecal.care.advice import Cited
from thecal.data import Fact
from thecal.errors import DataError
from thecal.lab.economics.inputs import Frame, Inputs
from thecal.lab.economics.model import MONTHS, break_even, curves
from thecal.pharmacy.lookup import by_key

KUMAR_2002, KUMAR_2013 = "kumar-2002", "kumar-2013"
DE_LISSOVOY_1997, DE_LISSOVOY_2007 = "de-lissovoy-1997", "de-lissovoy-2007"
BOLASH, HAMZA = "bolash-2015", "hamza-2012"


@final
@dataclass(frozen=True, slots=True)
class Reproduction:
    """One published figure, and the same computed from the figures printed beside it.

    Attributes
    ----------
    published
        The row of the table.
    computed
        What the formula gives.
    formula
        In words.
    """

    study: str
    output: str
    published: Fact[Fraction]
    computed: Fraction
    formula: str

    @property
    def agrees(self) -> bool:
        """Whether the computed figure, rounded as the published one is printed, is the same."""
        text = _decimals(self.published.value)
        step = Fraction(1, 10**text)
        return abs(self.computed - self.published.value) <= step / 2


@final
@dataclass(frozen=True, slots=True)
class NotReproduced:
    """A published figure whose inputs are not visible, with the reason."""

    study: str
    figure: Cited
    reason: str


def frame_of(study: str) -> tuple[str, str, str]:
    """Return perspective, currency and year of a study."""
    facts = by_key("economics", "study")[study]
    perspective, currency, year = (
        facts[name][0].of_kind(str).value for name in ("perspective", "currency", "year")
    )
    return perspective, currency, year


def number(study: str, parameter: str) -> Fact[Fraction]:
    """Return a printed figure; raises `DataError` where it is missing."""
    found = by_key("economics", "study").get(study, {}).get(parameter)
    if found is None:
        raise DataError(f"economics.csv has no {study} {parameter}", remedy="restore the row")
    return found[0].of_kind(Fraction)


def kumar_2002() -> tuple[Inputs[Fraction], Frame]:
    """Return the straight lines through the three points that Kumar 2002 prints.

    Both totals and the month at which they meet fix a monthly cost without a pump, and a first and
    a monthly cost with one; they are a fit and no published costs.
    """
    months = number(KUMAR_2002, "horizon-months").value
    total, usual = (number(KUMAR_2002, f"{n}-total").value for n in ("pump", "conventional"))
    even = number(KUMAR_2002, "break-even-month").value
    without = usual / months
    monthly = (total - without * even) / (months - even)
    none = {one.name: Fraction(0) for one in fields(Inputs)}
    given = Inputs(
        **(
            none
            | {
                "implant": total - monthly * months,
                "other_monthly": monthly,
                "conventional_monthly": without,
                "trial_success": Fraction(1),
                "replacement_years": months,
            }
        )
    )
    return given, Frame(*frame_of(KUMAR_2002), int(months))


def reproductions() -> tuple[Reproduction, ...]:
    """Return every published figure whose inputs are visible, computed anew."""
    computed = (
        Reproduction(study, output, number(study, output), compute(), formula)
        for study, outputs in _FORMULAS.items()
        for output, (formula, compute) in outputs.items()
    )
    return (*computed, _trial_success())


def not_reproduced() -> tuple[NotReproduced, ...]:
    """Return the published figures that cannot be computed, each with the reason."""
    return tuple(
        NotReproduced(study, Cited(study, fact), fact.note)
        for study, facts in by_key("economics", "study").items()
        for fact in facts.get("not-reproduced", ())
    )


def trial_success() -> Fraction:
    """Return the share of the tried who were implanted in Hamza 2012, 58 of 61."""
    return number(HAMZA, "implanted").value / number(HAMZA, "tried").value


def _trial_success() -> Reproduction:
    left = number(HAMZA, "tried").value - number(HAMZA, "failed").value
    return Reproduction(HAMZA, "implanted", number(HAMZA, "implanted"), left, "tried - failed")


def _n(study: str, parameter: str) -> Fraction:
    return number(study, parameter).value


def _kumar_curve(at: int) -> Callable[[], Fraction]:
    def total() -> Fraction:
        given, frame = kumar_2002()
        found = curves(given, frame.horizon_months)
        return (found.pump, found.conventional)[at][-1]

    return total


def _kumar_break_even() -> Fraction:
    given, frame = kumar_2002()
    found = break_even(curves(given, frame.horizon_months))
    if found is None:
        raise DataError("the lines of Kumar 2002 do not meet", remedy="restore its rows")
    return found.exact


def _increment() -> Fraction:
    return _n(KUMAR_2013, "pump-total") - _n(KUMAR_2013, "conventional-total")


def _per_month(kind: str) -> Callable[[], Fraction]:
    def divided() -> Fraction:
        total = _n(DE_LISSOVOY_1997, f"{kind}-total")
        return total / _n(DE_LISSOVOY_1997, "horizon-months")

    return divided


def _system(kind: str) -> Callable[[], Fraction]:
    def product() -> Fraction:
        days = _n(BOLASH, f"{kind}-life") * _n(BOLASH, "days-per-year")
        return _n(BOLASH, f"{kind}-per-day") * days

    return product


_LINES = "straight lines through the three printed points"
_DIVIDED = "total / months"
_DAYS = "cost a day x years x days in a year"
_FORMULAS: Mapping[str, Mapping[str, tuple[str, Callable[[], Fraction]]]] = MappingProxyType(
    {
        KUMAR_2002: {
            "pump-total": (_LINES, _kumar_curve(0)),
            "conventional-total": (_LINES, _kumar_curve(1)),
            "break-even-month": (_LINES, _kumar_break_even),
            "pump-initial": (_LINES, lambda: kumar_2002()[0].implant),
            "pump-per-month": (_LINES, lambda: kumar_2002()[0].other_monthly),
            "conventional-per-month": (_LINES, lambda: kumar_2002()[0].conventional_monthly),
            "pump-per-year": (
                "total / years",
                lambda: _kumar_curve(0)() * MONTHS / _n(KUMAR_2002, "horizon-months"),
            ),
            "conventional-per-year": (
                "total / years",
                lambda: _kumar_curve(1)() * MONTHS / _n(KUMAR_2002, "horizon-months"),
            ),
        },
        KUMAR_2013: {
            "increment": ("pump - conventional", _increment),
            "icer": ("increment / quality years", lambda: _increment() / _years()),
            "net-benefit": (
                "willingness x quality years - increment",
                lambda: _n(KUMAR_2013, "willingness") * _years() - _increment(),
            ),
        },
        DE_LISSOVOY_1997: {
            f"{kind}-per-month": (_DIVIDED, _per_month(kind)) for kind in ("base", "best", "worst")
        },
        BOLASH: {f"{kind}-system-cost": (_DAYS, _system(kind)) for kind in ("all", "battery-end")},
        DE_LISSOVOY_2007: {
            "quality-years": (
                "increment / cost of a quality year",
                lambda: _n(DE_LISSOVOY_2007, "increment") / _n(DE_LISSOVOY_2007, "icer"),
            )
        },
    }
)


def _years() -> Fraction:
    return _n(KUMAR_2013, "quality-years")


def _decimals(value: Fraction) -> int:
    """Return how many decimals a printed figure has."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    return places
