"""Above what no dose is proposed: maxima of label and consensus, and the highest ever reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.advice import Cited, Disagreement
from thecal.pharmacy import Limit, ceiling, limits
from thecal.units import MassRate

MAXIMUM = "maximum-daily"


@final
@dataclass(frozen=True, slots=True)
class Bounds:
    """The maxima of a drug for a patient.

    Attributes
    ----------
    maxima
        Of label, consensus and practice, the lowest first; several answers where they disagree.
    highest_reported
        The highest daily dose that any source reports as given; None where none does.
    """

    maxima: tuple[Limit, ...]
    highest_reported: Limit | None

    @property
    def lowest(self) -> Limit | None:
        """The maximum above which nothing is proposed: the lowest of all defaults."""
        known = [one for one in self.maxima if one.rank == 1]
        if self.highest_reported is not None:
            known.append(self.highest_reported)
        return min(known, key=lambda one: one.rate, default=None)

    def held(self, dose: MassRate) -> MassRate:
        """Return the dose, or the lowest maximum where the dose lies above; the caller says so."""
        lowest = self.lowest
        return dose if lowest is None else min(dose, lowest.rate)

    def disagreement(self) -> Disagreement | None:
        """Return every maximum where there is more than one figure, the one used first."""
        lowest = self.lowest
        every = [*self.maxima, *([self.highest_reported] if self.highest_reported else [])]
        if lowest is None or len({one.rate for one in every}) < 2:
            return None
        answers = dict.fromkeys((lowest, *every))
        return Disagreement(
            "How much of it a day at most?",
            tuple(_cited(one) for one in answers),
        )

    def cited(self) -> tuple[Cited, ...]:
        """Return the maximum in use."""
        return () if self.lowest is None else (_cited(self.lowest),)


def bounds(drug_id: str, populations: frozenset[str]) -> Bounds:
    """Return the bounds; where the population is not known, those of every possible one."""
    maxima = limits(drug_id, MAXIMUM, populations=populations)
    return Bounds(
        tuple(sorted(maxima, key=lambda one: one.rate)),
        ceiling(drug_id, populations=populations),
    )


def _cited(limit: Limit) -> Cited:
    group = "" if limit.population == "any" else f", {limit.population}"
    return Cited(f"{limit.parameter.replace('-', ' ')}, {limit.edition}{group}", limit.fact)
