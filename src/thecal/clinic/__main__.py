"""`python -m thecal.clinic COMMAND`: Django's own commands and those of the clinic."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

from thecal.errors import ThecalError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thecal.clinic.settings")
    try:
        execute_from_command_line(sys.argv)
    except ThecalError as error:
        sys.exit(f"thecal: {error}")
