"""Taking personal words out of an entry without breaking the chain.

An entry carries only the salted hash of such a text; the text and its salt lie beside the log and
can be removed. What remains proves that a text stood there, and nothing else (standards.md 6.4).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import final

from thecal.record.entry import Entry
from thecal.record.errors import EntryFormError

_SALT_BYTES = 16


@final
@dataclass(frozen=True, slots=True)
class Sealed:
    """A text beside the log: its salt, itself, and the hash that the entry carries."""

    salt: str
    text: str

    @property
    def hash(self) -> str:
        """The hash that stands in the entry."""
        return hashlib.sha256(f"{self.salt}:{self.text}".encode()).hexdigest()


def seal(text: str) -> Sealed:
    """Return a text with a fresh salt.

    Raises
    ------
    EntryFormError
        If the text holds a NUL character, which not every database can keep.
    """
    if "\0" in text:
        raise EntryFormError("a text with a NUL character cannot be kept", remedy="type it anew")
    return Sealed(secrets.token_hex(_SALT_BYTES), text)


def sealed_hashes(entries: Iterable[Entry], name: str) -> tuple[str, ...]:
    """Return the hashes of a sealed text in every entry that has it, corrections included.

    Parameters
    ----------
    name
        Its key in the body's table `sealed`, as in `name`, `telephone`.
    """
    found = (one for entry in entries for one in _sealed_in(entry.body, name))
    return tuple(dict.fromkeys(found))


def _sealed_in(value: object, name: str) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _sealed_in(inner, name)
    elif isinstance(value, Mapping):
        sealed = value.get("sealed")
        if isinstance(sealed, Mapping) and name in sealed:
            yield str(sealed[name])
        for inner in value.values():
            yield from _sealed_in(inner, name)
