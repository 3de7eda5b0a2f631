"""`thecal version`."""

from __future__ import annotations

import json

from thecal import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def run(options: argparse.Namespace) -> int:
    """Say the version."""
    if options.json:
        print(json.dumps({"name": "thecal", "version": __version__}))
    else:
        print(f"thecal {__version__}")
    return 0
