"""From a list of opioids to a daily dose by another route: a range from a ratio that was chosen.

Published ratios differ threefold. The ratio is the clinician's; a table of morphine equivalents
never enters here (facts/pharmacology.md 3). A ratio holds in one direction only.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.conversion.regimen import (
    EPIDURAL,
    INTRATHECAL,
    NEURAXIAL,
    OPIOIDS,
    ORAL,
    OpioidLine,
    total_of,
)
from thecal.data import Fact
from thecal.pharmacy import conversion_facts, drug, published_ratios
from thecal.units import MassRate


@final
@dataclass(frozen=True, slots=True)
class Target:
    """Where the conversion leads: a pump drug, by a route."""

    drug: str
    route: str


@final
@dataclass(frozen=True, slots=True)
class Basis:
    """What is divided by the ratio: one line as it is given, or all of them as oral morphine.

    Attributes
    ----------
    parts
        What each line brings in; None where its oral factor was not chosen.
    """

    drug: str
    route: str
    parts: tuple[tuple[OpioidLine, MassRate | None], ...]

    @property
    def unknown(self) -> tuple[OpioidLine, ...]:
        """The lines whose factor nobody chose."""
        return tuple(line for line, part in self.parts if part is None)

    def total(self) -> MassRate:
        """Return what all lines with a factor bring in together."""
        return total_of(part for _, part in self.parts if part is not None)

    def without(self, lines: tuple[OpioidLine, ...]) -> MassRate:
        """Return the same without some lines."""
        return total_of(p for line, p in self.parts if p is not None and line not in lines)


@final
@dataclass(frozen=True, slots=True)
class DoseRange:
    """What comes out: dose over ratio, and the range after incomplete cross-tolerance."""

    raw: MassRate
    low: MassRate
    high: MassRate


def basis_of(lines: tuple[OpioidLine, ...]) -> Basis:
    """Return what the ratio is applied to: a single line as given, a list as oral morphine."""
    if len(lines) == 1 and lines[0].oral_factor is None:
        return Basis(lines[0].drug, lines[0].route, ((lines[0], lines[0].daily),))
    parts = tuple((line, _as_oral_morphine(line)) for line in lines)
    return Basis("morphine", ORAL, parts)


def ratios_for(basis: Basis, target: Target) -> tuple[Fact[Fraction], ...]:
    """Return the published ratios in this direction, the shipped default first; often none."""
    return published_ratios(basis.drug, basis.route, target.route, target.drug)


def way_back(basis: Basis, target: Target) -> bool:
    """Whether only the opposite way has figures, or the way leads away from the cord.

    A list goes as oral morphine, so an epidural or intrathecal line in it would be led back too.
    """
    if basis.route == ORAL and any(line.route in NEURAXIAL for line, _ in basis.parts):
        return True
    if ratios_for(basis, target):
        return False
    if _outward(basis, target):
        return True
    return bool(published_ratios(target.drug, target.route, basis.route, basis.drug))


def drug_changes(basis: Basis, target: Target) -> bool:
    """Whether anybody gets another opioid than before."""
    return any(line.drug != target.drug for line, _ in basis.parts)


def lipophilic_lines(basis: Basis, target: Target) -> tuple[OpioidLine, ...]:
    """Return the lipophilic lines where the target is hydrophilic: tables overdose there."""
    if drug(target.drug).lipophilic:
        return ()
    return tuple(
        line for line, _ in basis.parts if line.drug in OPIOIDS and drug(line.drug).lipophilic
    )


def dose_range(dose: MassRate, ratio: Fraction, *, changes: bool) -> DoseRange:
    """Return dose over ratio and its range.

    The low end is less 50 % for incomplete cross-tolerance; the high end is the whole dose, or less
    25 % where the drug changes.
    """
    raw = dose.scaled(1 / ratio)
    high = raw.scaled(cross_tolerance("factor-high").value) if changes else raw
    return DoseRange(raw, raw.scaled(cross_tolerance("factor-low").value), high)


def cross_tolerance(parameter: str) -> Fact[Fraction]:
    """Return the shipped factor `factor-high` or `factor-low` for incomplete cross-tolerance."""
    return conversion_facts("cross-tolerance", parameter)[0].of_kind(Fraction)


def _as_oral_morphine(line: OpioidLine) -> MassRate | None:
    if line.oral_factor is None and (line.drug, line.route) == ("morphine", ORAL):
        return line.daily
    return line.oral_morphine()


def _outward(basis: Basis, target: Target) -> bool:
    if basis.route == INTRATHECAL:
        return target.route != INTRATHECAL
    return basis.route == EPIDURAL and target.route not in NEURAXIAL
