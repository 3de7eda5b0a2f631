"""Identities and pairings: who may talk to which pump. Every secret file has mode 600.

An identity is an Ed25519 key. A pairing binds one programmer's identity to one pump's, under a
random id and a random secret that both keep; it is made where both folders are at hand, never over
the link, and in one step. Nothing has a default key.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar, final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from thecal.link.codec import canonical, decode, encode, parse
from thecal.link.errors import KeyFileError, MessageError
from thecal.link.storage import replace_file

_T = TypeVar("_T")
ID_BYTES = 16
SECRET_BYTES = 32
IDENTITY_FILE = "identity.key"


@final
class Role(StrEnum):
    """What the holder of a pairing may ask for."""

    CLINICIAN = "clinician"
    PATIENT = "patient"
    EMERGENCY = "emergency"


@final
@dataclass(frozen=True, slots=True)
class PairedProgrammer:
    """What the pump keeps of a programmer; texts are hexadecimal."""

    id: str
    label: str
    role: Role
    public_key: str
    secret: str

    def __post_init__(self) -> None:
        _check_hexadecimal(self.id, self.public_key, self.secret)

    def __repr__(self) -> str:
        return f"PairedProgrammer({self.id!r}, {self.label!r}, {self.role!r})"


@final
@dataclass(frozen=True, slots=True)
class PairedPump:
    """What a programmer keeps of a pump; texts are hexadecimal.

    `own_key` is the private key of a touch's throw-away identity; empty in an ordinary pairing.
    """

    id: str
    serial: str
    role: Role
    public_key: str
    secret: str
    own_key: str = ""

    def __post_init__(self) -> None:
        _check_hexadecimal(self.id, self.public_key, self.secret)

    def __repr__(self) -> str:
        return f"PairedPump({self.id!r}, {self.serial!r}, {self.role!r})"


def _check_hexadecimal(identity: str, key: str, secret: str) -> None:
    for text, length in ((identity, ID_BYTES), (key, SECRET_BYTES), (secret, SECRET_BYTES)):
        if not re.fullmatch(f"[0-9a-f]{{{2 * length}}}", text):
            raise MessageError("a key is not hexadecimal or has another length")


def public_text(key: Ed25519PrivateKey) -> str:
    """Return the public half of an identity in hexadecimal."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def public_key(text: str) -> Ed25519PublicKey:
    """Return the public key of a hexadecimal text."""
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))


def fingerprint(public: str) -> str:
    """Return a short text by which people compare a public key."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(bytes.fromhex(public))
    text = digest.finalize().hex()[:32]
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


# -- files --------------------------------------------------------------------------------------


def write_secret(path: Path, data: bytes, *, new: bool = False) -> None:
    """Write a file that only its owner can read, all of it or nothing.

    Raises
    ------
    KeyFileError
        If it cannot be written, or is there already and has to be `new`.
    """
    if new and path.exists():
        raise KeyFileError(
            "there is a key already", remedy="choose another folder, or remove it", place=str(path)
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(path, data)
    except OSError as error:
        raise KeyFileError(
            f"cannot be written: {error.strerror or error}", place=str(path)
        ) from None


def read_secret(path: Path) -> bytes:
    """Return the content of a secret file; raises `KeyFileError`, also if others may read it."""
    try:
        mode = path.stat().st_mode
        data = path.read_bytes()
    except FileNotFoundError:
        raise KeyFileError(
            "there is no such key",
            remedy="make one with `thecal pump keygen` and `thecal pump pair`",
            place=str(path),
        ) from None
    except (OSError, ValueError) as error:
        raise KeyFileError(f"cannot be read: {error}", place=str(path)) from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise KeyFileError(
            "others may read this secret", remedy="set its mode to 600", place=str(path)
        )
    return data


def create_identity(folder: Path) -> Ed25519PrivateKey:
    """Make a new identity in `folder`; raises `KeyFileError` if there is one."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_secret(folder / IDENTITY_FILE, pem, new=True)
    return key


