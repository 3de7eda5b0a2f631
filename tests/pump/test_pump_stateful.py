"""The virtual pump under random sequences of everything that can happen to it.

After each step the machine asks an independent bookkeeper (`pump_books`) and its own log of granted
boluses whether the requirements of facts/standards.md section 3 still hold. At the end of each
sequence the whole of it is replayed from the start, and every window of 24 hours is checked.

`pytest --hypothesis-profile=long tests/pump/test_pump_stateful.py` drives it for a million steps.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pump_bench import DAY, HOUR, MONDAY, ROLLER, STROKES, joined, mixture, share
from pump_books import Books, Levels, add, levels_of, without_zeros

from thecal.errors import ThecalError
from thecal.pharmacy import DRUG_FREE, Mixture
from thecal.program.delivery import Delivery, Purpose
from thecal.program.prime_bridge import PrimeKind
from thecal.program.program import (
    STOPPED,
    BridgeOrder,
    InfusionProgram,
    Mode,
    PatientBolus,
    Step,
    WrittenProgram,
)
from thecal.program.setup import PumpSetup
from thecal.pump.alarms import Alarm, AlarmKind
from thecal.pump.guard import Denial
from thecal.pump.pump import Pump
from thecal.pump.state import Activity
from thecal.units import Duration, Mass, MassRate, Volume, VolumeRate

LONG = settings.get_current_profile_name() == "long"

MIXTURES = (
    mixture(morphine="10 mg/mL"),
    mixture(morphine="5 mg/mL", bupivacaine="10 mg/mL"),
    mixture(morphine="25 mg/mL", clonidine="0.3 mg/mL"),
    mixture(bupivacaine="7.5 mg/mL", morphine="1.7 mg/mL"),
    mixture(baclofen="2000 ug/mL"),
)
SETUPS = (ROLLER, STROKES, replace(ROLLER, low_reservoir_alarm=Volume.of(4, "mL")))


def millilitres(*figures: str) -> st.SearchStrategy[Volume]:
    return st.sampled_from([Volume.of(figure, "mL") for figure in figures])


def durations(*figures: tuple[int, str]) -> st.SearchStrategy[Duration]:
    return st.sampled_from([Duration.of(*figure) for figure in figures])


mixtures = st.sampled_from(MIXTURES)
fill_volumes = millilitres("20", "38", "9.3", "3", "20", "1.4", "1")
aspirates = st.one_of(
    st.none(), st.just("what is there"), st.just("what is there"), millilitres("0", "4.1", "50")
)
small_volumes = millilitres("0.02", "0.14", "0.1672", "0.3072", "1")
odd_times = st.one_of(
    st.sampled_from(
        [
            Fraction(0),
            Fraction(1, 7),
            Fraction(5 * 60),
            Fraction(1105),
            Fraction(HOUR),
            Fraction(7 * HOUR, 3),
            Fraction(DAY) - 1,
            Fraction(DAY),
            Fraction(9 * DAY),
        ]
    ),
    st.fractions(min_value=0, max_value=3 * DAY, max_denominator=1000),
)
bolus_durations = durations((5, "min"), (90, "min"), (1, "min"), (7, "h"), (5, "min"), (30, "h"))
daily_volumes = millilitres(
    "0.4", "0.1", "1", "0.05", "5", "0.4", "0.2", "0.0637", "1.1", "23.9", "0.03", "0.0071"
)
bolus_volumes = millilitres("0.01", "0.05", "0.005", "0.5", "0.0071", "0.001")


@dataclass(frozen=True)
class BolusPlan:
    """A patient bolus in volumes; `room` is the dose limit over the background of a day."""

    volume: Volume
    duration: Duration
    lockout: Duration
    max_per_day: int | None
    room: Volume | None


@dataclass(frozen=True)
class Plan:
    """A program in volumes, so that most of them fit the pump whatever was filled."""

    mode: Mode
    which: int
    daily: Volume
    steps: tuple[tuple[tuple[int, ...], int, int, Volume], ...]
    bolus: BolusPlan | None
    bridge: Volume | None
    bridge_named: bool

    def order(self, written: Mixture, old: Mixture) -> InfusionProgram:
        """Return the program in doses of a drug of the mixture, rarely of one it lacks."""
        drugs = [*written] or ["morphine"]
        primary = "ziconotide" if self.which == 9 else drugs[self.which % len(drugs)]
        level = Fraction(1) if primary not in written else written[primary].base

        def dose(volume: Volume) -> Mass:
            return Mass(volume.base * level)

        bridge = None
        if self.bridge is not None and (old or self.which == 9):
            named = next(iter(old), None) if self.bridge_named else None
            old_level = old.get_concentration(named or primary).base or Fraction(1)
            bridge = BridgeOrder(MassRate(self.bridge.base * old_level / DAY), named)
        if self.mode is Mode.MINIMUM_RATE:
            return InfusionProgram(self.mode, bridge=bridge)
        bolus = None
        if self.bolus is not None:
            order = self.bolus
            bolus = PatientBolus(
                dose(order.volume),
                order.duration,
                order.lockout,
                order.max_per_day,
                None if order.room is None else dose(self.daily + order.room),
            )
        steps = tuple(
            Step(frozenset(days), Duration.of(start, "s"), Duration.of(length, "s"), dose(volume))
            for days, start, length, volume in self.steps
        )
        daily = MassRate(dose(self.daily).base / DAY)
        return InfusionProgram(self.mode, primary, daily, steps, bolus, bridge)


bolus_plans = st.builds(
    BolusPlan,
    volume=bolus_volumes,
    duration=bolus_durations,
    lockout=durations((60, "min"), (1, "min"), (180, "min"), (333, "min"), (25, "h")),
    max_per_day=st.sampled_from([None, None, 1, 2, 5]),
    room=st.one_of(st.none(), millilitres("0.1", "0.02", "0.01", "0.3", "1.1", "0.001")),
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    mode = draw(st.sampled_from([Mode.CONTINUOUS] * 5 + [Mode.FLEX] * 5 + [Mode.MINIMUM_RATE]))
    steps = []
    start = draw(st.sampled_from([0, 5 * HOUR, 22 * HOUR]))
    while mode is Mode.FLEX and len(steps) < 4 and start < DAY:
        length = draw(st.sampled_from([1800, HOUR, 3 * HOUR]))
        days = draw(st.sampled_from([tuple(range(7)), tuple(range(5)), (6,), (1, 3)]))
        volume = draw(millilitres("0.02", "0.05", "0.3", "1"))
        steps.append((days, start, length, volume))
        start += length + draw(st.sampled_from([0, 1800, 7 * HOUR, DAY]))
    return Plan(
        mode,
        draw(st.sampled_from([0, 0, 1, 0, 1, 0, 0, 1, 9])),
        draw(daily_volumes),
        tuple(steps),
        draw(bolus_plans) if draw(st.integers(0, 6)) else None,
        draw(daily_volumes) if draw(st.integers(0, 2)) == 0 else None,
        draw(st.integers(0, 5)) > 0,
    )


@dataclass
class Reign:
    """The time during which one program was in force."""

    written: WrittenProgram
    start: Fraction
    pump_since: Fraction
    end: Fraction | None = None

    def holds(self, moment: Fraction) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)


@dataclass(frozen=True)
class GivenBolus:
    """A bolus in the machine's own log."""

    start: Fraction
    volume: Fraction
    mixture: Mixture
    by_patient: bool


