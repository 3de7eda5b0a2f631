"""Breaks the code of requirements drawn by a seed; the tests bound to each must then fail.

`python tools/break_requirements.py --seed 1 --count 30`, or `--all`, or `--id D07`. Each mutation
of `safety/mutations.csv` is made in a copy of the tree, one at a time. Ends with 1 where a mutation
survives its tests, or no longer fits the code.
"""

from __future__ import annotations

import argparse
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from copied_tree import broken, copied_tree, failure_of
from safety_claims import Evidence
from safety_tables import rows

_TIMEOUT = 300.0
_STRONGEST_LAST = ("example", "proven", "bounded")
"""Quick tests first: one failure is enough."""


def main() -> int:
    """Run the mutations that were asked for and print how each ended."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=30, help="how many ids are drawn")
    parser.add_argument("--id", action="append", help="only this id; may be repeated")
    parser.add_argument("--all", action="store_true", help="every mutation of the table")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    table = rows("mutations.csv")
    ids = sorted({row["id"] for row in table})
    if given.id:
        drawn = set(given.id)
    elif given.all:
        drawn = set(ids)
    else:
        drawn = set(random.Random(given.seed).sample(ids, min(given.count, len(ids))))  # noqa: S311
    chosen = [row for row in table if row["id"] in drawn]
    evidence = Evidence()
    ends: list[str] = []
    with copied_tree() as one, copied_tree() as other:
        sound = sorted({test for row in chosen for test in evidence.held(row["id"]).tests})
        if before := failure_of(one, sound, timeout=2 * _TIMEOUT):
            print(
                before,
                "a test fails before anything was broken: no evidence",
                sep="\n",
                file=sys.stderr,
            )
            return 1
        free: Queue[Path] = Queue()
        for root in (one, other)[: given.jobs]:
            free.put(root)

        def judge(row: dict[str, str]) -> str:
            root = free.get()
            try:
                return _end_of(row, root, evidence)
            finally:
                free.put(root)

        with ThreadPoolExecutor(given.jobs) as pool:
            for row, end in zip(chosen, pool.map(judge, chosen), strict=True):
                ends.append(end)
                print(f"{end:9} {row['id']:12} {row['file']}: {_shown(row)}", flush=True)
    killed = ends.count("killed")
    print(f"{killed} of {len(ends)} mutations of {len(drawn)} ids were noticed (seed {given.seed})")
    return 0 if killed == len(ends) else 1


def _end_of(row: dict[str, str], root: Path, evidence: Evidence) -> str:
    path = root / row["file"]
    text = path.read_text(encoding="utf-8")
    if text.count(row["old"]) != 1:
        return "stale"
    tests = sorted(
        evidence.held(row["id"]).tests,
        key=lambda test: (_STRONGEST_LAST.index(evidence.strength_of(test, row["id"])), test),
    )
    if not tests:
        return "no test"
    with broken(path, text.replace(row["old"], row["new"])):
        return "killed" if failure_of(root, tests, timeout=_TIMEOUT) else "SURVIVED"


def _shown(row: dict[str, str]) -> str:
    old, new = (" ".join(row[name].split())[:60] for name in ("old", "new"))
    return f"{old} -> {new or 'nothing'}"


if __name__ == "__main__":
    sys.exit(main())
