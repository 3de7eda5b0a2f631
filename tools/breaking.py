"""Breaking code on purpose, one change at a time in a copy of the tree, to see the tests fail."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from copied_tree import broken, copied_tree, failure_of

_TIMEOUT = 300.0
Row = dict[str, str]


def break_drawn(
    description: str, table: list[Row], tests_of: Callable[[str], Sequence[str]]
) -> int:
    """Make the changes of the ids that the command line asks for, and print how each ended.

    Parameters
    ----------
    description
        Of the command, for its help.
    table
        Rows of `id, file, old, new`: `old` stands once in `file` and becomes `new`.
    tests_of
        From an id to the tests that must notice, the quickest first.

    Returns
    -------
    int
        1 where a change was not noticed or no longer fits the code, else 0.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=30, help="how many ids are drawn")
    parser.add_argument("--id", action="append", help="only this id; may be repeated")
    parser.add_argument("--all", action="store_true", help="every change of the table")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    ids = sorted({row["id"] for row in table})
    if given.id:
        drawn = set(given.id)
    elif given.all:
        drawn = set(ids)
    else:
        drawn = set(random.Random(given.seed).sample(ids, min(given.count, len(ids))))  # noqa: S311
    chosen = [row for row in table if row["id"] in drawn]
    ends: list[str] = []
    with copied_tree() as one, copied_tree() as other:
        sound = sorted({test for row in chosen for test in tests_of(row["id"])})
        if before := failure_of(one, sound, timeout=2 * _TIMEOUT):
            print(before, "a test fails before anything was broken: no evidence", sep="\n")
            return 1
        free: Queue[Path] = Queue()
        for root in (one, other)[: given.jobs]:
            free.put(root)

        def judge(row: Row) -> str:
            root = free.get()
            try:
                return _end_of(row, root, tests_of(row["id"]))
            finally:
                free.put(root)

        with ThreadPoolExecutor(given.jobs) as pool:
            for row, end in zip(chosen, pool.map(judge, chosen), strict=True):
                ends.append(end)
                print(f"{end:9} {row['id']:12} {row['file']}: {_shown(row)}", flush=True)
    killed = ends.count("killed")
    print(f"{killed} of {len(ends)} changes of {len(drawn)} ids were noticed (seed {given.seed})")
    sys.stdout.flush()
    return 0 if ends and killed == len(ends) else 1


def _end_of(row: Row, root: Path, tests: Sequence[str]) -> str:
    path = root / row["file"]
    text = path.read_text(encoding="utf-8")
    if text.count(row["old"]) != 1:
        return "stale"
    if not tests:
        return "no test"
    with broken(path, text.replace(row["old"], row["new"])):
        return "killed" if failure_of(root, tests, timeout=_TIMEOUT) else "SURVIVED"


def _shown(row: Row) -> str:
    old, new = (" ".join(row[name].split())[:60] for name in ("old", "new"))
    return f"{old} -> {new or 'nothing'}"
