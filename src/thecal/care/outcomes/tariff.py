"""The EQ-5D index by a tariff that the clinic brings: a CSV file with state and index."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from thecal.care.outcomes.instrument import instrument
from thecal.care.outcomes.score import Score
from thecal.care.table_csv import read_csv
from thecal.errors import BadFileError, EntryError
from thecal.units import show_number

_INDEX = re.compile(r"-?[01](?:\.[0-9]{1,6})?", re.ASCII)


def read_tariff(data: bytes, name: str) -> Mapping[str, Fraction]:
    """Return state, as in `21232`, to index.

    Raises
    ------
    BadFileError
        If the file has other columns, a state is none or stands twice, or an index is no number
        of at most 1.
    """
    found: dict[str, Fraction] = {}
    for line, row in read_csv(data, name, ("state", "index")):
        place = f"{name} line {line}"
        try:
            check_state(row["state"])
        except EntryError as error:
            raise BadFileError(error.what, remedy=error.remedy, place=place) from None
        if row["state"] in found:
            raise BadFileError(f"{row['state']} stands twice", place=place)
        if not _INDEX.fullmatch(row["index"]) or Fraction(row["index"]) > 1:
            raise BadFileError(
                f'"{row["index"][:20]}" is no index', remedy="as in 0.436 or -0.2", place=place
            )
        found[row["state"]] = Fraction(row["index"])
    return found


def check_state(state: str) -> None:
    """Refuse what is no state of five levels; raises `EntryError`."""
    about = instrument("eq-5d")
    low, high = (int(about.number(one)) for one in ("minimum", "maximum"))
    if len(state) != about.number("items") or any(
        not digit.isdecimal() or not low <= int(digit) <= high for digit in state
    ):
        raise EntryError(
            f'"{state[:20]}" is no state', remedy=f"five digits from {low} to {high}, as in 21232"
        )


def score_state(state: str, tariff: Mapping[str, Fraction] | None) -> Score:
    """Return the index of a state; without a tariff the state stays without a figure.

    Raises
    ------
    EntryError
        If it is no state, or the tariff does not have it.
    """
    check_state(state)
    about = instrument("eq-5d")
    if tariff is None:
        remark = "no tariff was brought: the state has no index"
        return Score(about, None, state, remarks=(remark,), figures=about.cited("items"))
    if state not in tariff:
        raise EntryError(f"the tariff has no state {state}", remedy="complete the tariff file")
    index = tariff[state]
    return Score(
        about, index, f"{show_number(index)} (state {state})", figures=about.cited("minimum")
    )
