"""Ranking what may be wrong with a therapy by the findings at the bedside.

Each cause has a weight: its prior class times, for every finding that is there, the class of
likelihood of its outcome under the cause. A share is a weight over the sum of all. A finding that
is missing changes nothing, the order of findings does not matter, and because no class is above
`expected`, a finding that a cause expects never lowers its rank. One cause is assumed; where the
best of them contradicts a finding the answer says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, final

from thecal.care.troubleshoot_table import AGAINST, Cause, causes, likelihood, number

Side = Literal["for", "against", "says little"]
RARE = "rare"


@final
@dataclass(frozen=True, slots=True)
class Evidence:
    """What one finding says of one cause.

    Attributes
    ----------
    word
        The class of likelihood of the outcome under the cause.
    factor
        How many times as likely the cause makes the outcome as the other causes do on average,
        weighted by their priors.
    side
        Whether the factor is far enough from 1 to count.
    """

    finding: str
    outcome: str
    word: str
    factor: Fraction
    side: Side
    source: str


@final
@dataclass(frozen=True, slots=True)
class RankedCause:
    """A cause with its share and what speaks for and against it.

    Attributes
    ----------
    share
        Its weight over the weights of all causes; between 0 and 1. It orders, it is no measured
        probability: no source gives likelihoods.
    evidence
        One entry for each finding, in the order of the findings.
    contradicted_by
        The findings that the cause makes rare or that speak against it.
    """

    cause: Cause
    share: Fraction
    evidence: tuple[Evidence, ...]

    @property
    def contradicted_by(self) -> tuple[str, ...]:
        """Findings that this cause does not explain."""
        return tuple(one.finding for one in self.evidence if one.word in (RARE, AGAINST))


def candidates(pump_kind: str) -> tuple[Cause, ...]:
    """Return the causes that a pump of this kind can have, in the order of the table."""
    return tuple(one for one in causes() if one.can_befall(pump_kind))


def shares(findings: Mapping[str, str], pump_kind: str) -> dict[str, Fraction]:
    """Return the share of each candidate by its id, the largest first.

    Parameters
    ----------
    findings
        Finding to outcome; what is not known is left out.
    pump_kind
        `roller`, `valve-gated`, `constant-flow` or `external`.

    Returns
    -------
    dict
        Shares that add up to 1; equal ones in the order of the table.
    """
    weights: dict[str, Fraction] = {}
    for one in candidates(pump_kind):
        weight = one.prior_weight
        for finding, outcome in findings.items():
            weight *= likelihood(one, finding, outcome).weight
        weights[one.id] = weight
    total = sum(weights.values(), Fraction(0))
    ordered = sorted(weights.items(), key=lambda item: -item[1])
    return {id: weight / total for id, weight in ordered}


def rank(findings: Mapping[str, str], pump_kind: str) -> tuple[RankedCause, ...]:
    """Return every candidate, the likeliest first, each with what speaks for and against it."""
    by_id = {one.id: one for one in candidates(pump_kind)}
    return tuple(
        RankedCause(by_id[id], share, _evidence(by_id[id], findings, pump_kind))
        for id, share in shares(findings, pump_kind).items()
    )


def _evidence(of: Cause, findings: Mapping[str, str], pump_kind: str) -> tuple[Evidence, ...]:
    found = []
    for finding, outcome in findings.items():
        own = likelihood(of, finding, outcome)
        factor = own.weight / _average(of, finding, outcome, pump_kind)
        found.append(Evidence(finding, outcome, own.word, factor, _side(factor), own.source))
    return tuple(found)


def _average(but: Cause, finding: str, outcome: str, pump_kind: str) -> Fraction:
    others = [one for one in candidates(pump_kind) if one.id != but.id]
    total = sum((one.prior_weight for one in others), Fraction(0))
    weighted = sum(
        (one.prior_weight * likelihood(one, finding, outcome).weight for one in others),
        Fraction(0),
    )
    return weighted / total


def _side(factor: Fraction) -> Side:
    enough = number("rule", "says-something")
    if factor >= enough:
        return "for"
    return "against" if factor <= 1 / enough else "says little"
