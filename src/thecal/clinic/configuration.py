"""What the settings are made of: folders, the secret, the database of an address."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from thecal.errors import UsageError

KEY_FILE = "secret.key"
"""Where the secret of an installation lies, in its folder."""
_SECRET_BYTES = 48


def make_folder(path: Path) -> Path:
    """Return a folder that only its owner can read, made where it is missing."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path.resolve()


def secret_key(folder: Path) -> str:
    """Return the secret of this installation; made once, never shipped."""
    path = folder / KEY_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(handle, "w") as stream:
        stream.write(secrets.token_urlsafe(_SECRET_BYTES))
    return path.read_text()


def database(address: str, folder: Path) -> dict[str, Any]:
    """Return Django's settings of a database.

    Parameters
    ----------
    address
        `postgresql://user:password@host:port/name`; empty: the embedded one in `folder`.

    Raises
    ------
    UsageError
        If the address is of no database that the clinic knows.
    """
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(folder / "clinic.sqlite3"),
            "OPTIONS": {
                # A writer takes its lock at once: two never read the same head of a chain.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    parts = urlsplit(address)
    if parts.scheme != "postgresql" or not parts.path.strip("/"):
        raise UsageError(
            "THECAL_DATABASE names no database",
            remedy="write postgresql://user:password@host:port/name",
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
