"""The person: how height, weight, age and sex scale the reference body."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import final

from thecal.body.anatomy import anatomy_number
from thecal.errors import UsageError

_ADULT_YEARS = 18.0


@final
@dataclass(frozen=True, slots=True)
class Person:
    """Whose body it is; what is None is not known. Height cm, weight kg, age in years."""

    age: float | None = None
    sex: str = "unknown"
    weight: float | None = None
    height: float | None = None

    def __post_init__(self) -> None:
        for name in ("age", "weight", "height"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise UsageError(f"{name} {value} is not above zero", remedy="leave it out")


@final
@dataclass(frozen=True, slots=True)
class Scaling:
    """Factors on the reference body, and in words what could not be scaled.

    Attributes
    ----------
    length
        Of the canal and everything along it.
    sac_csf
        Of the CSF area in the lumbosacral sac.
    dispersion
        Of D(x), by the stroke volume's fall with age.
    plasma_volume, plasma_clearance
        By weight.
    """

    length: float
    sac_csf: float
    dispersion: float
    plasma_volume: float
    plasma_clearance: float
    notes: tuple[str, ...]


def scaling_of(person: Person) -> Scaling:
    """Return the factors for one person (pkpd.md 1.1, 1.4, 6).

    Raises
    ------
    UsageError
        If a child's height is not given.
    """
    notes: list[str] = []
    height = _height(person, notes)
    length = height / anatomy_number("canal", "reference-height")
    sac = 1.0
    if person.weight is None or person.height is None:
        notes.append("sac volume not scaled by body mass index: weight or height is not given")
    else:
        index = person.weight / (person.height / 100.0) ** 2
        excess = index - anatomy_number("sac", "reference-body-mass-index")
        sac = exp(-anatomy_number("sac", "volume-per-body-mass-index") * excess)
    relative_weight = 1.0
    if person.weight is None:
        notes.append("plasma not scaled: weight is not given")
    else:
        relative_weight = person.weight / _reference_weight()
    return Scaling(
        length=length,
        sac_csf=sac,
        dispersion=_stroke_volume(person, notes) ** 2,
        plasma_volume=relative_weight,
        plasma_clearance=relative_weight ** anatomy_number("plasma", "clearance-exponent"),
        notes=tuple(notes),
    )


def _reference_weight() -> float:
    micrograms_per_kilogram = 1e9
    return anatomy_number("plasma", "reference-weight") / micrograms_per_kilogram


def _height(person: Person, notes: list[str]) -> float:
    if person.height is not None:
        return person.height
    adult = person.age is None or person.age >= _ADULT_YEARS
    if adult and person.sex in ("female", "male"):
        notes.append(f"height is not given: the mean of a {person.sex} adult is used")
        return anatomy_number("canal", f"height-{person.sex}")
    if not adult:
        raise UsageError(
            "the canal of a child cannot be scaled without its height",
            remedy='add height = "110 cm" to [patient]',
        )
    notes.append("height is not given: the canal has the length of the reference adult")
    return anatomy_number("canal", "reference-height")


def _stroke_volume(person: Person, notes: list[str]) -> float:
    """Return the stroke volume relative to the reference age; it falls linearly above it."""
    if person.age is None:
        notes.append("dispersion not scaled: age is not given")
        return 1.0
    older = max(0.0, person.age - anatomy_number("dispersion", "stroke-volume-age"))
    return 1.0 - older * anatomy_number("dispersion", "stroke-volume-fall") / 100.0
