"""The computations of bodies: begun once for a record as it stands, kept, ended when too long."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, final

from django.conf import settings

from thecal import __version__
from thecal.clinic.configuration import make_folder
from thecal.clinic.models import Stream
from thecal.therapy.events import Therapy
from thecal.therapy.file_writer import write_therapy

DRAWS = 60
"""From the priors, for the bands."""
SECONDS = 180
"""After which a computation is cancelled."""
_GRACE = 20
_KEPT = 200


@final
@dataclass(frozen=True, slots=True)
class BodyJob:
    """The computation of one body: its key is of the record as it stands, or of a therapy."""

    place: Path

    @classmethod
    def of(cls, stream: Stream, day: str) -> BodyJob:
        """Return the job of a stream as it stands in `head_hash`, on a day."""
        return cls._under(f"{__version__} {stream.pk} {stream.head_hash} {day} {DRAWS}")

    @classmethod
    def of_therapy(cls, therapy: Therapy, until: datetime) -> BodyJob:
        """Return the job of a therapy that stands in no record, to a moment."""
        return cls._under(f"{__version__} {write_therapy(therapy)} {until.isoformat()} {DRAWS}")

    @classmethod
    def _under(cls, text: str) -> BodyJob:
        folder = make_folder(Path(settings.BODY_DIR))
        return cls(folder / f"{hashlib.sha256(text.encode()).hexdigest()}.json")

    @property
    def answer(self) -> dict[str, Any] | None:
        """What came of it; None while nothing has."""
        try:
            found: dict[str, Any] = json.loads(self.place.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return found

    @property
    def percent(self) -> int | None:
        """How far it is; None where it does not run."""
        try:
            text = self._progress.read_text(encoding="utf-8")
            old = time.time() - self._progress.stat().st_mtime > SECONDS + _GRACE
        except FileNotFoundError:
            return None
        return None if old or not text else int(text)

    def begin(self, therapy: Therapy, until: datetime) -> None:
        """Begin the computation where it neither runs nor is done."""
        if self.percent is not None or (self.answer or {"error": ""}).get("error") is None:
            return
        self._forget_old()
        self.place.unlink(missing_ok=True)
        self._progress.write_text("0", encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "thecal.clinic.patient.body_worker",
            str(self.place),
            until.isoformat(),
            str(DRAWS),
            str(SECONDS),
        ]
        start_worker(command, write_therapy(therapy).encode("utf-8"))

    @property
    def _progress(self) -> Path:
        return self.place.with_suffix(".progress")

    def _forget_old(self) -> None:
        kept = sorted(self.place.parent.glob("*.json"), key=lambda one: one.stat().st_mtime)
        for old in kept[:-_KEPT]:
            old.unlink(missing_ok=True)


def start_worker(command: list[str], data: bytes) -> None:
    """Start a process that is given data and outlives this request."""
    process = subprocess.Popen(  # noqa: S603 - our own module, no argument comes from outside
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"},
    )
    # Whoever started it also has to notice its end, or it stays in the table of processes.
    threading.Thread(target=process.communicate, args=(data,), daemon=True).start()
