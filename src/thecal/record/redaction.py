"""Taking personal words out of an entry without breaking the chain.

An entry carries only the salted hash of such a text; the text and its salt lie beside the log and
can be removed. What remains proves that a text stood there, and nothing else (standards.md 6.4).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import final

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
    """Return a text with a fresh salt."""
    return Sealed(secrets.token_hex(_SALT_BYTES), text)
