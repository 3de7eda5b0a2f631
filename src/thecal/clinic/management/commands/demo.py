"""`python -m thecal.clinic demo`: the demonstration clinic, with its logins printed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from thecal.clinic.demo.world import make_demo
from thecal.clinic.models import Clinic


class Command(BaseCommand):
    """Make the demonstration clinic."""

    help = "Add the demonstration clinic, whose people and patients do not exist."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        if Clinic.objects.filter(name="Demonstration Clinic").exists():
            raise CommandError("the demonstration clinic is there already; nothing was changed")
        with tqdm(desc="patients", unit="", leave=False, disable=None) as bar, transaction.atomic():
            _, logins = make_demo(lambda name: bar.update())
        self.stdout.write("Logins of the demonstration clinic, printed once:")
        for login in logins:
            self.stdout.write(
                f"  {login.username:<12} {login.password:<14} {login.key}  {login.role}"
            )
        self.stdout.write(
            "The long word is the key of the second factor: put it into an authenticator, or let"
            " `python -m thecal.clinic code KEY` show the six digits of the moment."
        )
