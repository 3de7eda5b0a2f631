"""What a drug in the pump does together with another medicine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.data import Fact, fact_of, rows
from thecal.pharmacy.formulary import drug as drug_of


@final
@dataclass(frozen=True, slots=True)
class Interaction:
    """One interaction: `partner` is a medicine or a class of medicines."""

    drug: str
    partner: str
    effect: Fact[str]


def interactions(drug: str) -> tuple[Interaction, ...]:
    """Return the interactions of a drug and of its class; raises `UnknownIdError`."""
    subjects = (drug, drug_of(drug).drug_class)
    return tuple(
        Interaction(drug, row["with"], fact_of(row).of_kind(str))
        for row in rows("interactions")
        if row["drug"] in subjects
    )
