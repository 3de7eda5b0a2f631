"""`python -m thecal.clinic redact`: take a personal text out of a record."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand

from thecal.clinic.access.permissions import may
from thecal.clinic.ledger.log import Author
from thecal.clinic.models import Membership, Patient
from thecal.clinic.operations.redacting import redact
from thecal.errors import UsageError


class Command(BaseCommand):
    """Redact."""

    help = "Remove a name or a telephone number for good; the entries and their chain stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--patient", type=UUID, required=True, metavar="ID")
        parser.add_argument("--what", required=True, metavar="NAME", help="as in name, telephone")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--by", required=True, metavar="USER", help="who decided it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        patient = Patient.objects.filter(pk=options["patient"]).first()
        if patient is None:
            raise UsageError("there is no patient with this id")
        member = Membership.objects.filter(
            user__username=options["by"], clinic_id=patient.clinic_id, active=True
        ).first()
        if member is None or not (may(member.role, "correct the record") or _administers(member)):
            raise UsageError(
                "this person may not take anything out of this record",
                remedy="name somebody of the patient's clinic who may correct records or manages"
                " its people",
            )
        author = Author.of(member, "command")
        removed = redact(patient, author, options["what"], options["reason"])
        self.stdout.write(f"{removed} removed; older backups still hold what was removed")


def _administers(member: Membership) -> bool:
    return may(member.role, "manage people")
