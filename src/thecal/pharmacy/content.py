"""K15: how many single intrathecal doses a syringe or a reservoir holds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.data import cached
from thecal.pharmacy.limits import Limit, limits
from thecal.units import Mass

SINGLE_SHOT = "trial-high"


@final
@dataclass(frozen=True, slots=True)
class Content:
    """The content of a drug against the largest single intrathecal dose on record.

    Attributes
    ----------
    mass
        In the whole volume.
    limits
        Every answer to what one may be given at once, the smallest first; empty where none is
        known.
    """

    drug: str
    mass: Mass
    limits: tuple[Limit, ...]

    @property
    def times(self) -> Fraction | None:
        """How many times the smallest of the limits the content is; None where none is known."""
        return self.mass.ratio(self.limits[0].mass) if self.limits else None


def content_of(drug: str, mass: Mass) -> Content:
    """Return the content of a drug with what it is held against; raises `UnknownIdError`."""
    return Content(drug, mass, _single_doses(drug))


@cached
def _single_doses(drug: str) -> tuple[Limit, ...]:
    found = limits(drug, SINGLE_SHOT, populations=())
    return tuple(sorted(found, key=lambda one: one.mass))
