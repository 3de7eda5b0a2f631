"""Breaks the code of requirements drawn by a seed; the tests bound to each must then fail.

`python tools/break_requirements.py --seed 1 --count 30`, or `--all`, or `--id D07`. Each change of
`safety/mutations.csv` is made in a copy of the tree, one at a time. Ends with 1 where a change
survives its tests, or no longer fits the code.
"""

from __future__ import annotations

import sys

from breaking import break_drawn
from safety_claims import Evidence
from safety_tables import rows

_STRONGEST_LAST = ("example", "proven", "bounded")
"""Quick tests first: one failure is enough."""


def main() -> int:
    """Run the changes that were asked for and print how each ended."""
    evidence = Evidence()

    def tests_of(claim: str) -> list[str]:
        return sorted(
            evidence.held(claim).tests,
            key=lambda test: (_STRONGEST_LAST.index(evidence.strength_of(test, claim)), test),
        )

    return break_drawn((__doc__ or "").splitlines()[0], rows("mutations.csv"), tests_of)


if __name__ == "__main__":
    sys.exit(main())
