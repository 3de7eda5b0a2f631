"""A copy of the tree in which code may be broken, and the tests that run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from safety_tables import ROOT

_NO_SHRINKING = """
from hypothesis import Phase

settings.register_profile(
    "broken", settings.get_profile("quick"), phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("broken")
"""
"""That a test fails is all that is asked: to find its smallest example would take minutes."""

_COPIED = ("src", "tests", "tools", "safety", "coverage", "docs", "examples", "pyproject.toml")


@contextmanager
def copied_tree() -> Iterator[Path]:
    """Yield the root of a copy; nothing of it is left behind."""
    with TemporaryDirectory(prefix="thecal-broken-") as folder:
        root = Path(folder)
        for name in _COPIED:
            source = ROOT / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", ".*")
                shutil.copytree(source, root / name, ignore=ignored)
            else:
                shutil.copy2(source, root / name)
        with (root / "tests" / "conftest.py").open("a", encoding="utf-8") as conftest:
            conftest.write(_NO_SHRINKING)
        yield root


@contextmanager
def broken(path: Path, text: str) -> Iterator[None]:
    """Let a file hold `text` for a while."""
    whole = path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(whole, encoding="utf-8")


def failure_of(root: Path, tests: Sequence[str], *, timeout: float) -> str:
    """Return how the first of the tests fails in the copy, nothing where all pass.

    A run without end fails too.

    Raises
    ------
    RuntimeError
        If pytest could not run them at all.
    """
    # Source files change within one second here: compiled ones would not be noticed as stale.
    environment = os.environ | {
        "PYTHONPATH": str(root / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        run = subprocess.run(
            command,
            cwd=root,
            env=environment,
            timeout=timeout,
            capture_output=True,
            text=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "no end"
    # 2: they could not even be imported.
    if run.returncode not in (0, 1, 2):
        raise RuntimeError(run.stdout[-2000:] + run.stderr[-2000:])
    return run.stdout[-2000:] if run.returncode else ""
