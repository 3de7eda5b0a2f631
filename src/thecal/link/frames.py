"""Frames: a bounded length, then bytes; inside a session sealed under strictly rising counters.

A sealed frame is `counter (8 bytes) | ciphertext and tag` of ChaCha20-Poly1305. The counter is the
nonce; direction, session, length and counter are authenticated with the content. The reader takes
exactly the next counter, so a frame that is repeated, dropped or out of order ends the session.
"""

from __future__ import annotations

from typing import final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from thecal.link.errors import FrameError
from thecal.link.handshake import LONGEST_STEP, PROTOCOL, TAG_BYTES

LENGTH_BYTES = 4
COUNTER_BYTES = 8
LONGEST_FRAME = 32 * 1024
LAST_COUNTER = 2**32
"""A session ends long before a counter could come round."""
LONGEST_CONTENT = LONGEST_FRAME - COUNTER_BYTES - TAG_BYTES
BUSY = b"busy"
"""The one thing that a pump says outside a session besides its challenge."""


def framed(content: bytes) -> bytes:
    """Return `content` with its length in front."""
    return len(content).to_bytes(LENGTH_BYTES, "big") + content


@final
class FrameBuffer:
    """Cuts a stream of bytes into frames; nothing longer than `longest` is ever held."""

    def __init__(self) -> None:
        self.longest = LONGEST_STEP
        self._held = bytearray()

    def feed(self, data: bytes) -> None:
        """Take bytes as they came."""
        self._held += data

    def take(self) -> bytes | None:
        """Return the next whole frame, None if it is not there yet.

        Raises
        ------
        FrameError
            If the frame says that it is empty or longer than the longest.
        """
        if len(self._held) < LENGTH_BYTES:
            return None
        length = int.from_bytes(self._held[:LENGTH_BYTES], "big")
        if not 0 < length <= self.longest:
            raise FrameError("a frame has a length that none may have")
        end = LENGTH_BYTES + length
        if len(self._held) < end:
            return None
        frame = bytes(self._held[LENGTH_BYTES:end])
        del self._held[:end]
        return frame


class _Direction:
    def __init__(self, key: bytes, session: bytes, direction: bytes) -> None:
        self._box = ChaCha20Poly1305(key)
        self._bound = PROTOCOL + b" " + direction + b" " + session
        self.counter = 0

    def _next(self) -> bytes:
        if self.counter >= LAST_COUNTER:
            raise FrameError("the session is used up", remedy="open another")
        self.counter += 1
        return self.counter.to_bytes(COUNTER_BYTES, "big")

    def _associated(self, counter: bytes, length: int) -> bytes:
        return self._bound + counter + length.to_bytes(LENGTH_BYTES, "big")


@final
class Sealer(_Direction):
    """Seals what one side sends."""

    def seal(self, content: bytes) -> bytes:
        """Return the frame of `content`, length included; raises `FrameError` if it is too long."""
        if len(content) > LONGEST_CONTENT:
            raise FrameError("a message is too long for a frame")
        counter = self._next()
        length = COUNTER_BYTES + len(content) + TAG_BYTES
        sealed = self._box.encrypt(_nonce(counter), content, self._associated(counter, length))
        return framed(counter + sealed)


@final
class Opener(_Direction):
    """Opens what the other side sent."""

    def open(self, frame: bytes) -> bytes:
        """Return the content of a frame without its length; raises `FrameError`."""
        expected = self._next()
        counter, sealed = frame[:COUNTER_BYTES], frame[COUNTER_BYTES:]
        if counter != expected or len(sealed) < TAG_BYTES:
            raise FrameError("a frame is repeated, missing or out of order")
        try:
            return self._box.decrypt(_nonce(counter), sealed, self._associated(counter, len(frame)))
        except InvalidTag:
            raise FrameError("a frame is damaged or forged") from None


def _nonce(counter: bytes) -> bytes:
    return bytes(12 - COUNTER_BYTES) + counter
