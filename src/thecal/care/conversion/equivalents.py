"""Morphine milligram equivalents of a list of opioids: what the risk is held against."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.conversion.regimen import ORAL, TRANSDERMAL, OpioidLine, total_of
from thecal.data import Fact, FactValue
from thecal.pharmacy import mme_facts, mme_tier
from thecal.units import Duration, MassRate, show, show_number


@final
@dataclass(frozen=True, slots=True)
class Equivalent:
    """What one line counts.

    Attributes
    ----------
    factor
        The row of the table; None where the edition has none for it.
    equivalent
        Milligrams of oral morphine a day; None where it cannot be counted.
    why
        How it was counted, or why it was not.
    """

    line: OpioidLine
    factor: Fact[Fraction] | None
    equivalent: MassRate | None
    why: str


@final
@dataclass(frozen=True, slots=True)
class Threshold:
    """A daily total from which an edition asks for care, and whether the list reaches it."""

    fact: Fact[FactValue]
    reached: bool


def morphine_equivalents(lines: tuple[OpioidLine, ...], edition: str) -> tuple[Equivalent, ...]:
    """Return what each line counts by one edition; a tier follows the day's total of its drug.

    Raises
    ------
    UnknownIdError
        If there is no such edition.
    """
    mme_facts(edition, "any", "threshold")
    return tuple(_equivalent(line, lines, edition) for line in lines)


def counted(found: tuple[Equivalent, ...]) -> MassRate:
    """Return the sum of what could be counted: at least so much."""
    return total_of(one.equivalent for one in found if one.equivalent is not None)


def thresholds(found: tuple[Equivalent, ...], edition: str) -> tuple[Threshold, ...]:
    """Return the thresholds of an edition; what could not be counted can only add."""
    total = counted(found)
    return tuple(
        Threshold(fact, total >= fact.of_kind(MassRate).value)
        for fact in mme_facts(edition, "any", "threshold")
    )


def _equivalent(line: OpioidLine, lines: tuple[OpioidLine, ...], edition: str) -> Equivalent:
    if line.route == TRANSDERMAL:
        return _patch(line, edition)
    if line.route != ORAL:
        return Equivalent(line, None, None, f"{edition} has no factor for a {line.route} dose")
    if mme_facts(edition, line.drug, "tier-factor"):
        return _tiered(line, lines, edition)
    factors = mme_facts(edition, line.drug, "factor")
    if not factors:
        return Equivalent(line, None, None, f"{edition} has no factor for {line.drug}")
    factor = factors[0].of_kind(Fraction)
    why = f"{show(line.daily, 'mg/d')} x {show_number(factor.value)}"
    return Equivalent(line, factor, line.daily.scaled(factor.value), why)


def _tiered(line: OpioidLine, lines: tuple[OpioidLine, ...], edition: str) -> Equivalent:
    day = total_of(one.daily for one in lines if (one.drug, one.route) == (line.drug, ORAL))
    factor = mme_tier(edition, line.drug, day)
    if factor is None:
        shown = show(day, "mg/d")
        return Equivalent(line, None, None, f"{shown} is above the last tier of {edition}")
    why = f"{show(line.daily, 'mg/d')} x {show_number(factor.value)} (tier by the day's total)"
    return Equivalent(line, factor, line.daily.scaled(factor.value), why)


def _patch(line: OpioidLine, edition: str) -> Equivalent:
    rate = line.patch_rate()
    for fact in mme_facts(edition, line.drug, "patch-factor"):
        factor = fact.of_kind(Fraction)
        why = f"{show_number(rate)} mcg/h x {show_number(factor.value)}"
        return Equivalent(line, factor, MassRate.of(rate * factor.value, "mg/d"), why)
    for fact in mme_facts(edition, line.drug, "patch-unit-factor"):
        factor = fact.of_kind(Fraction)
        if line.worn is None:
            why = f"{edition} counts by patches a day: say how long one is worn"
            return Equivalent(line, factor, None, why)
        patches = Duration.of(1, "d").ratio(line.worn)
        why = (
            f"{show_number(rate)} mcg/h x {show_number(patches)} patches a day"
            f" x {show_number(factor.value)}"
        )
        return Equivalent(line, factor, MassRate.of(rate * patches * factor.value, "mg/d"), why)
    return Equivalent(line, None, None, f"{edition} has no factor for a {line.drug} patch")
