"""The inventory of the source documents, and the tests that hold each row of it."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

from safety_marks import MarkedTest, all_tests
from safety_tables import ROOT

INVENTORY = ROOT / "coverage" / "inventory.csv"
BREAKS = ROOT / "coverage" / "breaks"
_SCENARIO = re.compile(r"S(\d+)")
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def held_by_id() -> dict[str, list[MarkedTest]]:
    """Return the tests of every id of the inventory, by either mark.

    The mark of a requirement calls scenario 8 `S8`; here it is `W8`, since `S` are documents.
    """
    found: dict[str, list[MarkedTest]] = defaultdict(list)
    for test in all_tests().values():
        for mark in test.marks:
            found[_SCENARIO.sub(r"W\1", mark) if _SCENARIO.fullmatch(mark) else mark].append(test)
        for mark in test.inventory:
            found[mark].append(test)
    return found
