"""Reading `effects.csv`: figures, and the rows that name whose figure stands in.

A cell that names another drug, another effect, or `effect; drug` points to the row whose figure is
used instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import final

from thecal.body.constants import number_of
from thecal.body.course import StandIn, UsedFact
from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.errors import DataError
from thecal.pharmacy.lookup import listed

ANY = "any"
Key = tuple[str, str, str]
"""Effect, drug and parameter."""


@cached
def effect_facts() -> Mapping[Key, Fact[FactValue]]:
    """Return every row of rank 1, the shipped one or the clinic's."""
    return {
        (row["effect"], row["drug"], row["parameter"]): fact_of(row)
        for row in rows("effects")
        if row["rank"] == "1"
    }


def fact_at(key: Key) -> Fact[FactValue]:
    """Return the fact of rank 1 with these keys; raises `DataError` if there is none."""
    fact = effect_facts().get(key)
    if fact is None:
        raise DataError("effects.csv has no row " + ",".join(key) + " of rank 1")
    return fact


@final
class Reader:
    """Reads the figures of one effect and drug and keeps the facts that it read.

    Every method raises `DataError` where a row is missing, of another kind or impossible.
    """

    def __init__(self, effect: str, drug: str) -> None:
        self._effect, self._drug = effect, drug
        self._facts: list[UsedFact] = []
        self._stand_ins: dict[str, StandIn] = {}
        self._paths: dict[str, list[Key]] = {}

    @property
    def facts(self) -> tuple[UsedFact, ...]:
        """What was read so far."""
        return tuple(self._facts)

    @property
    def stand_ins(self) -> tuple[StandIn, ...]:
        """Whose figures stood in so far."""
        return tuple(self._stand_ins.values())

    def has(self, parameter: str) -> bool:
        """Return whether there is such a row."""
        return (self._effect, self._drug, parameter) in effect_facts()

    def __call__(self, parameter: str) -> float:
        """Return a figure in the units of the body."""
        return number_of(self._figure(parameter))

    def above_zero(self, parameter: str) -> float:
        """Return a figure that has to be above zero."""
        value = self(parameter)
        if not value > 0:
            raise DataError(f"{parameter} of {self._effect}, {self._drug} is not above zero")
        return value

    def as_written(self, parameter: str, unit: str) -> float:
        """Return a figure in a unit that the rest of the body does not know."""
        fact = self._figure(parameter)
        if fact.unit != unit:
            raise DataError(f"{parameter} of {self._effect} is not in {unit}")
        return float(fact.of_kind(Fraction).value)

    def text(self, parameter: str) -> str:
        """Return words."""
        return self._used((self._effect, self._drug, parameter)).of_kind(str).value

    def common(self, parameter: str) -> Fact[FactValue]:
        """Return a row that all drugs of the effect share."""
        return self._used((self._effect, ANY, parameter))

    def hypothesis(self) -> str:
        """Return why the effect is hypothesis; empty where it is not."""
        text = self.text("hypothesis")
        return "" if text == "none" else text

    def of_borrowers(self, parameter: str, wanted: str) -> float:
        """Return the product of `wanted` over the drugs that took `parameter` from another one."""
        product = 1.0
        for here, there in pairwise(self._paths[parameter]):
            if here[1] != there[1]:
                product *= number_of(self._used((here[0], here[1], wanted)))
        if not product > 0:
            raise DataError(f"{wanted} of {self._effect}, {self._drug} is not above zero")
        return product

    def _figure(self, parameter: str) -> Fact[FactValue]:
        """Follow rows that name whose figure stands in, to the figure."""
        path = [(self._effect, self._drug, parameter)]
        while isinstance(fact_at(path[-1]).value, str):
            pointed = self._pointed(path[-1])
            if pointed in path:
                raise DataError(f"{parameter} of {self._effect}, {self._drug} points to itself")
            path.append(pointed)
        self._paths[parameter] = path
        if len(path) > 1:
            self._stand_ins[parameter] = StandIn(
                self._drug, f"{parameter} of {self._effect}", self._name(path[-1])
            )
        return self._used(path[-1])

    def _pointed(self, key: Key) -> Key:
        effect, drug, parameter = key
        effects = {one for one, _, _ in effect_facts()}
        for word in listed(fact_at(key)):
            if word in effects:
                effect = word
            else:
                drug = word
        return effect, drug, parameter

    def _name(self, key: Key) -> str:
        effect, drug, _ = key
        return drug if effect == self._effect else f"{drug}, {effect}"

    def _used(self, key: Key) -> Fact[FactValue]:
        fact = fact_at(key)
        effect, drug, parameter = key
        owner = effect if drug == ANY else f"{effect}, {drug}"
        self._facts.append(UsedFact(owner, parameter, fact))
        return fact
