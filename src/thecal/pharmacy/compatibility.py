"""Whether the drugs of a mixture were ever tested together, and what the labels say of mixing.

A tested set says nothing of a larger one: what holds for parts is shown and never decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

from thecal.data import Fact
from thecal.pharmacy.formulary import drug as drug_of
from thecal.pharmacy.stability import tested_sets


@final
@dataclass(frozen=True, slots=True)
class Compatibility:
    """What is known of a set of drugs.

    Attributes
    ----------
    tested
        Whether exactly this set is in the tables.
    tested_parts
        Sets of two or more drugs inside it that were tested.
    label
        Drug id to what its label says of mixing; only drugs whose label says something.
    """

    tested: bool
    tested_parts: tuple[frozenset[str], ...]
    label: tuple[tuple[str, Fact[str]], ...]


def compatibility_of(drugs: Iterable[str]) -> Compatibility:
    """Return what is known of mixing these drugs; raises `UnknownIdError`."""
    wanted = frozenset(drugs)
    known = {one: drug_of(one) for one in sorted(wanted)}
    sets = tested_sets()
    return Compatibility(
        tested=wanted in sets,
        tested_parts=tuple(one for one in sets if len(one) > 1 and one < wanted),
        label=tuple(
            (id, entry.facts["label-mixture"].of_kind(str))
            for id, entry in known.items()
            if "label-mixture" in entry.facts and len(wanted) > 1
        ),
    )
