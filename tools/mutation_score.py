"""The mutation score of the limit kernel, from a sample drawn by a seed.

`make mutants`, or `python tools/mutation_score.py --sample 150 --seed 1 --minutes 10`. Each change
is made in a copy of the tree and the tests of its room run until one fails. The score is the part
that was noticed, with its 95 % interval (Wilson 1927, doi 10.1080/01621459.1927.10502953). Changes
that no test could notice because they change nothing count as not noticed.
"""

from __future__ import annotations

import argparse
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from math import sqrt
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
    "src/thecal/safety/*.py": ("tests/care/test_residual_bands.py", *_REVIEWED),
}
"""Files of the limit kernel, and the tests that hold them, the quickest first."""
_TIMEOUT = 120.0
_Z = 1.959964


def main() -> int:
    """Break the kernel in many places, and print the score and what survived."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
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
    size = min(given.sample, len(everything))
    drawn = random.Random(given.seed).sample(everything, size)  # noqa: S311
    until = monotonic() + 60 * given.minutes
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
        with ThreadPoolExecutor(given.jobs) as pool:
            for (path, mutant, _), end in zip(drawn, pool.map(judge, drawn), strict=True):
                if end is None:
                    continue
                noticed.append(end)
                if not end:
                    where = f"{path.relative_to(ROOT).as_posix()}:{mutant.line}"
                    print(f"survived  {where}: {mutant.old} -> {mutant.new}", flush=True)
    low, high = interval(sum(noticed), len(noticed))
    print(
        f"{sum(noticed)} of {len(noticed)} noticed, drawn from {len(everything)} (seed"
        f" {given.seed}): score {sum(noticed) / len(noticed):.1%}, 95 % interval {low:.1%} to"
        f" {high:.1%}"
    )
    return 0


def _own_tests(path: Path) -> list[str]:
    """Return the test file that is named after a check's file: it fails soonest."""
    own = f"tests/safety/test_check_{path.stem}.py"
    return [own] if (ROOT / own).exists() else []


def interval(noticed: int, count: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a part."""
    part = noticed / count
    middle = part + _Z**2 / (2 * count)
    spread = _Z * sqrt(part * (1 - part) / count + _Z**2 / (4 * count**2))
    scale = 1 + _Z**2 / count
    return (middle - spread) / scale, (middle + spread) / scale


if __name__ == "__main__":
    sys.exit(main())
