"""The backgrounds and boluses that could run, for the worst case of any 24 hours."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import final

from thecal.pharmacy import DRUG_FREE, Mixture
from thecal.program.clock import SECONDS_PER_DAY, Instant
from thecal.program.program import WrittenProgram
from thecal.program.schedule import WeeklySchedule
from thecal.program.worst_case import BolusRule, KnownDelivery, Phase, worst_case
from thecal.pump.pump import Pump
from thecal.pump.state import FixedVolume
from thecal.units import DAY, Duration, Mass, Volume, VolumeRate

_KEPT = 3 * SECONDS_PER_DAY
_NOTHING = WeeklySchedule.constant(VolumeRate.zero())


def bolus_rule(written: WrittenProgram) -> BolusRule | None:
    """Return what decides a press under a program; None where it grants none."""
    order, bolus, primary = written.program.patient_bolus, written.bolus, written.program.primary
    if order is None or bolus is None or primary is None or not bolus.achievable:
        return None
    return BolusRule(
        volume=bolus.achievable,
        duration=order.duration,
        lockout=order.lockout,
        max_per_day=order.max_per_day,
        dose=written.mixture.mass_of(primary, bolus.achievable),
        max_dose_per_day=order.max_dose_per_day,
        largest_background=written.achievable_daily_doses()[primary],
    )


@lru_cache(maxsize=128)  # asked at every event of the same program
def own_worst_case(written: WrittenProgram, *, window: Duration = DAY) -> dict[str, Mass]:
    """Return the worst case of a program alone, once it has run for long enough."""
    if not max(written.achievable.rates):
        return {}
    phase = Phase(Fraction(0), None, written.achievable, written.mixture, bolus_rule(written))
    return worst_case((phase,), (), window=window, ends_after=Fraction(0))


@final
class Timeline:
    """What ran and what will run, phase by phase; each order rewrites the future."""

    def __init__(self) -> None:
        self._phases: list[Phase] = []
        self._known: list[KnownDelivery] = []

    def copy(self) -> Timeline:
        """Return an independent copy."""
        other = Timeline()
        other._phases, other._known = list(self._phases), list(self._known)
        return other

    def rewrite(self, pump: Pump) -> None:
        """Cut the future at the pump's now and lay it out anew from its state."""
        state = pump.state
        now = state.now
        self._cut(now)
        if state.prime is not None:
            now = self._add_fixed(now, state.prime, None)
        pending = state.pending or (state.program, state.bridge)
        program, bridge = pending
        stands = state.pending is None and state.stopped_since is not None
        if program is None or stands or state.removed:
            self._phases.append(Phase(now, None, _NOTHING, DRUG_FREE, None))
            return
        if bridge is not None:
            now = self._add_fixed(now, bridge, state.previous_written)
        rule = bolus_rule(program)
        bolus = state.bolus
        if bolus is not None and bolus.end > now:
            self._phases.append(Phase(now, bolus.end, program.achievable, program.mixture, None))
            now = bolus.end
        self._phases.append(Phase(now, None, program.achievable, program.mixture, rule))

    def run_instead(self, now: Instant, written: WrittenProgram) -> None:
        """Lay out a program from `now` on as if the pump had taken it."""
        self._cut(now)
        rule = bolus_rule(written)
        self._phases.append(Phase(now, None, written.achievable, written.mixture, rule))

    def add_known(self, start: Instant, end: Instant, volume: Volume, mixture: Mixture) -> None:
        """Add what happens for certain on top: a clinician bolus, a prime past the tip."""
        if volume:
            self._known.append(KnownDelivery(start, end, volume, mixture))

    def worst_case(self, since: Instant, *, window: Duration = DAY) -> dict[str, Mass]:
        """Return the largest mass of each drug in any window that ends after `since`."""
        if not self._phases:
            return {}
        return worst_case(self._phases, self._known, window=window, ends_after=since)

    def _add_fixed(self, now: Instant, fixed: FixedVolume, mixture: Mixture | None) -> Instant:
        end = now + fixed.left / fixed.rate.base
        # A prime's drug past the tip is booked as a known delivery; the rest stays in the line.
        schedule = _NOTHING if mixture is None else WeeklySchedule.constant(fixed.rate)
        self._phases.append(Phase(now, end, schedule, mixture or DRUG_FREE, None))
        return end

    def _cut(self, now: Instant) -> None:
        self._phases = [
            replace(phase, end=now) if phase.end is None or phase.end > now else phase
            for phase in self._phases
            if phase.start < now and (phase.end is None or phase.end > now - _KEPT)
        ]
        self._known = [known for known in self._known if known.end > now - _KEPT]
