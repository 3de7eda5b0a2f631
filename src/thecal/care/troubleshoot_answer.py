"""The whole answer to a case: what comes first, the ranking, the next test, what stays open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.troubleshoot import RankedCause, rank
from thecal.care.troubleshoot_case import PATIENT, RESIDUAL, TroubleCase
from thecal.care.troubleshoot_next import (
    NextTest,
    held,
    inseparable,
    next_tests,
    telling,
)
from thecal.care.troubleshoot_table import number
from thecal.data import Fact, fact_of, rows
from thecal.safety.finding import Finding, Severity
from thecal.therapy.bedside import FindingKind, finding_kinds

PORT, FREE = "access-port", "free"
_NOT_ANSWERED = "unknown"


@final
@dataclass(frozen=True, slots=True)
class Step:
    """Something to do or to beware of, with its source.

    Attributes
    ----------
    when
        The outcome or the situation that calls for it.
    """

    when: str
    what: Fact[str]


@final
@dataclass(frozen=True, slots=True)
class TroubleAnswer:
    """What is answered to a case.

    Attributes
    ----------
    first
        The emergency path where the patient is sick, or that nobody has said.
    ranking
        Every cause that this pump can have, the likeliest first.
    listed
        How many of them are told in full.
    unexplained
        The findings that the likeliest cause does not explain; then more than one may be wrong.
    beware
        Rules that hold now: access port, bridge, drug held back.
    tests
        The tests that are left, the most telling first.
    telling
        The tests that tell the two likeliest causes apart, with their distance.
    never_apart
        Pairs among the causes listed that all findings together do not reliably tell apart.
    not_apart_now
        Pairs among them that the tests left do not reliably tell apart.
    refusals
        Findings about the test that is planned.
    """

    case: TroubleCase
    first: tuple[Step, ...]
    ranking: tuple[RankedCause, ...]
    listed: int
    unexplained: tuple[str, ...]
    beware: tuple[Step, ...]
    tests: tuple[NextTest, ...]
    telling: tuple[tuple[FindingKind, Fraction], ...]
    never_apart: tuple[tuple[str, str], ...]
    not_apart_now: tuple[tuple[str, str], ...]
    refusals: tuple[Finding, ...]


def answer(case: TroubleCase) -> TroubleAnswer:
    """Return the answer to a case; with no findings at all the priors alone order the causes."""
    ranking = rank(case.findings, case.pump_kind)
    listed = int(number("rule", "listed"))
    top = [one.cause.id for one in ranking[:listed]]
    never = _among(inseparable(case.pump_kind), top)
    now = _among(inseparable(case.pump_kind, case.findings), top)
    leading, second = ranking[0].cause, ranking[1].cause
    return TroubleAnswer(
        case=case,
        first=tuple(_first(case)),
        ranking=ranking,
        listed=listed,
        unexplained=ranking[0].contradicted_by,
        beware=tuple(_beware(case)),
        tests=next_tests(case.findings, case.pump_kind),
        telling=telling(leading, second, case.findings, case.pump_kind),
        never_apart=never,
        not_apart_now=tuple(pair for pair in now if pair not in never),
        refusals=tuple(_refusals(case)),
    )


def _among(pairs: tuple[tuple[str, str], ...], top: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in pairs if pair[0] in top and pair[1] in top)


def _first(case: TroubleCase) -> Iterator[Step]:
    patient = case.findings.get(PATIENT, _NOT_ANSWERED)
    yield from _steps(patient, case.drug_classes)


def _beware(case: TroubleCase) -> Iterator[Step]:
    port = case.findings.get(PORT)
    if port is None:
        yield from _steps("before-port", ())
    else:
        yield from _steps("after-aspirate" if port == FREE else "no-aspirate", ())
    if case.findings.get(RESIDUAL) == "above":
        yield from _steps("held-back", ())


def _steps(when: str, classes: tuple[str, ...]) -> Iterator[Step]:
    for row in rows("troubleshoot_steps"):
        if row["when"] == when and row["drug_class"] in ("any", *classes):
            yield Step(when, fact_of(row).of_kind(str))


def _refusals(case: TroubleCase) -> Iterator[Finding]:
    """Judge the test that is planned, and one that was done against the rule."""
    kinds = finding_kinds()
    for one in kinds.values():
        if one.needs is None:
            continue
        hold = held(one, case.findings)
        port = case.findings.get(one.needs[0], "not tried")
        rule = next(_steps("no-aspirate" if hold.startswith("refused") else "before-port", ()))
        if hold and one.id in case.findings:
            yield Finding(
                "K9",
                Severity.WARN,
                f"{one.name} is recorded although the access port was: {port};"
                " what the line held went in at once: watch the patient",
                rule.what.provenance(),
            )
        elif hold and one.id == case.planned:
            severity = Severity.HARD if hold.startswith("refused") else Severity.SOFT
            yield Finding(
                "K9",
                severity,
                f"{one.name} is planned, access port: {port}; {rule.what.value}",
                rule.what.provenance(),
            )
