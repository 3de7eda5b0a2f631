"""An update is one transaction: whatever breaks, the old program runs or the new one."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable
from dataclasses import replace

import pytest
from link_bench import (
    MORPHINE,
    NEW,
    OLD,
    LinkBench,
    Scissors,
    Wire,
    continuous,
    whole_length,
)

from thecal.errors import PumpRefusalError
from thecal.link.errors import LinkBrokenError, LinkError
from thecal.link.limits import telemetry_limits
from thecal.link.messages import (
    Abort,
    BeginUpdate,
    Command,
    Commit,
    GiveBolus,
    PressButton,
    ReadBack,
    ResumePump,
    SendProgram,
    Staged,
    StopPump,
    new_command,
)
from thecal.link.programmer import Programmer, UnknownOutcomeError
from thecal.link.visit_orders import program_hash
from thecal.pharmacy import Mixture
from thecal.pump.state import Activity
from thecal.units import Concentration, Duration, Mass

ID, OTHER_ID = "1" * 32, "2" * 32
NEW_HASH = program_hash(NEW, MORPHINE)


def update(programmer: Programmer, bench: LinkBench) -> None:
    programmer.update(NEW, MORPHINE, program_hash(OLD, MORPHINE))


def test_an_update_is_sent_read_back_compared_and_committed(bench: LinkBench) -> None:
    programmer = bench.opened()
    done = programmer.update(NEW, MORPHINE, program_hash(OLD, MORPHINE))
    assert (done.report.program, done.report.running_hash) == (NEW, NEW_HASH)
    assert programmer.close().gives_therapy
    assert bench.stored() == NEW
    kinds = bench.logged()
    assert kinds[kinds.index("session-open") :][:4] == [
        "session-open",
        "update-begun",
        "commit",
        "session-closed",
    ]


def begin(command: str = ID, *, wanted: str = NEW_HASH) -> BeginUpdate:
    return BeginUpdate(command=command, order_hash=wanted, running_hash=program_hash(OLD, MORPHINE))


def sent(command: str = ID) -> SendProgram:
    return SendProgram(command=command, program=NEW, mixture=MORPHINE)


@pytest.mark.req("U01")
@pytest.mark.parametrize(
    ("taken", "wrong"),
    [
        ([], sent()),
        ([], ReadBack(command=ID)),
        ([], Commit(command=ID, order_hash=NEW_HASH)),
        ([], Abort(command=ID)),
        ([begin()], begin(OTHER_ID)),
        ([begin()], ReadBack(command=ID)),
        ([begin()], Commit(command=ID, order_hash=NEW_HASH)),
        ([begin()], sent(OTHER_ID)),
        ([begin()], replace(sent(), program=continuous("9"))),
        ([begin()], Abort(command=OTHER_ID)),
        ([begin(), sent()], sent()),
        ([begin(), sent()], ReadBack(command=OTHER_ID)),
        ([begin(), sent()], Commit(command=ID, order_hash=NEW_HASH)),
        ([begin(), sent(), ReadBack(command=ID)], Commit(command=ID, order_hash="0" * 64)),
        ([begin(), sent(), ReadBack(command=ID)], Commit(command=OTHER_ID, order_hash=NEW_HASH)),
    ],
)
def test_a_step_out_of_order_or_with_another_id_or_hash_is_refused(
    bench: LinkBench, taken: list[Command], wrong: Command
) -> None:
    programmer = bench.opened()
    for request in taken:
        programmer.ask(request)
    with pytest.raises(PumpRefusalError):
        programmer.ask(wrong)
    assert bench.runs == OLD
    assert bench.stored() == OLD


def test_the_pump_reads_back_what_it_would_run(bench: LinkBench) -> None:
    programmer = bench.opened()
    programmer.ask(begin())
    programmer.ask(sent())
    staged = programmer.ask(ReadBack(command=ID))
    assert staged == Staged(command=ID, program=NEW, mixture=MORPHINE, order_hash=NEW_HASH)
    assert bench.runs == OLD


@pytest.mark.req("U09")
def test_a_read_back_that_differs_is_not_committed(
    bench: LinkBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    programmer = bench.opened()
    real = Programmer.ask

    def other(self: Programmer, request: Command) -> object:
        answer = real(self, request)
        return replace(answer, program=OLD) if isinstance(answer, Staged) else answer

    monkeypatch.setattr(Programmer, "ask", other)
    with pytest.raises(PumpRefusalError, match="read back another order"):
        update(programmer, bench)
    assert bench.runs == OLD
    assert bench.logged()[-1] == "update-aborted"


def test_the_review_must_have_seen_the_program_that_runs(bench: LinkBench) -> None:
    """Two programmers: the second decided upon a program that the first has replaced."""
    update(bench.opened(), bench)
    second = bench.opened()
    with pytest.raises(PumpRefusalError, match="not the program that runs"):
        second.update(continuous("3"), MORPHINE, program_hash(OLD, MORPHINE))
    assert bench.runs == NEW


@pytest.mark.req("R8.1.0(3)")
def test_a_program_for_other_concentrations_is_refused(bench: LinkBench) -> None:
    weaker = Mixture.of({"morphine": Concentration.of(5, "mg/mL")})
    with pytest.raises(PumpRefusalError, match="other concentrations"):
        bench.opened().update(NEW, weaker, program_hash(OLD, MORPHINE))
    assert bench.stored() == OLD


@pytest.mark.req("N02")
def test_the_pumps_own_guard_refuses_what_no_review_stopped(bench: LinkBench) -> None:
    programmer = bench.opened()
    with pytest.raises(PumpRefusalError, match="above the highest"):
        programmer.update(continuous("300"), MORPHINE, program_hash(OLD, MORPHINE))
    assert bench.runs == OLD
    programmer.close()
    assert bench.stored() == OLD


def test_a_stop_during_an_update_ends_it(bench: LinkBench) -> None:
    """A commit would start the pump again that somebody has just stopped."""
    programmer = bench.opened()
    for request in (begin(), sent(), ReadBack(command=ID)):
        programmer.ask(request)
    programmer.command(StopPump(command=OTHER_ID, reason="drowsy"))
    with pytest.raises(PumpRefusalError, match="no update"):
        programmer.ask(Commit(command=ID, order_hash=NEW_HASH))
    assert bench.device.state.activity is Activity.STOPPED


def test_a_session_with_an_update_under_way_cannot_be_closed(bench: LinkBench) -> None:
    programmer = bench.opened()
    programmer.ask(begin())
    with pytest.raises(PumpRefusalError, match="under way"):
        programmer.close()
    programmer.ask(Abort(command=ID))
    assert programmer.close().notices == ()


@pytest.mark.req("U12")
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_broken_link_drops_the_update_and_says_so_at_the_next_session(
    bench: LinkBench, steps: int
) -> None:
    wire = bench.wire()
    programmer = bench.programmer(wire)
    programmer.open()
    for request in (begin(), sent(), ReadBack(command=ID))[:steps]:
        programmer.ask(request)
    wire.close()
    assert any("UPDATE NOT COMMITTED" in told for told in bench.told)
    report = bench.opened().interrogate()
    assert report.program == OLD
    assert report.gives_therapy
    assert "UPDATE NOT COMMITTED" in report.notices[0]


def test_a_loss_of_power_during_an_update_is_noticed_at_the_next_start(bench: LinkBench) -> None:
    programmer = bench.opened()
    for request in (begin(), sent(), ReadBack(command=ID)):
        programmer.ask(request)
    bench.restart()
    assert bench.runs == OLD
    report = bench.opened().interrogate()
    assert report.gives_therapy
    assert "power was lost" in report.notices[0]
    assert "update-dropped" in bench.logged()


# -- cut at every byte ----------------------------------------------------------------------------


@pytest.mark.req("N01")
def test_a_link_cut_at_any_byte_of_an_update_leaves_the_old_program_or_the_new(
    bench: LinkBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The loop puts the pump back, its log goes on: a full log would be another test.
    most = replace(telemetry_limits(), log_entries_kept=10**6)
    monkeypatch.setattr("thecal.link.device.telemetry_limits", lambda: most)
    image = bench.device.image
    total = whole_length(bench, lambda programmer: update(programmer, bench))
    assert total > 2500
    outcomes = []
    for cut in range(total + 1):
        bench.device._image = image
        bench.device._pump._flow.state = image.state.copy()
        bench.attempts.succeeded()
        bench.attempts.touched(0)
        wire = bench.wire(Scissors(cut))
        programmer = bench.programmer(wire)
        told = False
        try:
            programmer.open()
            update(programmer, bench)
            told = True
        except LinkError:
            pass
        wire.close()
        assert bench.runs in (OLD, NEW)
        assert bench.device.state.activity is Activity.RUNNING
        assert bench.runs == NEW or not told
        outcomes.append(bench.runs == NEW)
    # One byte decides: the last one of the commit.
    assert outcomes == sorted(outcomes)
    assert outcomes[-1]
    assert not outcomes[0]


def test_a_link_cut_while_the_commit_is_answered_says_that_the_outcome_is_unknown(
    bench: LinkBench,
) -> None:
    answers = itertools.count(1)

    def cut(direction: str, data: bytes) -> bytes:
        # Challenge, answer, standing, two steps, read-back; then what the commit is answered.
        if direction == "to programmer" and next(answers) == 7:
            return data[:-1]
        return data

    programmer = bench.opened(cut)
    with pytest.raises(UnknownOutcomeError, match="all of the command or nothing"):
        update(programmer, bench)
    assert bench.opened().interrogate().program == NEW


@pytest.mark.req("U07")
@pytest.mark.parametrize(
    "order",
    [
        lambda running: PressButton(command=ID),
        lambda running: StopPump(command=ID, reason="drowsy"),
        lambda running: GiveBolus(
            command=ID,
            running_hash=running,
            dose=Mass.of("0.05", "mg"),
            duration=Duration.of(5, "min"),
        ),
    ],
    ids=["press", "stop", "bolus"],
)
def test_a_command_whose_answer_was_lost_is_done_once_when_it_is_sent_again(
    bench: LinkBench, order: Callable[[str], Command]
) -> None:
    request = order(bench.device.running_hash)
    cut = {"armed": False}

    def deaf(direction: str, data: bytes) -> bytes:
        return b"" if cut["armed"] and direction == "to programmer" else data

    programmer = bench.programmer(bench.wire(deaf))
    programmer.open()
    cut["armed"] = True
    with pytest.raises(UnknownOutcomeError):
        programmer.command(request)
    bench.restart()
    before = bench.device.state.copy()
    done = bench.opened().command(request)
    assert done.repeated
    assert bench.device.state.grants == before.grants
    assert bench.device.state.stopped_since == before.stopped_since


def test_an_id_that_was_used_for_one_order_is_no_id_for_another(bench: LinkBench) -> None:
    programmer = bench.opened()
    programmer.command(PressButton(command=ID))
    with pytest.raises(PumpRefusalError, match="used for another order"):
        programmer.command(StopPump(command=ID, reason=""))
    assert bench.device.state.activity is Activity.RUNNING


def test_orders_are_bound_to_the_program_that_they_were_decided_upon(bench: LinkBench) -> None:
    programmer = bench.opened()
    running = bench.device.running_hash
    update(programmer, bench)
    stale = GiveBolus(
        command=ID, running_hash=running, dose=Mass.of(1, "mg"), duration=Duration.of(5, "min")
    )
    for order in (stale, ResumePump(command=OTHER_ID, running_hash=running)):
        with pytest.raises(PumpRefusalError, match="another program runs"):
            programmer.command(order)
    # A stop is bound to nothing: it is never refused for what somebody did not know.
    assert programmer.command(StopPump(command=new_command(), reason="")).denial is None


# -- over sockets ---------------------------------------------------------------------------------


class SocketPair:
    """Both ends of a connected pair of sockets in one thread; the pump reads what has arrived."""

    def __init__(self, bench: LinkBench, cut: int) -> None:
        self._bench = bench
        self._own, self._pumps = socket.socketpair()
        self._left = cut
        self._session = bench.session()
        self._to_programmer(self._session.challenge())

    def _pass(self, data: bytes) -> bytes:
        part = data[: self._left]
        self._left -= len(part)
        return part

    def _to_programmer(self, data: bytes) -> None:
        self._pumps.sendall(self._pass(data))
        if self._left == 0:
            self._pumps.close()

    def send(self, data: bytes) -> None:
        try:
            self._own.sendall(self._pass(data))
            if self._left == 0:
                self._own.shutdown(socket.SHUT_WR)
            arrived = self._pumps.recv(65536)
        except OSError as error:
            raise LinkBrokenError(str(error)) from None
        self._to_programmer(self._session.receive(arrived, self._bench.clock()))

    def receive(self) -> bytes:
        data = self._own.recv(65536)
        if not data:
            raise LinkBrokenError("the pump ended the link")
        return data

    def close(self) -> None:
        self._own.close()
        self._pumps.close()
        self._session.end("the link broke", self._bench.clock())


def test_a_pair_of_sockets_cut_at_any_byte_leaves_the_old_program_or_the_new(
    bench: LinkBench,
) -> None:
    image = replace(bench.device.image, state=bench.device.state.copy())
    total = whole_length(bench, lambda programmer: update(programmer, bench))
    # Every byte of the commit and its answer, and every 23rd before them.
    cuts = sorted({*range(1, total, 23), *range(total - 1500, total + 1)})
    outcomes = []
    for cut in cuts:
        bench.device._pump._flow.state = image.state.copy()
        bench.device._image = image
        bench.attempts.succeeded()
        pair = SocketPair(bench, cut)
        programmer = bench.programmer(pair)
        try:
            programmer.open()
            update(programmer, bench)
        except LinkError:
            pass
        finally:
            pair.close()
        assert bench.runs in (OLD, NEW)
        assert bench.device.state.activity is Activity.RUNNING
        outcomes.append(bench.runs == NEW)
    assert outcomes == sorted(outcomes)
    assert outcomes[-1]


def test_the_bench_joins_both_ends(bench: LinkBench) -> None:
    wire = Wire(bench, bench.session(), None)
    assert bench.programmer(wire).open().program == OLD
