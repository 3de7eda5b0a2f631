"""Whether the clinic is being served: whoever replaces it has to be alone with it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thecal.errors import ThecalError

_LOCK = "served.lock"


class ServedError(ThecalError):
    """The clinic is being served; nothing was touched."""


@contextmanager
def served(folder: Path) -> Iterator[None]:
    """Say for as long as a server runs that it does; several may."""
    with (folder / _LOCK).open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_SH)
        yield


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one at work in a clinic's folder.

    Raises
    ------
    ServedError
        If it is being served.
    """
    with (folder / _LOCK).open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ServedError(
                "this clinic is being served, and nothing was touched", remedy="stop it first"
            ) from None
        yield
