"""Divided differences of the exponential, accurate for equal and nearly equal arguments.

Cascades of decays (canal to plasma to urine) have closed forms in them; the textbook form
(e^a - e^b) / (a - b) loses every digit where two rates nearly agree (pkpd.md 4.4).
"""

from __future__ import annotations

from math import exp, expm1

from numba import njit

_SERIES_BELOW = 0.5
_TERMS = 16


@njit(cache=True, nogil=True, error_model="numpy")
def first_difference(a: float, b: float) -> float:
    """Return exp[a, b] for a and b not above zero."""
    gap = abs(a - b)
    if gap < 1e-8:
        return exp(max(a, b)) * (1.0 - gap / 2.0)
    return -exp(max(a, b)) * expm1(-gap) / gap


@njit(cache=True, nogil=True, error_model="numpy")
def second_difference(a: float, b: float, c: float) -> float:
    """Return exp[a, b, c] for arguments not above zero.

    Far apart, the recursion over the widest gap; close together, the series of complete
    homogeneous polynomials around the largest, whose terms fall faster than 2^-m / m!.
    """
    low, high = min(a, b, c), max(a, b, c)
    middle = a + b + c - low - high
    gap = high - low
    if gap >= _SERIES_BELOW:
        return (first_difference(middle, high) - first_difference(low, middle)) / gap
    p, q = low - high, middle - high
    power, homogeneous, factorial, total = 1.0, 1.0, 0.5, 0.5
    for order in range(1, _TERMS):
        power *= q
        homogeneous = p * homogeneous + power
        factorial /= order + 2
        total += homogeneous * factorial
    return exp(high) * total
