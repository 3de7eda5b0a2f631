"""Exact value types for the physical quantities of an infusion.

Each type holds one rational number in a base unit, so adding, multiplying and dividing never
round. Types of different dimension do not mix: mypy refuses it, and so does Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Self, TypeVar, final, overload

from thecal.errors import DimensionError
from thecal.units.codes import UNITS, Unit

Number = int | Fraction | Decimal
_SECONDS_PER_DAY = 86400


@dataclass(frozen=True, slots=True)
class Quantity:
    """A rational number of base units. Subclasses name the dimension; none is used bare."""

    base: Fraction
    dimension: ClassVar[str] = ""

    @classmethod
    def of(cls, number: Number | str, unit: str) -> Self:
        """Return `number` of `unit`.

        Raises
        ------
        DimensionError
            If `unit` is unknown or belongs to another dimension.
        """
        return cls(Fraction(number) * cls._unit(unit).factor)

    @classmethod
    def zero(cls) -> Self:
        """Return nothing of this quantity."""
        return cls(Fraction(0))

    @classmethod
    def _unit(cls, code: str) -> Unit:
        unit = UNITS.get(code)
        if unit is None or unit.dimension != cls.dimension:
            raise DimensionError(
                f"{code!r} is not a unit of {cls.dimension}",
                remedy="use one of " + ", ".join(cls.unit_codes()),
            )
        return unit

    @classmethod
    def unit_codes(cls) -> tuple[str, ...]:
        """Return the UCUM codes of this dimension."""
        return tuple(code for code, unit in UNITS.items() if unit.dimension == cls.dimension)

    @classmethod
    def factor_of(cls, unit: str) -> Fraction:
        """Return how many base units one `unit` is; raises `DimensionError` as `of` does."""
        return cls._unit(unit).factor

    def in_unit(self, unit: str) -> Fraction:
        """Return the exact number of `unit` in this quantity."""
        return self.base / self._unit(unit).factor

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(self.base + other.base)

    def __sub__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(self.base - other.base)

    def __neg__(self) -> Self:
        return type(self)(-self.base)

    def __abs__(self) -> Self:
        return type(self)(abs(self.base))

    def __lt__(self, other: Self) -> bool:
        return self.base < self._same(other).base

    def __le__(self, other: Self) -> bool:
        return self.base <= self._same(other).base

    def __gt__(self, other: Self) -> bool:
        return self.base > self._same(other).base

    def __ge__(self, other: Self) -> bool:
        return self.base >= self._same(other).base

    def __bool__(self) -> bool:
        return self.base != 0

    def _same(self, other: Self) -> Self:
        if type(other) is not type(self):
            raise DimensionError(
                f"{type(self).__name__} cannot be compared with {type(other).__name__}"
            )
        return other

    def scaled(self, factor: Number) -> Self:
        """Return this quantity times a plain number."""
        return type(self)(self.base * Fraction(factor))

    def ratio(self, other: Self) -> Fraction:
        """Return this quantity over another of its kind."""
        return self.base / self._same(other).base


@final
@dataclass(frozen=True, slots=True)
class Duration(Quantity):
    """Elapsed time, base unit second."""

    dimension: ClassVar[str] = "duration"


@final
@dataclass(frozen=True, slots=True)
class Mass(Quantity):
    """Mass of drug (or of a person), base unit microgram."""

    dimension: ClassVar[str] = "mass"

    @overload
    def __truediv__(self, other: Volume) -> Concentration: ...
    @overload
    def __truediv__(self, other: Duration) -> MassRate: ...
    @overload
    def __truediv__(self, other: Concentration) -> Volume: ...
    def __truediv__(
        self, other: Volume | Duration | Concentration
    ) -> Concentration | MassRate | Volume:
        if isinstance(other, Volume):
            return Concentration(self.base / other.base)
        if isinstance(other, Duration):
            return MassRate(self.base / other.base)
        return Volume(self.base / other.base)


@final
@dataclass(frozen=True, slots=True)
class Volume(Quantity):
    """Volume, base unit microlitre."""

    dimension: ClassVar[str] = "volume"

    @overload
    def __truediv__(self, other: Duration) -> VolumeRate: ...
    @overload
    def __truediv__(self, other: VolumeRate) -> Duration: ...
    def __truediv__(self, other: Duration | VolumeRate) -> VolumeRate | Duration:
        if isinstance(other, Duration):
            return VolumeRate(self.base / other.base)
        return Duration(self.base / other.base)

    def __mul__(self, other: Concentration) -> Mass:
        return Mass(self.base * other.base)


@final
@dataclass(frozen=True, slots=True)
class Concentration(Quantity):
    """Mass per volume, base unit microgram per microlitre (equal to mg/mL)."""

    dimension: ClassVar[str] = "concentration"

    @overload
    def __mul__(self, other: Volume) -> Mass: ...
    @overload
    def __mul__(self, other: VolumeRate) -> MassRate: ...
    def __mul__(self, other: Volume | VolumeRate) -> Mass | MassRate:
        if isinstance(other, Volume):
            return Mass(self.base * other.base)
        return MassRate(self.base * other.base)


@final
@dataclass(frozen=True, slots=True)
class MassRate(Quantity):
    """Mass per time, base unit microgram per second."""

    dimension: ClassVar[str] = "mass rate"

    def __mul__(self, other: Duration) -> Mass:
        return Mass(self.base * other.base)

    def __truediv__(self, other: Concentration) -> VolumeRate:
        return VolumeRate(self.base / other.base)

    def per_day(self) -> Mass:
        """Return the mass given in 24 hours at this rate."""
        return Mass(self.base * _SECONDS_PER_DAY)


@final
@dataclass(frozen=True, slots=True)
class VolumeRate(Quantity):
    """Volume per time, base unit microlitre per second."""

    dimension: ClassVar[str] = "volume rate"

    @overload
    def __mul__(self, other: Duration) -> Volume: ...
    @overload
    def __mul__(self, other: Concentration) -> MassRate: ...
    def __mul__(self, other: Duration | Concentration) -> Volume | MassRate:
        if isinstance(other, Duration):
            return Volume(self.base * other.base)
        return MassRate(self.base * other.base)

    def per_day(self) -> Volume:
        """Return the volume pumped in 24 hours at this rate."""
        return Volume(self.base * _SECONDS_PER_DAY)


@final
@dataclass(frozen=True, slots=True)
class Length(Quantity):
    """Length, base unit centimetre."""

    dimension: ClassVar[str] = "length"

    def __mul__(self, other: VolumePerLength) -> Volume:
        return Volume(self.base * other.base)


@final
@dataclass(frozen=True, slots=True)
class VolumePerLength(Quantity):
    """Volume per length of catheter, base unit microlitre per centimetre."""

    dimension: ClassVar[str] = "volume per length"


@final
@dataclass(frozen=True, slots=True)
class MagneticField(Quantity):
    """Magnetic flux density of a scanner, base unit tesla."""

    dimension: ClassVar[str] = "magnetic field"


@final
@dataclass(frozen=True, slots=True)
class Temperature(Quantity):
    """Temperature on the Celsius scale, base unit degree Celsius."""

    dimension: ClassVar[str] = "temperature"


@final
@dataclass(frozen=True, slots=True)
class Altitude(Quantity):
    """Height above or depth below the surface, base unit metre."""

    dimension: ClassVar[str] = "altitude"


DAY = Duration(Fraction(_SECONDS_PER_DAY))
YEAR = DAY.scaled(Fraction(36525, 100))
MONTH = YEAR.scaled(Fraction(1, 12))
"""The mean year of the Julian calendar and a twelfth of it, for lives told in them."""
HOUR = Duration(Fraction(3600))

Q = TypeVar("Q", bound=Quantity)
