"""The success rule of the randomised trial in cancer (Smith 2002)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited
from thecal.care.outcomes.change import rule
from thecal.errors import EntryError


@final
@dataclass(frozen=True, slots=True)
class SmithResult:
    """Whether the rule calls it a success, and the two changes in percent (negative: less)."""

    success: bool
    pain_percent: Fraction
    toxicity_percent: Fraction | None
    figures: tuple[Cited, ...]


def smith_success(
    pain_before: Fraction,
    pain_after: Fraction,
    toxicity_before: Fraction | None = None,
    toxicity_after: Fraction | None = None,
) -> SmithResult:
    """Return success by the rule: pain lower by 20 %, or pain not worse and toxicity lower by 20 %.

    The trial says equal pain for the second branch; pain that is lower, but by less than 20 %, is
    taken as at least equal, so that less pain never turns a success into a failure.

    Raises
    ------
    EntryError
        If there was no pain before, or a score is below zero.
    """
    scores = (pain_before, pain_after, toxicity_before, toxicity_after)
    if pain_before == 0 or any(one is not None and one < 0 for one in scores):
        raise EntryError("the scores cannot be compared", remedy="pain before is above zero")
    pain = 100 * (pain_after - pain_before) / pain_before
    toxicity = None
    if toxicity_before is not None and toxicity_after is not None and toxicity_before > 0:
        toxicity = 100 * (toxicity_after - toxicity_before) / toxicity_before
    limits = {name: rule("smith", name) for name in ("pain", "toxicity")}
    less_pain = -pain >= limits["pain"].value
    less_toxic = toxicity is not None and -toxicity >= limits["toxicity"].value
    figures = tuple(Cited(f"Smith rule, {name}", fact) for name, fact in limits.items())
    return SmithResult(less_pain or (pain <= 0 and less_toxic), pain, toxicity, figures)
