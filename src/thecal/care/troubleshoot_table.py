"""The decision table of troubleshooting as data: causes, and how likely each makes each finding.

`data/troubleshoot_causes.csv` has the causes: every kind of fault of `faults.csv` and what else
looks like one. `data/troubleshoot_likelihoods.csv` has a class of likelihood for each outcome of a
finding under a cause; where a cause has no row for a finding its pattern (`like`) holds, and where
that has none, the row `*`: nothing is wrong with what the finding looks at. An outcome that the
rows in force do not name speaks `against`. The figures of the classes are in
`data/troubleshoot_rules.csv`; the classes extend the table of facts/workflow.md 2.T, a proposal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import final

from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.device import fault_kind
from thecal.errors import DataError
from thecal.units.quantity import Q

ANYTHING = "*"
AGAINST = "against"


@final
@dataclass(frozen=True, slots=True)
class Cause:
    """One cause that can be ranked.

    Attributes
    ----------
    like
        The pattern whose rows hold where it has none of its own; empty: none.
    prior
        The class of how common it is before anything was found.
    pumps
        The kinds of pump that it can befall; empty: every kind.
    act
        What follows once it is the cause.
    """

    id: str
    name: str
    like: str
    prior: Fact[str]
    pumps: tuple[str, ...]
    act: Fact[str]

    def can_befall(self, pump_kind: str) -> bool:
        """Whether a pump of this kind can have it."""
        return not self.pumps or pump_kind in self.pumps

    @property
    def prior_weight(self) -> Fraction:
        """The weight of its prior class."""
        return number("prior", self.prior.value)


@final
@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely a cause makes an outcome.

    Attributes
    ----------
    word
        The class: `expected`, `either`, `some`, `possible`, `rare` or `against`.
    weight
        Its figure.
    source
        Where it comes from and whether anybody has verified it.
    """

    word: str
    weight: Fraction
    source: str


@cached
def causes() -> tuple[Cause, ...]:
    """Return every cause, in the order of the table."""
    table: dict[str, dict[str, Fact[FactValue]]] = {}
    for row in sorted(rows("troubleshoot_causes"), key=lambda row: int(row["rank"])):
        table.setdefault(row["cause"], {}).setdefault(row["parameter"], fact_of(row))
    return tuple(_cause(id, facts) for id, facts in table.items())


def cause(id: str) -> Cause:
    """Return the cause with this id; raises `DataError` if there is none."""
    for one in causes():
        if one.id == id:
            return one
    raise DataError(f"troubleshoot_causes.csv has no cause {id}")


def likelihood(of: Cause, finding: str, outcome: str) -> Likelihood:
    """Return how likely `of` makes an outcome of a finding."""
    return _likelihood(of.id, of.like, finding, outcome)


@cached
def _likelihood(id: str, like: str, finding: str, outcome: str) -> Likelihood:
    rows_in_force = _rows_in_force(id, like, finding)
    fact = rows_in_force.get(outcome)
    if fact is None:
        first = next(iter(rows_in_force.values()))
        return Likelihood(AGAINST, number("likelihood", AGAINST), first.provenance())
    return Likelihood(fact.value, number("likelihood", fact.value), fact.provenance())


@cached
def rule(kind: str, parameter: str) -> Fact[FactValue]:
    """Return a row of `troubleshoot_rules.csv`; raises `DataError` if there is none."""
    for row in rows("troubleshoot_rules"):
        if (row["kind"], row["parameter"], row["rank"]) == (kind, parameter, "1"):
            return fact_of(row)
    raise DataError(f"troubleshoot_rules.csv has no {kind} {parameter}", remedy="restore the row")


@cached
def number(kind: str, parameter: str) -> Fraction:
    """Return a plain number of `troubleshoot_rules.csv`."""
    return rule(kind, parameter).of_kind(Fraction).value


def quantity(parameter: str, kind: type[Q]) -> Q:
    """Return a quantity among the rules."""
    return rule("rule", parameter).of_kind(kind).value


@cached
def _table() -> Mapping[tuple[str, str], Mapping[str, Fact[str]]]:
    found: dict[tuple[str, str], dict[str, Fact[str]]] = {}
    for row in rows("troubleshoot_likelihoods"):
        entry = found.setdefault((row["cause"], row["finding"]), {})
        entry[row["outcome"]] = fact_of(row).of_kind(str)
    return MappingProxyType(found)


def _rows_in_force(id: str, like: str, finding: str) -> Mapping[str, Fact[str]]:
    table = _table()
    for owner in (id, like, ANYTHING):
        if (owner, finding) in table:
            return table[owner, finding]
    raise DataError(f"troubleshoot_likelihoods.csv has no row * for {finding}")


def _cause(id: str, facts: Mapping[str, Fact[FactValue]]) -> Cause:
    def text(parameter: str) -> Fact[str]:
        if parameter not in facts:
            raise DataError(
                f"troubleshoot_causes.csv has no {parameter} of {id}", remedy="restore the row"
            )
        return facts[parameter].of_kind(str)

    if "name" in facts:
        listed = text("pumps").value
        name, pumps = text("name").value, () if listed == "any" else tuple(listed.split("; "))
    else:
        # A fault of the catalogue: its name and its pumps stand there.
        name, pumps = fault_kind(id).name, fault_kind(id).pumps
    return Cause(
        id=id,
        name=name,
        like=text("like").value if "like" in facts else "",
        prior=text("prior"),
        pumps=pumps,
        act=text("act"),
    )
