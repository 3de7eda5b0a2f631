"""A plugin of pytest that runs each case with its checks off, and with them told for good.

`THECAL_CHECKS` names the checks, `THECAL_OUTCOMES` the file to which every outcome goes. Loaded
with `-p check_switch` before the package is imported.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

OUTCOMES = Path(os.environ["THECAL_OUTCOMES"])
IN_FORCE = frozenset(os.environ["THECAL_CHECKS"].split())
_ROOMS = ("thecal.safety.", "thecal.care.", "thecal.therapy.review", "thecal.pharmacy.")
_IMPORT = "from check_switch import told_for_good as _told_for_good"


class Switch:
    """Which check is switched, and how; nothing at first."""

    check = ""
    always = False


def told_for_good(checks: tuple[str, ...]) -> Iterator[Any]:
    """Yield the finding that is told for good, where it is one of these."""
    from thecal.safety.finding import Finding, Severity

    if Switch.always and Switch.check in checks:
        yield Finding(Switch.check, Severity.HARD, "told for good", "a test")


class _Telling(SourceFileLoader):
    """Loads a module whose generators of findings also tell what is told for good."""

    def get_code(self, fullname: str) -> CodeType:
        tree = ast.parse(Path(self.path).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and (checks := _checks_of(node)):
                told = ast.parse(f"yield from _told_for_good({checks!r})").body[0]
                node.body.insert(0, told)
        imports = [
            number
            for number, node in enumerate(tree.body)
            if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        if imports:
            tree.body.insert(imports[-1] + 1, ast.parse(_IMPORT).body[0])
        return compile(ast.fix_missing_locations(tree), self.path, "exec", dont_inherit=True)


def _checks_of(function: ast.FunctionDef) -> tuple[str, ...]:
    """Return the checks that a generator of findings names."""
    returns = "" if function.returns is None else ast.unparse(function.returns)
    if "Iterator[Finding]" not in returns:
        return ()
    named = {node.value for node in ast.walk(function) if isinstance(node, ast.Constant)}
    return tuple(sorted(IN_FORCE & {one for one in named if isinstance(one, str)}))


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
    """Put the switch in before a test imports anything."""
    sys.meta_path.insert(0, _Finder())
    from thecal.safety.finding import Finding

    told = Finding.__init__

    def switched(self: Finding, *given: Any, **named: Any) -> None:
        told(self, *given, **named)
        if not Switch.always and self.check == Switch.check:
            object.__setattr__(self, "check", f"not {Switch.check}")

    Finding.__init__ = switched  # type: ignore[method-assign]


def pytest_runtest_protocol(item: pytest.Function) -> bool:
    """Run a case once with each of its checks off, and once with it told for good."""
    marks = {str(one) for mark in item.iter_markers("req") for one in mark.args}
    for check in sorted(marks & IN_FORCE):
        for always in (False, True):
            Switch.check, Switch.always = check, always
            item._initrequest()
            for report in runtestprotocol(item, nextitem=None, log=False):
                _write(report, check, "always" if always else "never")
    Switch.check = ""
    return True


def _write(report: pytest.TestReport, check: str, switch: str) -> None:
    """Write down at which line a case fails: 0 where it passes."""
    if report.when == "call" and not report.skipped:
        with OUTCOMES.open("a", encoding="utf-8") as stream:
            stream.write(f"{check}\t{switch}\t{_line_of(report)}\t{report.nodeid}\n")


def _line_of(report: pytest.TestReport) -> int:
    if report.passed:
        return 0
    entries = getattr(getattr(report.longrepr, "reprtraceback", None), "reprentries", ())
    places = [one.reprfileloc.lineno for one in entries if getattr(one, "reprfileloc", None)]
    return places[0] if places else -1
