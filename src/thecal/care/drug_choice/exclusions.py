"""What rules a drug out for this person, or asks for care, with the source of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import final

from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.errors import DataError
from thecal.pharmacy import drug, interactions, limits

EXCLUDED, CAUTION = "excluded", "caution"
_ALLERGY = "allergy"
AGE = "minimum-age"


@final
@dataclass(frozen=True, slots=True)
class Objection:
    """One thing against a drug.

    Attributes
    ----------
    cause
        The condition, medicine or age.
    excludes
        Whether it rules the drug out; else it asks for care. A recalled row never rules out.
    text
        For people.
    fact
        The row it rests on; None for an allergy, which is the entry alone.
    """

    drug: str
    cause: str
    excludes: bool
    text: str
    fact: Fact[FactValue] | None


@cached
def conditions() -> tuple[str, ...]:
    """Return the conditions that any row names, medicines left out."""
    return tuple(
        dict.fromkeys(
            row["condition"]
            for row in rows("drug_exclusions")
            if row["condition"] not in medicines()
        )
    )


@cached
def medicines() -> tuple[str, ...]:
    """Return the medicines and classes that any interaction names."""
    return tuple(dict.fromkeys(row["with"] for row in rows("interactions")))


def objections(
    drug_id: str,
    *,
    states: Iterable[str] = (),
    others: Iterable[str] = (),
    allergies: Iterable[str] = (),
    age: int | None = None,
) -> tuple[Objection, ...]:
    """Return everything against a drug, what rules it out first.

    Parameters
    ----------
    states
        Conditions of the person.
    others
        Medicines and classes of medicines the person takes.
    allergies
        Drugs the person does not bear.
    age
        In whole years.

    Raises
    ------
    UnknownIdError
        If the drug is unknown.
    """
    found = [
        *_by_condition(drug_id, {*states, *others}),
        *_by_interaction(drug_id, frozenset(others)),
        *_by_age(drug_id, age),
    ]
    if drug_id in tuple(allergies):
        found.append(Objection(drug_id, _ALLERGY, True, f"allergy to {drug_id}", None))
    return tuple(sorted(found, key=lambda one: not one.excludes))


def _by_condition(drug_id: str, states: Iterable[str]) -> Iterator[Objection]:
    subjects = (drug_id, drug(drug_id).drug_class)
    for row in rows("drug_exclusions"):
        if row["drug"] not in subjects or row["condition"] not in states:
            continue
        if row["effect"] not in (EXCLUDED, CAUTION):
            raise DataError(f'"{row["effect"]}" is no effect', place="drug_exclusions.csv")
        fact = fact_of(row)
        excludes = row["effect"] == EXCLUDED and not fact.recalled
        text = f"{drug_id}: {fact.of_kind(str).value}"
        yield Objection(drug_id, row["condition"], excludes, text, fact)


def _by_interaction(drug_id: str, others: frozenset[str]) -> Iterator[Objection]:
    for one in interactions(drug_id):
        if one.partner in others:
            text = f"{drug_id} with {one.partner}: {one.effect.value}"
            yield Objection(drug_id, one.partner, False, text, one.effect)


def _by_age(drug_id: str, age: int | None) -> Iterator[Objection]:
    if age is None:
        return
    for limit in limits(drug_id, AGE, populations=()):
        if age < limit.number:
            text = f"{drug_id} at {age} years: the label begins at {limit.number} years"
            yield Objection(drug_id, AGE, False, text, limit.fact)
