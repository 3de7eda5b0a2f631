"""Writes docs/coverage.md from `coverage/` and the marks of the tests; `--check` writes nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from coverage_table import INVENTORY, Row, held_by_id, read
from safety_marks import MarkedTest
from safety_tables import ROOT

PAGE = ROOT / "docs" / "coverage.md"
_INTRO = """# What the source documents ask for, and what serves it

Written by `make coverage` from `coverage/inventory.csv` and the marks of the tests: do not edit. \
Rows come from `workflow.md` 1 (the four source documents: a vendor's page, a chapter's page, an \
encyclopedia article, a clinic's page), from the test vectors of `pharmacology.md` 9, from the \
scenarios of `workflow.md` 10 and from the incidents of its 4b. A row is held where a test carries \
its id and fails when it is not; every other row says what is missing. A row that a test holds in \
part says so.
"""
_SETS = (
    ("The vendor's page", "S0."),
    ("The chapter's page", "S1."),
    ("The encyclopedia article", "S2."),
    ("The clinic's page for patients", "S3."),
    ("Test vectors", "T"),
    ("Scenarios", "W"),
    ("Incidents", "E"),
)
_MANY = 3


def main() -> int:
    """Write the page, or say whether it is up to date."""
    text = page()
    if sys.argv[1:] == ["--check"]:
        return 0 if PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


def page() -> str:
    """Return the text of the page."""
    rows, tests = read(INVENTORY), held_by_id()
    return "\n".join([_INTRO, *_scorecard(rows, tests), *_tables(rows, tests)])


def _scorecard(rows: list[Row], tests: Mapping[str, list[MarkedTest]]) -> Iterator[str]:
    yield "| set | rows | held | held in part | missing |"
    yield "|---|---|---|---|---|"
    for title, prefix in _SETS:
        own = [row for row in rows if row["id"].startswith(prefix)]
        bound = [row for row in own if tests.get(row["id"])]
        part = sum(1 for row in bound if row["missing"])
        yield (f"| {title} | {len(own)} | {len(bound) - part} | {part} | {len(own) - len(bound)} |")
    yield ""


def _tables(rows: list[Row], tests: Mapping[str, list[MarkedTest]]) -> Iterator[str]:
    for title, prefix in _SETS:
        yield from (f"## {title}", "")
        yield from ("| id | says | served by | held by | missing |", "|---|---|---|---|---|")
        for row in rows:
            if row["id"].startswith(prefix):
                held = _held_by(tests.get(row["id"], []))
                cells = (row["id"], row["says"], row["served_by"], held, row["missing"])
                yield "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"
        yield ""


def _held_by(tests: list[MarkedTest]) -> str:
    names = [f"`{test.id.removeprefix('tests/')}`" for test in sorted(tests, key=lambda t: t.id)]
    more = len(names) - _MANY
    return "<br>".join(names[:_MANY]) + (f"<br>and {more} more" if more > 0 else "")


if __name__ == "__main__":
    sys.exit(main())
