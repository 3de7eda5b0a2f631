"""The proposal of a clinic's calendar: begun by a person, kept until the next one, cancelled."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, final

from django.conf import settings

from thecal.care.appointments.figures import length, number
from thecal.care.appointments.needs import Needs
from thecal.clinic.configuration import make_folder
from thecal.clinic.models import Clinic
from thecal.clinic.patient import body_jobs

_GRACE = 60


@final
@dataclass(frozen=True, slots=True)
class Proposed:
    """What was asked of the optimiser, and when.

    Attributes
    ----------
    needs
        As JSON.
    seen
        How many entries of each patient it was made from.
    """

    made: datetime
    needs: Mapping[str, Any]
    seen: Mapping[str, int]


@final
@dataclass(frozen=True, slots=True)
class ProposalJob:
    """The one proposal of a clinic; its files hold ids and days, no names."""

    place: Path

    @classmethod
    def of(cls, clinic: Clinic) -> ProposalJob:
        """Return the job of a clinic."""
        return cls(make_folder(Path(settings.CALENDAR_DIR)) / f"{clinic.pk}.json")

    @property
    def answer(self) -> dict[str, Any] | None:
        """What came of it; None while nothing has."""
        return _read(self.place)

    @property
    def asked(self) -> Proposed | None:
        """What was asked; None where nothing was."""
        found = _read(self._asked)
        if found is None:
            return None
        return Proposed(datetime.fromisoformat(found["made"]), found["needs"], found["seen"])

    @property
    def progress(self) -> dict[str, Any] | None:
        """How far it is, `percent` and `doing`; None where it does not run."""
        if self.place.exists():
            return None
        try:
            old = time.time() - self._progress.stat().st_mtime > seconds_allowed() + _GRACE
        except FileNotFoundError:
            return None
        return None if old else _read(self._progress)

    def begin(self, needs: Needs, seen: Mapping[str, int], now: datetime) -> None:
        """Begin where none runs; an older proposal is forgotten."""
        if self.progress is not None:
            return
        for old in (self.place, self._cancel):
            old.unlink(missing_ok=True)
        asked = {"made": now.isoformat(), "needs": needs.to_json(), "seen": dict(seen)}
        self._asked.write_text(json.dumps(asked), encoding="utf-8")
        self._progress.write_text(json.dumps({"percent": 0, "doing": "starting"}), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "thecal.clinic.appointments.proposal_worker",
            str(self.place),
            str(seconds_allowed()),
            str(float(number("plan", "gap"))),
        ]
        body_jobs.start_worker(command, json.dumps(asked["needs"]).encode("utf-8"))

    def cancel(self) -> None:
        """Ask it to end; an answer that is there is forgotten."""
        if self.progress is None:
            self.place.unlink(missing_ok=True)
            self._asked.unlink(missing_ok=True)
        else:
            self._cancel.touch()

    @property
    def _asked(self) -> Path:
        return self.place.with_suffix(".asked")

    @property
    def _progress(self) -> Path:
        return self.place.with_suffix(".progress")

    @property
    def _cancel(self) -> Path:
        return self.place.with_suffix(".cancel")


def seconds_allowed() -> int:
    """Return the seconds that a proposal may take."""
    return int(length("plan", "seconds").total_seconds())


def _read(place: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found
