"""What one rule says of an order, and how the answers of several are put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import final

from thecal.care.advice import Cited, Disagreement, Reason, Weight
from thecal.care.derivation import Value
from thecal.safety.finding import Amount, Finding, Severity

_WEIGHTS = {
    Severity.HARD: Weight.AGAINST,
    Severity.SOFT: Weight.CAUTION,
    Severity.WARN: Weight.CAUTION,
    Severity.INFO: Weight.NOTE,
}


@final
@dataclass(frozen=True, slots=True)
class Judged:
    """The answer of one rule, in the parts of an advice."""

    reasons: tuple[Reason, ...] = ()
    findings: tuple[Finding, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    results: Mapping[str, Value] = field(default_factory=dict)
    not_checked: tuple[str, ...] = ()


def together(parts: Iterable[Judged]) -> Judged:
    """Return the answers of several rules as one, in their order."""
    reasons: list[Reason] = []
    findings: list[Finding] = []
    disagreements: list[Disagreement] = []
    results: dict[str, Value] = {}
    not_checked: list[str] = []
    for part in parts:
        reasons += part.reasons
        findings += part.findings
        disagreements += part.disagreements
        results.update(part.results)
        not_checked += part.not_checked
    once = tuple(dict.fromkeys(disagreements))
    return Judged(tuple(reasons), tuple(findings), once, results, tuple(not_checked))


def found(
    rule: str,
    check: str,
    severity: Severity,
    text: str,
    figures: tuple[Cited, ...] = (),
    *,
    value: Amount | str | None = None,
    limit: Amount | str | None = None,
) -> Judged:
    """Return a finding with its reason; without figures it rests on the entry alone."""
    source = "; ".join(dict.fromkeys(one.fact.provenance() for one in figures)) or "the order"
    return Judged(
        reasons=(Reason(rule, _WEIGHTS[severity], text, figures),),
        findings=(Finding(check, severity, text, source, value=value, limit=limit),),
    )


def fine(rule: str, text: str, figures: tuple[Cited, ...] = ()) -> Judged:
    """Return a reason for the order."""
    return Judged(reasons=(Reason(rule, Weight.FOR, text, figures),))


def noted(rule: str, text: str, figures: tuple[Cited, ...] = ()) -> Judged:
    """Return something to know that decides nothing."""
    return Judged(reasons=(Reason(rule, Weight.NOTE, text, figures),))


def missing(rule: str, text: str) -> Judged:
    """Return what could not be judged because it was left out."""
    return Judged(reasons=(Reason(rule, Weight.MISSING, text),), not_checked=(text,))
