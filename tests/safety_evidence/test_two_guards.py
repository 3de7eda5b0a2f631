"""The pump's guard and the programmer's checks do not lean on each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from evidence_bench import Running

from thecal.errors import RateRefusalError
from thecal.program.program import InfusionProgram, Mode
from thecal.units import MassRate

SOURCE = Path(__file__).resolve().parents[2] / "src" / "thecal"


def imported_by(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.startswith("thecal")}


def reached_from(room: str) -> set[str]:
    """Return every room that a room imports, over any number of steps."""
    reached: set[str] = set()
    waiting = [room]
    while waiting:
        here = waiting.pop()
        for module in (SOURCE / here).rglob("*.py"):
            for name in imported_by(module):
                parts = name.split(".")
                if len(parts) > 1 and parts[1] not in reached:
                    reached.add(parts[1])
                    if (SOURCE / parts[1]).is_dir():
                        waiting.append(parts[1])
    return reached


@pytest.mark.req("N02", "R7.1.0(1)")
def test_the_pump_reaches_no_check_of_the_programmer_over_any_import() -> None:
    assert "program" in reached_from("pump")
    assert "safety" not in reached_from("pump")
    assert "pump" not in reached_from("safety")


@pytest.mark.req("N02", "D01")
def test_without_any_review_the_pump_refuses_a_rate_it_cannot_keep() -> None:
    running = Running()
    before = running.pump.state.copy()
    for dose in ("24.001", "0.047"):
        order = InfusionProgram(Mode.CONTINUOUS, running.drug, MassRate.of(dose, "mg/d"))
        with pytest.raises(RateRefusalError):
            running.pump.write(order)
    assert running.pump.state == before
