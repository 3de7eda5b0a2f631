"""The canal cut into cells: volumes, faces and dispersion on a grid of about one centimetre."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from thecal.body.anatomy import Anatomy, anatomy_number
from thecal.body.course import FloatArray
from thecal.errors import UsageError

_FINE_REACH = 3.0


@final
@dataclass(frozen=True, slots=True, eq=False)
class Canal:
    """A canal on a grid of N cells; cm, cm2, cm2/h.

    Attributes
    ----------
    edges
        Shape (N + 1,): from the foramen magnum down.
    csf_area, tissue_area
        Shape (N,): tissue is cord, and nerve root below it.
    dura_perimeter
        Shape (N,): of a circle as large as CSF and tissue together.
    face_area, dispersion
        Shape (N - 1,): at the faces between cells.
    in_sac, face_in_sac
        Shape (N,) and (N - 1,): whether the middle of a cell, or a face, is in the sac.
    """

    edges: FloatArray
    csf_area: FloatArray
    tissue_area: FloatArray
    dura_perimeter: FloatArray
    face_area: FloatArray
    dispersion: FloatArray
    in_sac: np.ndarray[tuple[int], np.dtype[np.bool_]]
    face_in_sac: np.ndarray[tuple[int], np.dtype[np.bool_]]

    @property
    def cells(self) -> int:
        """Number of cells along the canal."""
        return len(self.edges) - 1

    def cell_at(self, place: float) -> int:
        """Return the index of the cell that holds a place, in cm from the foramen magnum.

        Raises
        ------
        UsageError
            If the place lies outside the canal.
        """
        if not self.edges[0] <= place <= self.edges[-1]:
            raise UsageError(
                f"{place} cm from the foramen magnum is outside the canal",
                remedy=f"give 0 to {self.edges[-1]:.0f} cm",
            )
        index = int(np.searchsorted(self.edges, place, side="right")) - 1
        return min(index, self.cells - 1)

    def plug(self, place: float, volume: float, held: FloatArray) -> FloatArray:
        """Return the part of a bolus of `volume` mL in each cell, shape (N,).

        Half of the plug lies on each side of `place`; where the canal ends it goes on the other
        way.

        Parameters
        ----------
        held
            Shape (N,), mL: the fluid in each cell of this patient.

        Raises
        ------
        UsageError
            If the place lies outside the canal, or the volume is negative or more than it holds.
        """
        holding = self.cell_at(place)
        if not volume >= 0:
            raise UsageError(f"a bolus of {volume} mL", remedy="give 0 mL or more")
        filled = np.concatenate([[0.0], np.cumsum(held)])
        if volume > filled[-1]:
            raise UsageError(
                f"the canal holds {filled[-1]:.0f} mL of fluid, the bolus is larger",
                remedy="give a smaller volume",
            )
        middle = float(np.interp(place, self.edges, filled))
        top = min(max(middle - volume / 2, 0.0), filled[-1] - volume)
        pushed = np.diff(np.clip(filled, top, top + volume))
        if not pushed.any():  # no volume, or too little to tell from the fluid's
            pushed[holding] = 1.0
        part: FloatArray = pushed / pushed.sum()
        return part


def grid(anatomy: Anatomy, fine_around: float | None = None, fine_length: float = 0.5) -> Canal:
    """Return the canal of the reference body on cells of about 1 cm.

    Parameters
    ----------
    anatomy
        Lengths and areas.
    fine_around
        A place in cm from the foramen magnum, usually the tip: within 3 cm of it cells are about
        `fine_length` cm long. None: all cells are about 1 cm long.

    Raises
    ------
    UsageError
        If `fine_length` is not above 0 and below 1 cm.
    """
    nominal = anatomy_number("canal", "cell-length")
    edges = np.linspace(0.0, anatomy.length, max(1, round(anatomy.length / nominal)) + 1)
    if fine_around is not None:
        if not 0 < fine_length < nominal:
            raise UsageError(
                f"cells of {fine_length} cm are no refinement", remedy="choose above 0, below 1 cm"
            )
        edges = _refined(edges, fine_around, fine_length)
    return canal_on(anatomy, edges)


def _refined(edges: FloatArray, place: float, fine_length: float) -> FloatArray:
    near = (edges[:-1] < place + _FINE_REACH) & (edges[1:] > place - _FINE_REACH)
    parts = [
        np.linspace(low, high, int(np.ceil((high - low) / fine_length)) + 1)[:-1]
        if fine
        else np.array([low])
        for low, high, fine in zip(edges[:-1], edges[1:], near, strict=True)
    ]
    return np.concatenate([*parts, edges[-1:]])


def canal_on(anatomy: Anatomy, edges: FloatArray) -> Canal:
    """Return the canal on cells with the given edges, shape (N + 1,), cm."""
    middles, faces = (edges[:-1] + edges[1:]) / 2, edges[1:-1]
    csf = np.interp(middles, anatomy.middles, anatomy.csf_area)
    tissue = np.interp(middles, anatomy.middles, anatomy.cord_area + anatomy.root_area)
    return Canal(
        edges=edges,
        csf_area=csf,
        tissue_area=tissue,
        dura_perimeter=2.0 * np.sqrt(np.pi * (csf + tissue)),
        face_area=np.interp(faces, anatomy.middles, anatomy.csf_area),
        dispersion=np.exp(
            np.interp(faces, anatomy.dispersion_places, np.log(anatomy.dispersion_values))
        ),
        in_sac=middles >= anatomy.sac_top,
        face_in_sac=faces >= anatomy.sac_top,
    )
