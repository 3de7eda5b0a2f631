"""What lies in the tree and is of others is as it was published, with its licence beside it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from thecal.report.card_check import LIBRARY

ROOT = Path(__file__).parents[1]
DECISION = ROOT / "docs" / "decisions" / "0011-vendored-files.md"
ROWS = re.findall(
    r"^\| `([^`]+)` \| `[^`]+` of \S+ [0-9.]+ \| [^|]*`([^`]+)` \| `([0-9a-f]{64})` \|$",
    DECISION.read_text(encoding="utf-8"),
    re.MULTILINE,
)


def test_every_file_of_others_stands_in_the_table_and_the_check_of_cards_uses_one() -> None:
    lying = {
        path.relative_to(ROOT).as_posix()
        for folder in ("src", "tests")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and ("vendor" in path.parts or ".min." in path.name)
    }
    notes = {one for one in lying if "LICENSE" in one or one.endswith("README.md")}
    assert {name for name, _, _ in ROWS} == lying - notes
    assert f"src/thecal/report/templates/{LIBRARY}" in lying


@pytest.mark.parametrize(("name", "licence", "digest"), ROWS)
def test_it_is_the_file_that_was_looked_at(name: str, licence: str, digest: str) -> None:
    path = ROOT / name
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert (path.parent / licence).is_file()
