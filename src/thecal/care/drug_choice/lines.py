"""The consensus lines as data: by edition, setting, distribution and mechanism, sets of drugs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.data import Fact, cached, fact_of, rows
from thecal.errors import DataError
from thecal.pharmacy import drugs

ANY = "any"
OPIOID, ADJUVANT = "opioid", "adjuvant"
EDITIONS = ("pacc-2012", "pacc-2017", "pacc-2024")
WITHOUT_TABLES = "pacc-2024"
"""The edition that exists and whose tables were not found."""
SETTINGS = ("cancer", "non-cancer")
DISTRIBUTIONS = ("localized", "diffuse")
MECHANISMS = ("nociceptive", "neuropathic")


@final
@dataclass(frozen=True, slots=True)
class DrugSet:
    """Drugs given together: ids of drugs, `opioid` for any of them, or `adjuvant`."""

    members: tuple[str, ...]
    fact: Fact[str]

    def told(self) -> str:
        """Return it for people."""
        return " + ".join(self.members)

    def holds(self, drug_ids: frozenset[str]) -> bool:
        """Whether a solution of these drugs is this set; `opioid` stands for any one opioid."""
        if len(drug_ids) != len(self.members) or ADJUVANT in self.members:
            return False
        named = frozenset(one for one in self.members if one != OPIOID)
        others = drug_ids - named
        if OPIOID not in self.members:
            return named == drug_ids
        return named <= drug_ids and len(others) == 1 and others <= opioids()


@final
@dataclass(frozen=True, slots=True)
class Line:
    """One line: drug sets of the same standing; the order inside it is that of the table."""

    name: str
    sets: tuple[DrugSet, ...]


@cached
def opioids() -> frozenset[str]:
    """Return the ids of every opioid."""
    return frozenset(one.id for one in drugs() if one.drug_class == OPIOID)


@cached
def keys_of(edition: str) -> tuple[str, ...]:
    """Return what an edition asks for: the columns in which its rows are not `any`."""
    found = [row for row in rows("consensus_lines") if row["edition"] == edition]
    return tuple(
        column
        for column in ("setting", "distribution", "mechanism")
        if any(row[column] != ANY for row in found)
    )


@cached
def consensus_lines(
    edition: str,
    *,
    setting: str | None = None,
    distribution: str | None = None,
    mechanism: str | None = None,
) -> tuple[Line, ...]:
    """Return the lines of an edition, the first one first.

    Nothing where the edition has no table here, or where something that it asks for is None.

    Raises
    ------
    DataError
        If a row names a drug that the formulary lacks.
    """
    given = {"setting": setting, "distribution": distribution, "mechanism": mechanism}
    known = {*(one.id for one in drugs()), OPIOID, ADJUVANT}
    found: dict[str, tuple[DrugSet, ...]] = {}
    for row in rows("consensus_lines"):
        if row["edition"] != edition:
            continue
        if any(row[column] not in (ANY, value) for column, value in given.items()):
            continue
        fact = fact_of(row).of_kind(str)
        members = tuple(fact.value.split("+"))
        if not set(members) <= known:
            raise DataError(f'"{fact.value}" names an unknown drug', place="consensus_lines.csv")
        found[row["line"]] = (*found.get(row["line"], ()), DrugSet(members, fact))
    return tuple(Line(name, sets) for name, sets in found.items())


def line_of(lines: tuple[Line, ...], drug_ids: frozenset[str]) -> tuple[Line, DrugSet] | None:
    """Return the first line that holds exactly these drugs, and the set."""
    for line in lines:
        for one in line.sets:
            if one.holds(drug_ids):
                return line, one
    return None
