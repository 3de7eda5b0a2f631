"""How often `thecal troubleshoot` finds a fault that was injected blindly.

Prints one JSON line for each chance of a missing finding and kind of pump, the confusion matrix,
and the pairs that cannot be told apart, by the tables and as measured. Seeds are fixed: the same
tree prints the same.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from random import Random

from trouble_sight import seen
from trouble_world import PUMPS, Broken, broken_pumps

from thecal.care.troubleshoot import shares
from thecal.care.troubleshoot_next import inseparable

MISSING = (0.0, 0.3, 0.6)
DRAWS = 40
SEED = 20261120
Confusion = dict[str, Counter[str]]


def ranked(pumps: list[Broken], missing: float, draws: int) -> Iterator[tuple[Broken, list[str]]]:
    """Yield each case with the ids of the causes, the likeliest first."""
    random = Random(SEED)  # noqa: S311 - no secret
    for broken in pumps:
        for _ in range(draws):
            yield broken, list(shares(seen(broken, random, missing), broken.pump_kind))


def measure(pumps: list[Broken], missing: float, draws: int) -> tuple[dict[str, float], Confusion]:
    """Return the shares of cases found, and truth to first cause to count."""
    first = third = alike = total = 0
    confusion: Confusion = {}
    twins = {kind: set(map(frozenset, inseparable(kind))) for kind in PUMPS}
    for broken, causes in ranked(pumps, missing, draws):
        total += 1
        first += causes[0] == broken.kind
        third += broken.kind in causes[:3]
        pair = frozenset((causes[0], broken.kind))
        alike += len(pair) == 1 or pair in twins[broken.pump_kind]
        confusion.setdefault(broken.kind, Counter())[causes[0]] += 1
    return {
        "cases": total,
        "top_1": first / total,
        "top_3": third / total,
        "top_1_or_inseparable": alike / total,
    }, confusion


def measured_pairs(confusion: Mapping[str, Counter[str]]) -> Iterator[tuple[str, str, float]]:
    """Yield the pairs of which a fifth or more of the cases go to the other, either way."""
    for one, other in combinations(confusion, 2):
        swapped = confusion[one][other] + confusion[other][one]
        share = swapped / (confusion[one].total() + confusion[other].total())
        if share >= 0.2:
            yield one, other, share


def main() -> int:
    """Measure and print."""
    pumps = list(broken_pumps())
    for missing in MISSING:
        found, confusion = measure(pumps, missing, DRAWS)
        print_rates(missing, "all", found)
        for kind in PUMPS:
            alone = [one for one in pumps if one.pump_kind == kind]
            print_rates(missing, kind, measure(alone, missing, DRAWS)[0])
        if missing == MISSING[1]:
            print_matrix(confusion)
        for one, other, share in measured_pairs(confusion):
            print(f"  confused: {one} and {other}, {share:.0%} of their cases")
    for kind in ("roller", "valve-gated", "constant-flow", "external"):
        for one, other in inseparable(kind):
            print(f"not reliably told apart by all findings ({kind}): {one} and {other}")
    return 0


def print_rates(missing: float, pumps: str, found: Mapping[str, float]) -> None:
    """Print one JSON line."""
    rates = {key: round(value, 3) for key, value in found.items()}
    print(json.dumps({"missing": missing, "pumps": pumps, **rates}))


def print_matrix(confusion: Confusion) -> None:
    """Print truth against first cause in percent of the truth's cases."""
    truths = list(confusion)
    columns = truths + sorted({one for row in confusion.values() for one in row} - set(truths))
    for number, column in enumerate(columns, start=1):
        print(f"  {number:>2} {column}")
    print("truth \\ found, % " + "".join(f"{n:>4}" for n in range(1, len(columns) + 1)))
    for number, truth in enumerate(truths, start=1):
        row = confusion[truth]
        cells = [f"{100 * row[one] / row.total():4.0f}" if row[one] else "   ." for one in columns]
        print(f"{number:>2} {truth[:13]:<14}" + "".join(cells))


if __name__ == "__main__":
    sys.exit(main())
