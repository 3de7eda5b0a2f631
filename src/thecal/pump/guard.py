"""The pump's own limits: a small kernel that asks nobody.

Imports nothing from `safety`. A program that the pump cannot keep within its rates is refused, and
every press is decided here, also when a record is replayed as it happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import final

from thecal.errors import RateRefusalError
from thecal.pharmacy import Mixture
from thecal.program.clock import SECONDS_PER_DAY, Instant
from thecal.program.program import WrittenProgram
from thecal.program.setup import PumpSetup
from thecal.units import Mass, Volume, VolumeRate


@final
class Denial(StrEnum):
    """Why a press was denied."""

    NO_BOLUS = "the program has no patient bolus"
    STOPPED = "the pump is stopped"
    STALL = "a motor stall alarm has not ended"
    DRY = "the reservoir is dry"
    PRIME = "a prime is running"
    BRIDGE = "a bridge is running"
    BOLUS_RUNNING = "another bolus is running"
    NOTHING_TO_DELIVER = "the bolus is smaller than one stroke"
    RATE = "background and bolus together exceed the highest rate"
    LOCKOUT = "the lockout has not passed"
    COUNT = "the number of boluses a day is used up"
    DOSE = "the dose of a day could be exceeded"


@final
@dataclass(frozen=True, slots=True)
class Grant:
    """A bolus that was granted: when, how much, and what the pump reckoned was in it."""

    start: Instant
    volume: Volume
    mixture: Mixture
    by_patient: bool

    def mass_of(self, drug: str) -> Mass:
        """Return the mass of `drug` that the pump reckoned for this bolus."""
        return self.mixture.mass_of(drug, self.volume)


def check_program_rates(written: WrittenProgram, setup: PumpSetup) -> None:
    """Refuse a program whose background the pump cannot keep.

    Raises
    ------
    RateRefusalError
        If a therapy rate lies below the lowest or above the highest rate of the model.
    """
    if not written.program.is_therapy:
        return
    for rate in written.achievable.rates:
        if setup.maximum_rate is not None and rate > setup.maximum_rate:
            raise RateRefusalError("the rate is above the highest that this pump can run")
        if setup.minimum_rate is not None and rate < setup.minimum_rate:
            raise RateRefusalError("the rate is below the lowest that this pump can run")


def check_rate(total: VolumeRate, setup: PumpSetup) -> bool:
    """Return whether the pump can run at `total`."""
    return setup.maximum_rate is None or total <= setup.maximum_rate


def decide_press(
    now: Instant,
    written: WrittenProgram,
    background: VolumeRate,
    grants: tuple[Grant, ...],
    largest_background: Mass,
    setup: PumpSetup,
) -> Denial | None:
    """Decide a press while the pump is free to give a bolus; None grants it.

    Parameters
    ----------
    now
        When the patient presses.
    written
        The program in force.
    background
        The highest background rate while the bolus would run: a step may begin under it.
    grants
        Boluses granted before, oldest first; at least those of the last 24 hours.
    largest_background
        Primary-drug mass of a full 24-hour window of the largest background that counts now.
    """
    order, bolus, primary = written.program.patient_bolus, written.bolus, written.program.primary
    if order is None or bolus is None or primary is None:
        return Denial.NO_BOLUS
    if not bolus.achievable:
        return Denial.NOTHING_TO_DELIVER
    if not check_rate(background + bolus.achievable / bolus.duration, setup):
        return Denial.RATE
    by_patient = [grant for grant in grants if grant.by_patient]
    if by_patient and now - by_patient[-1].start < order.lockout.base:
        return Denial.LOCKOUT
    # The window is closed: a bolus exactly 24 hours ago still counts.
    since = now - Fraction(SECONDS_PER_DAY)
    if order.max_per_day is not None:
        counted = sum(1 for grant in by_patient if grant.start >= since)
        if counted >= order.max_per_day:
            return Denial.COUNT
    if order.max_dose_per_day is not None:
        given = sum((g.mass_of(primary).base for g in grants if g.start >= since), Fraction(0))
        this = written.mixture.mass_of(primary, bolus.achievable).base
        if given + largest_background.base + this > order.max_dose_per_day.base:
            return Denial.DOSE
    return None
