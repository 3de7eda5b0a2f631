"""`thecal calibrate`: the calibration table, predicted beside published, with every fold error."""

from __future__ import annotations

import argparse
import json

from thecal import BANNER
from thecal.cli.body_output import MODEL


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def run(options: argparse.Namespace) -> int:
    """Print the table."""
    from thecal.body.calibration import calibration, geometric_mean

    table = calibration()
    overall = geometric_mean(table)
    if options.json:
        rows = [
            {
                "row": one.row,
                "quantity": one.what,
                "how": one.how,
                "published": one.published,
                "predicted": one.predicted,
                "unit": one.unit,
                "fold_error": one.fold_error,
                "source": one.fact.note,
                "status": one.fact.status,
            }
            for one in table
        ]
        answer = {"rows": rows, "geometric_mean_fold_error": overall, "model": MODEL}
        print(json.dumps(answer, indent=1))
        return 0
    print(f"{BANNER}\n\n{MODEL}\n")
    print(
        f"{'row':>3} {'quantity':<32} {'published':>10} {'predicted':>10} {'unit':<7} {'fold':>5}"
    )
    for one in table:
        unit = "" if one.unit == "1" else one.unit
        print(
            f"{one.row:>3} {one.what:<32} {one.published:>10.4g} {one.predicted:>10.4g}"
            f" {unit:<7} {one.fold_error:>5.2f}  {one.how}"
        )
    print(f"\ngeometric mean of {len(table)} fold errors: {overall:.3f}")
    worst = max(table, key=lambda one: one.fold_error)
    print(f"worst: row {worst.row}, {worst.what}, {worst.fold_error:.2f} times off")
    return 0
