"""The tools that break code: one change at a time, still Python; and the interval is right."""

from __future__ import annotations

import ast
import csv
import importlib
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture
def mutants(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(TOOLS)
    return importlib.import_module("mutants")


@pytest.fixture
def score(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(TOOLS)
    return importlib.import_module("mutation_score")


def test_a_line_is_changed_in_every_way(mutants: ModuleType) -> None:
    text = "def f(a, b):\n    return (a + 1) <= max(b, 2) and not a\n"
    assert {
        mutant.applied(text).splitlines()[1].strip() for mutant in mutants.mutants_of(text)
    } == {
        "return (a - 1) <= max(b, 2) and not a",
        "return (a + 2) <= max(b, 2) and not a",
        "return (a + 1) < max(b, 2) and not a",
        "return (a + 1) > max(b, 2) and not a",
        "return (a + 1) <= min(b, 2) and not a",
        "return (a + 1) <= max(b, 3) and not a",
        "return (a + 1) <= max(b, 2) or not a",
        "return (a + 1) <= max(b, 2) and (a)",
    }


def test_texts_and_docstrings_are_left_alone(mutants: ModuleType) -> None:
    assert (
        mutants.mutants_of('def f():\n    """Return 1 + 1."""\n    return f"{1 + 1} of 2"\n') == []
    )


def test_every_change_of_the_kernel_is_another_program(
    mutants: ModuleType, score: ModuleType
) -> None:
    for pattern in score.KERNEL:
        paths = sorted(score.ROOT.glob(pattern))
        assert paths
        for path in paths:
            text = path.read_text(encoding="utf-8")
            before = ast.dump(ast.parse(text))
            for mutant in mutants.mutants_of(text)[::9]:
                assert ast.dump(ast.parse(mutant.applied(text))) != before


def test_the_interval_is_wilsons(score: ModuleType) -> None:
    """81 of 263, the example that Newcombe gives (Stat Med 1998;17:857), is 0.2553 to 0.3662."""
    low, high = score.interval(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    low, high = score.interval(20, 20)
    assert low < 0.85
    assert high == pytest.approx(1)


def test_what_is_called_equivalent_is_a_change_of_the_kernel_and_has_a_reason(
    mutants: ModuleType, score: ModuleType
) -> None:
    changes = {
        score.change_of(path, mutant)
        for pattern in score.KERNEL
        for path in score.ROOT.glob(pattern)
        for mutant in mutants.mutants_of(path.read_text(encoding="utf-8"))
    }
    assert score.equivalent_changes() <= changes
    with score.EQUIVALENT.open(encoding="utf-8", newline="") as file:
        assert all(row["reason"] for row in csv.DictReader(file))


def test_every_test_that_holds_the_kernel_is_there(score: ModuleType) -> None:
    for pattern, tests in score.KERNEL.items():
        for path in score.ROOT.glob(pattern):
            for test in (*score._own_tests(path), *tests):
                assert (score.ROOT / test).exists(), test
    for name in score._SOONEST.values():
        assert (score.ROOT / "tests" / "safety" / f"{name}.py").exists(), name
