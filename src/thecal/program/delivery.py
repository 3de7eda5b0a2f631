"""What left the catheter tip: the value that the pump writes and everything above reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import final

from thecal.pharmacy import Mixture
from thecal.program.clock import Instant
from thecal.units import Mass, Volume


@final
class Purpose(StrEnum):
    """What the pump was doing at the moment of delivery."""

    THERAPY = "therapy"
    PATIENT_BOLUS = "patient_bolus"
    CLINICIAN_BOLUS = "clinician_bolus"
    PRIME = "prime"
    BRIDGE = "bridge"
    PURGE = "purge"
    FAULT = "fault"


@final
@dataclass(frozen=True, slots=True)
class Delivery:
    """One even delivery over the half-open interval `[start, end)`.

    `start` equals `end` for what was pushed by hand (purge through the access port).
    """

    start: Instant
    end: Instant
    purpose: Purpose
    volume: Volume
    mixture: Mixture

    def mass_of(self, drug: str) -> Mass:
        """Return the mass of `drug` in this delivery."""
        return self.mixture.mass_of(drug, self.volume)
