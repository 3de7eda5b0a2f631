"""What the worst case is asked about: phases of the pump, what decides a press, what is certain."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.pharmacy.mixture import Mixture
from thecal.program.clock import Instant
from thecal.program.schedule import WeeklySchedule
from thecal.units import Duration, Mass, Volume


@final
@dataclass(frozen=True, slots=True)
class BolusRule:
    """What decides a press in one phase.

    Attributes
    ----------
    volume
        Of one bolus, as the pump will deliver it.
    duration
        Of one bolus; delivery is even.
    lockout
        From the start of the last granted bolus; a press exactly at its end is granted.
    max_per_day
        Grants in the closed 24 hours before the press must be fewer; None: lockout alone.
    dose
        Primary-drug mass of one bolus.
    max_dose_per_day
        If set, a press is granted only if the doses granted in the closed 24 hours before it,
        `largest_background` and this dose stay within it.
    largest_background
        Primary-drug mass of a full 24-hour window of the largest background.
    """

    volume: Volume
    duration: Duration
    lockout: Duration
    max_per_day: int | None
    dose: Mass
    max_dose_per_day: Mass | None
    largest_background: Mass

    @property
    def room(self) -> Fraction | None:
        """Micrograms that the boluses of 24 hours may sum to, None where only counts decide."""
        if self.max_dose_per_day is None:
            return None
        return (self.max_dose_per_day - self.largest_background).base


@final
@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch [start, end) in which the pump follows one schedule.

    Attributes
    ----------
    start, end
        `end` None: for ever, only for the last phase. The end cuts a running bolus off.
    schedule
        Background volume rates, constant zero when stopped.
    mixture
        What a microlitre counts with in this phase, background and bolus alike.
    bolus
        None where no press can be granted: prime, bridge, stopped, a clinician bolus running.
    """

    start: Instant
    end: Instant | None
    schedule: WeeklySchedule
    mixture: Mixture
    bolus: BolusRule | None


@final
@dataclass(frozen=True, slots=True)
class KnownDelivery:
    """What happens for certain on top: a clinician bolus, the part of a prime past the tip."""

    start: Instant
    end: Instant
    volume: Volume
    mixture: Mixture
