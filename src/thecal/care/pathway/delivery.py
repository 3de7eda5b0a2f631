"""Where a solution may be delivered: a controlled drug does not go home everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from thecal.care.figures import Figures
from thecal.data import Fact, cached
from thecal.pharmacy import drug, drugs
from thecal.pharmacy.lookup import listed

TABLE = Figures("delivery")
HOME = "home"
_REMOVED, _CONTROLLED = "removed", "yes"


@final
@dataclass(frozen=True, slots=True)
class DeliveryPlaces:
    """Where a solution may go.

    Attributes
    ----------
    places
        `clinic` and `home`, or the first alone.
    why_not_home
        In plain words; empty where it may go home.
    rests_on
        The rows that decided.
    """

    places: tuple[str, ...]
    why_not_home: str
    rests_on: tuple[Fact[str], ...]


@cached
def controlled_ids() -> frozenset[str]:
    """Return the drugs whose whereabouts are accounted for by law."""
    return frozenset(
        one.id
        for one in drugs()
        if TABLE.has(one.id, "controlled") and TABLE.text(one.id, "controlled") == _CONTROLLED
    )


def delivery_places(drugs: Sequence[str], country: str) -> DeliveryPlaces:
    """Return where a solution of these drugs may go.

    Parameters
    ----------
    country
        Profile of the clinic, as `us`; one without a row takes the row for any, which removes
        nothing and says that the local law has to be asked.

    Raises
    ------
    UnknownIdError
        If a drug is unknown.
    """
    places = listed(TABLE.get("any", "places", str))
    subject = country if TABLE.has(country, "controlled-home") else "any"
    law = TABLE.get(subject, "controlled-home", str)
    controlled = [TABLE.get(drug(one).id, "controlled", str) for one in drugs]
    names = [one for one, fact in zip(drugs, controlled, strict=True) if fact.value == _CONTROLLED]
    if law.value != _REMOVED or not names:
        return DeliveryPlaces(places, "", (law, *controlled))
    why = f"{', '.join(names)} is a controlled drug: {law.note}"
    kept = tuple(one for one in places if one != HOME)
    return DeliveryPlaces(kept, why, (law, *controlled))
