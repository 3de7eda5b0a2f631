"""The band of the priors: what a gain is worth, and when it says nothing."""

from __future__ import annotations

import numpy as np
import pytest

from thecal.body.patients import drawn_patients
from thecal.lab.design.band import Band, Spread, band_of
from thecal.lab.design.response import POINTS_PER_HOUR, Response, response_of

EVEN = np.ones(24)
NIGHT = np.where(np.arange(24) < 8, 1.5, 0.75)


def drawn(draws: int = 40, seed: int = 1) -> Response:
    """Return the response of draws from the priors."""
    return response_of("baclofen", "spasticity", "T11", drawn_patients(None, draws, seed))


def test_a_schedule_beside_itself_gains_nothing_and_lies_within_the_band() -> None:
    band = band_of(drawn(), np.repeat(NIGHT, POINTS_PER_HOUR), NIGHT, NIGHT)
    assert band.gain == Spread(0.0, 0.0, 0.0)
    assert band.within(0.1, 0.0)


def test_what_the_body_does_with_a_schedule_is_tracked_wholly_by_it() -> None:
    response = drawn()
    own = response.course(NIGHT)[0]
    first = Response(response.relative[:1], response.even[:1], response.acting)
    band = band_of(first, own, NIGHT, EVEN)
    assert band.gain == Spread(1.0, 1.0, 1.0)
    assert not band.within(0.1, 0.1)


@pytest.mark.parametrize(
    ("gain", "within"),
    [
        (Spread(0.0, 0.5, 0.9), True),
        (Spread(-0.1, 0.5, 0.9), True),
        (Spread(0.001, 0.1, 0.2), False),
        (Spread(0.001, 0.099, 0.2), True),
    ],
)
def test_a_gain_is_within_the_band_where_it_may_be_none_or_is_too_small(
    gain: Spread, within: bool
) -> None:
    none, swing = Spread(0.0, 0.0, 0.0), Spread(0.0, 0.1, 0.2)
    assert Band(gain, swing, none, 40).within(0.1, 0.1) is within
    assert Band(gain, swing, none, 40).within(0.1, 0.101)


def test_the_same_seed_gives_the_same_band_and_percentiles_are_in_order() -> None:
    target = np.repeat(NIGHT, POINTS_PER_HOUR)
    lead = np.roll(NIGHT, -4)
    one, same, other = (band_of(drawn(seed=seed), target, lead, EVEN) for seed in (1, 1, 2))
    assert one == same != other
    assert one.gain.low <= one.gain.median <= one.gain.high
    assert one.modulation.low > one.other_modulation.high - 1e-9
