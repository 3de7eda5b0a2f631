"""Which test cases see each check fire, and which see it stay silent: tried, not declared.

Each check in force is switched off, and then told for good, under the tests that are marked with
it. A case that fails while the check is off sees it fire. A case that fails while the check is told
for good, and passed while it was off or failed at another line then, sees it stay silent. One of
each goes into `safety/seen_checks.csv`. `python tools/see_checks.py` tries all checks, `--check K9`
one.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from safety_marks import MarkedTest, all_tests
from safety_tables import ROOT

TABLE = ROOT / "safety" / "seen_checks.csv"
_NOT_HERE = ("tests/clinic/", "tests/cli/")
"""Slow, and above the rules: what they show is shown below them already."""


def checks_in_force() -> list[str]:
    """Return the ids of the checks in force."""
    path = ROOT / "src" / "thecal" / "data" / "checks.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return [row["check"] for row in csv.DictReader(stream) if row["state"] == "in force"]


def read_table() -> list[dict[str, str]]:
    """Return the rows of `safety/seen_checks.csv`, none where it was never written."""
    if not TABLE.exists():
        return []
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def outcomes(check: str, switch: str, tests: list[str]) -> dict[str, int]:
    """Return by case the line at which it fails with the check switched, 0 where it passes."""
    with TemporaryDirectory(prefix="thecal-seen-") as folder:
        found = Path(folder) / "outcomes"
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tools")]),
            "THECAL_CHECK": check,
            "THECAL_SWITCH": switch,
            "THECAL_OUTCOMES": str(found),
        }
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        subprocess.run(
            [*command, "-p", "check_switch", *tests],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            check=False,
        )
        lines = found.read_text(encoding="utf-8").splitlines() if found.exists() else []
    pairs = (line.split("\t", 1) for line in lines)
    return {case: int(line) for line, case in pairs}


def tests_of(check: str, tests: Iterable[MarkedTest]) -> list[str]:
    """Return the tests that are marked with a check, by their ids."""
    marked = [one for one in tests if check in one.marks]
    return [one.id for one in marked if not one.id.startswith(_NOT_HERE)]


def seen(check: str, tests: list[str]) -> tuple[list[str], list[str]]:
    """Return the cases that see a check fire, and those that see it stay silent."""
    if not tests:
        return [], []
    never, always = (outcomes(check, switch, tests) for switch in ("never", "always"))
    fires = sorted(case for case, line in never.items() if line)
    silent = sorted(case for case, line in always.items() if line and line != never.get(case, line))
    return fires, silent


def main() -> int:
    """Try the checks; 1 where one of them is not seen both ways."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="append", help="only this check; may be repeated")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    asked = given.check or checks_in_force()
    table = {row["check"]: row for row in read_table()}
    lacking = []
    tests = tuple(all_tests().values())
    marked = [tests_of(check, tests) for check in asked]
    with ThreadPoolExecutor(given.jobs) as pool:
        for check, (fires, silent) in zip(asked, pool.map(seen, asked, marked), strict=True):
            print(f"{check:4} seen to fire by {len(fires)}, silent by {len(silent)}", flush=True)
            table[check] = {
                "check": check,
                "fires": fires[0] if fires else "",
                "silent": silent[0] if silent else "",
            }
            if not fires or not silent:
                lacking.append(check)
    with TABLE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["check", "fires", "silent"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(table[one] for one in checks_in_force() if one in table)
    print(f"{len(asked) - len(lacking)} of {len(asked)} checks are seen both ways", *lacking)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
