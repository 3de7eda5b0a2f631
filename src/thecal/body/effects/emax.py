"""From concentrations at the effect site to a part of the largest effect, for one or many drugs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from thecal.body.course import FloatArray


def drive(parts: Sequence[FloatArray], alpha: float) -> FloatArray:
    """Return U = sum of the parts + alpha times the sum of the products of pairs.

    Parameters
    ----------
    parts
        Ce / EC50 of each drug, at least one, all of the same shape.
    alpha
        0 is plain addition, above 0 synergy, below 0 antagonism (pkpd.md 3.4).
    """
    total: FloatArray = np.sum(parts, axis=0) if len(parts) > 1 else parts[0]
    if alpha == 0.0 or len(parts) == 1:
        return total
    pairs = (total**2 - np.sum([part**2 for part in parts], axis=0)) / 2
    return np.asarray(total + alpha * pairs)


def fraction(drive: FloatArray, hill: float) -> FloatArray:
    """Return U^g / (1 + U^g), the part of the largest effect, 0 up to 1.

    A drive of zero has no effect; nor has one below it, the round-off of the kinetics.

    Parameters
    ----------
    drive
        U, shape (patients, times).
    hill
        g, above zero.
    """
    part: FloatArray = np.maximum(drive, 0.0)
    with np.errstate(divide="ignore", over="ignore"):
        # The negative power may become infinite without harm; U^g over itself would not.
        part **= -hill
    part += 1.0
    return np.reciprocal(part, out=part)
