"""A served pump at a socket: one session at a time, and the pump's time going on meanwhile."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable
from pathlib import Path
from typing import final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from thecal.link.attempts import Attempts
from thecal.link.device import ServedPump
from thecal.link.errors import KeyFileError
from thecal.link.frames import BUSY, framed
from thecal.link.keys import (
    PairedProgrammer,
    Role,
    end_touch,
    load_programmers,
    load_touch,
)
from thecal.link.limits import TelemetryLimits
from thecal.link.pump_session import Phase, PumpSession

_LOOK_EVERY = 0.2
_STORE_EVERY = 10.0
_MOST_AT_ONCE = 4096


@final
class PumpServer:
    """Listens for programmers.

    Parameters
    ----------
    device, identity, limits
        The pump.
    folder
        Its folder: pairings and touches are read from it at each attempt.
    seconds, wall
        A clock that never goes back, and the wall clock that touches are written in.
    beat
        Called after each round, for the watch beside it.
    """

    def __init__(
        self,
        device: ServedPump,
        identity: Ed25519PrivateKey,
        limits: TelemetryLimits,
        folder: Path,
        address: tuple[str, int],
        *,
        seconds: Callable[[], float],
        wall: Callable[[], float],
        beat: Callable[[], None],
    ) -> None:
        self._beat = beat
        self._device, self._identity, self._limits = device, identity, limits
        self._folder = folder
        self._seconds, self._wall = seconds, wall
        self._attempts = Attempts(limits, device.image.failures, seconds())
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._listener = socket.create_server(address, family=family)
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._peer: socket.socket | None = None
        self._session: PumpSession | None = None
        self._stored = seconds()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, port = self._listener.getsockname()[:2]
        return host, port

    def run(self, ended: Callable[[], bool]) -> None:
        """Serve until `ended` says so; then store the pump and leave.

        Raises
        ------
        MemoryDamageError, OSError
            If the pump cannot be stored: nobody was told what is not.
        """
        try:
            while not ended():
                self.step(_LOOK_EVERY)
            self._hang_up("the pump was switched off")
            self._device.advance()
            self._device.record("switched-off")
            self._device.store()
        finally:
            if self._peer is not None:
                self._peer.close()
            self._selector.close()
            self._listener.close()

    def step(self, longest: float) -> None:
        """Wait at most so many seconds for something to happen, and deal with it."""
        for key, _ in self._selector.select(longest):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fileobj is self._peer:
                self._receive()
        now = self._seconds()
        if self._session is not None and self._session.expired(now):
            self._hang_up("time-out")
        self._device.advance()
        if now - self._stored >= _STORE_EVERY:
            self._device.store()
            self._stored = now
        self._beat()

    # -- connections ----------------------------------------------------------------------------

    def _accept(self) -> None:
        try:
            peer, _ = self._listener.accept()
        except OSError:
            return
        now = self._seconds()
        touched = self._touch() is not None
        if self._session is not None and touched:
            self._hang_up("a touch at the pump")
        if self._session is not None:
            _say(peer, framed(BUSY))
            peer.close()
            return
        if touched:
            self._attempts.touched(now)
        if not self._attempts.hears(now):
            peer.close()
            return
        # A peer that does not read must not hold the pump up.
        peer.settimeout(self._limits.handshake_timeout)
        self._peer = peer
        self._session = PumpSession(
            self._device, self._attempts, self._identity, self._find, self._limits, now
        )
        self._selector.register(peer, selectors.EVENT_READ)
        self._send(self._session.challenge())

    def _find(self, identity: str) -> PairedProgrammer | None:
        for programmer in load_programmers(self._folder):
            if programmer.id == identity:
                return programmer
        touched = self._touch()
        return touched if touched is not None and touched.id == identity else None

    def _touch(self) -> PairedProgrammer | None:
        try:
            return load_touch(self._folder, self._wall())
        except KeyFileError as error:
            # A damaged touch opens nothing, and must not end the pump.
            self._device.tell(str(error))
            return None

    def _receive(self) -> None:
        assert self._peer is not None
        assert self._session is not None
        try:
            data = self._peer.recv(_MOST_AT_ONCE)
        except OSError:
            data = b""
        if not data:
            self._hang_up("the link broke")
            return
        before = self._session.phase
        out = self._session.receive(data, self._seconds())
        who = self._session.programmer
        if before is not Phase.OPEN and who is not None and who.role is Role.EMERGENCY:
            end_touch(self._folder)
        self._send(out)
        if self._session is not None and self._session.closed:
            self._hang_up("")

    def _send(self, data: bytes) -> None:
        assert self._peer is not None
        if data and not _say(self._peer, data):
            self._hang_up("the link broke")

    def _hang_up(self, why: str) -> None:
        if self._session is None or self._peer is None:
            return
        session, peer = self._session, self._peer
        self._session = self._peer = None
        self._selector.unregister(peer)
        peer.close()
        session.end(why, self._seconds())


def _say(peer: socket.socket, data: bytes) -> bool:
    try:
        peer.sendall(data)
    except OSError:
        return False
    return True
