"""What the patient really received as therapy in the last days, at most in 24 hours."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import final

from thecal.program.clock import SECONDS_PER_DAY, Instant
from thecal.program.delivery import Delivery, Purpose
from thecal.units import Mass

_COUNTED = frozenset({Purpose.THERAPY, Purpose.PATIENT_BOLUS, Purpose.CLINICIAN_BOLUS})
_TREATS = _COUNTED | {Purpose.BRIDGE}


@final
class ReceivedDoses:
    """Keeps the deliveries of the last days and sums them up.

    Parameters
    ----------
    look_back
        Seconds; windows of 24 hours that end within this time before now are searched.
    """

    def __init__(self, look_back: Fraction) -> None:
        self._look_back = look_back
        self._recent: deque[Delivery] = deque()
        self._forgotten: dict[str, Instant] = {}
        self.first: dict[str, Instant] = {}
        """When each drug first left the tip, or first did again after a long gap."""
        self.restarts: dict[str, Instant] = {}
        """When each drug began again after its last long gap."""
        self.last: Instant | None = None
        """When drug last left the tip, in a bridge too."""

    def __call__(self, delivery: Delivery) -> None:
        """Take note of one delivery."""
        if delivery.purpose not in _TREATS or not delivery.mixture:
            return
        self.last = delivery.end
        if delivery.purpose not in _COUNTED:
            return
        for drug in delivery.mixture:
            self.first.setdefault(drug, delivery.start)
        recent = self._recent
        recent.append(delivery)
        oldest = delivery.end - self._look_back - SECONDS_PER_DAY
        while recent and recent[0].end <= oldest:
            recent.popleft()

    def restart(self, drug: str, now: Instant, *, forget: bool) -> None:
        """Begin anew after a long gap; `forget` leaves out what was received before it."""
        self.restarts[drug] = now
        self.first.pop(drug, None)
        if forget:
            self._forgotten[drug] = now

    def highest_day(self, now: Instant, *, clinician_boluses: bool = True) -> Mapping[str, Mass]:
        """Return per drug the largest mass of any 24 hours within the look-back before `now`."""
        earliest = now - self._look_back
        kept = [
            delivery
            for delivery in self._recent
            if delivery.end > earliest - SECONDS_PER_DAY
            and delivery.start < now
            and (clinician_boluses or delivery.purpose is not Purpose.CLINICIAN_BOLUS)
        ]
        drugs = sorted({drug for delivery in kept for drug in delivery.mixture})
        return {
            drug: self._highest(
                drug,
                [d for d in kept if d.start >= self._forgotten.get(drug, d.start)],
                earliest,
                now,
            )
            for drug in drugs
        }

    @staticmethod
    def _highest(drug: str, kept: list[Delivery], earliest: Instant, now: Instant) -> Mass:
        slopes: dict[Instant, Fraction] = {}
        for delivery in kept:
            length = delivery.end - delivery.start
            if length <= 0 or drug not in delivery.mixture:
                continue
            slope = delivery.mass_of(drug).base / length
            slopes[delivery.start] = slopes.get(delivery.start, Fraction(0)) + slope
            slopes[delivery.end] = slopes.get(delivery.end, Fraction(0)) - slope
        if not slopes:
            return Mass.zero()
        times = sorted(slopes)
        totals, rates = [Fraction(0)], [slopes[times[0]]]
        for before, after in pairwise(times):
            totals.append(totals[-1] + rates[-1] * (after - before))
            rates.append(rates[-1] + slopes[after])

        def total_until(moment: Instant) -> Fraction:
            index = bisect_right(times, moment) - 1
            if index < 0:
                return Fraction(0)
            return totals[index] + rates[index] * (moment - times[index])

        ends = {min(max(edge, earliest), now) for edge in times}
        ends |= {min(max(edge + SECONDS_PER_DAY, earliest), now) for edge in times}
        ends |= {now, earliest}
        return Mass(max(total_until(end) - total_until(end - SECONDS_PER_DAY) for end in ends))
