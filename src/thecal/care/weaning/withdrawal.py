"""Opioid withdrawal by the COWS score: its band, and whether the taper pauses."""

from __future__ import annotations

from fractions import Fraction

from thecal.care.weaning.figures import figure

NONE, MILD, MODERATE = "none", "mild", "moderate"
MODERATELY_SEVERE, SEVERE = "moderately severe", "severe"


def withdrawal_band(score: int) -> str:
    """Return the band of a COWS score from 0 to 48: 5 to 12 mild, 13 to 24 moderate, ..."""
    if score > _bound("severe-above"):
        return SEVERE
    if score >= _bound("moderately-severe-from"):
        return MODERATELY_SEVERE
    if score >= _bound("moderate-from"):
        return MODERATE
    return MILD if score >= _bound("mild-from") else NONE


def pauses(score: int) -> bool:
    """Whether the dose is held and no further reduction made at this score."""
    return score >= _bound("pause-from")


def highest_score() -> int:
    """Return the highest score there is."""
    return int(_bound("highest"))


def _bound(parameter: str) -> Fraction:
    return figure("cows", parameter, Fraction).value