class PumpMachine(RuleBasedStateMachine):
    """Orders at random, checked after each."""

    @initialize(setup=st.sampled_from(SETUPS), what=mixtures, plan=plans(), begun=st.integers(0, 9))
    def implant(self, setup: PumpSetup, what: Mixture, plan: Plan, begun: int) -> None:
        self.first_setup = setup
        self.rows: list[Delivery] = []
        self.pump = Pump.implanted(setup, MONDAY, self.rows.append)
        self.books = Books(setup)
        self.read = 0
        self.orders: list[tuple[Fraction, str, tuple, dict]] = []
        self.grants: list[Fraction] = []
        self.boluses: list[GivenBolus] = []
        self.typed = DRUG_FREE
        self.stands: Fraction | None = None
        self.waiting = False
        self.into_the_open = False
        self.held = MONDAY
        self.pump_since = MONDAY
        self.floor = Fraction(0)
        self.reigns: list[Reign] = []
        self.old_levels: list[tuple[Fraction, Mixture]] = []
        self.filled_alarms: Counter[AlarmKind] = Counter()
        self.epoch_alarms: set[AlarmKind] = set()
        self.volume_before = Fraction(0)
        if begun < 9:
            # Most runs begin with a therapy, so that the deep states are reached.
            self.fill(Volume.of(20, "mL"), what, None, None)
            self.write(plan)

    # -- helpers --------------------------------------------------------------------------------

    @property
    def state(self):
        return self.pump.state

    def order(self, name: str, *args, **kwargs):
        """Give an order; a refused one returns its error and must change nothing."""
        self.orders.append((self.state.now, name, args, kwargs))
        before = self.state.copy()
        try:
            return getattr(self.pump, name)(*args, **kwargs)
        except ThecalError as error:
            assert self.state == before
            return error

    def watch(self) -> None:
        """Note reigns and expected alarms after a step."""
        state = self.state
        last = self.reigns[-1] if self.reigns else None
        if last is None or last.end is not None or last.written is not state.program:
            since = state.now if state.program_start is None else state.program_start
            if last is not None and last.end is None:
                last.end = since
            if state.program is not None:
                self.reigns.append(Reign(state.program, since, self.pump_since))
        if not self.books.fills:
            return
        for kind, edge in (
            (AlarmKind.LOW_RESERVOIR, self.pump.setup.low_reservoir_alarm.base),
            (AlarmKind.EMPTY, self.books.dry_at),
        ):
            if self.books.computed <= edge and kind not in self.epoch_alarms:
                self.epoch_alarms.add(kind)
                self.filled_alarms[kind] += 1

    def pass_time(self, seconds: Fraction, cuts: list[Fraction]) -> None:
        state = self.state
        start, until = state.now, state.now + seconds
        held = self.held
        still = state.activity in (
            Activity.STOPPED,
            Activity.UNFILLED,
            Activity.DRY,
            Activity.REMOVED,
        )
        spilled = Fraction(0)
        if state.prime is not None and self.into_the_open and not state.dry:
            flowing = max(Fraction(0), until - max(start, held))
            spilled = min(
                state.prime.left,
                state.prime.rate.base * flowing,
                self.books.volume - self.pump.setup.residual.base,
            )
        saved = state.copy()
        mark = (saved.now, saved.physical, len(saved.alarms), dict(saved.account.delivered_volumes))
        split_rows: list[Delivery] = []
        split = Pump(self.pump.setup, state.copy(), split_rows.append)

        self.orders.append((start, "advance", (until,), {}))
        self.pump.advance(until)

        # A copy is independent, resumes as the original, and may stop as often as it likes.
        assert mark == (
            saved.now,
            saved.physical,
            len(saved.alarms),
            saved.account.delivered_volumes,
        )
        for cut in sorted(cuts):
            split.advance(start + seconds * cut)
        split.advance(until)
        new = self.rows[self.read :]
        assert split.state == self.state
        assert joined(split_rows) == joined(new)

        assert not (still and new), "nothing is delivered while the pump stands"
        assert all(start <= row.start < row.end <= until for row in new)
        assert all(row.start >= held for row in new)
        if self.waiting and self.state.prime is None:
            self.waiting, self.stands = False, None
        if self.state.dry_since is not None:
            assert all(row.end <= self.state.dry_since for row in new)
        self._check_rates(new)
        if not spilled:
            self._check_alarm_times(new, self.state.alarms[len(saved.alarms) :])
        self.books.spill(spilled)
        for row in new:
            self.books.read(row)
        self.read = len(self.rows)
        self.watch()

    def _check_alarm_times(self, rows: list[Delivery], alarms: list[Alarm]) -> None:
        """R02: an alarm volume is reached at the very moment of its alarm."""
        edges = {
            AlarmKind.LOW_RESERVOIR: self.pump.setup.low_reservoir_alarm.base,
            AlarmKind.EMPTY: self.books.dry_at,
        }
        for alarm in alarms:
            if alarm.kind in edges:
                pumped = sum(row.volume.base * share(row, None, alarm.time) for row in rows)
                assert self.books.computed - pumped == edges[alarm.kind]

    def _check_rates(self, rows: list[Delivery]) -> None:
        """D01: background and bolus together stay within the highest rate, therapies above none."""
        setup = self.pump.setup
        pieces: dict[tuple[Fraction, Fraction], Fraction] = {}
        for row in rows:
            rate = row.volume.base / (row.end - row.start)
            piece = (row.start, row.end)
            pieces[piece] = pieces.get(piece, Fraction(0)) + rate
            started = self.state.program_start
            therapy = started is not None and row.start >= started and self._gives_therapy()
            if row.purpose is Purpose.BRIDGE or (row.purpose is Purpose.THERAPY and therapy):
                assert rate >= setup.minimum_rate.base
        assert all(rate <= setup.maximum_rate.base for rate in pieces.values())
        assert all(first[1] <= second[0] for first, second in pairwise(sorted(pieces)))

    def _gives_therapy(self) -> bool:
        return self.state.program.program.is_therapy

    # -- rules ----------------------------------------------------------------------------------

    @rule(
        volume=fill_volumes,
        what=mixtures,
        aspirate=aspirates,
        typed=st.one_of(st.none(), st.none(), fill_volumes),
    )
    def fill(
        self, volume: Volume, what: Mixture, aspirate: Volume | str | None, typed: Volume | None
    ) -> None:
        if aspirate == "what is there":
            aspirate = Volume(max(Fraction(0), self.books.volume - self.books.setup.residual.base))
        old = self.state.solution.written
        done = self.order("fill", volume, what, programmed_volume=typed, aspirated=aspirate)
        if isinstance(done, ThecalError):
            assert self.state.removed
            return
        self.books.fill(
            volume.base,
            what,
            None if aspirate is None else aspirate.base,
            None if typed is None else typed.base,
        )
        self.old_levels.append((self.state.now, old))
        self.typed = what
        self.floor = min(self.books.volume, self.pump.setup.residual.base)
        if self.state.program is None and self.stands is None:
            self.stands = self.state.now
        self.epoch_alarms.clear()
        self.watch()

    @rule(aspirate=aspirates)
    def empty(self, aspirate: Volume | str | None) -> None:
        """Emptying is never refused but for a pump that is gone, and nothing flows after it."""
        if aspirate == "what is there":
            aspirate = Volume(max(Fraction(0), self.books.volume - self.books.setup.residual.base))
        done = self.order("empty", aspirate)
        if isinstance(done, ThecalError):
            assert self.state.removed
            return
        self.books.empty(None if aspirate is None else aspirate.base)
        if self.waiting:
            self.waiting, self.stands = False, None
        if self.books.fills:
            assert self.state.emptied
            assert self.pump.background_rate == VolumeRate.zero()
            assert self.state.activity in (Activity.DRY, Activity.STOPPED)
            assert self.state.bolus is None
        self.watch()

    @rule(
        kind=st.sampled_from(PrimeKind),
        volume=st.one_of(st.none(), small_volumes),
        wait=st.booleans(),
    )
    def prime(self, kind: PrimeKind, volume: Volume | None, wait: bool) -> None:
        setup = self.pump.setup
        tubing, catheter = setup.tubing_volume, setup.catheter_volume
        full = {
            PrimeKind.FULL: tubing + catheter,
            PrimeKind.CATHETER: catheter,
            PrimeKind.BACK_TABLE: tubing,
        }
        if not isinstance(self.order("prime", kind, volume), ThecalError):
            self.into_the_open = kind is PrimeKind.BACK_TABLE
            assert self.state.prime.left == (volume or full[kind]).base
            assert self.state.prime.rate == setup.maximum_rate
        self.watch()
        if wait and self.state.prime is not None:
            rate = self.state.prime.rate.base
            self.pass_time(self.state.prime.left / rate, [Fraction(1, 2)])

    @rule(plan=plans())
    def write(self, plan: Plan) -> None:
        state = self.state
        written = self.order("write", plan.order(state.solution.written, state.previous_written))
        if isinstance(written, WrittenProgram):
            assert state.bolus is None
            if state.prime is None:
                self.stands = None
            else:
                self.waiting = True
            self._check_bridge(written)
        self.watch()

    def _check_bridge(self, written: WrittenProgram) -> None:
        """The line's volume at the ordered dose over the old concentration as written."""
        state, setup = self.state, self.pump.setup
        program, bridge = state.pending or (state.program, state.bridge)
        order = written.program.bridge
        assert program is written
        if order is None:
            assert bridge is None
            return
        old = self.old_levels[-1][1]
        assert bridge.left == (setup.bridge_tubing_volume + setup.catheter_volume).base
        assert bridge.rate * old[order.drug or written.program.primary] == order.daily_dose

    @rule(what=mixtures, plan=plans(), volume=fill_volumes)
    def refill_and_write(self, what: Mixture, plan: Plan, volume: Volume) -> None:
        self.fill(volume, what, "what is there", None)
        self.write(plan)

    @rule(by_program=st.booleans(), seconds=st.one_of(st.none(), odd_times))
    def stop(self, by_program: bool, seconds: Fraction | None) -> None:
        """Stop, by the stop order or a program that stops; perhaps resume later."""
        state = self.state
        if state.fills:
            self.waiting = False
            self.stands = state.now if self.stands is None else self.stands
        if by_program:
            self.order("write", STOPPED)
            if state.fills:
                assert state.activity is Activity.STOPPED
        else:
            self.order("stop")
            assert state.activity in (Activity.STOPPED, Activity.UNFILLED, Activity.REMOVED)
        if state.fills:
            assert state.bolus is None
        self.watch()
        if seconds is not None:
            self.pass_time(seconds, [Fraction(1, 3)])
            self.resume()

    def resume(self) -> None:
        if not isinstance(self.order("resume"), ThecalError):
            self.stands = None
        self.watch()

    def suspend(self, seconds: Fraction) -> None:
        self.order("suspend", Duration(seconds))
        assert self.state.bolus is None
        self.held = max(self.held, self.state.now + seconds)
        self.watch()

    @rule(gap=st.sampled_from([0, 1, 301]))
    def press(self, gap: int) -> None:
        self.press_once()
        self.pass_time(Fraction(gap), [])
        self.press_once()

    @rule(
        times=st.integers(3, 12),
        gap=st.sampled_from([0, 0, HOUR, 3 * HOUR, 7 * HOUR, DAY]),
        early=st.sampled_from([0, 1]),
    )
    def keep_pressing(self, times: int, gap: int, early: int) -> None:
        """Press at an even pace: `gap`, or just when (or a second before) the lockout ends."""
        for _ in range(times):
            program = self.state.program
            if program is None or program.program.patient_bolus is None:
                return
            pace = gap or program.program.patient_bolus.lockout.base - early
            self.press_once()
            self.pass_time(Fraction(pace), [])

    @rule(boluses=st.integers(1, 3), gap=st.sampled_from([HOUR, 7 * HOUR, DAY]))
    def lower_and_limit(self, boluses: int, gap: int) -> None:
        """Halve the background, limit the dose of a day, and press under the new program."""
        written = self.state.program
        if written is None or written.program.patient_bolus is None or self.state.removed:
            return
        order, bolus = written.program, written.program.patient_bolus
        low = order.daily_dose.scaled(Fraction(1, 2))
        limit = low.per_day() + bolus.dose.scaled(boluses)
        bolus = replace(bolus, max_per_day=None, max_dose_per_day=limit)
        order = replace(order, daily_dose=low, steps=(), patient_bolus=bolus, bridge=None)
        done = self.order("write", replace(order, mode=Mode.CONTINUOUS))
        if not isinstance(done, ThecalError):
            if self.state.prime is None:
                self.stands = None
            else:
                self.waiting = True
        self.watch()
        self.keep_pressing(6, gap, 0)

    @rule(
        edge=st.sampled_from(["lockout", "day", "bolus"]),
        offset=st.sampled_from([Fraction(-1), Fraction(-1, 7), Fraction(0), Fraction(1)]),
    )
    def press_at_an_edge(self, edge: str, offset: Fraction) -> None:
        """Press where a lockout, a window of 24 hours or a bolus ends, or just beside it."""
        state = self.state
        program = state.program
        if not self.grants or program is None or program.program.patient_bolus is None:
            return
        order = program.program.patient_bolus
        length = {"lockout": order.lockout, "day": Duration.of(1, "d"), "bolus": order.duration}
        moment = self.grants[-1] + length[edge].base + offset
        if moment > state.now:
            self.pass_time(moment - state.now, [])
        self.press_once()

    def press_once(self) -> None:
        state = self.state
        now, program, before = state.now, state.program, state.copy()
        denial = self.order("press")
        assert state.program is program, "D05"
        if denial is None:
            self._check_grant(before)
            self.grants.append(now)
            self._note_bolus(by_patient=True)
        else:
            assert state == before, "a denied press changes nothing"
            self._check_denial(denial)
        self.watch()

    def _note_bolus(self, *, by_patient: bool) -> None:
        state = self.state
        volume = state.bolus.rate.base * (state.bolus.end - state.now)
        self.boluses.append(GivenBolus(state.now, volume, state.program.mixture, by_patient))

    def _given(self, now: Fraction, primary: str) -> Fraction:
        """Return the mass of all boluses that began in the closed 24 hours before."""
        return sum(
            (
                bolus.volume * bolus.mixture.get_concentration(primary).base
                for bolus in self.boluses
                if now - DAY <= bolus.start <= now
            ),
            Fraction(0),
        )

    def _counted(self, now: Fraction) -> int:
        return sum(1 for grant in self.grants if now - DAY <= grant <= now)

    def _check_grant(self, before) -> None:
        """D06, D07, D10, D11, from the log of grants alone."""
        now, written = before.now, before.program
        order = written.program.patient_bolus
        assert order is not None
        assert before.activity is Activity.RUNNING
        assert before.prime is None
        assert before.bridge is None
        assert before.bolus is None
        assert before.suspended_until is None
        if self.grants:
            assert now - self.grants[-1] >= order.lockout.base
        if order.max_per_day is not None:
            assert self._counted(now) < order.max_per_day
        bolus = self.state.bolus
        assert bolus.end - now == order.duration.base
        volume = bolus.rate.base * order.duration.base
        ordered = order.dose.base / written.mixture[written.program.primary].base
        assert 0 < volume <= ordered, "D14: never rounded up"
        if order.max_dose_per_day is not None:
            primary = written.program.primary
            level = written.mixture[primary].base
            mass = self._given(now, primary) + volume * level
            assert mass + written.achievable.fullest_day.base * level <= order.max_dose_per_day.base
        stroke = self.pump.setup.grid.stroke
        if stroke is None:
            assert volume == ordered
        else:
            assert (volume / stroke.base).denominator == 1
            assert ordered - volume < stroke.base

    def _check_denial(self, denial: Denial) -> None:
        """Each reason is true, by the log of grants and what runs."""
        state = self.state
        written = state.program
        order = None if written is None else written.program.patient_bolus
        now = state.now
        match denial:
            case Denial.LOCKOUT:
                assert now - self.grants[-1] < order.lockout.base
            case Denial.COUNT:
                assert self._counted(now) >= order.max_per_day
            case Denial.DOSE:
                # Even the highest rate of the last day for a whole day would break the limit.
                primary = written.program.primary
                mass = self._given(now, primary)
                mass += written.bolus.achievable.base * written.mixture[primary].base
                rates = [
                    rate.base * background.mixture.get_concentration(primary).base
                    for background in state.backgrounds
                    for rate in background.schedule.rates
                ]
                assert mass + max(rates) * DAY > order.max_dose_per_day.base
            case Denial.PRIME:
                assert state.prime is not None
            case Denial.BRIDGE:
                assert state.bridge is not None
            case Denial.BOLUS_RUNNING:
                assert state.bolus.end > now
            case Denial.DRY:
                assert self.books.volume <= self.pump.setup.residual.base
            case Denial.NO_BOLUS:
                assert order is None
            case Denial.NOTHING_TO_DELIVER:
                ordered = order.dose / written.mixture[written.program.primary]
                assert ordered < self.pump.setup.grid.stroke
            case Denial.RATE:
                top = max(rate.base for rate in written.achievable.rates)
                bolus = written.bolus.achievable.base / order.duration.base
                assert top + bolus > self.pump.setup.maximum_rate.base
            case _:
                assert denial is Denial.STOPPED
                assert (
                    state.suspended_until is not None
                    or state.stopped_since is not None
                    or state.program is None
                )

    @rule(volume=bolus_volumes, duration=bolus_durations)
    def clinician_bolus(self, volume: Volume, duration: Duration) -> None:
        program = self.state.program
        level = Fraction(1)
        if program is not None and program.program.primary is not None:
            level = program.mixture[program.program.primary].base
        done = self.order("clinician_bolus", Mass(volume.base * level), duration)
        if not isinstance(done, ThecalError):
            self._note_bolus(by_patient=False)
        assert self.state.program is program, "D05"
        self.watch()

    def access_port(self, aspirated: Volume | None, injected: Volume | None, what: Mixture) -> None:
        done = self.order("access_port", aspirated=aspirated, injected=injected, mixture=what)
        new = self.rows[self.read :]
        self.read = len(self.rows)
        assert isinstance(done, ThecalError) == self.state.removed
        if isinstance(done, ThecalError):
            assert not new
            return
        if aspirated is not None:
            self.books.aspirate_line(aspirated.base)
        out: Levels = {}
        if injected is not None:
            out = self.books.inject(injected.base, what)
        pushed: Levels = {}
        for row in new:
            assert row.purpose is Purpose.PURGE
            assert row.start == row.end == self.state.now
            add(pushed, levels_of(row.mixture), row.volume.base)
        assert without_zeros(pushed) == without_zeros(out)
        assert sum((row.volume.base for row in new), Fraction(0)) == (
            injected.base if injected is not None else 0
        )

    def replace_pump(self, setup: PumpSetup) -> None:
        setup = replace(setup, catheter_volume=self.pump.setup.catheter_volume)
        known = [(one.time, one.kind) for one in self.state.alarms]
        taken_out = self.order("replace_pump", setup)
        if not isinstance(taken_out, ThecalError):
            assert [(one.time, one.kind) for one in taken_out] == known
            assert all(one.ended is not None for one in taken_out)
            self.filled_alarms.clear()
            self.books.replace_pump(setup)
            self.grants.clear()
            self.boluses.clear()
            self.stands, self.waiting = None, False
            self.typed = DRUG_FREE
            self.held = self.pump_since = self.state.now
            self.floor = Fraction(0)
            self.epoch_alarms.clear()
        self.watch()

    def replace_catheter(self, volume: Volume) -> None:
        setup = replace(self.pump.setup, catheter_volume=volume)
        if not isinstance(self.order("replace_catheter", setup), ThecalError):
            self.books.replace_catheter(setup)
        self.watch()

    def set_line(self, what: Mixture) -> None:
        if not isinstance(self.order("set_line", what), ThecalError):
            self.books.set_line(what)

    @rule(
        what=st.sampled_from(["port", "port", "suspend", "suspend", "resume", "catheter", "line"]),
        first=st.one_of(st.none(), small_volumes),
        second=st.one_of(st.none(), small_volumes),
        fluid=st.one_of(st.just(DRUG_FREE), mixtures),
        seconds=odd_times,
    )
    def interfere(
        self,
        what: str,
        first: Volume | None,
        second: Volume | None,
        fluid: Mixture,
        seconds: Fraction,
    ) -> None:
        match what:
            case "port":
                self.access_port(first, second, fluid)
            case "suspend":
                self.suspend(seconds)
            case "resume":
                self.resume()
            case "catheter":
                self.replace_catheter(first or Volume.of("0.1978", "mL"))
            case _:
                self.set_line(fluid)

    @precondition(lambda self: len(self.orders) > 25)
    @rule(setup=st.sampled_from(SETUPS), what=mixtures, plan=plans(), again=st.integers(0, 4))
    def exchange(self, setup: PumpSetup, what: Mixture, plan: Plan, again: int) -> None:
        """A new pump, mostly; now and then the end of the therapy."""
        if again or len(self.orders) < 60:
            self.replace_pump(setup)
            self.fill(Volume.of(20, "mL"), what, None, None)
            if again % 2:
                self.write(plan)
            return
        self.order("explant")
        self.books.explant()
        self.stands, self.waiting, self.typed = None, False, DRUG_FREE
        self.held, self.floor = self.state.now, Fraction(0)
        self.watch()

    @rule(seconds=odd_times, cuts=st.lists(st.fractions(0, 1), max_size=4))
    def advance(self, seconds: Fraction, cuts: list[Fraction]) -> None:
        self.pass_time(seconds, cuts)

    # -- invariants -----------------------------------------------------------------------------

    @invariant()
    def d02_volume_only_grows_and_never_exceeds_what_was_filled(self) -> None:
        assert self.books.delivered_volume >= self.volume_before
        assert self.books.delivered_volume <= self.books.filled_volume
        self.volume_before = self.books.delivered_volume

    @invariant()
    def d03_mass_is_conserved_exactly(self) -> None:
        state, books = self.state, self.books
        account = state.account
        drugs = {*books.filled, *account.filled, *account.withdrawn, *account.unaccounted}
        line = state.line.mass()
        nothing = Fraction(0)
        for drug in drugs:
            reservoir = state.physical * state.solution.actual.get_concentration(drug).base
            in_line = line[drug].base if drug in line else nothing
            delivered = books.delivered.get(drug, nothing)
            assert books.filled.get(drug, nothing) == (
                account.withdrawn.get(drug, nothing)
                + reservoir
                + in_line
                + delivered
                + account.unaccounted.get(drug, nothing)
            )
            assert account.delivered(drug).base == delivered
        assert without_zeros(account.filled) == without_zeros(books.filled)
        assert without_zeros(account.withdrawn) == without_zeros(books.withdrawn)
        assert without_zeros(account.unaccounted) == without_zeros(books.unaccounted)
        if not books.contradicted:
            assert not any(account.unaccounted.values())

    @invariant()
    def d03_reservoir_and_line_hold_what_the_books_say(self) -> None:
        state, books = self.state, self.books
        assert state.physical == books.volume
        assert state.computed == books.computed
        assert levels_of(state.solution.actual) == books.levels
        masses = {drug: mass.base for drug, mass in state.line.mass().items()}
        assert without_zeros(masses) == without_zeros(books.line())

    @invariant()
    def the_line_keeps_its_volume(self) -> None:
        line, setup = self.state.line, self.pump.setup
        assert line.tubing.volume == setup.tubing_volume
        assert line.catheter.volume == setup.catheter_volume

    @invariant()
    def r01_dry_exactly_at_the_residual(self) -> None:
        if self.books.fills:
            assert self.state.dry == (self.books.volume <= self.pump.setup.residual.base)
        assert self.books.volume >= self.floor

    @invariant()
    def the_pump_stands_since_it_was_told_to(self) -> None:
        assert self.state.stopped_since == self.stands

    @invariant()
    def the_pump_reckons_with_what_was_typed(self) -> None:
        assert self.state.solution.written == self.typed

    @invariant()
    def r02_each_alarm_once_per_crossing(self) -> None:
        alarms = self.state.alarms
        raised = Counter(alarm.kind for alarm in alarms)
        for kind in (AlarmKind.LOW_RESERVOIR, AlarmKind.EMPTY):
            assert raised[kind] == self.filled_alarms[kind], kind
        after = self.pump.setup.stopped_alarm_after.base
        stood = [alarm.time for alarm in alarms if alarm.kind is AlarmKind.STOPPED_TOO_LONG]
        assert all(second - first >= after for first, second in pairwise(stood))
        since = self.state.stopped_since
        if since is not None and self.state.now >= since + after:
            assert stood.count(since + after) == 1

    def teardown(self) -> None:
        if not hasattr(self, "pump"):
            return
        self._replay_from_the_start()
        for reign in self.reigns:
            self._check_windows(reign)

    def _replay_from_the_start(self) -> None:
        rows: list[Delivery] = []
        pump = Pump.implanted(self.first_setup, MONDAY, rows.append)
        for now, name, args, kwargs in self.orders:
            pump.advance(now)
            try:
                getattr(pump, name)(*args, **kwargs)
            except ThecalError:
                continue
        assert pump.state == self.state
        assert joined(rows) == joined(self.rows)

    def _check_windows(self, reign: Reign) -> None:
        """D07: no 24 hours that end within the reign, after a grant under it, exceed its limit.

        They may reach back over earlier programs and bridges. Not counted: primes (no therapy), and
        windows with a clinician's bolus, which asks no limit, or into which an earlier program's
        bolus runs on.
        """
        order, primary = reign.written.program.patient_bolus, reign.written.program.primary
        if order is None or order.max_dose_per_day is None:
            return
        end = self.state.now if reign.end is None else reign.end
        parts: list[tuple[Delivery, Fraction, bool]] = []
        for row in self.rows:
            if row.start >= end or row.end <= reign.start - DAY or row.start >= row.end:
                continue
            level = self._reckoned(row).get_concentration(primary).base
            rate = row.volume.base / (row.end - row.start) * level
            if row.purpose is not Purpose.PRIME:
                parts.append((row, rate, reign.holds(row.start)))
        own = [r.start for r, _, is_own in parts if is_own and r.purpose is Purpose.PATIENT_BOLUS]
        if not own:
            return
        edges = {edge for row, _, _ in parts for edge in (row.start, row.end)}
        for start in {max(reign.pump_since, s) for edge in edges for s in (edge, edge - DAY)}:
            close = min(start + DAY, end)
            if close <= max(start, min(own)):
                continue
            inside = [part for part in parts if part[0].start < close and part[0].end > start]
            if any(
                row.purpose is Purpose.CLINICIAN_BOLUS
                or (row.purpose is Purpose.PATIENT_BOLUS and row.start < start and not is_own)
                or (row.purpose is Purpose.PATIENT_BOLUS and row.start == start and not is_own)
                for row, _, is_own in inside
            ):
                continue
            if any(row.purpose is Purpose.PATIENT_BOLUS and is_own for row, _, is_own in inside):
                mass = sum(
                    rate * (min(row.end, close) - max(row.start, start)) for row, rate, _ in inside
                )
                assert mass <= order.max_dose_per_day.base

    def _reckoned(self, row: Delivery) -> Mixture:
        """Return the concentrations that the pump had in mind for a row."""
        if row.purpose is Purpose.BRIDGE:
            return next(old for time, old in reversed(self.old_levels) if time <= row.start)
        for reign in self.reigns:
            if reign.holds(row.start):
                return reign.written.mixture
        return DRUG_FREE


TestVirtualPump = PumpMachine.TestCase
if not LONG:
    TestVirtualPump.settings = settings(
        settings(), max_examples=300, stateful_step_count=40, deadline=None
    )
TestVirtualPump.pytestmark = [
    pytest.mark.req(requirement)
    for requirement in (
        *("D01", "D02", "D03", "D04", "D05", "D06", "D07", "D10", "D11", "D14"),
        *("R01", "R02"),
    )
]
