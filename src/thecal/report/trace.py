"""The courses of a replay that the figures draw: volume, background, presses, doses, the line.

One more pass over the therapy, exact and the same every time; what it keeps grows with the orders
of the file and with the number of bars, never with the number of deliveries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import final

from thecal.program.clock import SECONDS_PER_DAY, Instant
from thecal.program.delivery import Delivery, Purpose
from thecal.program.schedule import WeeklySchedule
from thecal.pump.guard import Denial
from thecal.pump.state import Activity
from thecal.report.buckets import Buckets, DoseBook, Volumes
from thecal.report.front import FrontRun, FrontWatch
from thecal.therapy.events import Fill, Press, Program, Replace, Revise, Therapy
from thecal.therapy.hardware import Hardware
from thecal.therapy.replay import PressLog, Replay
from thecal.therapy.simulation import Progress
from thecal.units import Volume, VolumeRate

_SAMPLES = 200
_WEEK = 7 * SECONDS_PER_DAY


@final
@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch in which the pump did one thing; rates are those of the background."""

    start: Instant
    end: Instant
    doing: str
    activity: Activity
    lowest: VolumeRate
    highest: VolumeRate
    mean: VolumeRate
    computed: Volume


@final
@dataclass(frozen=True, slots=True)
class FillMark:
    """A fill: what was counted before and after it."""

    time: Instant
    event: int
    before: Volume
    after: Volume


@final
@dataclass(slots=True)
class DayPresses:
    """The presses of one span of days."""

    granted: int = 0
    denied: int = 0
    reasons: dict[Denial, int] = field(default_factory=dict)


@final
@dataclass(slots=True)
class RunBook:
    """What left the tip from one program order to the next, and how long therapy flowed."""

    volumes: Volumes = field(default_factory=dict)
    therapy_seconds: Fraction = Fraction(0)


@final
@dataclass(slots=True)
class Trace:
    """Everything that the figures draw.

    Attributes
    ----------
    samples
        Time and the pump's count, in order; straight between them but for single boluses.
    runs
        Index of a program event (None: before the first) to what left the tip under it.
    hardware
        From when, which pump and catheter.
    """

    start: Instant
    end: Instant
    buckets: Buckets
    doses: DoseBook
    samples: list[tuple[Instant, Volume]] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    fills: list[FillMark] = field(default_factory=list)
    presses: dict[int, DayPresses] = field(default_factory=dict)
    runs: dict[int | None, RunBook] = field(default_factory=dict)
    fronts: list[FrontRun] = field(default_factory=list)
    hardware: list[tuple[Instant, Hardware]] = field(default_factory=list)


def trace_therapy(therapy: Therapy, end: Instant, progress: Progress | None = None) -> Trace:
    """Replay a therapy to `end` and keep what the figures draw."""
    return _Tracer(therapy, end, progress).run()


