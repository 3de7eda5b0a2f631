"""`python -m thecal.clinic restore FILE`: put a backup in the place of this clinic."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from thecal.clinic.operations.restoring import restore
from thecal.clinic.operations.serving import alone


class Command(BaseCommand):
    """Restore."""

    help = "Fill an empty clinic from a backup and check its record. Stop the server first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="also where there is something")
        parser.add_argument("--reason", default="", help="why, for the log of each clinic")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        with alone(Path(settings.CLINIC_DIR)):
            done = restore(options["file"], replace=options["replace"], reason=options["reason"])
        self.stdout.write(
            f"{done.entries} entries restored as of {done.made}; every chain is whole"
        )
        if done.lost is None:
            self.stdout.write("The anchors that lay here cannot be read; they are kept beside.")
        elif done.lost:
            self.stdout.write(
                f"{done.lost} entries that were acknowledged here are not in the backup. Their"
                " anchors are kept in the folder of the anchors; enter again what they said."
            )
