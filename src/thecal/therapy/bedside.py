"""Findings at the bedside: which there are, what each can be, and what a file says of them.

They tell why a therapy does not do what it should. They are no part of the therapy: no replay
knows them, and `care.troubleshoot` alone reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import final

from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.errors import DataError
from thecal.units import Volume


@final
@dataclass(frozen=True, slots=True)
class FindingKind:
    """One kind of finding, from `data/troubleshoot_findings.csv`.

    Attributes
    ----------
    question
        What it answers.
    step
        Its place in the published order (facts/workflow.md 2.T).
    needs
        Another finding and the outcome that it must have before this test may be done; None: none.
    pumps
        The kinds of pump that have it; empty: every kind.
    outcomes
        Each outcome to the row that says what it means.
    """

    id: str
    name: str
    question: str
    step: int
    needs: tuple[str, str] | None
    pumps: tuple[str, ...]
    outcomes: Mapping[str, Fact[str]]

    def holds_for(self, pump_kind: str) -> bool:
        """Whether a pump of this kind has it."""
        return not self.pumps or pump_kind in self.pumps


@final
@dataclass(frozen=True, slots=True)
class ResidualVolumes:
    """A residual given in volumes: what the pump counted from, what was due, what was drawn."""

    filled: Volume
    expected: Volume
    aspirated: Volume


@final
@dataclass(frozen=True, slots=True)
class Bedside:
    """What the table `[bedside]` of a file says.

    Attributes
    ----------
    outcomes
        Finding to outcome; what the file leaves out is not there.
    residual
        The residual where it is given in volumes.
    planned
        The test that somebody wants to do next; None: nobody asks.
    """

    outcomes: Mapping[str, str]
    residual: ResidualVolumes | None = None
    planned: str | None = None


@cached
def finding_kinds() -> Mapping[str, FindingKind]:
    """Return every kind of finding by its id, in the order of the table."""
    table: dict[str, dict[str, list[Fact[FactValue]]]] = {}
    for row in sorted(rows("troubleshoot_findings"), key=lambda row: int(row["rank"])):
        answers = table.setdefault(row["finding"], {})
        answers.setdefault(row["parameter"], []).append(fact_of(row))
    return MappingProxyType({id: _kind(id, answers) for id, answers in table.items()})


def _kind(id: str, answers: Mapping[str, list[Fact[FactValue]]]) -> FindingKind:
    def text(parameter: str) -> str:
        if parameter not in answers:
            raise DataError(
                f"troubleshoot_findings.csv has no {parameter} of {id}", remedy="restore the row"
            )
        return answers[parameter][0].of_kind(str).value

    needs = text("needs").split(" ") if "needs" in answers else None
    pumps = text("pumps")
    outcomes = [fact.of_kind(str) for fact in answers.get("outcome", [])]
    return FindingKind(
        id=id,
        name=text("name"),
        question=text("question"),
        step=int(answers["step"][0].of_kind(Fraction).value),
        needs=None if needs is None else (needs[0], needs[1]),
        pumps=() if pumps == "any" else tuple(pumps.split("; ")),
        outcomes=MappingProxyType({fact.value: fact for fact in outcomes}),
    )
