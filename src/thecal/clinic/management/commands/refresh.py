"""`python -m thecal.clinic refresh`: lists of what is due that hold no more are made anew."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from tqdm import tqdm

from thecal.clinic import clock
from thecal.clinic.ledger.projector import refresh
from thecal.clinic.models import Projection


class Command(BaseCommand):
    """Make lists anew, once or for as long as the server runs."""

    help = "Make anew what is due of every patient whose list holds no more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on until interrupted")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        while True:
            over = Projection.objects.filter(wakes__lte=clock.now()).select_related(
                "patient__clinic"
            )
            for projection in tqdm(over, desc="lists", unit="", leave=False, disable=None):
                refresh(projection)
            if options["every"] is None:
                return
            close_old_connections()
            time.sleep(options["every"])
