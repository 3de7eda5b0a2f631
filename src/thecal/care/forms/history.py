"""The course of a patient's record, walked through once for all facts that it tells of a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import final

from thecal.care.forms.print_form import Shown
from thecal.care.forms.refill_record import RecordedFill
from thecal.care.papers.record import PaperRecord
from thecal.care.titration.log import LoggedChange
from thecal.therapy.events import Event
from thecal.units import Volume

LEAD = "; "
"""Between the parts of a fact."""


@final
@dataclass(frozen=True, slots=True)
class History:
    """A record with what was walked through once for all facts."""

    record: PaperRecord
    fills: tuple[RecordedFill, ...]
    changes: tuple[LoggedChange, ...]
    volumes: Mapping[str, Volume]

    @property
    def now(self) -> datetime:
        """The time of the form on the pump's clock."""
        return self.record.status.at

    def last(self, kind: type[Event]) -> Event | None:
        """Return the last event of a kind."""
        found = [one for _, one in self.record.events() if isinstance(one, kind)]
        return found[-1] if found else None


Told = Mapping[str, Callable[[History], Shown | None]]
"""Name of a fact to how the course of the record tells it; None: it does not."""
