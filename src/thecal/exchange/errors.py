"""What can be wrong with a packet."""

from __future__ import annotations

from thecal.errors import ThecalError


class PacketError(ThecalError):
    """A packet is no whole record: its form, an entry, a hash or a sealed text is wrong."""
