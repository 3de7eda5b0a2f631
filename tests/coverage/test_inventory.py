"""Every row of the inventory is held by a test or says what is missing; the page is current."""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tools"))

import coverage_page
from coverage_table import BREAKS, INVENTORY, held_by_id, read
from safety_marks import all_tests

ROWS = {row["id"]: row for row in read(INVENTORY)}


def test_every_row_is_held_by_a_test_or_says_what_is_missing() -> None:
    tests = held_by_id()
    bare = [one for one, row in ROWS.items() if not tests.get(one) and not row["missing"]]
    assert bare == []


def test_every_row_that_a_test_holds_names_what_serves_it() -> None:
    tests = held_by_id()
    assert [one for one, row in ROWS.items() if tests.get(one) and not row["served_by"]] == []


def test_no_test_is_marked_with_a_row_that_does_not_exist() -> None:
    marks = {mark for test in all_tests().values() for mark in test.inventory}
    assert marks - set(ROWS) == set()


def test_every_row_of_the_source_documents_stands_in_the_inventory_once() -> None:
    counts = {
        "S0.": 25,
        "S0.R": 18,
        "S1.": 10,
        "S1.R": 28,
        "S2.": 14,
        "S3.": 29,
        "T": 39,
        "W": 33,
        "E": 21,
    }
    for prefix, count in counts.items():
        own = [one for one in ROWS if re.fullmatch(re.escape(prefix) + r"\d+", one)]
        assert len(own) == count, prefix


def test_every_deliberate_break_names_a_held_row_and_fits_the_code() -> None:
    tests = held_by_id()
    root = INVENTORY.parent.parent
    for path in sorted(BREAKS.glob("*.csv")):
        for row in read(path):
            assert tests.get(row["id"]), (path.name, row["id"])
            text = (root / row["file"]).read_text(encoding="utf-8")
            assert text.count(row["old"]) == 1, (path.name, row["id"], row["old"])


def test_the_page_is_what_the_tables_and_marks_say() -> None:
    stale = "run `make coverage`"
    assert coverage_page.PAGE.read_text(encoding="utf-8") == coverage_page.page(), stale
