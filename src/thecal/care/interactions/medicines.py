"""Medicines by mouth, patch or vein and the classes they belong to, from `medicines.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import final

from thecal.data import Fact, cached
from thecal.pharmacy.lookup import by_key, listed


@final
@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine of a patient's list.

    Attributes
    ----------
    name
        As written, in lower case.
    classes
        What it counts as; empty: none that matters here; None: nobody knows, so nothing is checked.
    fact
        Where the classes come from; None where the case named them itself.
    dose
        As written; empty where it is not.
    stopped_on
        The day of the last dose; None: it is taken.
    """

    name: str
    classes: tuple[str, ...] | None
    fact: Fact[str] | None = None
    dose: str = ""
    stopped_on: date | None = None


@cached
def _classes() -> Mapping[str, Fact[str]]:
    table = by_key("medicines", "medicine")
    return MappingProxyType({name: one["classes"][0].of_kind(str) for name, one in table.items()})


@cached
def medicine_classes() -> tuple[str, ...]:
    """Return every class that a medicine of the table belongs to, in alphabetical order."""
    return tuple(sorted({one for fact in _classes().values() for one in listed(fact)}))


def medicine(name: str, *, dose: str = "", stopped_on: date | None = None) -> Medicine:
    """Return a medicine with the classes of the table; `classes` None where it is not there."""
    key = name.lower()
    fact = _classes().get(key)
    return Medicine(key, None if fact is None else listed(fact), fact, dose, stopped_on)