@final
class _Tracer:
    def __init__(self, therapy: Therapy, end: Instant, progress: Progress | None) -> None:
        self.therapy, self.end, self.progress = therapy, end, progress
        self.replay = Replay(therapy, self._deliver)
        start = self.replay.start
        buckets = Buckets.over(start, end)
        self.trace = Trace(start, end, buckets, DoseBook(buckets))
        self.trace.hardware.append((start, self.replay.hardware))
        self.front = FrontWatch(self.trace.fronts)
        self.program: int | None = None
        step = max(1, int((end - start) // _SAMPLES))
        self.step = Fraction(step)
        self.next_sample = start + self.step
        self.phase_start = start
        self.phase_key: object = None
        self.phase_doing = ("", Activity.UNFILLED)
        self.schedule: WeeklySchedule | None = None
        self.phase_volume = Volume.zero()

    def run(self) -> Trace:
        self._look(None)
        for index, event in enumerate(self.therapy.events):
            instant = self.therapy.instant(event.time)
            if instant > self.end:
                break
            self._advance(instant)
            self._apply(index)
        self._advance(self.end)
        self._close_phase()
        self.front.close(self.replay.pump)
        self._sample()
        self.trace.samples.sort(key=lambda point: point[0])
        return self.trace

    # -- time -----------------------------------------------------------------------------------

    def _advance(self, until: Instant) -> None:
        state = self.replay.pump.state
        while state.now < until:
            before = state.now
            turns = [until, self.next_sample]
            turn = self.front.next_turn(self.replay.pump)
            if turn is not None:
                turns.append(turn)
            if state.suspended_until is not None:
                turns.append(state.suspended_until)
            self.replay.advance_to(min(turn for turn in turns if turn > before))
            if state.now >= self.next_sample:
                self._sample()
                self.next_sample += self.step
            self._look(None)
            if self.progress is not None:
                self.progress(state.now - before)

    def _deliver(self, delivery: Delivery) -> None:
        self.trace.doses(delivery)
        run = self.trace.runs.setdefault(self.program, RunBook())
        key = delivery.purpose, delivery.mixture
        run.volumes[key] = run.volumes.get(key, Fraction(0)) + delivery.volume.base
        if delivery.purpose is Purpose.THERAPY:
            run.therapy_seconds += delivery.end - delivery.start

    def _sample(self) -> None:
        state = self.replay.pump.state
        point = state.now, Volume(state.computed)
        if not self.trace.samples or self.trace.samples[-1] != point:
            self.trace.samples.append(point)

    # -- events ---------------------------------------------------------------------------------

    def _apply(self, index: int) -> None:
        replay, event = self.replay, self.therapy.events[index]
        state = replay.pump.state
        before, presses = Volume(state.computed), replay.presses
        refused = len(replay.refused)
        if not isinstance(event, Press):
            self._sample()
        replay.apply(index)
        done = len(replay.refused) == refused
        if isinstance(event, Press):
            self._press(presses, replay.presses)
            return
        if isinstance(event, Fill) and done:
            after = Volume(state.computed)
            self.trace.fills.append(FillMark(state.now, index, before, after))
        elif isinstance(event, Program) and done:
            self.program = index
        elif isinstance(event, Replace | Revise):
            self.trace.hardware.append((state.now, replay.hardware))
        self._sample()
        self._look(index)

    def _press(self, before: PressLog, after: PressLog) -> None:
        index = self.trace.buckets.index(self.replay.pump.state.now)
        day = self.trace.presses.setdefault(index, DayPresses())
        day.granted += after.granted - before.granted
        day.denied += after.denied - before.denied
        for reason, count in (after.reasons or {}).items():
            more = count - (before.reasons or {}).get(reason, 0)
            if more:
                day.reasons[reason] = day.reasons.get(reason, 0) + more

    # -- phases ---------------------------------------------------------------------------------

    def _look(self, event: int | None) -> None:
        """Note what changed: the phase, and what the line holds through a prime or bridge."""
        state = self.replay.pump.state
        activity, schedule, rate = state.activity, None, VolumeRate.zero()
        doing: object = activity
        if state.suspended_until is not None:
            doing = "suspended"
        elif activity is Activity.RUNNING and state.program is not None:
            schedule, doing = state.program.achievable, state.program
        elif activity is Activity.PRIMING and state.prime is not None:
            rate = state.prime.rate
        elif activity is Activity.BRIDGING and state.bridge is not None:
            rate = state.bridge.rate
        key = activity, doing, rate
        if key != self.phase_key:
            at = state.now
            if activity is Activity.DRY and state.dry_since is not None:
                at = max(self.phase_start, state.dry_since)
            self._close_phase(at)
            self.phase_key, self.phase_start = key, at
            word = "held by a scanner" if doing == "suspended" else ""
            self.phase_doing = word, activity
            self.schedule = WeeklySchedule.constant(rate) if schedule is None else schedule
            self.phase_volume = Volume(state.computed)
            self.trace.samples.append((at, self.phase_volume))
        self.front.look(self.replay.pump, event, self.program)

    def _close_phase(self, at: Instant | None = None) -> None:
        end = self.replay.pump.state.now if at is None else at
        start, schedule = self.phase_start, self.schedule
        if schedule is None or end <= start:
            return
        rates = [schedule.rate_at(start)]
        if end - start >= _WEEK:
            rates = list(schedule.rates)
        else:
            rates += [schedule.rate_at(moment) for moment in schedule.changes_between(start, end)]
        mean = VolumeRate(schedule.volume_between(start, end).base / (end - start))
        word, activity = self.phase_doing
        self.trace.phases.append(
            Phase(start, end, word, activity, min(rates), max(rates), mean, self.phase_volume)
        )
