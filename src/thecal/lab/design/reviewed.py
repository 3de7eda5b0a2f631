"""A proposal before the same review as any order, and on the virtual pump."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import final

from thecal.care.design.case import HOURS, SECONDS_PER_HOUR, Running
from thecal.care.design.proposal import Proposal
from thecal.program.clock import SECONDS_PER_DAY
from thecal.program.delivery import Delivery, Purpose
from thecal.program.program import write_program
from thecal.safety.finding import Finding, Severity, Verdict, verdict_of
from thecal.therapy.events import Therapy
from thecal.therapy.review import ProgramReview, review_therapy
from thecal.therapy.simulation import simulate
from thecal.units import Volume

_SETTLED_DAYS = 2
"""Before the day that is compared: a bridge or the rest of a step has ended by then."""


@final
@dataclass(frozen=True, slots=True)
class Reviewed:
    """What the review says of a proposal, and what the pump makes of it.

    Attributes
    ----------
    findings
        Of the event that the proposal would be.
    program
        The figures of the review, the worst case among them.
    delivered
        Volume at the tip in each hour of the third day; empty where the review refuses.
    """

    proposal: Proposal
    findings: tuple[Finding, ...]
    program: ProgramReview
    delivered: tuple[Volume, ...]

    @property
    def verdict(self) -> Verdict:
        """Of the findings."""
        return verdict_of(self.findings)

    @property
    def refused(self) -> bool:
        """Whether it may not be proposed."""
        return any(one.severity is Severity.HARD for one in self.findings)

    def hours_that_differ(self, running: Running) -> tuple[int, ...]:
        """Return the hours in which the pump gave another volume than its grid makes of the order.

        None in a sound pump with fluid left.
        """
        written = write_program(self.proposal.program, running.mixture, running.grid)
        monday = Fraction(4 * SECONDS_PER_DAY)  # any whole day: the program is the same every day
        return tuple(
            hour
            for hour, volume in enumerate(self.delivered)
            if volume
            != written.achievable.volume_between(
                monday + hour * SECONDS_PER_HOUR, monday + (hour + 1) * SECONDS_PER_HOUR
            )
        )


def reviewed(therapy: Therapy, proposal: Proposal, at: datetime) -> Reviewed:
    """Return the review of a therapy with the proposal as its last event, and three days of it."""
    longer = replace(therapy, events=(*therapy.events, proposal.event(at)))
    index = len(longer.events) - 1
    answer = review_therapy(longer)
    findings = tuple(one for one in answer.findings if one.event == index)
    program = next(one for one in answer.programs if one.event == index)
    found = Reviewed(proposal, findings, program, ())
    return found if found.refused else replace(found, delivered=_third_day(longer, at))


def _third_day(therapy: Therapy, at: datetime) -> tuple[Volume, ...]:
    """Return the volume of each clock hour of the first whole day after two settled ones."""
    days = therapy.instant(at) // SECONDS_PER_DAY + 1 + _SETTLED_DAYS
    midnight = Fraction(days * SECONDS_PER_DAY)
    volumes = [Fraction(0)] * HOURS

    def keep(one: Delivery) -> None:
        if one.purpose is not Purpose.THERAPY or one.end <= one.start:
            return
        for hour in range(HOURS):
            start = midnight + hour * SECONDS_PER_HOUR
            end = start + SECONDS_PER_HOUR
            shared = min(one.end, end) - max(one.start, start)
            if shared > 0:
                volumes[hour] += one.volume.base * shared / (one.end - one.start)

    simulate(therapy, until=midnight + SECONDS_PER_DAY, sink=keep)
    return tuple(Volume(one) for one in volumes)
