"""The published rules of what counts as a successful trial, from `trial_rules.csv`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import final

from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.errors import DataError, UnknownIdError
from thecal.pharmacy.lookup import listed

ANY = "any"
"""Column `indication` of a row that holds for every indication."""
_TOXICITY = "toxicity-threshold"


@final
class Compare(StrEnum):
    """How a fall is held against the threshold."""

    FRACTION_AT_LEAST = "fraction-at-least"
    FRACTION_MORE_THAN = "fraction-more-than"
    POINTS_AT_LEAST = "points-at-least"


@final
@dataclass(frozen=True, slots=True)
class TrialRule:
    """One rule.

    Attributes
    ----------
    name
        What has to happen, as in `falls by half or more`.
    therapies, default_for
        Therapies for which it is published, and for which it decides unless another is chosen.
    measures
        Scales it may be judged on; the first that the series has is taken.
    thresholds
        Every answer to what has to be reached, the shipped default first.
    toxicity
        The fall in toxicity that does instead where pain did not rise; None where there is none.
    """

    id: str
    name: Fact[str]
    therapies: tuple[str, ...]
    default_for: tuple[str, ...]
    measures: tuple[str, ...]
    compare: Compare
    thresholds: tuple[Fact[Fraction], ...]
    toxicity: Fact[Fraction] | None

    @property
    def threshold(self) -> Fact[Fraction]:
        """The threshold in force."""
        return self.thresholds[0]

    def reached(self, fall: Fraction) -> bool:
        """Whether a fall (a fraction of the baseline, or points) reaches the threshold."""
        if self.compare is Compare.FRACTION_MORE_THAN:
            return fall > self.threshold.value
        return fall >= self.threshold.value


@cached
def trial_rules(indication: str = ANY) -> tuple[TrialRule, ...]:
    """Return every rule; rows for the indication go before those for any."""
    found: dict[str, dict[str, tuple[Fact[FactValue], ...]]] = {}
    for where in (ANY, *([indication] if indication != ANY else [])):
        own: dict[tuple[str, str], tuple[Fact[FactValue], ...]] = {}
        for row in sorted(rows("trial_rules"), key=lambda row: int(row["rank"])):
            if row["indication"] == where:
                key = row["rule"], row["parameter"]
                own[key] = (*own.get(key, ()), fact_of(row))
        for (rule, parameter), facts in own.items():
            found.setdefault(rule, {})[parameter] = facts
    return tuple(_rule(id, answers) for id, answers in found.items())


def trial_rule(id: str, indication: str = ANY) -> TrialRule:
    """Return the rule with this id; raises `UnknownIdError`."""
    known = trial_rules(indication)
    for one in known:
        if one.id == id:
            return one
    raise UnknownIdError(
        f'"{id}" is no rule of a trial', remedy="use " + ", ".join(one.id for one in known)
    )


def _rule(id: str, answers: dict[str, tuple[Fact[FactValue], ...]]) -> TrialRule:
    def first(parameter: str) -> Fact[FactValue]:
        if parameter not in answers:
            raise DataError(f"{id} has no {parameter}", place="trial_rules.csv")
        return answers[parameter][0]

    compare = first("compare").of_kind(str).value
    if compare not in tuple(Compare):
        raise DataError(f'"{compare}" is no comparison', place=f"trial_rules.csv {id}")
    toxicity = answers.get(_TOXICITY)
    first("threshold")
    return TrialRule(
        id=id,
        name=first("name").of_kind(str),
        therapies=listed(first("therapy")),
        default_for=listed(first("default")),
        measures=listed(first("measures")),
        compare=Compare(compare),
        thresholds=tuple(one.of_kind(Fraction) for one in answers["threshold"]),
        toxicity=None if toxicity is None else toxicity[0].of_kind(Fraction),
    )
