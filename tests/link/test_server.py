"""The served pump at a real socket: one session, no waiting for who is silent, cuts anywhere."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from link_bench import MORPHINE, NEW, OLD, SERIAL, LinkBench

from thecal.link.errors import LinkBrokenError, LinkError, PumpBusyError
from thecal.link.frames import BUSY, framed
from thecal.link.keys import load_card, load_touch, touch
from thecal.link.limits import telemetry_limits
from thecal.link.messages import StopPump, new_command
from thecal.link.programmer import Programmer, SocketTransport
from thecal.link.server import PumpServer
from thecal.link.visit_orders import program_hash
from thecal.pump.state import Activity


class Served:
    """A server in a thread of its own; the bench may look at the pump while it is idle."""

    def __init__(self, bench: LinkBench) -> None:
        self.bench = bench
        self.server = PumpServer(
            bench.device,
            bench.identity,
            bench.limits,
            bench.pump_folder,
            ("127.0.0.1", 0),
            seconds=time.monotonic,
            wall=time.time,
            beat=lambda: None,
        )
        self._transports: list[SocketTransport] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self.server.run, args=(self._ended.is_set,))
        self._thread.start()

    def transport(self) -> SocketTransport:
        self._transports.append(SocketTransport(*self.server.address, 5))
        return self._transports[-1]

    @property
    def is_free(self) -> bool:
        return self.server._session is None

    def programmer(self) -> Programmer:
        return Programmer(self.transport(), self.bench.own, self.bench.paired)

    def socket(self) -> socket.socket:
        return socket.create_connection(self.server.address, 5)

    def end(self) -> None:
        self._ended.set()
        self._thread.join(10)
        assert not self._thread.is_alive()
        for transport in self._transports:
            transport.close()


@pytest.fixture
def served(bench: LinkBench) -> Iterator[Served]:
    bench.limits = replace(
        telemetry_limits(), handshake_timeout=1.0, idle_timeout=1.5, free_failures=10_000
    )
    server = Served(bench)
    yield server
    server.end()


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("it never came")


def test_a_whole_session_over_a_real_socket(served: Served) -> None:
    programmer = served.programmer()
    assert programmer.open().program == OLD
    programmer.update(NEW, MORPHINE, program_hash(OLD, MORPHINE))
    assert programmer.close().program == NEW
    served.end()
    assert served.bench.logged()[-1] == "switched-off"
    assert served.bench.stored() == NEW


def test_a_second_session_is_refused_and_the_first_goes_on(served: Served) -> None:
    first = served.programmer()
    first.open()
    with pytest.raises(PumpBusyError):
        served.programmer().open()
    with served.socket() as second:
        assert second.recv(100) == framed(BUSY)
    assert first.interrogate().program == OLD
    first.close()
    wait_for(lambda: served.is_free)
    third = served.programmer()
    third.open()
    third.close()


def test_who_connects_and_says_nothing_is_dropped_in_time(served: Served) -> None:
    with served.socket() as silent:
        assert len(silent.recv(100)) == 37
        start = time.monotonic()
        assert silent.recv(100) == b""
        assert time.monotonic() - start < 4
    programmer = served.programmer()
    assert programmer.open().failures_unseen == 1
    programmer.close()


def test_a_session_that_falls_silent_is_ended_and_frees_the_pump(served: Served) -> None:
    first = served.programmer()
    first.open()
    wait_for(lambda: "session-lost" in served.bench.logged())
    with pytest.raises(LinkError):
        first.interrogate()
    second = served.programmer()
    second.open()
    second.close()


def test_a_touch_takes_the_pump_from_a_session_that_holds_it(
    served: Served, tmp_path: Path
) -> None:
    holder = served.programmer()
    holder.open()
    until = int(time.time()) + 60
    touch(served.bench.pump_folder, tmp_path / "card", serial=SERIAL, label="ER", until=until)
    pump, own = load_card(tmp_path / "card")
    emergency = Programmer(served.transport(), own, pump)
    emergency.open()
    emergency.command(StopPump(command=new_command(), reason="unconscious"))
    emergency.close("unconscious")
    assert served.bench.device.state.activity is Activity.STOPPED
    assert load_touch(served.bench.pump_folder, time.time()) is None
    with pytest.raises(LinkError):
        holder.interrogate()
    with pytest.raises(LinkError):
        Programmer(served.transport(), own, pump).open()


def test_a_damaged_touch_opens_nothing_and_ends_nothing(served: Served) -> None:
    (served.bench.pump_folder / "touch.json").write_text("garbage")
    programmer = served.programmer()
    assert programmer.open().program == OLD
    programmer.close()


def test_a_peer_that_never_reads_does_not_hold_the_pump_up(served: Served) -> None:
    """The pump's time goes on and the next session opens, whatever the peer does."""
    flood = served.socket()
    flood.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    flood.sendall(framed(bytes(100)))
    wait_for(lambda: "attempt-failed" in served.bench.logged())
    flood.close()
    programmer = served.programmer()
    programmer.open()
    programmer.close()


def test_a_deaf_server_hangs_up_at_once(bench: LinkBench) -> None:
    bench.limits = replace(telemetry_limits(), free_failures=1, first_pause=60.0)
    served = Served(bench)
    try:
        with served.socket() as stranger:
            stranger.recv(100)
            stranger.sendall(framed(bytes(10)))
            assert stranger.recv(100) == b""
        with pytest.raises(LinkBrokenError, match="does not hear"):
            served.programmer().open()
    finally:
        served.end()


class CuttingProxy:
    """A relay on the loopback that cuts both directions after so many bytes together."""

    def __init__(self, target: tuple[str, int], cut: int) -> None:
        self._left = cut
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = self._listener.getsockname()
        self._pump = socket.create_connection(target, 5)
        self._threads = [threading.Thread(target=self._run)]
        self._threads[0].start()

    def _run(self) -> None:
        programmer, _ = self._listener.accept()
        other = threading.Thread(target=self._relay, args=(self._pump, programmer))
        other.start()
        self._relay(programmer, self._pump)
        other.join()
        for one in (programmer, self._pump, self._listener):
            one.close()

    def _relay(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(4096):
                with self._lock:
                    part = data[: self._left]
                    self._left -= len(part)
                    cut = len(part) < len(data) or self._left == 0
                target.sendall(part)
                if cut:
                    break
        except OSError:
            pass
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def join(self) -> None:
        self._threads[0].join(5)


def test_loopback_cut_at_many_bytes_leaves_the_old_program_or_the_new(served: Served) -> None:
    """`test_update` cuts at every byte; this is the same over real loopback connections."""
    programs = (OLD, NEW)
    seen = set()
    for cut in range(30, 9000, 181):
        running = served.bench.runs
        wanted = programs[running == OLD]
        wait_for(lambda: served.is_free)
        proxy = CuttingProxy(served.server.address, cut)
        told = False
        transport = SocketTransport(*proxy.address, 5)
        try:
            programmer = Programmer(transport, served.bench.own, served.bench.paired)
            programmer.open()
            programmer.update(wanted, MORPHINE, program_hash(running, MORPHINE))
            told = True
            programmer.close()
        except LinkError:
            pass
        transport.close()
        proxy.join()
        wait_for(lambda: served.is_free)
        assert served.bench.runs in (running, wanted)
        assert served.bench.runs == wanted or not told
        assert served.bench.device.state.activity is Activity.RUNNING
        seen.add((told, served.bench.runs == wanted))
    assert {(False, False), (True, True)} <= seen
