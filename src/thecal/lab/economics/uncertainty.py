"""The probabilistic analysis: costs and counts from gamma, shares from beta, seeded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np

from thecal.errors import EntryError
from thecal.lab.economics.inputs import NAMES, SHARES, Draws, Inputs
from thecal.lab.economics.model import curves
from thecal.units import show_number


@final
@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What the draws say.

    Attributes
    ----------
    draws, seed
        How many, and from which seed; the same seed gives the same figures.
    increment, quality_years
        Mean, and the 2.5th and 97.5th percentile.
    cheaper
        Share of the draws in which the pump costs no more.
    effective
        Willingness to pay to the share of draws with a net benefit of at least zero.
    """

    draws: int
    seed: int
    increment: tuple[float, float, float]
    quality_years: tuple[float, float, float]
    cheaper: float
    effective: Mapping[Fraction, float]


def sample(
    mean: Fraction, error: Fraction, share: bool, count: int, source: np.random.Generator
) -> Draws:
    """Draw from a gamma or, for a share, a beta distribution with that mean and standard error.

    Raises
    ------
    EntryError
        If the mean is not above zero, or mean and error fit no beta distribution.
    """
    m, se = float(mean), float(error)
    if mean <= 0:
        raise EntryError(f"a mean of {show_number(mean)} cannot vary", remedy="leave its error out")
    if not share:
        return source.gamma((m / se) ** 2, se**2 / m, count)
    if mean >= 1 or error**2 >= mean * (1 - mean):
        raise EntryError(
            f"no beta distribution has the mean {show_number(mean)} and the error"
            f" {show_number(error)}",
            remedy="the error is below the root of mean x (1 - mean)",
        )
    weight = m * (1 - m) / se**2 - 1
    return source.beta(m * weight, (1 - m) * weight, count)


def uncertainty(
    base: Inputs[Fraction],
    errors: Mapping[str, Fraction],
    months: int,
    willingness: Sequence[Fraction],
    draws: int,
    seed: int,
) -> Uncertainty:
    """Return what comes out when every input with an error is drawn, the others held.

    Raises
    ------
    EntryError
        If an error fits no distribution.
    """
    source = np.random.default_rng(seed)
    values = {}
    for name in NAMES:
        mean = getattr(base, name)
        if name in errors:
            try:
                values[name] = sample(mean, errors[name], name in SHARES, draws, source)
            except EntryError as error:
                raise error.at(name) from None
        else:
            values[name] = np.full(draws, float(mean))
    found = curves(Inputs(**values), months)
    return Uncertainty(
        draws,
        seed,
        _spread(found.increment),
        _spread(found.quality_years),
        float(np.mean(found.increment <= 0)),
        {
            one: float(np.mean(found.net_benefit(np.full(draws, float(one))) >= 0))
            for one in willingness
        },
    )


def _spread(values: Draws) -> tuple[float, float, float]:
    low, high = np.percentile(values, [2.5, 97.5])
    return float(np.mean(values)), float(low), float(high)
