"""The link under random sequences of everything that can happen to it.

A model knows which program should run, whether the pump stands, which update is how far. After each
step the pump must agree with it, in its live state and in what it would know after a loss of power.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from link_bench import BOLUS, MORPHINE, NEW, OLD, LinkBench, Wire, continuous

from thecal.errors import PumpRefusalError
from thecal.link.frames import framed
from thecal.link.journal import read_entries
from thecal.link.messages import (
    Abort,
    BeginUpdate,
    Command,
    Commit,
    GiveBolus,
    MinimumRate,
    PressButton,
    ReadBack,
    ResumePump,
    SendProgram,
    StopPump,
    new_command,
)
from thecal.link.programmer import Programmer
from thecal.link.visit_orders import program_hash
from thecal.program.program import InfusionProgram, Mode
from thecal.pump.state import Activity
from thecal.units import Duration, Mass

PROGRAMS = (OLD, NEW, continuous("1"), continuous("5", BOLUS), continuous("300"))
MINIMUM = InfusionProgram(Mode.MINIMUM_RATE)
LONG = settings.get_current_profile_name() == "long"


class LinkMachine(RuleBasedStateMachine):
    """One pump, one programmer at a time, and everything that breaks."""

    @initialize()
    def begin(self) -> None:
        self._sync = mock.patch.object(os, "fsync", return_value=None)
        self._sync.start()
        self._folder = tempfile.TemporaryDirectory()
        self.bench = LinkBench(Path(self._folder.name))
        self.program: InfusionProgram = OLD
        self.stands = False
        self.wire: Wire | None = None
        self.programmer: Programmer | None = None
        self.update: tuple[str, InfusionProgram, str] | None = None
        self.last: Command | None = None

    def teardown(self) -> None:
        if hasattr(self, "bench"):
            self.bench.memory.close()
            self._folder.cleanup()
            self._sync.stop()

    @property
    def is_open(self) -> bool:
        return self.wire is not None and not self.wire.session.closed

    def _gone(self) -> None:
        self.wire = self.programmer = self.update = None

    # -- connections ----------------------------------------------------------------------------

    @precondition(lambda self: not self.is_open)
    @rule()
    def open(self) -> None:
        if not self.bench.attempts.hears(self.bench.clock()):
            self.bench.clock.wait(self.bench.limits.longest_pause)
        self.update = None
        self.wire = self.bench.wire()
        self.programmer = self.bench.programmer(self.wire)
        assert self.programmer.open().program == self.program

    @precondition(lambda self: not self.is_open)
    @rule(data=st.binary(max_size=150), frame=st.booleans())
    def stranger(self, data: bytes, frame: bool) -> None:
        session = self.bench.session()
        assert session.receive(framed(data) if frame and data else data, self.bench.clock()) == b""
        session.end("the link broke", self.bench.clock())

    @precondition(lambda self: self.is_open)
    @rule()
    def link_breaks(self) -> None:
        assert self.wire is not None
        self.wire.close()
        self._gone()

    @precondition(lambda self: self.is_open)
    @rule(data=st.binary(min_size=5, max_size=100))
    def forged_bytes(self, data: bytes) -> None:
        assert self.wire is not None
        assert self.wire.inject(framed(data)) == b""
        assert self.wire.session.closed
        self._gone()

    @rule(seconds=st.sampled_from([0.5, 60, 170, 181, 4000]))
    def wait(self, seconds: float) -> None:
        self.bench.clock.wait(seconds)
        if self.wire is not None and self.wire.session.expired(self.bench.clock()):
            self.wire.session.end("time-out", self.bench.clock())
            self._gone()

    @rule()
    def power_is_lost(self) -> None:
        self.bench.restart()
        self._gone()

    @precondition(lambda self: self.is_open)
    @rule()
    def close(self) -> None:
        assert self.programmer is not None
        try:
            self.programmer.close("it is meant to stand" if self.stands else "")
        except PumpRefusalError:
            assert self.update is not None
        else:
            assert self.update is None
            self._gone()

    # -- orders ---------------------------------------------------------------------------------

    def _do(self, command: Command) -> bool:
        assert self.programmer is not None
        self.last = command
        try:
            self.programmer.ask(command)
        except PumpRefusalError:
            return False
        return True

    @property
    def running(self) -> str:
        return program_hash(self.program, MORPHINE)

    @precondition(lambda self: self.is_open)
    @rule(program=st.sampled_from(PROGRAMS), knows=st.booleans())
    def begin_update(self, program: InfusionProgram, knows: bool) -> None:
        command = new_command()
        begin = BeginUpdate(
            command=command,
            order_hash=program_hash(program, MORPHINE),
            running_hash=self.running if knows else "0" * 64,
        )
        taken = self._do(begin)
        assert taken == (knows and self.update is None)
        if taken:
            self.update = (command, program, "begun")

    @precondition(lambda self: self.is_open)
    @rule(right=st.booleans())
    def send(self, right: bool) -> None:
        command, program, step = self.update or (new_command(), NEW, "")
        sent = program if right else continuous("4")
        taken = self._do(SendProgram(command=command, program=sent, mixture=MORPHINE))
        fits = sent != PROGRAMS[-1]
        assert taken == (right and step == "begun" and fits)
        if taken:
            self.update = (command, program, "sent")

    @precondition(lambda self: self.is_open)
    @rule()
    def read_back(self) -> None:
        command, program, step = self.update or (new_command(), NEW, "")
        taken = self._do(ReadBack(command=command))
        assert taken == (step in ("sent", "read back"))
        if taken:
            self.update = (command, program, "read back")

    @precondition(lambda self: self.is_open)
    @rule(right=st.booleans())
    def commit(self, right: bool) -> None:
        command, program, step = self.update or (new_command(), NEW, "")
        wanted = program_hash(program, MORPHINE) if right else "0" * 64
        taken = self._do(Commit(command=command, order_hash=wanted))
        assert taken == (right and step == "read back")
        if taken:
            self.update, self.program, self.stands = None, program, False

    @precondition(lambda self: self.is_open)
    @rule()
    def abort(self) -> None:
        taken = self._do(Abort(command=(self.update or (new_command(),))[0]))
        assert taken == (self.update is not None)
        self.update = None

    @precondition(lambda self: self.is_open)
    @rule()
    def stop(self) -> None:
        assert self._do(StopPump(command=new_command(), reason=""))
        self.update, self.stands = None, True

    @precondition(lambda self: self.is_open)
    @rule()
    def lower(self) -> None:
        assert self._do(MinimumRate(command=new_command(), reason=""))
        self.update, self.stands, self.program = None, True, MINIMUM

    @precondition(lambda self: self.is_open)
    @rule(knows=st.booleans())
    def resume(self, knows: bool) -> None:
        running = self.running if knows else ""
        assert self._do(ResumePump(command=new_command(), running_hash=running)) == knows
        if knows:
            self.stands = self.program == MINIMUM

    @precondition(lambda self: self.is_open)
    @rule()
    def press(self) -> None:
        before = self.bench.device.state.grants
        assert self._do(PressButton(command=new_command()))
        if self.stands or self.program.patient_bolus is None:
            assert self.bench.device.state.grants == before

    @precondition(lambda self: self.is_open)
    @rule(milligrams=st.sampled_from(["0.01", "0.1", "500"]))
    def bolus(self, milligrams: str) -> None:
        order = GiveBolus(
            command=new_command(),
            running_hash=self.running,
            dose=Mass.of(milligrams, "mg"),
            duration=Duration.of(5, "min"),
        )
        taken = self._do(order)
        assert not taken or (not self.stands and milligrams != "500")

    @precondition(lambda self: self.is_open and isinstance(self.last, PressButton | StopPump))
    @rule()
    def the_last_command_comes_again(self) -> None:
        assert self.programmer is not None
        assert self.last is not None
        before = self.bench.device.state.copy()
        assert self.programmer.command(self.last).repeated
        after = self.bench.device.state
        assert (after.grants, after.stopped_since) == (before.grants, before.stopped_since)

    # -- what always holds ----------------------------------------------------------------------

    @invariant()
    def the_pump_runs_what_was_committed_last(self) -> None:
        if not hasattr(self, "bench"):
            return
        assert self.bench.runs == self.program
        standing = self.bench.device.state.activity is Activity.STOPPED
        assert standing == (self.stands and self.program != MINIMUM) or self.program == MINIMUM
        assert self.bench.device.stands == self.stands

    @invariant()
    def what_is_stored_is_what_was_told(self) -> None:
        if not hasattr(self, "bench"):
            return
        image = self.bench.memory.load()
        assert image is not None
        stored = image.state.program
        assert stored is not None
        assert stored.program == self.program
        assert bool(image.open_update) == (self.update is not None and self.is_open)
        read_entries(self.bench.memory.log_path)


LinkMachine.TestCase.settings = settings(
    max_examples=20_000 if LONG else 40, stateful_step_count=50 if LONG else 30
)


@pytest.mark.req("N02", "U09")
class TestLink(LinkMachine.TestCase):
    """The machine, run by pytest."""
