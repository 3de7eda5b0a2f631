"""Spasticity on the Ashworth scale of 1 to 5 under baclofen, legs and arms apart."""

from __future__ import annotations

from thecal.body.course import FloatArray
from thecal.body.effects.emax import fraction
from thecal.body.effects.parameters import scale, surface


def ashworth(effect: str, drive: FloatArray) -> FloatArray:
    """Return the mean Ashworth score, E0 - Emax U^g / (1 + U^g) (pkpd.md 3.4).

    Parameters
    ----------
    effect
        `spasticity-legs` or `spasticity-arms`.
    drive
        U with tolerance, at the levels of the effect, shape (patients, times).
    """
    score, together = scale(effect), surface(effect)
    part = fraction(drive, together.hill)
    part *= -score.largest
    part += score.baseline
    return part
