"""What is known of one patient, folded from the log when it is asked for."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cached_property
from typing import Any, final

from thecal.clinic.ledger.folding import Folded, fold
from thecal.clinic.models import Patient, Projection, Stream
from thecal.record.entry import Entry
from thecal.therapy.events import Therapy
from thecal.therapy.simulation import Simulation


@final
class Chart:
    """One patient: the stored projection for lists and headers, the fold for everything else.

    Parameters
    ----------
    patient
        Of the clinic that asks: nobody else's patient ever becomes a chart.
    """

    def __init__(self, patient: Patient) -> None:
        self.patient = patient

    @cached_property
    def projection(self) -> Projection:
        """The last projection that was stored."""
        return self.patient.projection

    @cached_property
    def content(self) -> dict[str, Any]:
        """What the projection says."""
        content: dict[str, Any] = json.loads(self.projection.content)
        return content

    @property
    def seq(self) -> int:
        """How many entries the page is made from: what a form sends back as `expected`."""
        return self.projection.seq

    @cached_property
    def stream(self) -> Stream:
        """The patient's stream."""
        return Stream.objects.get(patient=self.patient, kind=Stream.Kind.PATIENT)

    @cached_property
    def folded(self) -> Folded:
        """The entries with what follows from them."""
        return fold(self.stream)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry, in order."""
        return self.folded.entries

    @property
    def therapy(self) -> Therapy | None:
        """The therapy that the log tells; None before the first event."""
        return self.folded.therapy

    def simulation(self, now: datetime) -> Simulation | None:
        """Return how the pump stands now; None before its first event.

        Where the last event lies after `now` (it was entered ahead), it is how it stands then.
        """
        therapy = self.folded.therapy
        return None if therapy is None else self.folded.simulation(therapy.instant(now))
