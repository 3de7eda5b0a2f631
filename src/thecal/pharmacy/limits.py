"""Limits of a drug by edition and population: label, consensus, practice, and the ceiling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import final

from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.errors import DataError
from thecal.pharmacy.formulary import drug as drug_of
from thecal.units import Concentration, Duration, Mass, MassRate
from thecal.units.quantity import Q

POPULATIONS = frozenset(
    (
        *("any", "adult", "adolescent", "child", "naive", "tolerant"),
        *("spinal", "cerebral", "cancer", "non-cancer", "inpatient"),
    )
)
CEILING = "highest-reported-daily"
"""Parameter of the hard ceiling: the highest daily dose that any source reports as given."""


@final
@dataclass(frozen=True, slots=True)
class Limit:
    """One limit.

    Attributes
    ----------
    parameter
        `start-low`, `start-high`, `step-up` (fraction), `step-up-rate` (mass rate),
        `step-interval`, `steps-per-week`, `no-increase-within`, `maximum-daily`,
        `maximum-concentration`, `trial-low`, `trial-high`, `highest-reported-daily`,
        `minimum-age` (years), and what else the table names.
    edition
        Whose limit: `label-us`, `pacc-2017`, `practice`, `ceiling` ...
    population
        Whom it is for; `any` for everybody.
    rank
        1 for the shipped default where one edition has several answers.
    """

    drug: str
    parameter: str
    edition: str
    population: str
    rank: int
    fact: Fact[FactValue]

    @property
    def rate(self) -> MassRate:
        """The limit as a mass rate; raises `DataError` if it is none."""
        return self.fact.of_kind(MassRate).value

    @property
    def concentration(self) -> Concentration:
        """The limit as a concentration; raises `DataError` if it is none."""
        return self.fact.of_kind(Concentration).value

    @property
    def mass(self) -> Mass:
        """The limit as a mass; raises `DataError` if it is none."""
        return self.fact.of_kind(Mass).value

    @property
    def duration(self) -> Duration:
        """The limit as a duration; raises `DataError` if it is none."""
        return self.fact.of_kind(Duration).value

    @property
    def number(self) -> Fraction:
        """The limit as a fraction, a count or years; raises `DataError` if it is none."""
        return self.fact.of_kind(Fraction).value

    def whose(self) -> str:
        """Return whose limit it is and for whom, as in `label-us, spinal: pharmacology.md L4b`."""
        group = "" if self.population == "any" else f", {self.population}"
        return f"{self.edition}{group}: {self.fact.provenance()}"


@cached
def _table() -> Mapping[tuple[str, str], tuple[Limit, ...]]:
    table: dict[tuple[str, str], tuple[Limit, ...]] = {}
    for row in sorted(rows("limits"), key=lambda row: int(row["rank"])):
        if row["population"] not in POPULATIONS:
            raise DataError(
                f'"{row["population"]}" is no population',
                remedy="use " + ", ".join(sorted(POPULATIONS)),
                place=f"limits.csv {row['drug']} {row['parameter']}",
            )
        key = row["drug"], row["parameter"]
        limit = Limit(*key, row["edition"], row["population"], int(row["rank"]), fact_of(row))
        table[key] = (*table.get(key, ()), limit)
    _check_order(table)
    return MappingProxyType(table)


def limits(drug: str, parameter: str, *, populations: Iterable[str]) -> tuple[Limit, ...]:
    """Return the limits of a drug whose population is `any` or among `populations`.

    Rows of rank 1 come first. `any` as drug asks for the rows that hold for every drug.

    Raises
    ------
    UnknownIdError
        If the drug is unknown. An unknown parameter has no rows.
    DataError
        If a population is not one of `POPULATIONS`, or the table breaks its order.
    """
    asked = {"any", *populations}
    if not asked <= POPULATIONS:
        raise DataError(
            f"{', '.join(sorted(asked - POPULATIONS))}: no such population",
            remedy="use " + ", ".join(sorted(POPULATIONS)),
        )
    if drug != "any":
        drug_of(drug)
    return tuple(one for one in _table().get((drug, parameter), ()) if one.population in asked)


def limit_values(
    drug: str, parameter: str, kind: type[Q], *, populations: Iterable[str]
) -> tuple[Q, ...]:
    """Return only the quantities of `limits`; raises `DataError` where one is of another kind."""
    found = limits(drug, parameter, populations=populations)
    return tuple(one.fact.of_kind(kind).value for one in found)


def ceiling(drug: str, *, populations: Iterable[str]) -> Limit | None:
    """Return the hard ceiling of a drug a day: of the default rows that apply, the lowest.

    None where no source reports a given dose for this drug and setting: not checked, never passed.
    """
    found = [one for one in limits(drug, CEILING, populations=populations) if one.rank == 1]
    return min(found, key=lambda one: one.rate, default=None)


def age_band(years: int) -> str:
    """Return the population of an age in whole years: `child`, `adolescent` or `adult`."""
    for parameter, band in (("age-child-below", "child"), ("age-adult-from", "adolescent")):
        bound = _table().get(("any", parameter), ())
        if not bound:
            raise DataError(f"limits.csv has no {parameter}", remedy="restore the row")
        if years < bound[0].number:
            return band
    return "adult"


def _check_order(table: Mapping[tuple[str, str], tuple[Limit, ...]]) -> None:
    """Refuse a table where within one edition and population a lower bound is above its upper one.

    Across editions contradictions are shipped on purpose and shown, not refused.
    """
    for low, high in (
        ("start-low", "start-high"),
        ("trial-low", "trial-high"),
        ("usual-low", "usual-high"),
        ("step-up-low", "step-up"),
        ("start-high", "maximum-daily"),
    ):
        for (drug, parameter), lower in table.items():
            if parameter != low:
                continue
            for below in lower:
                for above in table.get((drug, high), ()):
                    same = (below.edition, below.population) == (above.edition, above.population)
                    if same and _number(below) > _number(above):
                        raise DataError(
                            f"{low} is above {high}",
                            remedy="correct the row of the clinic",
                            place=f"limits.csv {drug} {below.edition} {below.population}",
                        )


def _number(limit: Limit) -> Fraction:
    value = limit.fact.value
    if isinstance(value, str):
        raise DataError(f"{limit.parameter} is a word", place=f"limits.csv {limit.drug}")
    return value if isinstance(value, Fraction) else value.base
