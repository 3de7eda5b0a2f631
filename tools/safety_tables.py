"""The tables of `safety/`, read as they stand; what they say together is in `safety_claims`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STANDINGS = ("applies", "modified", "programmer", "not-applicable")
SOURCES = {"gip.csv": "GIP-", "open_pca.csv": "", "recalls.csv": "REC-"}
"""The tables of source documents, and what goes before their bare numbers in a mark."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One id that has to be held: a requirement of ours, or an id of a source document.

    Attributes
    ----------
    id
        As it stands in a mark; ids of source documents that are bare numbers carry their document.
    table
        The file it stands in.
    text
        What it asks, in our words.
    standing
        One of `STANDINGS`.
    reason
        Why it does not apply, or what was changed.
    needs
        The ids that hold it; empty where a test holds it directly.
    """

    id: str
    table: str
    text: str
    standing: str
    reason: str = ""
    needs: tuple[str, ...] = ()

    @property
    def applies(self) -> bool:
        """Whether something has to hold it."""
        return self.standing != "not-applicable"


@dataclass(frozen=True, slots=True)
class Gap:
    """What nothing holds: all of a claim, or a part of it."""

    id: str
    whole: bool
    reason: str


def rows(name: str, root: Path = ROOT) -> list[dict[str, str]]:
    """Return the rows of one table of `safety/`."""
    with (root / "safety" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def requirements(root: Path = ROOT) -> list[Claim]:
    """Return our own requirements, and the checks in force that are not among them."""
    found = [
        Claim(r["id"], "requirements.csv", r["requirement"], r["standing"], r["reason"])
        for r in rows("requirements.csv", root)
    ]
    known = {one.id for one in found}
    with (root / "src/thecal/data/checks.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["state"] == "in force" and row["check"] not in known:
                found.append(Claim(row["check"], "checks.csv", row["value"], "programmer"))
    return found


def source_claims(root: Path = ROOT) -> list[Claim]:
    """Return every id of the source documents."""
    return [
        Claim(
            prefix + row["id"],
            name,
            row["about"],
            row["standing"],
            row["reason"],
            tuple(row["requirements"].split()),
        )
        for name, prefix in SOURCES.items()
        for row in rows(name, root)
    ]


def gaps(root: Path = ROOT) -> dict[str, Gap]:
    """Return the gaps by the id of their claim."""
    return {
        row["id"]: Gap(row["id"], row["extent"] == "whole", row["reason"])
        for row in rows("gaps.csv", root)
    }


def worked_examples(root: Path = ROOT) -> Iterator[re.Pattern[str]]:
    """Yield patterns of the ids of worked examples: they may mark a test and claim nothing."""
    for row in rows("worked_examples.csv", root):
        yield re.compile(row["pattern"])
