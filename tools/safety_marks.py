"""Which tests hold which ids: read from the source of the tests, so that nothing has to run."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from safety_tables import ROOT

BOUNDED, EXAMPLE = "bounded", "example"


@dataclass(frozen=True, slots=True)
class MarkedTest:
    """One test.

    Attributes
    ----------
    id
        Path and name, as pytest takes them.
    marks
        The ids of requirements it is marked with.
    inventory
        The rows of the inventory it is marked with.
    strength
        `bounded` where generated inputs decide, else `example`.
    """

    id: str
    marks: tuple[str, ...]
    inventory: tuple[str, ...]
    strength: str


def all_tests(root: Path = ROOT) -> dict[str, MarkedTest]:
    """Return every test of the tree by its id."""
    found: dict[str, MarkedTest] = {}
    for path in sorted((root / "tests").rglob("test_*.py")):
        name = path.relative_to(root).as_posix()
        for test in _tests_of(ast.parse(path.read_text(encoding="utf-8")), name):
            found[test.id] = test
    return found


def _tests_of(module: ast.Module, path: str) -> list[MarkedTest]:
    found: list[MarkedTest] = []
    machines = {
        target.id
        for node in module.body
        if isinstance(node, ast.Assign) and ast.unparse(node.value).endswith(".TestCase")
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    later = _marks_given_later(module)
    all_here = later.pop("", ())
    for name in sorted(machines):
        found.append(MarkedTest(f"{path}::{name}", (*later.get(name, ()), *all_here), (), BOUNDED))
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            generated = any("given(" in ast.unparse(one) for one in node.decorator_list)
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            generated = any(ast.unparse(base).endswith(".TestCase") for base in node.bases)
        else:
            continue
        strength = BOUNDED if generated else EXAMPLE
        given = node.decorator_list
        found.append(
            MarkedTest(
                f"{path}::{node.name}",
                (*_marks(given, "req"), *all_here),
                _marks(given, "inventory"),
                strength,
            )
        )
    return found


def _marks(decorators: list[ast.expr], kind: str) -> tuple[str, ...]:
    return tuple(
        argument.value
        for decorator in decorators
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == f"pytest.mark.{kind}"
        for argument in decorator.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    )


def _marks_given_later(module: ast.Module) -> dict[str, tuple[str, ...]]:
    """Return the marks of requirements that a module gives a class, or by no name all its tests."""
    found: dict[str, tuple[str, ...]] = {}
    for node in module.body:
        if not isinstance(node, ast.Assign) or "mark.req(" not in ast.unparse(node.value):
            continue
        for target in node.targets:
            if isinstance(target, ast.Attribute) and target.attr == "pytestmark":
                owner = ast.unparse(target.value)
            elif isinstance(target, ast.Name) and target.id == "pytestmark":
                owner = ""
            else:
                continue
            found[owner] = tuple(
                one.value
                for one in ast.walk(node.value)
                if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )
    return found
