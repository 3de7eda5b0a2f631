"""The canal from the foramen magnum to S2: levels, areas, head, and the dispersion along it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from thecal.body.constants import number_of
from thecal.body.course import FloatArray, UsedFact
from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.errors import DataError, UnknownIdError

CISTERNA, PLASMA = "cisterna", "plasma"
_FIRST_OF_SAC = "T12"


@final
@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """The reference body, 170 cm tall; lengths cm, areas cm2, dispersion cm2/h.

    Attributes
    ----------
    levels
        C1 to S2, from the head down.
    tops
        Shape (levels + 1,): upper edge of each level from the foramen magnum, then the lower end.
    csf_area, cord_area, root_area
        Shape (levels,), at the middle of each level.
    dispersion_places, dispersion_values
        The three nodes: cm from the foramen magnum, and cm2/h there.
    """

    levels: tuple[str, ...]
    tops: FloatArray
    csf_area: FloatArray
    cord_area: FloatArray
    root_area: FloatArray
    dispersion_places: FloatArray
    dispersion_values: FloatArray

    @property
    def length(self) -> float:
        """Canal length in cm."""
        return float(self.tops[-1])

    @property
    def middles(self) -> FloatArray:
        """Shape (levels,): the middle of each level, cm from the foramen magnum."""
        return (self.tops[:-1] + self.tops[1:]) / 2

    @property
    def sac_top(self) -> float:
        """The disc of T11 and T12, cm from the foramen magnum: the lumbosacral sac begins there."""
        return float(self.tops[self.levels.index(_FIRST_OF_SAC)])

    def middle(self, level: str) -> float:
        """Return the middle of a level, cm from the foramen magnum.

        Raises
        ------
        UnknownIdError
            If there is no such level.
        """
        if level not in self.levels:
            raise UnknownIdError(
                f'"{level}" is no level of the canal', remedy="use C1 to C7, T1 to T12, L1 to S2"
            )
        return float(self.middles[self.levels.index(level)])


@cached
def anatomy_facts() -> dict[tuple[str, str], Fact[FactValue]]:
    """Return (part, parameter) to the shipped or the clinic's fact of rank 1."""
    return {
        (row["part"], row["parameter"]): fact_of(row)
        for row in rows("anatomy")
        if row["rank"] == "1"
    }


def anatomy_number(part: str, parameter: str) -> float:
    """Return a figure of the anatomy in the units of this room.

    Raises
    ------
    DataError
        If the table has no such row.
    """
    fact = anatomy_facts().get((part, parameter))
    if fact is None:
        raise DataError(f"anatomy.csv has no row {part},{parameter} of rank 1")
    return number_of(fact)


def used_anatomy() -> tuple[UsedFact, ...]:
    """Return every fact of the anatomy, for tables of constants."""
    return tuple(
        UsedFact(part, parameter, fact) for (part, parameter), fact in anatomy_facts().items()
    )


@cached
def reference_anatomy() -> Anatomy:
    """Return the canal of the tables.

    CSF is canal less cord where both are measured (pkpd.md 1.2); the lumbosacral sac takes its
    shape from `sac-area`, scaled so that CSF and roots fill the measured volume, and its share of
    roots from the two measured volumes. Between both, and between the middles of levels, areas are
    linear.
    """
    facts = anatomy_facts()
    levels = tuple(part for part, parameter in facts if parameter == "height")
    tops = np.concatenate([[0.0], np.cumsum([anatomy_number(one, "height") for one in levels])])
    middles = (tops[:-1] + tops[1:]) / 2

    def along(parameter: str) -> tuple[FloatArray, FloatArray]:
        having = [index for index, one in enumerate(levels) if (one, parameter) in facts]
        return middles[having], np.array([anatomy_number(levels[i], parameter) for i in having])

    cord = np.interp(middles, *along("cord-area"))
    canal_places, canal = along("canal-area")
    sac_places, sac = along("sac-area")
    first = levels.index(_FIRST_OF_SAC)
    heights = np.diff(tops)
    volume = anatomy_number("sac", "csf-and-roots-volume")
    sac = sac * volume / float(np.sum(sac * heights[first:]))
    share = 1.0 - anatomy_number("sac", "csf-volume") / volume
    csf = np.interp(
        middles,
        np.concatenate([canal_places, sac_places]),
        np.concatenate([canal - np.interp(canal_places, middles, cord), sac * (1.0 - share)]),
    )
    roots = np.zeros(len(levels))
    roots[first:] = sac * share
    nodes = ("cervical", "thoracic", "lumbar")
    places = [middles[levels.index(_text("dispersion", f"{node}-node"))] for node in nodes]
    return Anatomy(
        levels=levels,
        tops=tops,
        csf_area=csf,
        cord_area=cord,
        root_area=roots,
        dispersion_places=np.array(places),
        dispersion_values=np.array([anatomy_number("dispersion", node) for node in nodes]),
    )


def _text(part: str, parameter: str) -> str:
    return anatomy_facts()[part, parameter].of_kind(str).value
