"""Complications and side effects: a coded list, published rates, and a clinic's own counts."""

from thecal.care.complications.compare import Expectation, Place, expectation, expectations
from thecal.care.complications.reader import ComplicationCase, Counted
from thecal.care.complications.register import Complication, Rate, complication, complications
from thecal.care.intervals import binomial_range, poisson_range, wilson_interval

__all__ = [
    "Complication",
    "ComplicationCase",
    "Counted",
    "Expectation",
    "Place",
    "Rate",
    "binomial_range",
    "complication",
    "complications",
    "expectation",
    "expectations",
    "poisson_range",
    "wilson_interval",
]
