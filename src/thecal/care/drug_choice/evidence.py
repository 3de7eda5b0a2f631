"""What studies say of a diagnosis, from `evidence_cards.csv`."""

from __future__ import annotations

from thecal.care.advice import Cited
from thecal.pharmacy.lookup import by_key


def evidence_card(indication: str) -> tuple[Cited, ...]:
    """Return every row on an indication, in the order of the table; nothing where none is."""
    found = by_key("evidence_cards", "indication").get(indication, {})
    return tuple(
        Cited(f"{parameter}: {one.note}" if one.note else parameter, one)
        for parameter, facts in found.items()
        for one in facts
    )
