"""The mutation score of the limit kernel, from a sample drawn by a seed.

`make mutants`, or `python tools/mutation_score.py --sample 150 --seed 1 --minutes 10`; `--all`
takes every change, however long that is (hours; `--only safety/bridge` takes one file). Each change
is made in a copy of the tree and the tests of its room run until one fails. The score is the part
that was noticed, with its 95 % interval (Wilson 1927, doi 10.1080/01621459.1927.10502953). Changes
that no test could notice because they change nothing count as not noticed; a second score leaves
out those that `safety/equivalent_mutants.csv` names with a reason, and only those.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from math import inf, sqrt
from pathlib import Path
from queue import Queue
from time import monotonic

from copied_tree import broken, copied_tree, failure_of
from mutants import Mutant, mutants_of
from safety_tables import ROOT

_PUMP = ("tests/pump/test_pump_boluses.py", "tests/pump/test_pump_reservoir.py")
_REVIEWED = (
    "tests/safety",
    "tests/therapy/test_review.py",
    "tests/therapy/test_suggest.py",
    "tests/cli/test_contract.py",
)
KERNEL = {
    "src/thecal/program/quantise.py": (
        "tests/program/test_quantise.py",
        "tests/program/test_program.py",
        *_PUMP,
    ),
    "src/thecal/program/worst_case*.py": (
        "tests/program/test_worst_case_terms.py",
        "tests/program/test_worst_case_edges.py",
        "tests/program/test_worst_case_reach.py",
        "tests/program/test_worst_case_search.py",
        "tests/program/test_worst_case_ways.py",
        "tests/program/test_worst_case.py",
        "tests/safety/test_check_limits.py",
    ),
    "src/thecal/pump/guard.py": (
        "tests/pump/test_guard.py",
        *_PUMP,
        "tests/safety_evidence/test_two_guards.py",
        "tests/pump/test_pump_stateful.py",
    ),
    "src/thecal/safety/*.py": (
        "tests/care/test_residual_bands.py",
        "tests/therapy/test_situations.py",
        "tests/therapy/test_external_therapy.py",
        "tests/safety_evidence/test_held_to_the_letter.py",
        *_REVIEWED,
    ),
}
"""Files of the limit kernel, and the tests that hold them, the quickest first."""
_SOONEST = {
    "bridge": "test_tip_deviation",
    "catalogue": "test_checks_listed",
    "catheter": "test_check_records",
    "clock": "test_check_records",
    "compounding": "test_check_records",
    "doses": "test_doses",
    "rules": "test_check_interruption",
    "review": "test_never_blocked",
    "situation": "test_check_limits",
    "stability": "test_check_records",
}
"""Tests of `tests/safety` that fail soonest for a file of another name."""
EQUIVALENT = ROOT / "safety" / "equivalent_mutants.csv"
_TIMEOUT = 120.0
_Z = 1.959964


def main() -> int:
    """Break the kernel in many places, and print the score and what survived."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="every change, without end of time")
    parser.add_argument("--minutes", type=float, default=10.0, help="start nothing after this")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="only files whose path holds this")
    given = parser.parse_args()
    everything = [
        (path, mutant, (*_own_tests(path), *tests))
        for pattern, tests in KERNEL.items()
        for path in sorted(ROOT.glob(pattern))
        if given.only in path.as_posix()
        for mutant in mutants_of(path.read_text(encoding="utf-8"))
    ]
    size = len(everything) if given.all else min(given.sample, len(everything))
    drawn = random.Random(given.seed).sample(everything, size)  # noqa: S311
    until = inf if given.all else monotonic() + 60 * given.minutes
    named = equivalent_changes()
    with copied_tree() as one, copied_tree() as other:
        sound = sorted({test for _, _, tests in drawn for test in tests})
        if before := failure_of(one, sound, timeout=600):
            print(
                before,
                "a test fails before anything was broken: no score",
                sep="\n",
                file=sys.stderr,
            )
            return 1
        free: Queue[Path] = Queue()
        for root in (one, other)[: given.jobs]:
            free.put(root)

        def judge(case: tuple[Path, Mutant, tuple[str, ...]]) -> bool | None:
            path, mutant, tests = case
            root = free.get()
            try:
                if monotonic() > until:
                    return None
                there = root / path.relative_to(ROOT)
                with broken(there, mutant.applied(there.read_text(encoding="utf-8"))):
                    return bool(failure_of(root, tests, timeout=_TIMEOUT))
            finally:
                free.put(root)

        noticed: list[bool] = []
        equivalent = 0
        with ThreadPoolExecutor(given.jobs) as pool:
            for (path, mutant, _), end in zip(drawn, pool.map(judge, drawn), strict=True):
                if end is None:
                    continue
                noticed.append(end)
                excused = change_of(path, mutant) in named
                equivalent += excused and not end
                if excused or not end:
                    how = "equivalent" if excused else "survived"
                    if excused and end:
                        how = "noticed, though the table calls it equivalent"
                    where = f"{path.relative_to(ROOT).as_posix()}:{mutant.line}"
                    print(f"{how}  {where}: {mutant.old} -> {mutant.new}", flush=True)
    drawn_from = f"drawn from {len(everything)} (seed {given.seed})"
    print(f"{_score(sum(noticed), len(noticed))}, {drawn_from}")
    if 0 < equivalent < len(noticed):
        print(
            f"{_score(sum(noticed), len(noticed) - equivalent)}, without the {equivalent} that"
            f" {EQUIVALENT.name} calls equivalent"
        )
    return 0


def _score(noticed: int, count: int) -> str:
    low, high = interval(noticed, count)
    return (
        f"{noticed} of {count} noticed: score {noticed / count:.1%}, 95 % interval {low:.1%} to"
        f" {high:.1%}"
    )


Change = tuple[str, str, str]
"""A file, the text of a line in it, and the change: `old -> new`."""


def change_of(path: Path, mutant: Mutant) -> Change:
    """Return a change as the table of equivalent ones names it."""
    line = path.read_text(encoding="utf-8").splitlines()[mutant.line - 1].strip()
    return path.relative_to(ROOT).as_posix(), line, f"{mutant.old} -> {mutant.new}"


def equivalent_changes() -> set[Change]:
    """Return the changes that change nothing, each with a reason in the table."""
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        return {(row["file"], row["text"], row["change"]) for row in csv.DictReader(file)}


def _own_tests(path: Path) -> list[str]:
    """Return the test files of a check: they fail soonest."""
    names = (f"test_check_{path.stem}", _SOONEST.get(path.stem, ""))
    tests = [f"tests/safety/{name}.py" for name in names]
    return [one for one in tests if (ROOT / one).exists()]


def interval(noticed: int, count: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a part."""
    part = noticed / count
    middle = part + _Z**2 / (2 * count)
    spread = _Z * sqrt(part * (1 - part) / count + _Z**2 / (4 * count**2))
    scale = 1 + _Z**2 / count
    return (middle - spread) / scale, (middle + spread) / scale


if __name__ == "__main__":
    sys.exit(main())
