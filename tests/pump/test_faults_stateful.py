"""The virtual pump under random faults, orders and refills at once.

After each step: mass is conserved from the rows alone, the reservoir never falls below what cannot
be pumped, the pump's own deliveries stay within its limits, and only faults that physically do so
go beyond them. At the end the whole is replayed, and every part is mended.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from fault_bench import GAS_PUMP, MORPHINE, ROLLER_PUMP, VALVE_PUMP
from hypothesis import settings as run_with
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pump_bench import DAY, HOUR, MONDAY, joined, mixture
from test_pump_stateful import LONG, Plan, odd_times, plans

from thecal.device import fault_kind, fault_kinds
from thecal.errors import ThecalError
from thecal.pharmacy import DRUG_FREE, Mixture
from thecal.program.delivery import Delivery, Purpose
from thecal.program.setup import PumpSetup
from thecal.pump.disturbance import Surroundings
from thecal.pump.fault_settings import FaultSettings
from thecal.pump.pump import Pump
from thecal.pump.scan import Scan
from thecal.units import Altitude, Duration, Length, Temperature, Volume, VolumeRate

KINDS = fault_kinds()
LASTING = [kind.id for kind in KINDS if kind.part != "fill"]
AT_A_FILL = [kind.id for kind in KINDS if kind.part == "fill" and kind.id != "missed-refill"]
OPENS_BEYOND_LIMITS = {"over-infusion", "valve-stuck-open", "catheter-occlusion"}
figures = {
    "factor": st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1), Fraction(7, 5)]),
    "fraction": st.sampled_from([Fraction(1, 7), Fraction(1, 2), Fraction(1)]),
    "duration": st.sampled_from([Duration.of(20, "min"), Duration.of(7, "h"), Duration.of(9, "d")]),
    "rate": st.sampled_from([VolumeRate.of(1, "mL/d"), VolumeRate.of(30, "mL/h")]),
    "volume": st.sampled_from([Volume.of("0.05", "mL"), Volume.of(3, "mL"), Volume.of(40, "mL")]),
    "distance": st.sampled_from([Length.of(20, "cm"), Length.of(76, "cm"), Length.of(99, "cm")]),
    "mixture": st.sampled_from([MORPHINE, DRUG_FREE, mixture(baclofen="500 ug/mL")]),
    "tip": st.sampled_from(["T9", "outside"]),
    "pump_clock": st.sampled_from([MONDAY, MONDAY + 13 * HOUR, MONDAY + 40 * DAY]),
    "replaced": st.booleans(),
}


@st.composite
def faults(draw: st.DrawFn, kinds: list[str]) -> tuple[str, FaultSettings]:
    """A kind with any of its figures given or left to the table."""
    kind = fault_kind(draw(st.sampled_from(kinds)))
    given = {key: draw(figures[key]) for key in kind.keys if draw(st.booleans())}
    return kind.id, FaultSettings(**given)


class FaultMachine(RuleBasedStateMachine):
    """Everything breaks at random, and is mended now and then."""

    @initialize(setup=st.sampled_from([ROLLER_PUMP, VALVE_PUMP, GAS_PUMP]), plan=plans())
    def implant(self, setup: PumpSetup, plan: Plan) -> None:
        self.first_setup = setup
        self.rows: list[Delivery] = []
        self.pump = Pump.implanted(setup, MONDAY, self.rows.append)
        self.orders: list[tuple[Fraction, str, tuple, dict]] = []
        self.seen = 0
        self.ports: set[str] = set()
        self.delivered: dict[str, Fraction] = {}
        self.order("fill", Volume.of(20, "mL"), MORPHINE)
        self.write(plan)

    @property
    def state(self):
        return self.pump.state

    def order(self, name: str, *args, **kwargs):
        """Give an order; a refused one changes nothing."""
        self.orders.append((self.state.now, name, args, kwargs))
        before = self.state.copy()
        try:
            return getattr(self.pump, name)(*args, **kwargs)
        except ThecalError as error:
            assert self.state == before
            return error

    @rule(plan=plans())
    def write(self, plan: Plan) -> None:
        old, new = self.state.previous_written, self.state.solution.written
        self.order("write", plan.order(new, old))

    @rule(fault=faults(LASTING))
    def break_something(self, fault: tuple[str, FaultSettings]) -> None:
        self.order("fault", *fault, source=len(self.orders))

    @rule(kind=st.sampled_from(LASTING))
    def mend(self, kind: str) -> None:
        self.order("mend", kind)

    @rule(
        what=st.sampled_from([MORPHINE, mixture(morphine="5 mg/mL", clonidine="0.1 mg/mL")]),
        wrong=st.lists(faults(AT_A_FILL), max_size=2),
        recorded=st.sampled_from([None, None, Volume.of(4, "mL")]),
    )
    def fill(self, what: Mixture, wrong: list, recorded: Volume | None) -> None:
        mishaps = tuple((fault_kind(kind), given) for kind, given in wrong)
        self.ports |= {kind for kind, _ in wrong}
        self.order("fill", Volume.of(20, "mL"), what, aspirated=recorded, mishaps=mishaps)

    @rule(
        behaviour=st.sampled_from(["stalls", "dumps", "shuts", "continues"]),
        late=st.booleans(),
        trapped=st.booleans(),
    )
    def scan(self, behaviour: str, late: bool, trapped: bool) -> None:
        fits = {"stalls": "roller", "dumps": "valve-gated", "shuts": "valve-gated"}
        if fits.get(behaviour, self.first_setup.kind) != self.first_setup.kind:
            return
        recovery = Duration.of(2, "h") if late and behaviour == "stalls" else None
        trip = Volume.of(10, "uL")
        scan = Scan(recovery, trapped and behaviour == "stalls", trip, len(self.orders))
        self.order("scan", behaviour, Duration.of(40, "min"), scan)

    @rule(
        seconds=odd_times,
        temperature=st.sampled_from([None, Temperature.of("38.5", "Cel")]),
        altitude=st.sampled_from([None, Altitude.of(2400, "m")]),
        depth=st.sampled_from([None, Altitude.of(10, "m"), Altitude.of(40, "m")]),
    )
    def go_elsewhere(self, seconds, temperature, altitude, depth) -> None:
        now = self.state.now
        self.order("surround", Surroundings(now, now + seconds, temperature, altitude, depth))

    @rule(what=st.sampled_from(["stop", "resume", "interrogated", "press"]))
    def command(self, what: str) -> None:
        self.order(what)

    @rule(volume=st.sampled_from([Volume.of("0.1", "mL"), Volume.of(1, "mL")]), push=st.booleans())
    def use_the_port(self, volume: Volume, push: bool) -> None:
        if push:
            self.order("access_port", injected=volume, mixture=mixture(morphine="1 mg/mL"))
        else:
            self.order("access_port", aspirated=volume)

    @rule(pump=st.booleans())
    def exchange(self, pump: bool) -> None:
        if pump and len(self.orders) > 15:
            self.order("replace_pump", self.first_setup)
            self.order("fill", Volume.of(20, "mL"), MORPHINE)
        else:
            catheter = replace(self.first_setup, catheter_volume=Volume.of("0.1672", "mL"))
            self.order("replace_catheter", catheter)

    @rule(seconds=odd_times, cuts=st.lists(st.fractions(0, 1, max_denominator=60), max_size=3))
    def wait(self, seconds: Fraction, cuts: list[Fraction]) -> None:
        """Time in one piece, in pieces and without rows leads to the same pump."""
        start, mark = self.state.now, len(self.rows)
        split_rows: list[Delivery] = []
        split = Pump(self.pump.setup, self.state.copy(), split_rows.append)
        silent = Pump(self.pump.setup, self.state.copy())
        counted = self.state.computed
        self.orders.append((start, "advance", (start + seconds,), {}))
        self.pump.advance(start + seconds)
        for cut in sorted(cuts):
            split.advance(start + seconds * cut)
        split.advance(start + seconds)
        silent.advance(start + seconds)
        assert split.state == self.state
        assert silent.state == self.state
        new = self.rows[mark:]
        assert joined(split_rows) == joined(new)
        assert self.state.computed <= counted
        self._check_limits(new)

    def _check_limits(self, rows: list[Delivery]) -> None:
        """D01: under its own purposes the pump keeps its limit, whatever is broken."""
        limit = self.pump.setup.maximum_rate.base
        if self.first_setup is GAS_PUMP:
            return
        pieces: dict[tuple[Fraction, Fraction], Fraction] = {}
        for row in rows:
            if row.purpose is not Purpose.FAULT and row.start < row.end:
                piece = row.start, row.end
                rate = row.volume.base / (row.end - row.start)
                pieces[piece] = pieces.get(piece, Fraction(0)) + rate
        assert all(rate <= limit for rate in pieces.values())

    @invariant()
    def d03_mass_is_conserved_from_the_rows(self) -> None:
        for row in self.rows[self.seen :]:
            for drug in row.mixture:
                mass = row.mass_of(drug).base
                self.delivered[drug] = self.delivered.get(drug, Fraction(0)) + mass
        self.seen = len(self.rows)
        state, nothing = self.state, Fraction(0)
        account, line = state.account, state.line.mass()
        for drug in {*account.filled, *account.withdrawn, *self.delivered}:
            level = state.solution.actual.get_concentration(drug).base
            assert account.filled.get(drug, nothing) == (
                account.left_otherwise(drug).base
                + level * state.physical
                + (line[drug].base if drug in line else nothing)
                + self.delivered.get(drug, nothing)
                + account.unaccounted.get(drug, nothing)
            )

    @invariant()
    def what_cannot_be_pumped_stays(self) -> None:
        state = self.state
        assert state.physical >= 0
        if state.fills and not state.dry:
            assert state.physical > self.pump.setup.residual.base

    @invariant()
    def the_line_keeps_its_volume(self) -> None:
        assert self.state.line.tubing.volume == self.pump.setup.tubing_volume
        assert self.state.line.catheter.volume == self.pump.setup.catheter_volume

    @invariant()
    def nothing_beyond_the_program_without_a_fault_that_does_so(self) -> None:
        """The purpose fault needs a kind that opens a valve, adds flow, or pushes at once."""
        names = {name for _, name, _, _ in self.orders}
        given = {args[0] for _, name, args, _ in self.orders if name == "fault"}
        if any(row.purpose is Purpose.FAULT for row in self.rows):
            opened = bool(given & OPENS_BEYOND_LIMITS) or "scan" in names
            assert opened or "access-port-injection" in self.ports

    def teardown(self) -> None:
        if not hasattr(self, "pump"):
            return
        rows: list[Delivery] = []
        again = Pump.implanted(self.first_setup, MONDAY, rows.append)
        for now, name, args, kwargs in self.orders:
            again.advance(now)
            try:
                getattr(again, name)(*args, **kwargs)
            except ThecalError:
                continue
        assert again.state == self.state
        assert joined(rows) == joined(self.rows)
        for kind in {fault.kind for fault in self.state.faults}:
            self.pump.mend(kind)
        self.pump.advance(self.state.now + 5 * DAY)
        assert not self.state.clock_offset
        assert self.state.disturbance is None or self.state.dry or self.state.surroundings


TestFaultyPump = FaultMachine.TestCase
if not LONG:
    TestFaultyPump.settings = run_with(
        run_with(), max_examples=200, stateful_step_count=30, deadline=None
    )
TestFaultyPump.pytestmark = [pytest.mark.req("D01", "D02", "D03", "F05")]
