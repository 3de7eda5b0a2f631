"""Which test would tell the likeliest causes apart next, and what no test can tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import log2, sqrt
from typing import final

from thecal.care.troubleshoot import candidates, shares
from thecal.care.troubleshoot_table import Cause, cause, likelihood, number
from thecal.data import cached
from thecal.therapy.bedside import FindingKind, finding_kinds

_THOUSANDTHS = 1000


@final
@dataclass(frozen=True, slots=True)
class NextTest:
    """A test that has not been done.

    Attributes
    ----------
    gain
        By how many bits the uncertainty about the cause falls on average, to a thousandth.
    open
        Whether it may be done now; `held_by` says what holds it where not.
    points
        Each outcome to the id of the cause that leads then.
    held_by
        `first` and the finding that has to be there before, or `refused` and the finding that
        rules it out; empty where it is open.
    """

    kind: FindingKind
    gain: Fraction
    open: bool
    points: Mapping[str, str]
    held_by: str


def next_tests(findings: Mapping[str, str], pump_kind: str) -> tuple[NextTest, ...]:
    """Return the tests that are left: those that may be done first, the most telling first."""
    now = shares(findings, pump_kind)
    tests = [
        _test(kind, findings, now)
        for kind in finding_kinds().values()
        if kind.id not in findings and kind.holds_for(pump_kind)
    ]
    return tuple(sorted(tests, key=lambda one: (not one.open, -one.gain, one.kind.step)))


def held(kind: FindingKind, findings: Mapping[str, str]) -> str:
    """Return what holds a test back: `first ...`, `refused ...`, or nothing."""
    if kind.needs is None:
        return ""
    finding, outcome = kind.needs
    if finding not in findings:
        return f"first {finding}"
    return "" if findings[finding] == outcome else f"refused {finding}"


def inseparable(
    pump_kind: str, but: Mapping[str, str] | None = None
) -> tuple[tuple[str, str], ...]:
    """Return the pairs of causes that all findings together do not tell apart, in table order.

    Parameters
    ----------
    but
        Findings that are there already: only those that are left are asked.
    """
    left = _left(but or {}, pump_kind)
    most = number("rule", "alike")
    return tuple(
        (one.id, other.id)
        for one, other in combinations(candidates(pump_kind), 2)
        if overlap(one, other, left) >= most
    )


def overlap(one: Cause, other: Cause, kinds: Iterable[FindingKind]) -> Fraction:
    """Return how alike two causes look to some findings together: 0 not at all, 1 the same.

    The Bhattacharyya coefficient, to a thousandth: the sum over outcomes of the root of both
    likelihoods, multiplied over the findings.
    """
    alike = 1.0
    for kind in kinds:
        first, second = _outcomes(one, kind), _outcomes(other, kind)
        alike *= sum(sqrt(first[word] * second[word]) for word in kind.outcomes)
    return Fraction(round(alike * _THOUSANDTHS), _THOUSANDTHS)


def telling(
    one: Cause, other: Cause, findings: Mapping[str, str], pump_kind: str
) -> tuple[tuple[FindingKind, Fraction], ...]:
    """Return the tests left that tell two causes apart, with their distance, the largest first."""
    least = number("rule", "apart")
    found = [(kind, distance(one, other, kind)) for kind in _left(findings, pump_kind)]
    return tuple(sorted((each for each in found if each[1] >= least), key=lambda each: -each[1]))


def _left(findings: Mapping[str, str], pump_kind: str) -> tuple[FindingKind, ...]:
    """Return the tests that are not done and that nothing rules out."""
    return tuple(
        kind
        for kind in finding_kinds().values()
        if kind.id not in findings
        and kind.holds_for(pump_kind)
        and not held(kind, findings).startswith("refused")
    )


def distance(one: Cause, other: Cause, kind: FindingKind) -> Fraction:
    """Return how far a finding tells two causes apart: 0 not at all, 1 always."""
    first, second = _outcomes(one, kind), _outcomes(other, kind)
    apart = sum((abs(first[word] - second[word]) for word in kind.outcomes), Fraction(0))
    return apart / 2


def _outcomes(of: Cause, kind: FindingKind) -> Mapping[str, Fraction]:
    return _outcomes_of(of.id, kind.id)


# A case asks for each of these some seventy times: without this a page of it takes a second.
@cached
def _outcomes_of(of_id: str, kind_id: str) -> Mapping[str, Fraction]:
    of, kind = cause(of_id), finding_kinds()[kind_id]
    weights = {word: likelihood(of, kind.id, word).weight for word in kind.outcomes}
    total = sum(weights.values(), Fraction(0))
    return {word: weight / total for word, weight in weights.items()}


def _test(kind: FindingKind, findings: Mapping[str, str], now: Mapping[str, Fraction]) -> NextTest:
    tables = {id: _outcomes(cause(id), kind) for id in now}
    before = _bits([float(share) for share in now.values()])
    after = 0.0
    points: dict[str, str] = {}
    for word in kind.outcomes:
        joint = {id: float(share * tables[id][word]) for id, share in now.items()}
        chance = sum(joint.values())
        after += chance * _bits([one / chance for one in joint.values()])
        points[word] = max(joint, key=lambda id: joint[id])
    gain = Fraction(round((before - after) * _THOUSANDTHS), _THOUSANDTHS)
    held_by = held(kind, findings)
    return NextTest(kind, gain, not held_by, points, held_by)


def _bits(chances: list[float]) -> float:
    return -sum(one * log2(one) for one in chances if one > 0)
