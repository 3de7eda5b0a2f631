"""Each incident of workflow.md 4b is played through the pages and meets each check it names.

The incidents stand in `coverage/inventory.csv` with the checks that stop them; a test of the pages
plays one by its mark, and holds a check by the mark of the check.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from coverage_table import INVENTORY, read
from safety_marks import all_tests

INCIDENTS = {row["id"]: row for row in read(INVENTORY) if re.fullmatch(r"E\d+", row["id"])}
PAGES = [one for one in all_tests().values() if one.id.startswith("tests/clinic/")]


def checks_in(text: str) -> set[str]:
    return set(re.findall(r"K\d+", text))


@pytest.mark.parametrize("incident", INCIDENTS)
def test_a_page_meets_every_check_that_the_incident_names_or_the_row_says_which_not(
    incident: str,
) -> None:
    row = INCIDENTS[incident]
    held = {mark for one in PAGES if incident in one.inventory for mark in one.marks}
    assert checks_in(row["asks"]) - held == checks_in(row["missing"])


def test_every_incident_is_played_through_the_pages() -> None:
    played = {mark for one in PAGES for mark in one.inventory}
    assert set(INCIDENTS) - played == set()
