"""A constant together with where it came from and whether anybody has checked it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, Literal, TypeVar, cast, final

from thecal import units
from thecal.errors import DataError, EntryError
from thecal.units import Quantity, parse_number, parse_quantity
from thecal.units.codes import UNITS

Status = Literal["read", "recalled", "verified"]
STATUSES: tuple[Status, ...] = ("read", "recalled", "verified")

TEXT = "text"
NUMBER = "1"
PLAIN_UNITS = frozenset(
    (
        *("1", "y", "mo", "K", "degree", "pH", "mm", "um", "g", "g/mol", "cm3", "mmHg", "kPa"),
        *("bar", "ATA", "G/cm", "mOsm/kg", "EU/h", "EU/kg/h"),
        *("mm2", "cm2", "cm2/s", "um2/s", "cm/h", "1/h", "1/min", "1/d", "1/mo"),
        *("L", "L/h", "L/min", "mL/min", "m2/kg"),
        *("%", "g/dL", "10*9/L"),
    )
)
"""Units of figures that have no value type of their own; they are kept as exact numbers."""

FactValue = Quantity | Fraction | str
V = TypeVar("V", bound=FactValue)
V_co = TypeVar("V_co", bound=FactValue, covariant=True)

KINDS: dict[str, type[Quantity]] = {
    kind.dimension: kind
    for kind in vars(units).values()
    if isinstance(kind, type) and issubclass(kind, Quantity) and kind.dimension
}
"""Dimension to the value type of its quantities."""


@final
@dataclass(frozen=True, slots=True)
class Fact(Generic[V_co]):
    """One constant.

    Attributes
    ----------
    value
        A quantity, an exact number (`PLAIN_UNITS`), or a text.
    unit
        The unit as the source wrote it; `text` for words.
    source
        Where the figure was read, or `general knowledge`.
    status
        `read`, `recalled` or `verified`.
    checked_by, date
        Who compared it with the primary document (empty: nobody), and when the row was written.
    note
        What a reader has to know besides.
    """

    value: V_co
    unit: str
    source: str
    status: Status
    checked_by: str = ""
    date: str = ""
    note: str = ""

    @property
    def verified(self) -> bool:
        """Whether a named person compared the row with the primary document."""
        return self.status == "verified"

    @property
    def recalled(self) -> bool:
        """Whether the figure is only remembered; such a figure is never a hard limit on its own."""
        return self.status == "recalled"

    def provenance(self) -> str:
        """Return source and standing for people, as in `devices.md S1, unverified (read)`."""
        standing = (
            f"verified by {self.checked_by}" if self.verified else f"unverified ({self.status})"
        )
        return f"{self.source}, {standing}"

    def of_kind(self, kind: type[V]) -> Fact[V]:
        """Return this fact, known to be a `kind`.

        Raises
        ------
        DataError
            If the value is of another kind.
        """
        if not isinstance(self.value, kind):
            raise DataError(
                f"a {kind.__name__} is needed, the row holds {type(self.value).__name__}",
                why=f"{self.source}: {self.note}".strip(": "),
            )
        return cast("Fact[V]", self)


def fact_of(row: Mapping[str, str]) -> Fact[FactValue]:
    """Return the fact that a row of a table states; raises `EntryError` if it does not parse."""
    status = row["status"]
    if status not in STATUSES:
        raise EntryError(f'"{status}" is no status', remedy="use one of " + ", ".join(STATUSES))
    return Fact(
        value=_value(row["value"], row["unit"]),
        unit=row["unit"],
        source=row["source"],
        status=status,
        checked_by=row["checked_by"],
        date=row["date"],
        note=row["note"],
    )


def _value(text: str, unit: str) -> FactValue:
    if unit == TEXT:
        if not text:
            raise EntryError("the value is empty", remedy="write it, or leave the row out")
        return text
    if unit in PLAIN_UNITS:
        return parse_number(text)
    known = UNITS.get(unit)
    if known is None:
        raise EntryError(f'"{unit}" is no unit of a data row', remedy="see data/README.md")
    return parse_quantity(f"{text} {unit}", KINDS[known.dimension], zero_allowed=True)
