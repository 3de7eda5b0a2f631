"""`thecal calc NAME`: the calculators on the command line, as JSON or with their derivation.

Only the names of the options live here at start-up; what computes is imported when it is asked.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Option(NamedTuple):
    """A long option: name without dashes, help with an example, and whether it may be repeated."""

    name: str
    help: str
    repeatable: bool = False


CALCULATORS: Mapping[str, tuple[str, tuple[Option, ...]]] = MappingProxyType(
    {
        "catheter-volume": (
            "length and volume of a trimmed catheter",
            (
                Option("model", "id of the catalogue, as in ascenda-8780"),
                Option("volume-per-length", 'of the lumen, as in "0.0022 mL/cm"'),
                Option("inner-diameter", 'of the lumen instead, as in "0.053 cm"'),
                Option("supplied-length", 'as delivered, as in "110 cm"'),
                Option("trimmed-length", 'what was cut off, as in "40 cm"'),
                Option("implanted-length", 'instead of the two, as in "70 cm"'),
            ),
        ),
        "prime": (
            "volume, duration and drug of a prime",
            (
                Option("kind", "full (default), catheter or back-table"),
                Option("tubing-volume", 'of the pump, as in "0.14 mL"'),
                Option("catheter-volume", 'as in "0.1672 mL"'),
                Option("rate", 'of the prime, as in "24 mL/d"'),
                Option("concentration", 'of a drug, as in "baclofen=2000 ug/mL"', True),
            ),
        ),
        "bridge": (
            "bridge from an old to a new concentration",
            (
                Option("old-concentration", 'as in "500 ug/mL"'),
                Option("new-concentration", 'as in "2000 ug/mL"'),
                Option("daily-dose", 'while it bridges, as in "200 ug/d"'),
                Option("new-daily-dose", "afterwards; the same where it is left out"),
                Option("tubing-volume", 'for bridging, as in "0.14 mL"'),
                Option("catheter-volume", 'as in "0.1672 mL"'),
            ),
        ),
        "refill-date": (
            "days to the low-reservoir alarm and to empty",
            (
                Option("filled", 'as in "20 mL"'),
                Option("alarm-volume", 'as in "2 mL"'),
                Option("daily-volume", 'as in "0.4 mL/d"'),
                Option("bolus-volume", 'of one patient bolus, as in "0.025 mL"'),
                Option("max-per-day", "patient boluses a day, as in 4"),
            ),
        ),
        "residual": (
            "delivered ratio and band of what was aspirated",
            (
                Option("filled", 'at the last fill, as in "20 mL"'),
                Option("expected", 'residual, as in "4 mL"'),
                Option("aspirated", 'what the syringe drew, as in "5.5 mL"'),
            ),
        ),
        "convert-opioid": (
            "range of an intrathecal dose from another route",
            (
                Option("drug", "morphine, hydromorphone, fentanyl or sufentanil"),
                Option("route", "oral, intravenous, transdermal, epidural or intrathecal"),
                Option("daily-dose", 'by that route, as in "300 mg/d"'),
                Option("ratio", "by that route for 1 intrathecally, as in 300"),
                Option("to", "intrathecal drug, where it is another one"),
            ),
        ),
        "baclofen-start": (
            "first daily dose after a screening bolus",
            (
                Option("screening-bolus", 'that worked, as in "50 ug"'),
                Option("effect-duration", 'of that bolus, as in "6 h"'),
                Option("rule", "us or eu"),
            ),
        ),
        "recipe": (
            "what to mix for doses and a flow",
            (
                Option("volume", 'to prepare, as in "20 mL"'),
                Option("daily-volume", 'of the pump, as in "0.4 mL/d"'),
                Option("dose", 'of a drug, as in "morphine=2 mg/d"', True),
                Option("stock", 'of a drug, as in "morphine=25 mg/mL"', True),
                Option("overfill", 'prepared beyond the volume, as in "2 mL"'),
                Option("powder", 'form weighed, as in "morphine=sulfate-pentahydrate"', True),
                Option("potency", 'of the powder, as in "morphine=0.985"', True),
                Option("water", 'in the powder, as in "morphine=0.01"', True),
                Option("basis", 'that dose and stock count, as in "fentanyl=salt"', True),
            ),
        ),
        "mixing": (
            "concentration after a fill onto a residual",
            (
                Option("residual", 'that stays, as in "1.4 mL"'),
                Option("old-concentration", 'as in "500 ug/mL"'),
                Option("added", 'as in "20 mL"'),
                Option("new-concentration", 'as in "2000 ug/mL"'),
            ),
        ),
    }
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the calculators to the parser of `thecal calc`.

    Every option is collected as a list, so that one given twice is refused and not overwritten.
    """
    json_help = "print the answer as JSON"
    parser.add_argument("--json", action="store_true", help=json_help)
    calculators = parser.add_subparsers(dest="calculator", metavar="NAME", title="calculators")
    for name, (summary, options) in CALCULATORS.items():
        one = calculators.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        # Suppressed, or the default here would undo a --json typed before the name.
        one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=json_help)
        for option in options:
            one.add_argument(
                f"--{option.name}",
                action="append",
                metavar="TEXT",
                default=None,
                help=option.help + ("; repeatable" if option.repeatable else ""),
            )


def run(args: argparse.Namespace) -> int:
    """Compute, print and return the exit code: 0 whenever there is an answer.

    Nothing is printed before everything is computed.

    Raises
    ------
    ThecalError
        If an entry is outside the grammar, an option is missing, given twice or contradicts
        another, or an id is unknown.
    """
    from thecal.errors import UsageError

    if getattr(args, "calculator", None) is None:
        raise UsageError("no calculator is named", remedy="use one of " + ", ".join(CALCULATORS))
    from thecal.cli.calc_entry import calculate
    from thecal.cli.calc_output import as_json, as_text

    options = CALCULATORS[args.calculator][1]
    given = {
        option.name: tuple(getattr(args, option.name.replace("-", "_"), None) or ())
        for option in options
    }
    for option in options:
        if len(given[option.name]) > 1 and not option.repeatable:
            raise UsageError(
                f"--{option.name} is given {len(given[option.name])} times", remedy="give it once"
            )
    calculation = calculate(args.calculator, given)
    print(as_json(calculation) if args.json else as_text(calculation))
    return 0
