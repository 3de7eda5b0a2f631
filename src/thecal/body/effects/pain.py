"""Pain on the numeric rating scale of 0 to 10 under all analgesic drugs together."""

from __future__ import annotations

from thecal.body.course import FloatArray
from thecal.body.effects.emax import fraction
from thecal.body.effects.parameters import PAIN, scale, surface


def pain_score(drive: FloatArray) -> FloatArray:
    """Return pain, E0 - Emax U^g / (1 + U^g) (pkpd.md 3.4).

    Parameters
    ----------
    drive
        U of the response surface, with tolerance, shape (patients, times).
    """
    score = scale(PAIN)
    part = fraction(drive, surface(PAIN).hill)
    part *= -score.largest
    part += score.baseline
    return part
