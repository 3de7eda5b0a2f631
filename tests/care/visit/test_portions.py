"""The portions of a fill against what went in: the last one may be smaller, no other."""

from __future__ import annotations

import pytest

from thecal.care.visit.needle import portions_fit
from thecal.units import Volume, parse_quantity


@pytest.mark.parametrize(
    ("portions", "injected", "fits"),
    [
        (4, "18 mL", True),
        (4, "20 mL", True),
        (3, "18 mL", False),
        (4, "15 mL", False),
        (5, "18 mL", False),
        (0, "18 mL", False),
    ],
)
def test_portions_of_5_ml_fit_where_only_the_last_is_smaller(
    portions: int, injected: str, fits: bool
) -> None:
    portion, filled = parse_quantity("5 mL", Volume), parse_quantity(injected, Volume)
    assert portions_fit(portions, portion, filled) is fits
