"""What a person in the clinic reads names no command of a terminal."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import thecal

HOUSE = Path(thecal.__file__).parent
READ_IN_THE_CLINIC = ("care", "safety", "clinic/refill", "clinic/pages", "clinic/plans")
OF_THE_TERMINAL = {"pump_story.py", "order_review.py"}
"""Read only where a command was given."""
COMMAND = re.compile(r"\bthecal (advise|calculate|catalogue|check|document|pump|record|simulate)\b")
NOT_SHOWN = {"references.csv", "checks.csv"}
"""What a reference supports and how a check came into force is shown where commands are."""


def texts(path: Path) -> Iterator[str]:
    """Yield the texts of a module, its docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {
        id(one.value)
        for one in ast.walk(tree)
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
    }
    for one in ast.walk(tree):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in told:
            yield one.value


@pytest.mark.parametrize("folder", READ_IN_THE_CLINIC)
def test_no_finding_and_no_page_names_a_command(folder: str) -> None:
    named = {
        f"{path.name}: {text}"
        for path in (HOUSE / folder).rglob("*.py")
        if path.name not in OF_THE_TERMINAL and "calculators" not in path.parts
        for text in texts(path)
        if COMMAND.search(text)
    }
    assert named == set()


def test_no_template_and_no_value_of_a_table_names_a_command() -> None:
    named = {
        path.name
        for path in (HOUSE / "clinic/templates").rglob("*.html")
        if COMMAND.search(path.read_text(encoding="utf-8"))
    }
    for path in (HOUSE / "data").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            if path.name not in NOT_SHOWN and "value" in (rows.fieldnames or ()):
                named |= {
                    f"{path.name}: {row['value']}" for row in rows if COMMAND.search(row["value"])
                }
    assert named == set()


def test_the_commands_are_seen() -> None:
    assert COMMAND.search("after a gap; `thecal advise restart` reckons it")
