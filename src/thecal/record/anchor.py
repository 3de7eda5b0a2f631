"""Heads of streams kept outside the database, signed: a cut tail or a rewritten chain is found.

One line for each entry that was acknowledged: stream, number, hash, time, signature (Ed25519). The
file is only ever extended; a last line without its end was cut off by a crash and counts as none.
"""

from __future__ import annotations

import fcntl
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from io import FileIO
from pathlib import Path
from typing import final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from thecal.record.errors import AnchorError

ANCHORS = "anchors.log"
KEY = "anchor.key"
PUBLIC = "anchor.pub"


@final
class AnchorFile:
    """The anchors of one installation.

    Parameters
    ----------
    folder
        Where the file lies: another disk than the database's is best.
    key_folder
        Where the key that signs it lies; the same folder where it is None.

    Raises
    ------
    AnchorError
        If the key cannot be read or made, or is not the one that signed what lies in the folder.
    """

    def __init__(self, folder: Path, key_folder: Path | None = None) -> None:
        self._folder = folder
        for one in (folder, key_folder or folder):
            one.mkdir(parents=True, exist_ok=True)
        self._key = _load_or_make_key(folder, key_folder or folder)

    def append(self, heads: Iterable[tuple[str, int, str, str]], *, durable: bool) -> None:
        """Add stream, number, hash and time of entries.

        Parameters
        ----------
        heads
            What to keep.
        durable
            Whether to wait until the disk has it.

        Raises
        ------
        AnchorError
            If the file cannot be written.
        """
        data = b"".join(self._line(*head) for head in heads)
        try:
            with (self._folder / ANCHORS).open("a+b", buffering=0) as stream:
                # Held against every other process; the system lets go of it when a process dies.
                fcntl.flock(stream, fcntl.LOCK_EX)
                _cut_torn_line(stream)
                stream.write(data)
                if durable:
                    os.fsync(stream.fileno())
        except OSError as error:
            raise AnchorError(
                f"the anchor cannot be written: {error.strerror}",
                remedy="make room on the disk of the anchors; the entry itself is stored",
            ) from None

    def _line(self, stream: str, seq: int, digest: str, utc: str) -> bytes:
        text = f"{stream} {seq} {digest} {utc}"
        return f"{text} {self._key.sign(text.encode('ascii')).hex()}\n".encode("ascii")


def _cut_torn_line(stream: FileIO) -> None:
    """Remove a last line without its end: a new one behind it would make both unreadable."""
    length = stream.seek(0, os.SEEK_END)
    if not length:
        return
    stream.seek(-1, os.SEEK_END)
    if stream.read(1) == b"\n":
        return
    stream.seek(0)
    stream.truncate(stream.read().rfind(b"\n") + 1)


def read_anchors(folder: Path) -> Mapping[str, Mapping[int, str]]:
    """Return the hashes by stream and number; an empty mapping where there is no file.

    Raises
    ------
    AnchorError
        If a line was not signed with the folder's key, or names another hash than an earlier one.
    """
    path = folder / ANCHORS
    if not path.exists():
        return {}
    try:
        data = path.read_bytes()
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex((folder / PUBLIC).read_text()))
    except (OSError, ValueError) as error:
        raise AnchorError(
            "the anchors cannot be read", why=str(error)[:80], remedy="check the folder"
        ) from None
    anchors: dict[str, dict[int, str]] = defaultdict(dict)
    whole = data.rpartition(b"\n")[0]
    for number, line in enumerate(whole.split(b"\n") if whole else (), start=1):
        stream, seq, digest = _read_line(line, public, number)
        if anchors[stream].setdefault(seq, digest) != digest:
            raise AnchorError(
                f"entry {seq} of a stream is anchored with two hashes", place=f"line {number}"
            )
    return anchors


def _read_line(line: bytes, public: Ed25519PublicKey, number: int) -> tuple[str, int, str]:
    try:
        text, _, signature = line.rpartition(b" ")
        public.verify(bytes.fromhex(signature.decode("ascii")), text)
        stream, seq, digest, _ = text.decode("ascii").split(" ")
        return stream, int(seq), digest
    except (InvalidSignature, ValueError):
        raise AnchorError(
            "this anchor was not signed with the key of its folder",
            remedy="compare the file with its copy",
            place=f"{ANCHORS}: line {number}",
        ) from None


def _load_or_make_key(folder: Path, key_folder: Path) -> Ed25519PrivateKey:
    path = key_folder / KEY
    try:
        if path.exists():
            key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text()))
            _check_is_of(key, folder)
            return key
        if (folder / ANCHORS).exists():
            raise AnchorError(
                "the key that signed these anchors is not where it is looked for",
                why="a new key could not go on with them: what it signs would not be believed",
                remedy=f"put {KEY} back, or move it to where the setting says",
            )
        key = Ed25519PrivateKey.generate()
        secret = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()).hex()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as stream:
            stream.write(secret)
        (folder / PUBLIC).write_text(public)
        return key
    except FileExistsError:
        return _load_or_make_key(folder, key_folder)
    except (OSError, ValueError) as error:
        raise AnchorError(
            "the key of the anchors cannot be read or made", why=str(error)[:80]
        ) from None


def _check_is_of(key: Ed25519PrivateKey, folder: Path) -> None:
    """Refuse a key that is not the one of the folder's public half."""
    public = folder / PUBLIC
    mine = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    if public.exists() and public.read_text().strip() != mine:
        raise AnchorError(
            "this key did not sign these anchors",
            remedy=f"put the {KEY} back that belongs to {PUBLIC}",
        )
