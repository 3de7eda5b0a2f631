"""Opening a session: both sides prove who they are and agree on fresh keys.

SIGMA (Krawczyk 2003) over X25519 with Ed25519 signatures, keyed besides by the secret of the
pairing; every step is bound to all that was said before. Primitives are those of `cryptography`.

    pump       -> challenge  version, 32 random bytes
    programmer -> hello      version, pairing id, ephemeral key, keyed hash over the challenge
    pump       -> answer     ephemeral key, sealed signature
    programmer -> confirm    sealed signature

The keyed hash comes first because it is cheap: who does not hold the pairing's secret, or repeats
an old hello, costs the pump one hash and no public-key work (standards.md 6.5, Siddiqi).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from thecal.link.errors import HandshakeError
from thecal.link.keys import (
    ID_BYTES,
    SECRET_BYTES,
    PairedProgrammer,
    PairedPump,
    Role,
    public_key,
    public_text,
)

PROTOCOL = b"thecal.link/1"
VERSION = b"\x01"
KEY_BYTES = 32
RANDOM_BYTES = 32
SIGNATURE_BYTES = 64
TAG_BYTES = 16
SEALED_BYTES = SIGNATURE_BYTES + TAG_BYTES
CHALLENGE_BYTES = 1 + RANDOM_BYTES
HELLO_BYTES = 1 + ID_BYTES + KEY_BYTES + SECRET_BYTES
ANSWER_BYTES = KEY_BYTES + SEALED_BYTES
CONFIRM_BYTES = SEALED_BYTES
LONGEST_STEP = max(CHALLENGE_BYTES, HELLO_BYTES, ANSWER_BYTES, CONFIRM_BYTES)
# Each handshake key seals one message and is never used again, so its nonce need not move.
_ONLY_NONCE = bytes(12)

FindProgrammer = Callable[[str], PairedProgrammer | None]


@final
@dataclass(frozen=True, slots=True, repr=False)
class SessionKeys:
    """The keys of one session: a key for each direction, and an id that both sides computed."""

    to_pump: bytes
    to_programmer: bytes
    session: bytes


def _hash(*parts: bytes) -> bytes:
    """Return the hash of some parts, each with its length, so that no two splits are the same."""
    digest = hashes.Hash(hashes.SHA256())
    for part in parts:
        digest.update(len(part).to_bytes(4, "big") + part)
    return digest.finalize()


def _derive(shared: bytes, secret: bytes, purpose: bytes, transcript: bytes, length: int) -> bytes:
    info = PROTOCOL + b" " + purpose + b" " + transcript
    return HKDF(hashes.SHA256(), length, secret, info).derive(shared)


def _shared(own: X25519PrivateKey, other: bytes) -> bytes:
    try:
        return own.exchange(X25519PublicKey.from_public_bytes(other))
    except ValueError:  # a point of low order would make the secret known to everybody
        raise HandshakeError("the other side's key is no key") from None


def _raw(key: X25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _check_length(data: bytes, length: int) -> None:
    if len(data) != length:
        raise HandshakeError("a step of the handshake has another length")


class _Transcript:
    """All that was said so far, as one hash, and the secrets that go with it."""

    def __init__(self, challenge: bytes, hello: bytes, pump: str, programmer: str) -> None:
        self.hash = _hash(
            PROTOCOL, challenge, bytes.fromhex(pump), bytes.fromhex(programmer), hello
        )
        self._shared = b""
        self._secret = b""

    def agree(self, shared: bytes, secret: bytes, pump_key: bytes, mac: bytes) -> None:
        self._shared, self._secret = shared, secret
        self.hash = _hash(self.hash, mac, pump_key)

    def seal(self, who: bytes, key: Ed25519PrivateKey) -> bytes:
        """Sign the transcript as `who`, and seal the signature so that it names nobody."""
        signature = key.sign(self._signed(who))
        sealed = self._box(who).encrypt(_ONLY_NONCE, signature, self.hash)
        self.hash = _hash(self.hash, sealed)
        return sealed

    def check(self, who: bytes, sealed: bytes, key: str) -> None:
        """Check the other side's signature; raises `HandshakeError`."""
        try:
            signature = self._box(who).decrypt(_ONLY_NONCE, sealed, self.hash)
            public_key(key).verify(signature, self._signed(who))
        except (InvalidTag, InvalidSignature):
            raise HandshakeError("the other side is not who it should be") from None
        self.hash = _hash(self.hash, sealed)

    def _signed(self, who: bytes) -> bytes:
        return PROTOCOL + b" " + who + b" " + self.hash

    def _box(self, who: bytes) -> ChaCha20Poly1305:
        return ChaCha20Poly1305(
            _derive(self._shared, self._secret, b"proof of " + who, self.hash, KEY_BYTES)
        )

    def keys(self) -> SessionKeys:
        """Return the session's keys and forget what they came from."""
        made = _derive(self._shared, self._secret, b"session", self.hash, 3 * KEY_BYTES)
        self._shared = self._secret = b""
        return SessionKeys(made[:KEY_BYTES], made[KEY_BYTES : 2 * KEY_BYTES], made[2 * KEY_BYTES :])


