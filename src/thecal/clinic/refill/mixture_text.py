"""A solution in one line of text, as people write it on an order and as a label is scanned."""

from __future__ import annotations

import re

from thecal.errors import EntryError, UnknownIdError
from thecal.pharmacy import Mixture, drug, drugs
from thecal.therapy.file_writer import write_quantity
from thecal.units import Concentration, parse_quantity

_BETWEEN = re.compile(r"\s*[;+\n]\s*|,\s+(?=[A-Za-z])")
_PART = re.compile(r"([A-Za-z-]+)\s+(\S.*)")
HOW = "each drug, then its concentration with its unit; a comma before the next drug"
"""How a solution is written: in words, since an example could be copied as this patient's own."""


def read_mixture(text: str) -> Mixture:
    """Return the solution of a text such as `morphine 10 mg/mL, bupivacaine 20 mg/mL`.

    Raises
    ------
    EntryError
        If a part is no known drug with a concentration, or a drug stands twice.
    """
    found: dict[str, Concentration] = {}
    for part in _BETWEEN.split(text.strip()):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise EntryError(
                f'"{part[:60]}" is not a drug with its concentration',
                remedy=f"write {HOW}",
            )
        name = match.group(1).lower()
        try:
            drug(name)
        except UnknownIdError:
            raise EntryError(
                f'"{name[:60]}" is no drug known here',
                remedy="it can be " + ", ".join(one.id for one in drugs()),
            ) from None
        if name in found:
            raise EntryError(f"{name} stands twice", remedy="write each drug once")
        found[name] = parse_quantity(match.group(2).strip(), Concentration)
    return Mixture.of(found)


def write_mixture(mixture: Mixture) -> str:
    """Return a solution as a text that `read_mixture` reads; raises `CannotComputeError`."""
    return ", ".join(
        f"{name} {write_quantity(mixture[name], drug(name).concentration_unit)}" for name in mixture
    )


def mixture_table(mixture: Mixture) -> dict[str, str]:
    """Return a solution as a table of the record; raises `CannotComputeError`."""
    return {name: write_quantity(mixture[name], drug(name).concentration_unit) for name in mixture}
