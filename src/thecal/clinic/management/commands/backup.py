"""`python -m thecal.clinic backup FILE`: everything of the clinic as it stands, while it works."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from thecal.clinic.operations.backup import back_up


class Command(BaseCommand):
    """Back up."""

    help = "Write database, anchors, keys and virtual pumps into one archive."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        rows = back_up(options["file"])
        self.stdout.write(f"{rows} rows written to {options['file']}")
        self.stdout.write("It holds the keys and everything about everybody: keep it locked away.")
