"""Letting time pass: fluid from the reservoir through tubing and catheter to the tip.

The pump runs from event to event in exact intervals. Between two events every rate is constant, so
each interval is one even delivery per purpose, cut where the fluid at the tip changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from thecal.pharmacy import Mixture
from thecal.program.clock import SECONDS_PER_DAY, Instant
from thecal.program.delivery import Delivery, Purpose
from thecal.program.line import Line, Parcel
from thecal.program.schedule import WeeklySchedule
from thecal.program.setup import PumpSetup
from thecal.pump.alarm_log import end_alarms, raise_alarm
from thecal.pump.alarms import AlarmKind
from thecal.pump.battery import before_indicator, charge_room, due_of, settle_battery
from thecal.pump.disturbance import SOUND, clock_offset_of, disturbance_of
from thecal.pump.disturbed_flow import advance_disturbed, advance_evenly
from thecal.pump.line_watch import sound
from thecal.pump.state import Activity, Background, FixedVolume, PumpState
from thecal.units import Volume, VolumeRate

DeliverySink = Callable[[Delivery], None]
_NOTHING = Fraction(0)


class Flow:
    """Advances a pump's state in time. Orders are given by `Pump`, which owns one of these."""

    def __init__(self, setup: PumpSetup, state: PumpState, sink: DeliverySink | None) -> None:
        self.setup = setup
        self.state = state
        self.sink = sink

    def background(self) -> tuple[Fraction, Purpose]:
        """Return the background rate in microlitres per second now, and what it is for."""
        return (_NOTHING, Purpose.THERAPY) if self.state.dry else self.counted_background()

    def counted_background(self) -> tuple[Fraction, Purpose]:
        """Return the background that the pump counts, whatever is in the reservoir."""
        state = self.state
        if state.suspended_until is not None:
            return _NOTHING, Purpose.THERAPY
        activity = state.ordered_activity
        if activity is Activity.RUNNING:
            assert state.program is not None
            rate = state.program.achievable.rate_at(state.now + state.clock_offset)
            return rate.base, Purpose.THERAPY
        if activity is Activity.PRIMING:
            assert state.prime is not None
            return state.prime.rate.base, Purpose.PRIME
        if activity is Activity.BRIDGING:
            assert state.bridge is not None
            return state.bridge.rate.base, Purpose.BRIDGE
        return _NOTHING, Purpose.THERAPY

    def advance(self, until: Instant) -> None:
        """Let time pass until `until`, delivering and raising alarms on the way."""
        while self.state.now < until:
            due = due_of(self.state)
            if due is None or due > until:
                self._advance_towards(until)
                continue
            self._advance_towards(due)
            if self.state.now >= due:
                settle_battery(self)

    def _advance_towards(self, until: Instant) -> None:
        """Let time pass until `until` or until the pump itself changes what it does."""
        if self.state.disturbance is not None:
            advance_disturbed(self, self.state.disturbance, until)
        elif not self._advance_steadily(until) and not advance_evenly(self, SOUND, until):
            self._advance_one_piece(until)

    def _advance_steadily(self, until: Instant) -> bool:
        """Take the short way where a program runs and the line holds only the reservoir's solution.

        Nobody can tell the pieces apart there: without a sink a whole stretch is one piece. With a
        sink, and where the stretch is more than the reservoir has room for, each change of rate
        begins a new one. Returns False where something else is next.
        """
        state = self.state
        if (
            state.activity is not Activity.RUNNING
            or state.suspended_until is not None
            or not state.line.holds_only(state.solution)
        ):
            return False
        assert state.program is not None
        schedule, mixture = state.program.achievable, state.solution.actual
        headroom = self._headroom()
        until, charge = charge_room(state, self.setup, until)
        if charge is not None and charge < headroom:
            headroom = charge
        in_pieces, moved = self.sink is not None, False
        runs = schedule.run_from(state.now)
        rate, change = next(runs)
        while state.now < until:
            now, bolus = state.now, state.bolus
            end = until if bolus is None or bolus.end > until else bolus.end
            if not in_pieces:
                volume = schedule.volume_between(now, end).base
            else:
                if change == now:
                    rate, change = next(runs)
                if change is not None and change < end:
                    end = change
                volume = rate.base * (end - now)
            extra = _NOTHING if bolus is None else bolus.rate.base * (end - now)
            total = volume + extra
            if total >= headroom and in_pieces:
                return moved
            if total >= headroom:
                in_pieces, runs = True, schedule.run_from(now)
                rate, change = next(runs)
                continue
            self.deliver(end, Purpose.THERAPY, volume, mixture)
            if bolus is not None:
                self.deliver(end, bolus.purpose, extra, mixture)
                if bolus.end == end:
                    state.bolus = None
            self._take_from_reservoir(total)
            headroom -= total
            state.now = end
            moved = True
        return True

    def _headroom(self) -> Fraction:
        """Return the volume that can be pumped before the reservoir changes anything."""
        state = self.state
        volume = state.physical - self.setup.residual.base
        if state.low_since is None:
            volume = min(volume, state.computed - self.setup.low_reservoir_alarm.base)
        if not state.counted_empty:
            volume = min(volume, state.computed - state.dry_at_computed)
        return volume

    def _advance_one_piece(self, until: Instant) -> None:
        state = self.state
        now = state.now
        rate, purpose = self.background()
        bolus = state.bolus
        bolus_rate = bolus.rate.base if bolus is not None else _NOTHING
        end = self.next_change(until, purpose, rate)
        total = rate + bolus_rate
        end = before_indicator(state, self.setup.battery, total, end)
        if total > 0:
            end = self._before_reservoir_changes(end, total)
            if state.prime is not None and state.prime.into_the_open:
                self._spill(rate * (end - now))
            else:
                end = self._pump(end, rate, purpose, bolus_rate)
            self._take_from_reservoir(total * (end - now))
            self.count_down(purpose, rate * (end - now))
        state.now = end
        self.settle()

    def next_change(self, until: Instant, purpose: Purpose, rate: Fraction) -> Instant:
        """Return the first moment up to `until` at which the pump itself changes what it does."""
        state = self.state
        now = state.now
        end = until
        if state.suspended_until is not None:
            end = min(end, state.suspended_until)
        if purpose is not Purpose.THERAPY:
            fixed = state.prime if purpose is Purpose.PRIME else state.bridge
            assert fixed is not None
            end = min(end, now + fixed.left / rate)
        elif self._runs() and state.program is not None:
            change = state.program.achievable.next_change(now + state.clock_offset)
            if change is not None:
                end = min(end, change - state.clock_offset)
        if state.bolus is not None:
            end = min(end, state.bolus.end)
        if state.stopped_since is not None and not state.stopped_alarm_raised:
            sounds = state.stopped_since + self.setup.stopped_alarm_after.base
            if sounds > now:
                end = min(end, sounds)
        return end

    def _runs(self) -> bool:
        """Whether a program is counted; a dry pump that knows it stands still."""
        state = self.state
        doing = state.ordered_activity if state.count_runs_on else state.activity
        return doing is Activity.RUNNING

    def _before_reservoir_changes(self, end: Instant, total: Fraction) -> Instant:
        """Cut the piece where the reservoir runs dry or an alarm volume is crossed."""
        state = self.state
        volume = total * (end - state.now)
        usable = state.physical - self.setup.residual.base
        if volume > usable:
            volume = usable
        if state.low_since is None:
            to_alarm = state.computed - self.setup.low_reservoir_alarm.base
            if 0 < to_alarm < volume:
                volume = to_alarm
        if not state.counted_empty:
            to_empty = state.computed - state.dry_at_computed
            if 0 < to_empty < volume:
                volume = to_empty
        return min(end, state.now + volume / total)

    def _pump(
        self, end: Instant, rate: Fraction, purpose: Purpose, bolus_rate: Fraction
    ) -> Instant:
        """Push fluid through the line until `end` or until the fluid at the tip changes."""
        state = self.state
        total = rate + bolus_rate
        if state.line.holds_only(state.solution):
            mixture = state.solution.actual
        else:
            tip = state.line.tip()
            parcel = tip if tip is not None else Parcel(Volume(total), state.solution)
            if tip is not None:
                end = min(end, state.now + tip.volume.base / total)
            mixture = parcel.solution.actual
            volume = Volume(total * (end - state.now))
            state.line, _ = state.line.pushed(volume, state.solution)
        elapsed = end - state.now
        if rate > 0:
            self.deliver(end, purpose, rate * elapsed, mixture)
        if bolus_rate > 0 and state.bolus is not None:
            self.deliver(end, state.bolus.purpose, bolus_rate * elapsed, mixture)
        return end

    def deliver(self, end: Instant, purpose: Purpose, volume: Fraction, mixture: Mixture) -> None:
        """Book what leaves at the tip evenly from now to `end`, in microlitres."""
        if volume == 0:
            return
        self.state.account.deliver(purpose, volume, mixture)
        if self.sink is not None:
            self.sink(Delivery(self.state.now, end, purpose, Volume(volume), mixture))

    def deliver_at_once(self, parcels: tuple[Parcel, ...], purpose: Purpose) -> None:
        """Book what something pushed out at the tip in no time."""
        for parcel in parcels:
            self.deliver(self.state.now, purpose, parcel.volume.base, parcel.solution.actual)

    def _spill(self, volume: Fraction) -> None:
        """Pump through the tubing alone, before the catheter is joined."""
        state = self.state
        tubing, spilled = state.line.tubing.pushed((Parcel(Volume(volume), state.solution),))
        state.line = Line(tubing, state.line.catheter)
        state.account.withdraw_parcels(spilled)

    def _take_from_reservoir(self, volume: Fraction) -> None:
        self.state.physical -= volume
        self.state.computed -= volume

    def count_down(self, purpose: Purpose, volume: Fraction) -> None:
        """Take what was counted off the prime or bridge under way."""
        state = self.state
        if purpose is Purpose.PRIME and state.prime is not None:
            state.prime = replace(state.prime, left=state.prime.left - volume)
        elif purpose is Purpose.BRIDGE and state.bridge is not None:
            state.bridge = replace(state.bridge, left=state.bridge.left - volume)

    def settle(self) -> None:
        """Act on what the new instant brings: ends, alarms, dryness."""
        state = self.state
        if state.suspended_until is not None and state.now >= state.suspended_until:
            state.suspended_until = None
        if state.bolus is not None and state.now >= state.bolus.end:
            state.bolus = None
        if state.bridge is not None and state.bridge.left <= 0:
            state.bridge = None
            self.note_background()
        if state.prime is not None and state.prime.left <= 0:
            self.end_prime()
        self.raise_reservoir_alarms()
        settle_battery(self)
        if (
            state.stopped_since is not None
            and not state.stopped_alarm_raised
            and state.now >= state.stopped_since + self.setup.stopped_alarm_after.base
        ):
            state.stopped_alarm_raised = True
            raise_alarm(state, AlarmKind.STOPPED_TOO_LONG, state.now)
        sound(self)

    def end_prime(self) -> None:
        """End a prime; a program written during it starts now."""
        state = self.state
        state.prime = None
        if state.pending is not None:
            written, bridge = state.pending
            state.pending = None
            state.program, state.program_start, state.bridge = written, state.now, bridge
            state.stopped_since = None
            state.stopped_alarm_raised = False
            end_alarms(state)
        self.note_background()

    def raise_reservoir_alarms(self) -> None:
        """Raise each alarm that the reservoir has reached and not raised since its last fill."""
        state = self.state
        if state.fills == 0:
            return
        if state.low_since is None and state.computed <= self.setup.low_reservoir_alarm.base:
            state.low_since = state.now
            self._sound(AlarmKind.LOW_RESERVOIR)
        if not state.counted_empty and state.computed <= state.dry_at_computed:
            state.counted_empty = True
            self._sound(AlarmKind.EMPTY)
        if not state.dry and state.physical <= self.setup.residual.base:
            state.dry = True
            state.dry_since, state.dry_at_count = state.now, state.computed
            state.bolus = None
            if state.prime is not None:
                # What was not primed must not start by itself at the next refill, weeks later.
                self.end_prime()
            if state.count_runs_on:
                self.disturb()
        if state.dry and state.counted_empty and state.count_runs_on:
            # At the end of its count a pump knows that it is dry: it stands as a sound one does.
            state.count_runs_on = False
            if state.prime is not None:
                self.end_prime()
            self.disturb()

    def _sound(self, kind: AlarmKind) -> None:
        """Raise an alarm of the count; a constant-flow pump has nothing that could sound."""
        if self.setup.programmable:
            raise_alarm(self.state, kind, self.state.now)

    def disturb(self) -> None:
        """Fold the faults and surroundings of now into what disturbs the flow from now on."""
        state = self.state
        state.clock_offset = clock_offset_of(state.faults, state.now)
        found = disturbance_of(
            state.faults,
            state.surroundings,
            self.setup,
            state.now,
            counting=state.clock_offset != 0 or (state.dry and state.count_runs_on),
        )
        if found is not None and found.parts_count_from_flow and not state.dry:
            state.count_runs_on = True
        state.disturbance = found

    def halt(self) -> None:
        """Stop at once, whatever runs; a running bolus and prime end, a bridge waits."""
        state = self.state
        state.bolus = None
        if state.pending is not None:
            state.program, state.bridge = state.pending
            state.program_start, state.pending = state.now, None
        state.prime = None
        if state.stopped_since is None:
            state.stopped_since, state.stopped_alarm_raised = state.now, False
        self.note_background()

    def note_background(self) -> None:
        """Remember the background that runs from now on, and forget what is over for a day."""
        state = self.state
        rate = VolumeRate.zero()
        mixture = state.solution.written
        schedule: WeeklySchedule | None = None
        if state.activity is Activity.RUNNING and state.program is not None:
            schedule, mixture = state.program.achievable, state.program.mixture
            if state.clock_offset:
                schedule = schedule.shifted(state.clock_offset)
        elif state.activity is Activity.BRIDGING and state.bridge is not None:
            rate, mixture = state.bridge.rate, state.previous_written
        if schedule is None:
            schedule = WeeklySchedule.constant(rate)
        recent = [*state.backgrounds, Background(state.now, schedule, mixture)]
        while len(recent) > 1 and recent[1].start <= state.now - SECONDS_PER_DAY:
            recent.pop(0)
        state.backgrounds = tuple(recent)


def fixed_volume(volume: Volume, rate: VolumeRate, *, into_the_open: bool = False) -> FixedVolume:
    """Return a prime or bridge that is about to start."""
    return FixedVolume(volume.base, rate, into_the_open)
