"""An open session: what is said stays secret, what is old is refused, what is silent ends."""

from __future__ import annotations

import itertools
import secrets

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from link_bench import MORPHINE, NEW, OLD, SERIAL, LinkBench, frames_of

from thecal.errors import PumpRefusalError
from thecal.link.errors import HandshakeError, LinkError
from thecal.link.frames import LONGEST_FRAME, Sealer, framed
from thecal.link.keys import Role
from thecal.link.messages import (
    ANSWERS,
    REQUESTS,
    BeginUpdate,
    Close,
    Interrogate,
    MinimumRate,
    PressButton,
    ReadLog,
    Request,
    ResumePump,
    StopPump,
    new_command,
    write_message,
)
from thecal.link.programmer import Programmer
from thecal.link.pump_session import Phase
from thecal.link.visit_orders import program_hash
from thecal.program.program import Mode
from thecal.pump.state import Activity


def whole_session(bench: LinkBench) -> bytes:
    """Return all that an eavesdropper hears of a session with everything in it."""
    wire = bench.wire()
    programmer = bench.programmer(wire)
    programmer.open()
    programmer.interrogate()
    programmer.update(NEW, MORPHINE, program_hash(OLD, MORPHINE))
    programmer.command(PressButton(command=new_command()))
    programmer.log()
    programmer.command(StopPump(command=new_command(), reason="drowsy"))
    programmer.close("drowsy")
    return b"".join(data for _, data in wire.passed)


@pytest.mark.req("R8.2.0(1)")
def test_an_eavesdropper_reads_nothing(bench: LinkBench) -> None:
    heard = whole_session(bench)
    words = [SERIAL, "morphine", "drowsy", "Dr A", "clinician", "version", "1772", "continuous"]
    words += [*REQUESTS, *ANSWERS, bench.paired.public_key, bench.paired.secret]
    for word in words:
        if len(word) > 3:
            assert word.encode() not in heard, word
    for raw in (bench.paired.public_key, bench.paired.secret, program_hash(NEW, MORPHINE)):
        assert bytes.fromhex(raw) not in heard


def test_what_is_heard_looks_random(bench: LinkBench) -> None:
    """A crude test: no byte value stands out in the sealed parts."""
    wire = bench.wire()
    programmer = bench.programmer(wire)
    programmer.open()
    for _ in range(60):
        programmer.interrogate()
    sealed = b"".join(frame[12:] for frame in frames_of(wire.of("to programmer"))[2:])
    assert len(sealed) > 30_000
    mean = len(sealed) / 256
    assert all(abs(sealed.count(bytes([n])) - mean) < 8 * mean**0.5 for n in range(256))


@pytest.mark.parametrize("which", range(2, 6))
def test_a_frame_repeated_in_its_session_ends_it_and_does_nothing(
    bench: LinkBench, which: int
) -> None:
    wire = bench.wire()
    programmer = bench.programmer(wire)
    programmer.open()
    for _ in range(4):
        programmer.command(PressButton(command=new_command()))
    frame = frames_of(wire.of("to pump"))[which]
    granted = bench.device.state.grants
    assert wire.inject(frame) == b""
    assert wire.session.closed
    assert bench.device.state.grants == granted


def test_no_frame_of_an_old_session_is_taken_by_a_new_one(bench: LinkBench) -> None:
    old = bench.wire()
    programmer = bench.programmer(old)
    programmer.open()
    programmer.command(StopPump(command=new_command(), reason=""))
    running = bench.device.running_hash
    programmer.command(ResumePump(command=new_command(), running_hash=running))
    programmer.close()
    for frame in frames_of(old.of("to pump")) + frames_of(old.of("to programmer")):
        wire = bench.wire()
        bench.programmer(wire).open()
        assert wire.inject(frame) == b""
        assert wire.session.closed
        assert bench.device.state.activity is Activity.RUNNING


def test_the_keys_of_an_old_session_are_worth_nothing(bench: LinkBench) -> None:
    old = bench.opened()
    stolen = old._sealer
    assert stolen is not None
    old.close()
    wire = bench.wire()
    bench.programmer(wire).open()
    stolen.counter = 0
    assert wire.inject(stolen.seal(write_message(Interrogate()))) == b""
    assert wire.session.closed


def test_swapped_frames_end_the_session(bench: LinkBench) -> None:
    wire = bench.wire()
    programmer = bench.programmer(wire)
    programmer.open()
    sealer = programmer._sealer
    assert sealer is not None
    first = sealer.seal(write_message(StopPump(command=new_command(), reason="")))
    second = sealer.seal(write_message(PressButton(command=new_command())))
    assert wire.inject(second + first) == b""
    assert wire.session.closed
    assert bench.device.state.activity is Activity.RUNNING


