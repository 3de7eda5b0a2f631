"""The scales on which a trial is scored, with their ends and the categories of Ashworth."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from thecal.data import Fact, cached
from thecal.errors import DataError, EntryError
from thecal.pharmacy.lookup import by_key
from thecal.units import parse_number, show_number

ASHWORTH = "ashworth"
NUMERIC = ("nrs", "vas", "vas-cm", "toxicity", "penn-frequency", "penn-severity")
"""Scales whose score is one number; Ashworth has a category for each muscle group."""
_CATEGORY = "category-"


def scale_figure(scale: str, parameter: str) -> Fact[Fraction]:
    """Return a figure of a scale from `trial_scales.csv`; raises `DataError` if it is missing."""
    found = by_key("trial_scales", "scale").get(scale, {}).get(parameter)
    if found is None:
        raise DataError(f"trial_scales.csv has no {scale} {parameter}", remedy="restore the row")
    return found[0].of_kind(Fraction)


def scale_name(scale: str) -> str:
    """Return the name of a scale for people; raises `DataError` if it is missing."""
    found = by_key("trial_scales", "scale").get(scale, {}).get("name")
    if found is None:
        raise DataError(f"trial_scales.csv has no {scale} name", remedy="restore the row")
    return found[0].of_kind(str).value


def read_score(scale: str, text: object) -> Fraction:
    """Return a score typed as a whole number or as text, as in `"4.1"`.

    Raises
    ------
    EntryError
        If it is no number, or lies outside the scale.
    """
    if isinstance(text, bool) or not isinstance(text, int | str):
        raise EntryError(
            f"{text!r} is no score", remedy='write a whole number, or a point in quotes: "4.1"'
        )
    score = parse_number(str(text))
    low, high = scale_figure(scale, "lowest"), scale_figure(scale, "highest")
    if not low.value <= score <= high.value:
        raise EntryError(
            f"{text} is outside the scale {scale}",
            why=f"it runs from {show_number(low.value)} to {show_number(high.value)}",
        )
    return score


@cached
def ashworth_categories() -> Mapping[str, Fact[Fraction]]:
    """Return the categories of the modified Ashworth scale and the figure of each for a mean."""
    found = by_key("trial_scales", "scale")[ASHWORTH]
    return {
        name.removeprefix(_CATEGORY): facts[0].of_kind(Fraction)
        for name, facts in found.items()
        if name.startswith(_CATEGORY)
    }


def read_category(text: object) -> str:
    """Return a category of the modified Ashworth scale; raises `EntryError` for anything else.

    The code is kept, not a number: 1+ is a category of its own.
    """
    known = ashworth_categories()
    category = str(text) if isinstance(text, int) and not isinstance(text, bool) else text
    if not isinstance(category, str) or category not in known:
        raise EntryError(
            f"{text!r} is no category of the modified Ashworth scale",
            remedy="use " + ", ".join(known) + ' (1+ in quotes: "1+")',
        )
    return category


def smallest_change(scale: str) -> Fact[Fraction] | None:
    """Return the smallest change of a scale that matters; None where no source gives one."""
    found = by_key("trial_scales", "scale").get(scale, {}).get("smallest-change-that-matters")
    return None if found is None else found[0].of_kind(Fraction)
