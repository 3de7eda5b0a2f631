"""What can be wrong with a record."""

from __future__ import annotations

from thecal.errors import ThecalError


class EntryFormError(ThecalError):
    """What is to be written cannot be an entry: a float, a key that is no text, a wrong kind."""


class AnchorError(ThecalError):
    """The file of anchors cannot be read or written, or a line of it was not signed by its key."""


class FoldError(ThecalError):
    """The entries of a patient give no therapy: a correction names nothing, an event is missing."""
