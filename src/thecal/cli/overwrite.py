"""What is there is overwritten only when somebody says so who was told what is lost (U04)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from thecal.errors import UsageError


def add_overwrite(parser: argparse.ArgumentParser) -> None:
    """Declare the option that says so."""
    parser.add_argument(
        "--overwrite", action="store_true", help="lose what is in the place of the output"
    )


def check_overwrite(options: argparse.Namespace, path: Path, lost: Callable[[], str]) -> None:
    """Check that nothing is there, or that it may be lost.

    Parameters
    ----------
    lost
        Says what would be lost; asked only where something is there.

    Raises
    ------
    UsageError
        If something is there and `--overwrite` is not given.
    """
    if path.exists() and not options.overwrite:
        raise UsageError(
            f"{path} exists, and would be lost: {lost()}",
            remedy="name another place, or add --overwrite to lose it",
        )
