"""`python -m thecal.clinic rebuild`: make every projection anew and say which had differed."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from thecal.clinic.models import Patient
from thecal.clinic.operations.rebuilding import rebuild

_DIFFERENT = 3


class Command(BaseCommand):
    """Rebuild."""

    help = "Make what lists and headers show anew from the log, and compare it with what was there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--check", action="store_true", help="only compare; end with 3 where something differs"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        total = Patient.objects.count()
        made = rebuild(keep=options["check"])
        bar = tqdm(made, total=total, unit=" patients", desc="folding", disable=None, leave=False)
        different = [one for one in bar if one.differs]
        for one in different:
            self.stdout.write(f"differed: patient {one.patient}: {', '.join(one.differs)}")
        verb = "compared" if options["check"] else "made anew"
        self.stdout.write(
            f"{total} projections {verb}, {len(different)} were not what the log gives"
        )
        if different and options["check"]:
            sys.exit(_DIFFERENT)
