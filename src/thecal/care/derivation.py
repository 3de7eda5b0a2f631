"""A computation that shows its work: results, every step with numbers and source, findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeAlias, final

from thecal.safety.finding import Amount, Finding, Severity
from thecal.units import (
    parse_quantity,
    show,
    show_number,
    show_unit,
)
from thecal.units.quantity import Q

Value: TypeAlias = "Amount | Fraction | bool | str | Mapping[str, Value] | tuple[Value, ...] | None"
"""What a calculator may answer; a bare number has no unit, None means that there is no figure."""


@final
@dataclass(frozen=True, slots=True)
class Typed(Generic[Q]):
    """A quantity together with the unit in which it was typed."""

    quantity: Q
    unit: str

    @classmethod
    def read(cls, text: str, kind: type[Q], *, zero_allowed: bool = False) -> Typed[Q]:
        """Read a typed quantity; raises `EntryError` as `parse_quantity` does."""
        quantity = parse_quantity(text, kind, zero_allowed=zero_allowed)
        return Typed(quantity, text.rpartition(" ")[2].replace("mcg", "ug"))

    @property
    def per_hour(self) -> bool:
        """Whether it was typed as a rate per hour."""
        return self.unit.endswith("/h")

    @property
    def mass_unit(self) -> str:
        """The mass in the unit, as in `ug` of `ug/d`."""
        return self.unit.partition("/")[0]

    def shown(self) -> str:
        """Return it for people in the unit that was typed."""
        return show(self.quantity, self.unit)


@final
@dataclass(frozen=True, slots=True)
class Derivation:
    """One step of a computation.

    Attributes
    ----------
    what
        What the step finds.
    formula
        In words, as in `volume / rate`.
    numbers
        The same with numbers and units.
    result
        What comes out, for people.
    source
        Where formula and constants come from, and whether the figures are verified.
    """

    what: str
    formula: str
    numbers: str
    result: str
    source: str


@final
@dataclass(frozen=True, slots=True)
class Calculation:
    """What a calculator answers.

    Attributes
    ----------
    name
        The calculator.
    results
        Key of the answer to value, in the order in which people read it.
    steps
        How the results came about.
    findings
        Warnings; a calculator refuses nothing that can be computed.
    """

    name: str
    results: Mapping[str, Value]
    steps: tuple[Derivation, ...]
    findings: tuple[Finding, ...] = ()


def read_in(place: str) -> str:
    """Return the source of a formula that was read in the facts and compared with nothing."""
    return f"{place}, unverified (read)"


def recalled_in(place: str) -> str:
    """Return the source of a formula that the facts only recall."""
    return f"{place}, unverified (recalled)"


def warn(
    check: str,
    message: str,
    source: str,
    *,
    value: Amount | str | None = None,
    limit: Amount | str | None = None,
) -> Finding:
    """Return a finding that warns."""
    return Finding(check, Severity.WARN, message, source, value=value, limit=limit)


def info(
    check: str,
    message: str,
    source: str,
    *,
    value: Amount | str | None = None,
    limit: Amount | str | None = None,
) -> Finding:
    """Return a finding that only informs."""
    return Finding(check, Severity.INFO, message, source, value=value, limit=limit)


def typed_per_hour(option: str, rate: Typed[Q], per_day_unit: str) -> tuple[Finding, ...]:
    """Return a warning where a daily figure was typed per hour: the day holds 24 times as much.

    The mistake killed: 60 mcg a day entered as 60 mcg an hour (facts/devices.md S116).
    """
    if not rate.per_hour:
        return ()
    day = show(rate.quantity, per_day_unit)
    return (
        warn(
            "K5",
            f"{option} was typed per hour: {rate.shown()} are {day}, 24 times the figure typed;"
            f" type it per day if {show_number(rate.quantity.in_unit(rate.unit))}"
            f" {show_unit(per_day_unit)} is meant",
            "devices.md S116 (ISMP)",
            value=Amount(rate.quantity, per_day_unit),
        ),
    )