def test_a_bit_flipped_in_any_byte_of_an_order_changes_nothing(bench: LinkBench) -> None:
    request = write_message(StopPump(command="3" * 32, reason=""))
    length = len(Sealer(bytes(32), b"", b"").seal(request))
    for place in range(length):
        wire = bench.wire()
        programmer = bench.programmer(wire)
        programmer.open()
        sealer = programmer._sealer
        assert sealer is not None
        frame = bytearray(sealer.seal(request))
        frame[place] ^= 1 << (place % 8)
        assert wire.inject(bytes(frame)) == b""
        # A longer length is waited for in vain; all else is noticed at once.
        assert wire.session.closed or place < 4
        wire.close()
        bench.attempts.succeeded()
    assert bench.device.state.activity is Activity.RUNNING
    assert "stop" not in bench.logged()


def test_a_frame_longer_than_any_may_be_ends_the_session_before_it_is_held(
    bench: LinkBench,
) -> None:
    wire = bench.wire()
    bench.programmer(wire).open()
    assert wire.inject((LONGEST_FRAME + 1).to_bytes(4, "big")) == b""
    assert wire.session.closed


# -- time -----------------------------------------------------------------------------------------


@pytest.mark.req("U02")
def test_a_silent_session_ends_and_a_late_command_is_not_done(bench: LinkBench) -> None:
    wire = bench.wire()
    programmer = bench.programmer(wire)
    programmer.open()
    bench.clock.wait(bench.limits.idle_timeout - 0.1)
    programmer.interrogate()
    bench.clock.wait(bench.limits.idle_timeout)
    with pytest.raises(LinkError):
        programmer.command(StopPump(command=new_command(), reason="late"))
    assert bench.device.state.activity is Activity.RUNNING
    assert bench.logged()[-1] == "session-lost"


@pytest.mark.req("U02")
def test_no_session_lasts_for_ever(bench: LinkBench) -> None:
    programmer = bench.opened()
    for _ in range(40):
        bench.clock.wait(bench.limits.session_limit / 40 - 0.01)
        programmer.interrogate()
    bench.clock.wait(1)
    with pytest.raises(LinkError):
        programmer.interrogate()


@pytest.mark.parametrize("steps", [0, 1])
def test_a_handshake_that_dawdles_ends_and_counts_as_failed(bench: LinkBench, steps: int) -> None:
    wire = bench.wire()
    if steps:
        frames = itertools.count()
        wire._change = lambda _, data: data if next(frames) < 2 else b""
        with pytest.raises(LinkError):
            bench.programmer(wire).open()
    bench.clock.wait(bench.limits.handshake_timeout)
    assert wire.session.expired(bench.clock())
    assert wire.inject(b"\0") == b""
    assert wire.session.closed
    assert bench.attempts.failures == 1


def test_bytes_after_the_end_are_not_heard(bench: LinkBench) -> None:
    wire = bench.wire()
    programmer = bench.programmer(wire)
    programmer.open()
    sealer = programmer._sealer
    programmer.close()
    assert sealer is not None
    late = sealer.seal(write_message(StopPump(command=new_command(), reason="late")))
    assert wire.inject(late) == b""
    assert bench.device.state.activity is Activity.RUNNING


# -- who may what ---------------------------------------------------------------------------------

EVERYTHING: dict[str, Request] = {
    "interrogate": Interrogate(),
    "read-log": ReadLog(since=0),
    "begin-update": BeginUpdate(command="4" * 32, order_hash="", running_hash=""),
    "stop": StopPump(command="5" * 32, reason=""),
    "minimum-rate": MinimumRate(command="6" * 32, reason=""),
    "resume": ResumePump(command="7" * 32, running_hash=""),
    "press": PressButton(command="8" * 32),
}


@pytest.mark.req("GIP-6.1.5")
@pytest.mark.parametrize("name", EVERYTHING)
def test_a_patient_may_press_and_read_and_nothing_else(bench: LinkBench, name: str) -> None:
    patient = bench.programmer(pump=bench.pair(Role.PATIENT, "the patient"))
    patient.open()
    before = bench.device.state.activity
    if name in ("interrogate", "press"):
        patient.ask(EVERYTHING[name])
    else:
        with pytest.raises(PumpRefusalError, match="not for the role patient"):
            patient.ask(EVERYTHING[name])
    assert bench.device.state.activity is before
    patient.close()


