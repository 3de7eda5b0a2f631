"""Morphine milligram equivalents by edition of the table: they tell risk, never a new dose."""

from __future__ import annotations

from fractions import Fraction

from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.pharmacy.lookup import unknown
from thecal.units import MassRate

_Answers = dict[str, tuple[Fact[FactValue], ...]]


@cached
def _table() -> dict[tuple[str, str], _Answers]:
    table: dict[tuple[str, str], _Answers] = {}
    for row in sorted(rows("mme"), key=lambda row: int(row["rank"])):
        answers = table.setdefault((row["edition"], row["drug"]), {})
        answers[row["parameter"]] = (*answers.get(row["parameter"], ()), fact_of(row))
    return table


def mme_editions() -> tuple[str, ...]:
    """Return the editions of the table, in its order: `cdc-2022`, `cdc-2016`."""
    return tuple(dict.fromkeys(row["edition"] for row in rows("mme")))


def mme_drugs() -> tuple[str, ...]:
    """Return the opioids that any edition knows."""
    return tuple(dict.fromkeys(row["drug"] for row in rows("mme") if row["drug"] != "any"))


def mme_facts(edition: str, drug: str, parameter: str) -> tuple[Fact[FactValue], ...]:
    """Return the rows of one edition for a drug, in order; empty where it has none.

    Parameters are `factor` (milligram for milligram, by mouth), `patch-factor` (milligrams a day
    per mcg/h), `patch-unit-factor`, `tier-factor` with `tier-upper`, and for the drug `any`
    `threshold`.

    Raises
    ------
    UnknownIdError
        If there is no such edition.
    """
    if edition not in mme_editions():
        raise unknown("edition of the table of morphine equivalents", edition, mme_editions())
    return _table().get((edition, drug), {}).get(parameter, ())


def mme_tier(edition: str, drug: str, daily_dose: MassRate) -> Fact[Fraction] | None:
    """Return the factor of the tier of a daily dose; None above the last tier or without tiers."""
    uppers = mme_facts(edition, drug, "tier-upper")
    for upper, factor in zip(uppers, mme_facts(edition, drug, "tier-factor"), strict=True):
        if daily_dose <= upper.of_kind(MassRate).value:
            return factor.of_kind(Fraction)
    return None
