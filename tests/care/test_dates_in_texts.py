"""A text for people spells its month out: none holds a time as a machine writes it."""

from __future__ import annotations

import ast
from pathlib import Path

import thecal.care

CARE = Path(thecal.care.__file__).parent


def _machine_times(path: Path) -> list[int]:
    """Return the lines on which a text takes a time from `isoformat`."""
    return [
        text.lineno
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        and any(
            isinstance(one, ast.Attribute) and one.attr == "isoformat" for one in ast.walk(text)
        )
    ]


def test_no_text_of_a_rule_holds_a_time_of_a_machine() -> None:
    found = {path.name: _machine_times(path) for path in CARE.rglob("*.py")}
    assert {name: lines for name, lines in found.items() if lines} == {}