def test_the_pump_itself_decides_a_press(bench: LinkBench) -> None:
    patient = bench.programmer(pump=bench.pair(Role.PATIENT, "the patient"))
    patient.open()
    granted = patient.command(PressButton(command=new_command()))
    denied = patient.command(PressButton(command=new_command()))
    assert (granted.denial, denied.denial) == (None, "another bolus is running")
    assert denied.report.granted_last_day == 1
    assert bench.logged()[-2:] == ["press", "press"]


@pytest.mark.req("U03")
def test_a_programmer_of_another_pump_notices_by_its_serial(bench: LinkBench) -> None:
    from dataclasses import replace

    with pytest.raises(HandshakeError, match="not NGV1"):
        bench.programmer(pump=replace(bench.paired, serial="NGV1")).open()


# -- the end of a session -------------------------------------------------------------------------


@pytest.mark.req("U10")
def test_a_session_cannot_be_closed_silently_over_a_pump_that_stands(bench: LinkBench) -> None:
    programmer = bench.opened()
    programmer.command(StopPump(command=new_command(), reason="drowsy"))
    with pytest.raises(PumpRefusalError, match="gives no therapy"):
        programmer.close()
    assert not programmer.close("drowsy; seen again at noon").gives_therapy


@pytest.mark.req("U10")
def test_a_session_lost_over_a_pump_that_stands_is_told_until_a_clinician_reads_it(
    bench: LinkBench,
) -> None:
    wire = bench.wire()
    programmer = bench.programmer(wire)
    programmer.open()
    programmer.command(MinimumRate(command=new_command(), reason="drowsy"))
    assert bench.runs.mode is Mode.MINIMUM_RATE
    wire.close()
    assert any("LEFT WITHOUT THERAPY" in told for told in bench.told)
    bench.restart()
    patient = bench.programmer(pump=bench.pair(Role.PATIENT, "the patient"))
    assert patient.open().notices
    patient.close("x")
    programmer = bench.programmer()
    assert "LEFT WITHOUT THERAPY" in programmer.open().notices[-1]
    programmer.close("known")
    assert bench.opened().interrogate().notices == ()


@pytest.mark.req("N01")
def test_telemetry_lost_at_any_moment_changes_no_delivery(bench: LinkBench) -> None:
    twin = bench.device.state.copy()
    wire = bench.wire()
    programmer = bench.programmer(wire)
    programmer.open()
    programmer.interrogate()
    wire.close()
    bench.clock.wait(7200)
    bench.device.advance()
    from thecal.pump.pump import Pump

    other = Pump(bench.device.image.setup, twin)
    other.advance(bench.device.state.now)
    assert bench.device.state == other.state


# -- garbage --------------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.binary(max_size=200), max_size=5), st.booleans())
def test_garbage_never_opens_a_session_and_never_harms_one(
    bench: LinkBench, pieces: list[bytes], frame_them: bool
) -> None:
    session = bench.session()
    for piece in pieces:
        session.receive(framed(piece) if frame_them else piece, bench.clock())
    assert session.phase in (Phase.HELLO, Phase.CLOSED)
    session.end("the link broke", bench.clock())
    assert bench.runs == OLD
    assert bench.device.state.activity is Activity.RUNNING


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(min_size=1, max_size=300))
def test_garbage_in_an_open_session_ends_it_or_waits_for_more(
    bench: LinkBench, garbage: bytes
) -> None:
    wire = bench.wire()
    bench.programmer(wire).open()
    assert wire.inject(garbage) == b""
    wire.close()
    assert bench.device.state.activity is Activity.RUNNING


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=300))
def test_garbage_that_is_sealed_is_refused_and_the_session_goes_on(
    bench: LinkBench, garbage: bytes
) -> None:
    wire = bench.wire()
    programmer: Programmer = bench.programmer(wire)
    programmer.open()
    assert programmer._sealer is not None
    assert programmer._opener is not None
    answer = wire.inject(programmer._sealer.seal(garbage))
    assert b"refused" in programmer._opener.open(answer[4:])
    assert programmer.interrogate().program == OLD
    programmer.close()


def test_a_stolen_frame_counter_does_not_help(bench: LinkBench) -> None:
    wire = bench.wire()
    bench.programmer(wire).open()
    for counter in range(5):
        session = bench.wire()
        bench.programmer(session).open()
        fake = counter.to_bytes(8, "big") + secrets.token_bytes(60)
        assert session.inject(framed(fake)) == b""
        assert session.session.closed


def test_close_is_a_request_like_any_other(bench: LinkBench) -> None:
    wire = bench.wire()
    programmer = bench.programmer(wire)
    programmer.open()
    programmer.ask(Close(standing=""))
    assert wire.session.closed
    assert bench.logged()[-1] == "session-closed"
