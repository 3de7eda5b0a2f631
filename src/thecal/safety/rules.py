"""The thresholds of the checks, from the table of rules."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.device import PumpModel
from thecal.errors import DataError
from thecal.safety.finding import Severity
from thecal.units import Duration, Quantity
from thecal.units.quantity import Q


@cached
def _table() -> Mapping[tuple[str, str], tuple[Fact[FactValue], ...]]:
    table: dict[tuple[str, str], tuple[Fact[FactValue], ...]] = {}
    for row in sorted(rows("rules"), key=lambda row: int(row["rank"])):
        key = row["rule"], row["parameter"]
        table[key] = (*table.get(key, ()), fact_of(row))
    return MappingProxyType(table)


def _rule(rule: str, parameter: str) -> tuple[Fact[FactValue], ...]:
    facts = _table().get((rule, parameter))
    if not facts:
        raise DataError(f"rules.csv has no {rule} {parameter}", remedy="restore the row")
    return facts


def threshold(rule: str, parameter: str, kind: type[Q]) -> Fact[Q]:
    """Return a threshold that is a quantity."""
    return _rule(rule, parameter)[0].of_kind(kind)


def window_before_alarm(model: PumpModel) -> Fact[Duration]:
    """Return how long before its alarm a reservoir is refilled: the model's, else the rule's."""
    own = model.facts.get("window-before-alarm")
    if own is not None:
        return own.of_kind(Duration)
    return threshold("K12", "window-before-alarm", Duration)


def factor_fact(rule: str, parameter: str) -> Fact[Fraction]:
    """Return a threshold that is a plain number, with its source."""
    return _rule(rule, parameter)[0].of_kind(Fraction)


def factor(rule: str, parameter: str) -> Fraction:
    """Return a threshold that is a plain number."""
    return factor_fact(rule, parameter).value


def factors(rule: str, parameter: str) -> tuple[Fraction, ...]:
    """Return all plain numbers of a threshold, in order of rank."""
    return tuple(fact.of_kind(Fraction).value for fact in _rule(rule, parameter))


def source(rule: str, parameter: str) -> str:
    """Return whose threshold it is and whether it is verified."""
    return _rule(rule, parameter)[0].provenance()


def hard_unless_recalled(
    fact: Fact[FactValue] | Fact[Quantity] | Fact[Fraction] | Fact[str],
) -> Severity:
    """Return `hard`, or `soft` for a figure that is only recalled: it never refuses alone."""
    return Severity.SOFT if fact.recalled else Severity.HARD
