"""A plugin of pytest that switches one check off, or on for good, and writes down what fails.

`THECAL_CHECK` names the check, `THECAL_SWITCH` is `never` or `always`, and `THECAL_OUTCOMES` the
file to which the outcome of every test case goes. Loaded with `-p check_switch` before the
package is imported.
"""

from __future__ import annotations

import ast
import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest

CHECK = os.environ["THECAL_CHECK"]
ALWAYS = os.environ["THECAL_SWITCH"] == "always"
OUTCOMES = Path(os.environ["THECAL_OUTCOMES"])
_ROOMS = ("thecal.safety.", "thecal.care.", "thecal.therapy.review", "thecal.pharmacy.")
_IMPORT = "from thecal.safety.finding import Finding as _Told, Severity as _Grave"
_TOLD = f"yield _Told({CHECK!r}, _Grave.HARD, 'told for good', 'a test')"


class _Telling(SourceFileLoader):
    """Loads a module whose generators of the check tell it whatever they are asked about."""

    def get_code(self, fullname: str) -> CodeType:
        tree = ast.parse(Path(self.path).read_text(encoding="utf-8"))
        generators = [
            node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _tells(node)
        ]
        for function in generators:
            function.body.insert(0, ast.parse(_TOLD).body[0])
        if generators:
            after = 1 + max(
                number
                for number, node in enumerate(tree.body)
                if isinstance(node, ast.Import | ast.ImportFrom)
            )
            tree.body.insert(after, ast.parse(_IMPORT).body[0])
        return compile(ast.fix_missing_locations(tree), self.path, "exec", dont_inherit=True)


def _tells(function: ast.FunctionDef) -> bool:
    """Whether a function yields findings and names the check."""
    of_findings = function.returns is not None and "Iterator[Finding]" in ast.unparse(
        function.returns
    )
    return of_findings and any(
        isinstance(node, ast.Constant) and node.value == CHECK for node in ast.walk(function)
    )


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Any = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(_ROOMS):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Telling(spec.loader.name, spec.loader.path)
        return spec


def pytest_configure() -> None:
    """Switch the check before a test imports anything."""
    if ALWAYS:
        sys.meta_path.insert(0, _Finder())
        return
    from thecal.safety.finding import Finding

    told = Finding.__init__

    def silent(self: Finding, *given: Any, **named: Any) -> None:
        told(self, *given, **named)
        if self.check == CHECK:
            object.__setattr__(self, "check", f"not {CHECK}")

    Finding.__init__ = silent  # type: ignore[method-assign]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write down at which line a case fails: 0 where it passes."""
    if report.when == "call" and not report.skipped:
        with OUTCOMES.open("a", encoding="utf-8") as stream:
            stream.write(f"{_line_of(report)}\t{report.nodeid}\n")


def _line_of(report: pytest.TestReport) -> int:
    if report.passed:
        return 0
    entries = getattr(getattr(report.longrepr, "reprtraceback", None), "reprentries", ())
    places = [one.reprfileloc.lineno for one in entries if getattr(one, "reprfileloc", None)]
    return places[0] if places else -1
