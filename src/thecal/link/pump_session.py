"""The pump's end of one connection: bytes in, bytes out, no sockets and no clock of its own."""

from __future__ import annotations

from enum import Enum, auto
from typing import final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from thecal.link.attempts import Attempts
from thecal.link.device import ServedPump
from thecal.link.errors import LinkError, MemoryDamageError
from thecal.link.frames import LONGEST_FRAME, FrameBuffer, Opener, Sealer, framed
from thecal.link.handshake import FindProgrammer, PumpHandshake
from thecal.link.keys import PairedProgrammer, Role
from thecal.link.limits import TelemetryLimits
from thecal.link.messages import Closed, write_message
from thecal.link.orders import OrderDesk


@final
class Phase(Enum):
    """How far a connection has come."""

    HELLO = auto()
    CONFIRM = auto()
    OPEN = auto()
    CLOSED = auto()


@final
class PumpSession:
    """One connection, from the challenge to the end.

    Whatever a stranger sends ends in `CLOSED` without a word of why: an error is no help to guess.

    Parameters
    ----------
    device, attempts, identity, limits
        The pump.
    find
        Returns the programmer of a pairing id; asked at each hello, so a revoked one is gone.
    now
        Seconds of the radio's clock.
    """

    def __init__(
        self,
        device: ServedPump,
        attempts: Attempts,
        identity: Ed25519PrivateKey,
        find: FindProgrammer,
        limits: TelemetryLimits,
        now: float,
    ) -> None:
        self._device, self._attempts = device, attempts
        self._handshake = PumpHandshake(identity)
        self._find = find
        self._limits = limits
        self._buffer = FrameBuffer()
        self.phase = Phase.HELLO
        self._since = self._heard = now
        self._opener: Opener | None = None
        self._sealer: Sealer | None = None
        self._desk: OrderDesk | None = None
        device.spent += limits.cost_hello

    def challenge(self) -> bytes:
        """Return what the pump says first."""
        return framed(self._handshake.challenge)

    @property
    def programmer(self) -> PairedProgrammer | None:
        """Who is at the other end, once that is proved."""
        return None if self._desk is None else self._handshake.programmer

    @property
    def closed(self) -> bool:
        """Whether nothing is heard or said any more."""
        return self.phase is Phase.CLOSED

    def expired(self, now: float) -> bool:
        """Whether a time-out has passed."""
        if self.phase is not Phase.OPEN:
            return now - self._since >= self._limits.handshake_timeout
        longest = self._limits.session_limit
        if self.programmer is not None and self.programmer.role is Role.EMERGENCY:
            longest = self._limits.emergency_session_limit
        return now - self._since >= longest or now - self._heard >= self._limits.idle_timeout

    def receive(self, data: bytes, now: float) -> bytes:
        """Take bytes from the other side and return what the pump sends back."""
        if self.closed:
            return b""
        if self.expired(now):
            self.end("time-out", now)
            return b""
        self._buffer.feed(data)
        out = b""
        while not self.closed:
            try:
                frame = self._buffer.take()
                if frame is None:
                    break
                out += self._step(frame, now)
            except MemoryDamageError:
                raise
            except LinkError as error:
                self.end(error.what, now)
        return out

    def _step(self, frame: bytes, now: float) -> bytes:
        if self.phase is Phase.HELLO:
            self._handshake.check_hello(frame, self._find)
            self.phase = Phase.CONFIRM
            self._device.spent += self._limits.cost_handshake
            return framed(self._handshake.answer())
        if self.phase is Phase.CONFIRM:
            return self._open(frame, now)
        assert self._opener is not None
        assert self._sealer is not None
        assert self._desk is not None
        self._device.spent += self._limits.cost_frame
        content = self._opener.open(frame)
        self._heard = now
        answer = self._desk.answer(content)
        sealed = self._sealer.seal(write_message(answer))
        if isinstance(answer, Closed):
            self.phase = Phase.CLOSED
        return sealed

    def _open(self, frame: bytes, now: float) -> bytes:
        keys = self._handshake.confirm(frame)
        programmer = self._handshake.programmer
        assert programmer is not None
        self._opener = Opener(keys.to_pump, keys.session, b"to the pump")
        self._sealer = Sealer(keys.to_programmer, keys.session, b"to the programmer")
        self._buffer.longest = LONGEST_FRAME
        self._desk = OrderDesk(self._device, programmer)
        self.phase = Phase.OPEN
        self._since = self._heard = now
        self._attempts.succeeded()
        return self._sealer.seal(write_message(self._desk.opened()))

    def end(self, why: str, now: float) -> None:
        """End the connection from this side or because it broke; calling it twice does nothing."""
        if self.closed:
            return
        opened = self.phase is Phase.OPEN
        self.phase = Phase.CLOSED
        if opened:
            assert self._desk is not None
            self._desk.lost(why)
        else:
            self._attempts.failed(now)
            self._log_failure(why)

    def _log_failure(self, why: str) -> None:
        device, image = self._device, self._device.image
        device.advance()
        if self._attempts.failures <= self._limits.most_failures_kept:
            device.record("attempt-failed", actor="unknown", role="none", detail=why)
        device.tell(f"a session could not be opened: {why}")
        device.store(
            failures=self._attempts.failures,
            failures_unseen=image.failures_unseen + 1,
            spent_on_failures=image.spent_on_failures + device.spent,
        )
