"""What can be wrong with a record."""

from __future__ import annotations

from thecal.errors import ThecalError


class EntryFormError(ThecalError):
    """What is to be written cannot be an entry: a float, a key that is no text, a wrong kind."""


class AnchorError(ThecalError):
    """The file of anchors cannot be read or written, or a line of it was not signed by its key."""


class FoldError(ThecalError):
    """The entries of a patient give no therapy: a correction names nothing, an event is missing."""


class DatabaseReadError(ThecalError):
    """A database cannot be opened, or holds no record of a clinic."""


class PacketFormError(ThecalError):
    """A file is no packet of a patient's record."""


class CardError(ThecalError):
    """A text is no code of a pump card, or the key of the cards cannot be used."""