def _mac(secret: str, challenge: bytes, pump: str, programmer: str, hello: bytes) -> hmac.HMAC:
    keyed = hmac.HMAC(bytes.fromhex(secret), hashes.SHA256())
    keyed.update(
        PROTOCOL
        + b" hello "
        + _hash(challenge, bytes.fromhex(pump), bytes.fromhex(programmer), hello)
    )
    return keyed


@final
class PumpHandshake:
    """The pump's side. Steps come in order; the first that fails ends it."""

    def __init__(self, identity: Ed25519PrivateKey) -> None:
        self._identity = identity
        self._public = public_text(identity)
        self.challenge = VERSION + secrets.token_bytes(RANDOM_BYTES)
        self._transcript: _Transcript | None = None
        self._hello = self._mac = b""
        self.programmer: PairedProgrammer | None = None

    def check_hello(self, data: bytes, find: FindProgrammer) -> None:
        """Check a hello by its keyed hash alone; raises `HandshakeError`."""
        _check_length(data, HELLO_BYTES)
        if data[:1] != VERSION:
            raise HandshakeError("the other side speaks another version")
        hello, mac = data[:-SECRET_BYTES], data[-SECRET_BYTES:]
        found = find(hello[1 : 1 + ID_BYTES].hex())
        # An unknown id is checked against a random secret: it takes as long and says the same.
        known = found or PairedProgrammer(
            hello[1 : 1 + ID_BYTES].hex(),
            "",
            Role.PATIENT,
            self._public,
            secrets.token_hex(SECRET_BYTES),
        )
        keyed = _mac(known.secret, self.challenge, self._public, known.public_key, hello)
        try:
            keyed.verify(mac)
        except InvalidSignature:
            found = None
        if found is None:
            raise HandshakeError("the other side is not paired with this pump")
        self.programmer = found
        self._hello = hello
        self._mac = mac

    def answer(self) -> bytes:
        """Return the answer to a hello that was checked."""
        programmer = self._known()
        own = X25519PrivateKey.generate()
        shared = _shared(own, self._hello[1 + ID_BYTES :])
        transcript = _Transcript(self.challenge, self._hello, self._public, programmer.public_key)
        transcript.agree(shared, bytes.fromhex(programmer.secret), _raw(own), self._mac)
        self._transcript = transcript
        return _raw(own) + transcript.seal(b"pump", self._identity)

    def confirm(self, data: bytes) -> SessionKeys:
        """Check the programmer's signature and return the keys; raises `HandshakeError`."""
        _check_length(data, CONFIRM_BYTES)
        if self._transcript is None:
            raise HandshakeError("a step of the handshake is missing")
        self._transcript.check(b"programmer", data, self._known().public_key)
        return self._transcript.keys()

    def _known(self) -> PairedProgrammer:
        if self.programmer is None:
            raise HandshakeError("a step of the handshake is missing")
        return self.programmer


@final
class ProgrammerHandshake:
    """The programmer's side."""

    def __init__(self, identity: Ed25519PrivateKey, pump: PairedPump) -> None:
        self._identity = identity
        self._public = public_text(identity)
        self._pump = pump
        self._own = X25519PrivateKey.generate()
        self._challenge = self._hello = self._mac = b""

    def hello(self, challenge: bytes) -> bytes:
        """Return the hello to a challenge; raises `HandshakeError` for another version."""
        _check_length(challenge, CHALLENGE_BYTES)
        if challenge[:1] != VERSION:
            raise HandshakeError(
                "the pump speaks another version", remedy="use a programmer of its version"
            )
        self._challenge = challenge
        self._hello = VERSION + bytes.fromhex(self._pump.id) + _raw(self._own)
        self._mac = _mac(
            self._pump.secret, challenge, self._pump.public_key, self._public, self._hello
        ).finalize()
        return self._hello + self._mac

    def confirm(self, answer: bytes) -> tuple[bytes, SessionKeys]:
        """Check the pump's signature; return the confirmation and the session's keys."""
        _check_length(answer, ANSWER_BYTES)
        pump_key, sealed = answer[:KEY_BYTES], answer[KEY_BYTES:]
        shared = _shared(self._own, pump_key)
        transcript = _Transcript(self._challenge, self._hello, self._pump.public_key, self._public)
        transcript.agree(shared, bytes.fromhex(self._pump.secret), pump_key, self._mac)
        transcript.check(b"pump", sealed, self._pump.public_key)
        confirmation = transcript.seal(b"programmer", self._identity)
        return confirmation, transcript.keys()
