"""The four figures that the vendor's page left blank, from patients, beside published ones.

Would recommend (pain), systemic opioid reduced (tumour), would choose again (spasticity),
satisfied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited, Disagreement, Listing
from thecal.care.outcomes.cohort import CohortPatient
from thecal.care.outcomes.wilson import Proportion, confidence_shown, wilson
from thecal.data import Fact
from thecal.pharmacy.lookup import by_key, listed
from thecal.units import MassRate, show_percent


@final
@dataclass(frozen=True, slots=True)
class OutcomeFigure:
    """One of the four.

    Attributes
    ----------
    id, name
        As in `would-recommend`, and for people.
    found
        The proportion with its interval; None where nobody was asked.
    unasked
        Patients of its pathways whose answer is not known.
    published
        What others published, never pooled with it.
    """

    id: str
    name: Fact[str]
    found: Proportion | None
    unasked: int
    published: tuple[Cited, ...]

    def shown(self) -> str:
        """Return figure, count and interval for people."""
        if self.found is None:
            return "not computed: n = 0"
        one = self.found
        shares = (show_percent(part, signed=False) for part in (one.value, one.low, one.high))
        value, low, high = shares
        return (
            f"{value} ({one.count} of n = {one.of}; {confidence_shown()} interval {low} to {high})"
        )


def four_figures(patients: Sequence[CohortPatient]) -> tuple[OutcomeFigure, ...]:
    """Return the four figures; a patient whose answer is not known counts in none of them."""
    found = []
    for figure, facts in by_key("outcome_figures", "figure").items():
        pathways = listed(facts["pathways"][0])
        own = [one for one in patients if one.pathway in pathways]
        answers = [answer for one in own if (answer := _answer(figure, one)) is not None]
        published = tuple(Cited(one.note, one) for one in facts["published"])
        share = wilson(sum(answers), len(answers)) if answers else None
        name = facts["name"][0].of_kind(str)
        found.append(OutcomeFigure(figure, name, share, len(own) - len(answers), published))
    return tuple(found)


def opioid_change(patients: Sequence[CohortPatient]) -> tuple[Fraction, int] | None:
    """Return how much less systemic opioid all took together, as a fraction, and of how many.

    Only patients of the figure's pathways who took some before and whose dose now is known.
    """
    pathways = listed(by_key("outcome_figures", "figure")["opioid-reduction"]["pathways"][0])
    known = [
        (one.opioid_before.in_unit("mg/d"), one.opioid_after.in_unit("mg/d"))
        for one in patients
        if one.pathway in pathways
        and one.opioid_before is not None
        and one.opioid_after is not None
        and one.opioid_before > MassRate.zero()
    ]
    if not known:
        return None
    before = sum((first for first, _ in known), Fraction(0))
    after = sum((second for _, second in known), Fraction(0))
    return 1 - after / before, len(known)


def figures_listing(figures: Sequence[OutcomeFigure]) -> Listing:
    """Return the four beside what was published."""
    rows = tuple(
        (
            one.name.value,
            one.shown(),
            str(one.unasked),
            "; ".join(
                f"{show_percent(cited.fact.of_kind(Fraction).value / 100, signed=False)}"
                f" ({cited.what})"
                for cited in one.published
            ),
        )
        for one in figures
    )
    columns = ("figure", "computed here", "not asked", "published elsewhere")
    return Listing("The four figures", columns, rows)


def published(figures: Sequence[OutcomeFigure]) -> tuple[Disagreement, ...]:
    """Return the published answers to each figure; none is used."""
    return tuple(
        Disagreement(f"Published: {one.name.value}?", one.published, used=False)
        for one in figures
        if len(one.published) > 1
    )


def _answer(figure: str, one: CohortPatient) -> bool | None:
    if figure == "would-recommend":
        return one.would_recommend
    if figure == "choose-again":
        return one.would_choose_again
    if figure == "satisfaction":
        return one.satisfied
    if one.opioid_before is None or one.opioid_after is None:
        return None
    if one.opioid_before == MassRate.zero():
        return None
    return one.opioid_after < one.opioid_before
