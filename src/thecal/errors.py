"""The one root exception and its causes: each says what happened, why, and what to do."""

from __future__ import annotations


class ThecalError(Exception):
    """Root of every error that thecal raises on purpose.

    Parameters
    ----------
    what
        What happened, one sentence without a full stop.
    why
        The reason, where it is not plain from `what`.
    remedy
        What to type or do instead.
    place
        File, event and field the error is about; empty where there is none.
    """

    def __init__(self, what: str, *, why: str = "", remedy: str = "", place: str = "") -> None:
        self.what = what
        self.why = why
        self.remedy = remedy
        self.place = place
        super().__init__(str(self))

    def at(self, place: str) -> ThecalError:
        """Return the same error, placed: `place` goes in front of any place it already names."""
        joined = f"{place}: {self.place}" if self.place else place
        return type(self)(self.what, why=self.why, remedy=self.remedy, place=joined)

    def __str__(self) -> str:
        head = f"{self.place}: {self.what}" if self.place else self.what
        return "; ".join(part for part in (head, self.why, self.remedy) if part)


class EntryError(ThecalError):
    """A typed quantity, time or word is outside the grammar of entry."""


class DimensionError(ThecalError):
    """Two quantities were combined that cannot be, or a unit has the wrong dimension."""


class BadFileError(ThecalError):
    """A file cannot be a therapy: its form, a key, a kind or a reference is wrong."""


class UsageError(ThecalError):
    """The command line asks for something that does not exist or contradicts itself."""


class UnknownIdError(ThecalError):
    """A catalogue or formulary has no entry with that id."""


class DataError(ThecalError):
    """A shipped or clinic data file breaks its own rules (order of limits, missing source)."""


class CannotComputeError(ThecalError):
    """A figure that the computation needs is not known, and none is guessed."""


class NotProgrammableError(ThecalError):
    """A constant-flow pump was asked for something that only a programmable pump can do."""


class PumpRefusalError(ThecalError):
    """The pump's own guard refused an order; what it was doing goes on."""


class RateRefusalError(PumpRefusalError):
    """The pump's own guard refused a rate outside what the model can run."""


class AcceptanceError(ThecalError):
    """A proposal was not accepted: its id, a line or a figure differs from what a person typed."""


class StepRefusedError(ThecalError):
    """A step of a visit was recorded out of order, or what an open finding keeps shut."""
