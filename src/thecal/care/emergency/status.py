"""What a patient's system holds and gives at one time, from the replay of the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import final

from thecal.care.refill import RefillPlan, plan_after
from thecal.program.clock import SECONDS_PER_DAY, Instant
from thecal.program.delivery import Delivery
from thecal.program.line import mass_in
from thecal.therapy.events import Therapy
from thecal.therapy.simulation import Simulation, simulate
from thecal.units import Duration, Mass, MassRate, Volume


@final
@dataclass(frozen=True, slots=True)
class PortPush:
    """What an injection through the access port pushes out at the tip before anything else.

    Attributes
    ----------
    volume
        Of the catheter beyond the port: the first of an injection only moves it.
    masses
        Of each drug in it: given at once, as a bolus.
    at_most
        Where only a range of lengths is on record: the volume of the longest; None elsewhere.
    """

    volume: Volume
    masses: Mapping[str, Mass]
    at_most: Volume | None = None


@final
@dataclass(frozen=True, slots=True)
class SystemStatus:
    """A patient's system at one time, as the record and the pump's count have it.

    Attributes
    ----------
    at
        The time, on the pump's clock.
    by_count, in_all
        Drug to mass in the reservoir: in the volume that the pump counts, and by what was filled
        and given, with the residual that no pump gives and no syringe draws.
    in_line
        Drug to mass in tubing and catheter.
    per_hour
        Drug to what leaves the tip in an hour by what runs now, boluses left out.
    per_day
        Drug to what is programmed for the fullest 24 hours, presses left out.
    last_day
        Drug to what left the tip in the last 24 hours, whatever for.
    port
        None where no port of this pump is on record, or the catheter's length is not known.
    line_known
        Whether the catheter's length is known: without it nothing is said of line and port, the
        figures of the last hours may be early, and the reservoir leaves the primes out.
    """

    simulation: Simulation
    at: datetime
    by_count: Mapping[str, Mass]
    in_all: Mapping[str, Mass]
    in_line: Mapping[str, Mass]
    line_volume: Volume
    per_hour: Mapping[str, MassRate]
    per_day: Mapping[str, Mass]
    last_day: Mapping[str, Mass]
    port: PortPush | None
    plan: RefillPlan | None
    line_known: bool

    @property
    def drugs(self) -> tuple[str, ...]:
        """Every drug in reservoir or line, in the order of their ids."""
        return tuple(sorted({*self.by_count, *self.in_line}))

    def hours_in_port(self, drug: str) -> Duration | None:
        """Return how long the pump now takes for what the port would push; None: it gives none."""
        rate = self.per_hour.get(drug)
        if self.port is None or rate is None or not rate or drug not in self.port.masses:
            return None
        return Duration(self.port.masses[drug].base / rate.base)


def status_at(therapy: Therapy, at: Instant | None = None) -> SystemStatus:
    """Replay a therapy and return its system at `at`; None: at the last event.

    Raises
    ------
    BadFileError
        If `at` lies before the first event.
    """
    end = therapy.instant(therapy.events[-1].time) if at is None else at
    last_day: dict[str, Mass] = {}

    def note(delivery: Delivery) -> None:
        share = _share(delivery, end - SECONDS_PER_DAY)
        for drug in delivery.mixture if share else ():
            mass = delivery.mass_of(drug).scaled(share)
            last_day[drug] = last_day.get(drug, Mass.zero()) + mass

    done = simulate(therapy, until=end, sink=note, length_needed=False)
    mixture = done.reservoir_mixture
    known = done.hardware.catheter_length_known
    line = mass_in(done.line) if known else {}
    tip = done.line[0].solution.actual if done.line else mixture
    return SystemStatus(
        simulation=done,
        at=therapy.moment(done.end),
        by_count={drug: mixture.mass_of(drug, done.reservoir_volume) for drug in mixture},
        in_all={drug: one.reservoir for drug, one in done.balance.items() if one.reservoir},
        in_line=line,
        line_volume=Volume(sum((one.volume.base for one in done.line), Fraction(0))),
        per_hour={drug: tip[drug] * done.background for drug in tip},
        per_day={} if done.program is None else done.program.daily_doses(),
        last_day=last_day,
        port=_port(done),
        plan=plan_after(done),
        line_known=known,
    )


def _share(delivery: Delivery, since: Instant) -> Fraction:
    """Return the part of a delivery that lies after `since`."""
    if delivery.start >= since:
        return Fraction(1)
    if delivery.end <= since:
        return Fraction(0)
    return (delivery.end - since) / (delivery.end - delivery.start)


def _port(done: Simulation) -> PortPush | None:
    if done.model.access_port_volume is None or not done.hardware.catheter_length_known:
        return None
    ends = done.hardware.catheter.volume_range()
    longest = ends[1] if ends is not None and done.hardware.catheter_length_is_range else None
    volume = Volume(sum((one.volume.base for one in done.catheter), Fraction(0)))
    return PortPush(volume, mass_in(done.catheter), longest)
