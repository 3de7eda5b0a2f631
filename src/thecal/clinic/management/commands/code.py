"""`python -m thecal.clinic code KEY`: what an authenticator with this key would show now."""

from __future__ import annotations

import binascii
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from thecal.clinic.access.second_factor import current_code


class Command(BaseCommand):
    """Show the code of a key."""

    help = "Show the six digits that an authenticator with this key would show now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the argument."""
        parser.add_argument("key", metavar="KEY", help="as the demonstration printed it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        try:
            code = current_code(options["key"])
        except binascii.Error:
            raise CommandError("this is no key: it has letters A to Z and digits 2 to 7") from None
        self.stdout.write(code)
