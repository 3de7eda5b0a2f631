"""Breaks clinical rules drawn by a seed; the tests bound to each must then fail.

`python tools/break_rules.py --seed 1 --count 20`, or `--all`, or `--id S2.10`. The changes stand in
`coverage/breaks/`, a file for each domain.
"""

from __future__ import annotations

import sys

from breaking import break_drawn
from coverage_table import BREAKS, held_by_id, read


def main() -> int:
    """Run the changes that were asked for and print how each ended."""
    table = [row for path in sorted(BREAKS.glob("*.csv")) for row in read(path)]
    tests = held_by_id()
    return break_drawn(
        (__doc__ or "").splitlines()[0], table, lambda asked: [one.id for one in tests[asked]]
    )


if __name__ == "__main__":
    sys.exit(main())
