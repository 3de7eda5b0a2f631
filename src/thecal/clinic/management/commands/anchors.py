"""`python -m thecal.clinic anchors`: the heads of every stream, for paper or another system."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.management.base import BaseCommand

from thecal import BANNER
from thecal.clinic import clock
from thecal.clinic.models import Stream
from thecal.units import show_time


class Command(BaseCommand):
    """Print the heads."""

    help = "Print how many entries each stream has and the hash of the last, to be kept elsewhere."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        streams = Stream.objects.filter(head_seq__gt=0).order_by("kind", "pk")
        lines = [f"{one.kind:<8} {one.pk} {one.head_seq:>7} {one.head_hash}" for one in streams]
        digest = hashlib.sha256("\n".join(lines).encode("ascii")).hexdigest()
        self.stdout.write(BANNER)
        self.stdout.write(f"Heads of the record on {show_time(clock.now())} UTC")
        for line in lines:
            self.stdout.write(line)
        self.stdout.write(f"{len(lines)} streams; SHA-256 of their lines {digest}")
        self.stdout.write("Signed: ____________________  Date: ____________________")
