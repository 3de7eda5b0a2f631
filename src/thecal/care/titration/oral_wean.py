"""Weaning drugs by mouth beside intrathecal baclofen: one at a time, baclofen first."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Listing
from thecal.care.titration.case import BACLOFEN, OralDrug
from thecal.care.titration.schemes import TABLE
from thecal.safety.finding import Amount
from thecal.units import MassRate

_SUBJECT = "oral-wean"


@final
@dataclass(frozen=True, slots=True)
class OralStep:
    """What happens to one drug by mouth now.

    Attributes
    ----------
    lowest, highest
        Its next daily dose; both the present one where another drug comes first.
    """

    drug: OralDrug
    lowest: MassRate
    highest: MassRate
    first: bool


def oral_steps(oral: tuple[OralDrug, ...]) -> tuple[OralStep, ...]:
    """Return the drugs in the order in which they go; only the first is lowered now."""
    ordered = sorted(oral, key=lambda one: one.name.lower() != BACLOFEN)
    least = TABLE.get(_SUBJECT, "fraction-low", Fraction).value
    most = TABLE.get(_SUBJECT, "fraction-high", Fraction).value
    return tuple(
        OralStep(one, one.dose.scaled(1 - most), one.dose.scaled(1 - least), first=True)
        if place == 0
        else OralStep(one, one.dose, one.dose, first=False)
        for place, one in enumerate(ordered)
    )


def oral_listing(oral: tuple[OralDrug, ...]) -> Listing:
    """Return the wean as a table."""
    rows = tuple(
        (
            one.drug.name,
            Amount(one.drug.dose, "mg/d"),
            Amount(one.lowest, "mg/d"),
            Amount(one.highest, "mg/d"),
            "lower now, reassess within a day" if one.first else "leave until the one above is off",
        )
        for one in oral_steps(oral)
    )
    return Listing(
        "Drugs by mouth, in the order in which they go",
        ("drug", "now", "next, from", "next, to", "what to do"),
        rows,
    )
