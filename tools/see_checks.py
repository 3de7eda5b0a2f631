"""Which test cases see each check fire, and which see it stay silent: tried, not declared.

Each test that is marked with a check in force runs with the check switched off, and with the check
told for good. A case that fails while it is off sees it fire. A case that fails while it is told
for good, and passed while it was off or failed at another line then, sees it stay silent. One of
each goes into `safety/seen_checks.csv`. `python tools/see_checks.py` tries the checks K1 to K36;
`--check D01` tries another.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from safety_marks import all_tests
from safety_tables import ROOT

TABLE = ROOT / "safety" / "seen_checks.csv"
_NOT_HERE = ("tests/clinic/", "tests/cli/")
"""Slow, and above the rules: what they show is shown below them already."""
_COLUMNS = ["check", "fires", "silent"]
Lines = dict[tuple[str, str], dict[str, int]]


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


def tried(checks: list[str]) -> Lines:
    """Return by check and switch at which line each case fails, 0 where it passes."""
    marked = [one for one in all_tests().values() if set(checks) & set(one.marks)]
    tests = [one.id for one in marked if not one.id.startswith(_NOT_HERE)]
    found: Lines = {}
    with TemporaryDirectory(prefix="thecal-seen-") as folder:
        outcomes = Path(folder) / "outcomes"
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tools")]),
            "THECAL_CHECKS": " ".join(checks),
            "THECAL_OUTCOMES": str(outcomes),
        }
        options = ["-q", "-p", "no:cacheprovider", "-p", "check_switch"]
        command = [sys.executable, "-m", "pytest", *options, *tests]
        subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
        for line in outcomes.read_text(encoding="utf-8").splitlines():
            check, switch, number, case = line.split("\t", 3)
            found.setdefault((check, switch), {})[case] = int(number)
    return found


def main() -> int:
    """Try the checks; 1 where one of them is not seen both ways."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="append", help="only this check; may be repeated")
    given = parser.parse_args()
    asked = given.check or [one for one in checks_in_force() if re.fullmatch(r"K\d+", one)]
    lines = tried(asked)
    table = {row["check"]: row for row in read_table()}
    lacking = []
    for check in asked:
        never, always = lines.get((check, "never"), {}), lines.get((check, "always"), {})
        fires = sorted(case for case, line in never.items() if line)
        silent = sorted(
            case for case, line in always.items() if line and line != never.get(case, line)
        )
        print(f"{check:4} seen to fire by {len(fires)} cases, to stay silent by {len(silent)}")
        first = (one[0] if one else "" for one in (fires, silent))
        table[check] = dict(zip(_COLUMNS, (check, *first), strict=True))
        if not fires or not silent:
            lacking.append(check)
    with TABLE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table[one] for one in checks_in_force() if one in table)
    print(f"{len(asked) - len(lacking)} of {len(asked)} checks are seen both ways", *lacking)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