def load_identity(folder: Path) -> Ed25519PrivateKey:
    """Return the identity of a folder; raises `KeyFileError`."""
    path = folder / IDENTITY_FILE
    try:
        key = load_pem_private_key(read_secret(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyFileError("this is no key", place=str(path)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError("this is no Ed25519 key", place=str(path))
    return key


# -- pairings -----------------------------------------------------------------------------------


def load_programmers(folder: Path) -> tuple[PairedProgrammer, ...]:
    """Return the programmers that the pump of `folder` is paired with; raises `KeyFileError`."""
    path = folder / "pairings.json"
    if not path.exists():
        return ()
    return _read(path, tuple[PairedProgrammer, ...])


def pair(
    pump_folder: Path, programmer_folder: Path, *, serial: str, role: Role, label: str
) -> PairedPump:
    """Pair a programmer with a pump; a pairing of the same programmer and role is replaced.

    The pump's side is written last: cut short, the new pairing opens nothing, and one pairs again.

    Raises
    ------
    KeyFileError
        If a key is missing or cannot be written.
    """
    programmer = public_text(load_identity(programmer_folder))
    if not (pump_folder / IDENTITY_FILE).exists():
        create_identity(pump_folder)
    pump = public_text(load_identity(pump_folder))
    identity, secret = secrets.token_hex(ID_BYTES), secrets.token_hex(SECRET_BYTES)
    kept = tuple(
        one
        for one in load_programmers(pump_folder)
        if (one.public_key, one.role) != (programmer, role)
    )
    paired = PairedPump(identity, serial, role, pump, secret)
    _write(_pairing_path(programmer_folder, serial, role), paired)
    _write(
        pump_folder / "pairings.json",
        (*kept, PairedProgrammer(identity, label, role, programmer, secret)),
    )
    return paired


def revoke(pump_folder: Path, label: str) -> int:
    """Let the pump forget every pairing of that label, and return how many there were."""
    programmers = load_programmers(pump_folder)
    kept = tuple(one for one in programmers if one.label != label)
    if len(kept) < len(programmers):
        _write(pump_folder / "pairings.json", kept)
    return len(programmers) - len(kept)


def load_pump(programmer_folder: Path, serial: str | None, role: Role | None) -> PairedPump:
    """Return a programmer's pairing with a pump.

    Raises
    ------
    KeyFileError
        If there is none, or several and neither serial nor role decides.
    """
    folder = programmer_folder / "pumps"
    paired = [_read(path, PairedPump) for path in sorted(folder.glob("*.json"))]
    fitting = [
        one
        for one in paired
        if (serial is None or one.serial == serial) and (role is None or one.role is role)
    ]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise KeyFileError(
            "there is no pairing with that pump",
            remedy="pair with `thecal pump pair`",
            place=str(folder),
        )
    raise KeyFileError(
        "there are several pairings: " + ", ".join(f"{one.serial} ({one.role})" for one in fitting),
        remedy="name one with --pump and --role",
        place=str(folder),
    )


def _pairing_path(folder: Path, serial: str, role: Role) -> Path:
    # A serial is a text of the therapy file; only its hash is fit for a file's name.
    digest = hashes.Hash(hashes.SHA256())
    digest.update(serial.encode())
    return folder / "pumps" / f"{digest.finalize().hex()[:24]}-{role}.json"


# -- the touch: a pairing of one minute, made at the pump ----------------------------------------


@final
@dataclass(frozen=True, slots=True)
class Touch:
    """An emergency pairing; `until` is the second of the wall clock at which it ends."""

    programmer: PairedProgrammer
    until: int


def touch(pump_folder: Path, card: Path, *, serial: str, label: str, until: int) -> None:
    """Make an emergency pairing at the pump and write its card, the programmer's half.

    Raises
    ------
    KeyFileError
        If the pump has no identity or the card cannot be written.
    """
    own = Ed25519PrivateKey.generate()
    identity, secret = secrets.token_hex(ID_BYTES), secrets.token_hex(SECRET_BYTES)
    pump = public_text(load_identity(pump_folder))
    raw = own.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()).hex()
    _write(card, PairedPump(identity, serial, Role.EMERGENCY, pump, secret, raw))
    kept = PairedProgrammer(identity, label, Role.EMERGENCY, public_text(own), secret)
    _write(pump_folder / "touch.json", Touch(kept, until))


def load_touch(pump_folder: Path, now: float) -> PairedProgrammer | None:
    """Return the emergency pairing of a touch that still holds; None else."""
    path = pump_folder / "touch.json"
    if not path.exists():
        return None
    found = _read(path, Touch)
    return found.programmer if now < found.until else None


def end_touch(pump_folder: Path) -> None:
    """Forget a touch: it opens one session only."""
    (pump_folder / "touch.json").unlink(missing_ok=True)


def load_card(path: Path) -> tuple[PairedPump, Ed25519PrivateKey]:
    """Return the pairing of a card and its throw-away identity; raises `KeyFileError`."""
    card = _read(path, PairedPump)
    if not card.own_key:
        raise KeyFileError("this is no emergency card", place=str(path))
    return card, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(card.own_key))


def _write(path: Path, value: object) -> None:
    write_secret(path, canonical(encode(value)))


def _read(path: Path, kind: type[_T]) -> _T:
    data = read_secret(path)
    try:
        return decode(parse(data), kind)
    except MessageError as error:
        raise KeyFileError(f"this is no key file: {error.what}", place=str(path)) from None
