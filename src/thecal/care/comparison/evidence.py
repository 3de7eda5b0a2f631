"""What studies found for an indication, for and against, from `evidence_cards.csv`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.advice import Cited, Disagreement, Listing
from thecal.data import Fact, cached, fact_of, rows
from thecal.pharmacy import indication

FOR, AGAINST, MIXED, NAMED = "for", "against", "mixed", "named"
"""`named`: the sources name the study, and nobody read it."""
_SPASTICITY, _CANCER, _NON_CANCER = "spasticity", "cancer", "non-cancer"


@final
@dataclass(frozen=True, slots=True)
class EvidenceCard:
    """One study: whom it is about (a pathway or an indication), and on which side it stands."""

    group: str
    study: str
    says: str
    found: Fact[str]


@cached
def cards() -> tuple[EvidenceCard, ...]:
    """Return every card, in the order of the table."""
    return tuple(
        EvidenceCard(row["group"], row["study"], row["says"], fact_of(row).of_kind(str))
        for row in rows("evidence_cards")
    )


def cards_of_group(group: str) -> tuple[EvidenceCard, ...]:
    """Return the cards of a pathway or of one indication."""
    return tuple(one for one in cards() if one.group == group)


def cards_for(indication_id: str) -> tuple[EvidenceCard, ...]:
    """Return the cards of an indication, its own first; raises `UnknownIdError`."""
    asked = indication(indication_id)
    if asked.therapy == _SPASTICITY:
        group = _SPASTICITY
    else:
        group = _CANCER if asked.setting == _CANCER else _NON_CANCER
    return cards_of_group(indication_id) + cards_of_group(group)


def evidence_disagreement(indication_id: str) -> Disagreement:
    """Return the cards that speak for or against a pump; none is used, for none is weighed."""
    answers = tuple(
        Cited(f"{one.study}, {one.says}", one.found)
        for one in cards_for(indication_id)
        if one.says in (FOR, AGAINST)
    )
    return Disagreement("What do studies say for and against a pump?", answers, used=False)


def evidence_listing(indication_id: str) -> Listing:
    """Return the cards of an indication as a table, both sides of it."""
    rows_shown = tuple(
        (one.study, one.says, one.found.value, one.found.note, one.found.provenance())
        for one in cards_for(indication_id)
    )
    columns = ("study", "says", "found", "note", "source")
    return Listing(f"Evidence: {indication(indication_id).name}", columns, rows_shown)
