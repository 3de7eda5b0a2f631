"""Divided differences of the exponential, against 200 decimal places."""

from __future__ import annotations

from decimal import Decimal, localcontext
from itertools import permutations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from thecal.body.exponentials import first_difference, second_difference

APART = Decimal(10) ** -50
"""Equal arguments are moved apart by this, which changes no digit of a float."""

arguments = st.floats(-700.0, 0.0) | st.sampled_from([0.0, -1e-300, -1e-9, -0.5, -1.0, -650.0])
gaps = st.floats(-1.0, 0.0) | st.sampled_from([0.0, -1e-16, -1e-12, -1e-8, -1e-6, -0.5])


def exact(*values: float) -> float:
    """Return exp[values] by the textbook recursion, in 200 decimal places."""
    with localcontext() as context:
        context.prec = 200
        points = [Decimal(value) + APART * index for index, value in enumerate(sorted(values))]
        column = [point.exp() for point in points]
        for width in range(1, len(points)):
            column = [
                (column[i + 1] - column[i]) / (points[i + width] - points[i])
                for i in range(len(column) - 1)
            ]
        return float(column[0])


@settings(max_examples=80)
@given(a=arguments, gap=gaps)
@example(a=0.0, gap=0.0)
@example(a=-3.0, gap=-0.99e-8)
@example(a=-3.0, gap=-1.01e-8)
def test_the_first_difference_is_exact_near_and_far(a: float, gap: float) -> None:
    for b in (a + gap, a * 0.5, -650.0):
        expected = pytest.approx(exact(a, b), rel=1e-14, abs=1e-300)
        assert first_difference(a, b) == expected
        assert first_difference(b, a) == expected


@settings(max_examples=80)
@given(a=arguments, first=gaps, second=gaps, c=arguments)
@example(a=0.0, first=0.0, second=0.0, c=0.0)
@example(a=-1.0, first=-0.2499, second=-0.4999, c=-1.0)
@example(a=-1.0, first=-0.2501, second=-0.5001, c=-1.5)
def test_the_second_difference_is_exact_near_and_far(
    a: float, first: float, second: float, c: float
) -> None:
    for values in ((a, a + first, a + second), (a, a + first, c), (a, a * 0.25, c)):
        expected = pytest.approx(exact(*values), rel=1e-13, abs=1e-300)
        for order in permutations(values):
            assert second_difference(*order) == expected


@pytest.mark.parametrize("deep", [-1e4, -1e8, -1e15])
def test_a_rate_that_is_long_gone_leaves_the_closed_form(deep: float) -> None:
    assert first_difference(deep, 0.0) == pytest.approx(1.0 / -deep, rel=1e-14)
    assert first_difference(deep, deep) == 0.0
    assert second_difference(deep, 0.0, 0.0) == pytest.approx(1.0 / -deep - deep**-2, rel=1e-13)
