"""The options of the second, blind entry of a fill, typed beside the file (R03)."""

from __future__ import annotations

import argparse

from thecal.care.second_entry import compare_second_entry
from thecal.cli.calc_entry import Entries
from thecal.pharmacy import Mixture
from thecal.therapy.events import Fill
from thecal.units import Concentration, Volume


def add_second_entry(parser: argparse.ArgumentParser) -> None:
    """Declare what is typed a second time."""
    parser.add_argument(
        "--volume",
        required=True,
        metavar='"20 mL"',
        help="the volume filled, typed again from the syringe",
    )
    parser.add_argument(
        "--drug",
        required=True,
        action="append",
        metavar='"morphine=10 mg/mL"',
        help="a drug and its concentration, typed again from the label; repeat for each drug",
    )


def check_second_entry(options: argparse.Namespace, fill: Fill) -> None:
    """Compare what was typed again with the fill of the file.

    Raises
    ------
    EntryError, UsageError
        If it is outside the grammar.
    BadFileError
        If the two entries differ.
    """
    entries = Entries({"volume": (options.volume,), "drug": tuple(options.drug)})
    volume = entries.quantity("volume", Volume).quantity
    given = entries.per_drug("drug", Concentration)
    mixture = Mixture.of({name: level.quantity for name, level in given.items()})
    compare_second_entry(fill, volume, mixture)
