"""The clock on the shelf: from mixing to filling, by USP <797> of 2023.

The time in the pump is no part of it (facts pharmacology.md M15); `stability` has that clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.data import Fact, cached, fact_of, rows
from thecal.units import Duration

CURRENT = "usp-797-2023"
CATEGORIES = ("1", "2", "3")
METHODS = ("aseptic", "terminal")
STARTS = ("sterile", "non-sterile")
STORAGES = ("room", "refrigerator", "freezer")


@final
@dataclass(frozen=True, slots=True)
class Making:
    """How a preparation is made and kept.

    Attributes
    ----------
    category
        `1`, `2` or `3`, by the environment.
    method
        `aseptic`, or `terminal` for terminally sterilised.
    start
        `sterile` where everything that goes in is sterile, else `non-sterile`.
    tested
        Whether it passed a test of sterility before release.
    storage
        `room`, `refrigerator` or `freezer`.
    """

    category: str
    method: str
    start: str
    tested: bool
    storage: str


@final
@dataclass(frozen=True, slots=True)
class BeyondUse:
    """One row: what it holds for (`any` for all), and how long after mixing."""

    edition: str
    category: str
    method: str
    start: str
    tested: str
    storage: str
    fact: Fact[Duration]


@cached
def _table() -> tuple[BeyondUse, ...]:
    return tuple(
        BeyondUse(
            row["edition"],
            row["category"],
            row["method"],
            row["start"],
            row["tested"],
            row["storage"],
            fact_of(row).of_kind(Duration),
        )
        for row in rows("beyond_use")
    )


def longest_beyond_use(making: Making) -> BeyondUse | None:
    """Return how long after mixing it may be filled, at most; None where no time is allowed.

    Where several rows hold, the shortest counts. Obsolete editions are never asked.
    """
    tested = "yes" if making.tested else "no"
    found = [
        one
        for one in _table()
        if one.edition == CURRENT
        and one.storage == making.storage
        and one.category in ("any", making.category)
        and one.method in ("any", making.method)
        and one.start in ("any", making.start)
        and one.tested in ("any", tested)
    ]
    return min(found, key=lambda one: one.fact.value, default=None)


def obsolete_beyond_use(storage: str) -> tuple[BeyondUse, ...]:
    """Return what earlier editions said for this storage: to be recognised, never to be used."""
    return tuple(
        one for one in _table() if one.edition != CURRENT and one.storage in ("any", storage)
    )
