"""The signed code of a pump card: one line of text that can be checked without any network.

`THECAL-CARD-1|number|pump|serial|drugs|made|until|telephone|clinic|name|key|signature`: everything
before the signature is read by eyes as it stands, and is what is signed (Ed25519). `key` is the
beginning of the fingerprint of the clinic's key, so that another clinic's card is told from one
that was changed. The name is empty where the patient did not choose to show it.
"""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
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

from thecal.record.errors import CardError

MARK = "THECAL-CARD-1"
_PARTS = ("number", "pump", "serial", "drugs", "made", "until", "telephone", "clinic", "name")
_KEY_DIGITS = 16
_GROUP = 4


@final
@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a card says.

    Attributes
    ----------
    drugs
        Each with its concentration, as in `morphine 10 mg/mL`.
    until
        The last day on which the card may be believed.
    name
        Empty where the patient did not choose to show it.
    """

    number: str
    pump: str
    serial: str
    drugs: tuple[str, ...]
    made: date
    until: date
    telephone: str
    clinic: str
    name: str = ""

    def line(self, key: str) -> str:
        """Return the text that is signed."""
        drugs = "; ".join(_plain(one).replace(";", ",") for one in self.drugs)
        values = (self.number, self.pump, self.serial, drugs)
        days = (self.made.isoformat(), self.until.isoformat())
        told = (*values, *days, self.telephone, self.clinic, self.name)
        return "|".join((MARK, *(_plain(one) for one in told), key))


class Verdict(StrEnum):
    """What checking a code came to."""

    VALID = "valid"
    EXPIRED = "expired"
    CHANGED = "changed"
    OTHER_KEY = "another clinic's key"


@final
@dataclass(frozen=True, slots=True)
class CheckedCard:
    """A code that was checked: `facts` are to be believed where it is valid."""

    verdict: Verdict
    facts: CardFacts
    key: str


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return the fingerprint of a key for people: SHA-256 in groups of four digits."""
    digits = hashlib.sha256(_raw(key)).hexdigest()
    return " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))


def sign_card(facts: CardFacts, key: Ed25519PrivateKey) -> str:
    """Return the code of a card."""
    line = facts.line(key_digits(key.public_key()))
    return f"{line}|{_written(key.sign(line.encode()))}"


def check_card(code: str, key: Ed25519PublicKey, today: date) -> CheckedCard:
    """Return what a code comes to on a day under a clinic's key.

    Raises
    ------
    CardError
        If the text is no code of a card.
    """
    # Pages set a figure and its unit together by a space that is another character.
    facts, named, line, signature = _parts(" ".join(code.split()))
    if named != key_digits(key):
        return CheckedCard(Verdict.OTHER_KEY, facts, named)
    try:
        key.verify(signature, line.encode())
    except InvalidSignature:
        return CheckedCard(Verdict.CHANGED, facts, named)
    over = today > facts.until
    return CheckedCard(Verdict.EXPIRED if over else Verdict.VALID, facts, named)


def public_text(key: Ed25519PublicKey) -> str:
    """Return the public key as its file holds it."""
    return _raw(key).hex() + "\n"


def read_public(path: Path) -> Ed25519PublicKey:
    """Return the public key of a file; raises `CardError` if it holds none."""
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(path.read_text().strip()))
    except (OSError, ValueError) as error:
        raise CardError(
            "this file holds no public key of a clinic",
            why=str(error)[:80],
            remedy="ask the clinic for its clinic.pub and compare the fingerprint",
            place=str(path),
        ) from None


def card_key(folder: Path, clinic: str) -> Ed25519PrivateKey:
    """Return the key with which a clinic signs cards; it is made when first asked for.

    Parameters
    ----------
    folder
        Where the key of the anchors lies too.
    clinic
        Id of the clinic: each has its own key.

    Raises
    ------
    CardError
        If it cannot be read or made.
    """
    path = folder / f"card-{clinic}.key"
    try:
        if path.exists():
            return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text()))
        folder.mkdir(parents=True, exist_ok=True)
        key = Ed25519PrivateKey.generate()
        secret = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()).hex()
        # Whole under its name or not at all: another worker reads it the moment it stands there.
        made = folder / f".card-{clinic}.{os.getpid()}.{os.urandom(4).hex()}"
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secret)
        try:
            os.link(made, path)
        finally:
            made.unlink()
        return key
    except FileExistsError:
        return card_key(folder, clinic)
    except (OSError, ValueError) as error:
        raise CardError(
            "the key of the cards cannot be read or made", why=str(error)[:80]
        ) from None


def _parts(code: str) -> tuple[CardFacts, str, str, bytes]:
    line, _, signature = code.rpartition("|")
    told = line.split("|")
    try:
        mark, *values, key = told
        given = dict(zip(_PARTS, values, strict=True))
        if mark != MARK:
            raise ValueError(mark)
        facts = CardFacts(
            number=given["number"],
            pump=given["pump"],
            serial=given["serial"],
            drugs=tuple(one for one in given["drugs"].split("; ") if one),
            made=_day(given["made"]),
            until=_day(given["until"]),
            telephone=given["telephone"],
            clinic=given["clinic"],
            name=given["name"],
        )
        return facts, key, line, _signature(signature)
    except ValueError:
        raise CardError(
            "this is no code of a pump card, or a part of it is missing",
            remedy="scan the whole code again, or type it in quotes as one line",
        ) from None


def _day(text: str) -> date:
    """Return a day that is written as cards write it; raises `ValueError` for any other way."""
    found = date.fromisoformat(text)
    if found.isoformat() != text:
        raise ValueError(text)
    return found


def _signature(text: str) -> bytes:
    """Return a signature; raises `ValueError` where it is not written in its one way."""
    found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _written(found) != text:
        raise ValueError(text)
    return found


def _written(signature: bytes) -> str:
    return base64.urlsafe_b64encode(signature).decode("ascii").rstrip("=")


def _plain(text: str) -> str:
    """Return a text that cannot end its part of the line."""
    return " ".join("".join("/" if one == "|" else one for one in text).split())


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_digits(key: Ed25519PublicKey) -> str:
    """Return the beginning of a key's fingerprint, as a code names its key."""
    return hashlib.sha256(_raw(key)).hexdigest()[:_KEY_DIGITS]
