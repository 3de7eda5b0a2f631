"""What can go wrong on the link: one class per cause."""

from __future__ import annotations

from thecal.errors import ThecalError


class LinkError(ThecalError):
    """Root of every error of the link."""


class KeyFileError(LinkError):
    """A key or pairing file is missing, damaged, or readable by others."""


class HandshakeError(LinkError):
    """The other side did not prove who it is, or does not speak this version."""


class FrameError(LinkError):
    """A frame is too long, damaged, forged, repeated or out of order."""


class MessageError(LinkError):
    """A message is none that this version knows, or its form is wrong."""


class LinkBrokenError(LinkError):
    """The connection ended before the answer came."""


class PumpBusyError(LinkError):
    """The pump has another session."""


class MemoryDamageError(LinkError):
    """What the pump has stored does not fit together: it was damaged or altered."""


class WatchError(LinkError):
    """The watch beside the delivery task does not do its work."""
