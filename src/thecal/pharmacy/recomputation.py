"""The second path: from the finished worksheet back to the order, in whole numbers.

It shares no function and no value type with `preparation`, reads the molar masses by itself and
knows the order only as figures typed beside it (facts workflow.md 4c K24, E16, E19). Volumes are
nanolitres, powders nanograms, strengths picograms per millilitre, so that every figure of the
grammar of entry is a whole number; what is not is rounded, and half a unit of each rounded figure
is all that the comparison forgives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from thecal.data import cached, rows
from thecal.errors import DataError

_MILLION = 1_000_000
_MOLAR_PLACES = len(str(_MILLION)) - 1


@final
@dataclass(frozen=True, slots=True)
class SheetLine:
    """One drug of a worksheet.

    Attributes
    ----------
    counted
        Form that the stock or the powder is counted in, as in `citrate`; empty where order, stock
        and label count the same thing.
    strength
        Of the stock, in pg/mL; None for powder.
    dilutions
        Pairs of nL taken and nL made, in the order in which they are done.
    drawn
        nL that go into the mixture.
    weighed, potency, dry
        Powder in ng, and its potency and its part that is not water, both in millionths.
    """

    drug: str
    counted: str
    strength: int | None
    dilutions: tuple[tuple[int, int], ...] = ()
    drawn: int = 0
    weighed: int = 0
    potency: int = _MILLION
    dry: int = _MILLION


@final
@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: nL in all, nL of diluent, nL that the pump gives a day, and the lines."""

    volume: int
    diluent: int
    daily: int
    lines: tuple[SheetLine, ...]


@final
@dataclass(frozen=True, slots=True)
class Claim:
    """What order and label say of a drug, each in its own form.

    Attributes
    ----------
    dose, dose_form
        The order, pg a day.
    concentration, content, label_form
        The label: pg/mL, and pg in the whole volume.
    """

    dose: int
    dose_form: str
    concentration: int
    content: int
    label_form: str


@final
@dataclass(frozen=True, slots=True)
class Difference:
    """Where worksheet and claim differ: `drug` and what, both figures in the unit of the claim."""

    drug: str
    what: str
    claimed: int
    recomputed: int


def recompute(sheet: Sheet, claims: Mapping[str, Claim]) -> tuple[Difference, ...]:
    """Return every difference between a worksheet and what order and label claim.

    Raises
    ------
    DataError
        If a form is named of which no molar mass is on record.
    """
    found = []
    lines = {line.drug: line for line in sheet.lines}
    for drug in sorted({*lines, *claims}):
        if drug not in lines or drug not in claims:
            ordered = claims[drug].dose if drug in claims else 0
            found.append(Difference(drug, "drug", ordered, 0))
            continue
        found += _line_differences(sheet, lines[drug], claims[drug])
    poured = sheet.diluent + sum(line.drawn for line in sheet.lines)
    if abs(poured - sheet.volume) > len(sheet.lines) + 1:
        found.append(Difference("", "volume", sheet.volume, poured))
    return tuple(found)


def _line_differences(sheet: Sheet, line: SheetLine, claim: Claim) -> list[Difference]:
    top, bottom, least = _content(line)
    least = min(least, sheet.volume, sheet.daily)
    checks = (
        ("content", claim.content, claim.label_form, 1, 1),
        ("concentration", claim.concentration, claim.label_form, _MILLION, sheet.volume),
        ("dose", claim.dose, claim.dose_form, sheet.daily, sheet.volume),
    )
    found = []
    for what, claimed, form, times, over in checks:
        up, down = _between(line.drug, line.counted, form)
        left = top * times * up
        right = claimed * bottom * over * down
        # Half a unit of every rounded figure: at most six of them stand in one line.
        forgiven = max(left, right) * (3 + len(line.dilutions))
        if abs(left - right) * min(least, claimed or 1) > forgiven:
            found.append(Difference(line.drug, what, claimed, left // (bottom * over * down)))
    return found


def _content(line: SheetLine) -> tuple[int, int, int]:
    """Return the content in pg of what the line counts as a fraction, and its smallest figure."""
    if line.strength is None:
        top = line.weighed * 10**3 * line.potency * line.dry
        return top, _MILLION * _MILLION, max(line.weighed, 1)
    top, bottom, least = line.drawn * line.strength, _MILLION, min(line.drawn, line.strength)
    for taken, made in line.dilutions:
        top, bottom, least = top * taken, bottom * made, min(least, taken)
    return top, bottom, max(least, 1)


def _between(drug: str, given: str, wanted: str) -> tuple[int, int]:
    """Return by what a mass in one form is multiplied and divided for the mass in another."""
    if given == wanted:
        return 1, 1
    given_mass, given_bases = _form(drug, given)
    wanted_mass, wanted_bases = _form(drug, wanted)
    return given_bases * wanted_mass, given_mass * wanted_bases


@cached
def _cells() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Return what the table says of each form of each drug."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows("salt_forms"):
        if row["rank"] == "1":
            found.setdefault((row["drug"], row["form"]), {})[row["parameter"]] = row["value"]
    return found


def _form(drug: str, form: str) -> tuple[int, int]:
    cells = _cells().get((drug, form), {})
    try:
        whole, _, places = cells["molar-mass"].partition(".")
        return int(whole + places.ljust(_MOLAR_PLACES, "0")), int(cells["bases"])
    except (KeyError, ValueError):
        raise DataError(
            f'the form "{form}" of {drug} has no molar mass', remedy="see salt_forms.csv"
        ) from None
