"""Codes of cards as they come and as they go wrong, and what the command says of each."""

from __future__ import annotations

import base64
import random
import sys
from dataclasses import replace
from datetime import date, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from thecal.record.card import CardFacts, check_card, sign_card
from thecal.record.errors import CardError

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([one]) * 32) for one in (3, 4))
TODAY = date(2026, 11, 21)
FACTS = CardFacts(
    number="T-1001",
    pump="SynchroMed II 40 mL",
    serial="NGV701001H",
    drugs=("morphine 10 mg/mL, dose: 2.5 mg (2,500 mcg) a day", "bupivacaine 20 mg/mL"),
    made=TODAY,
    until=TODAY + timedelta(days=30),
    telephone="+49 30 000001",
    clinic="Example Clinic",
    name="Ada Example",
)
CODE = sign_card(FACTS, KEY)
EXPIRED = sign_card(replace(FACTS, until=TODAY - timedelta(days=1)), KEY)
SPACES = [chr(one) for one in range(sys.maxunicode) if chr(one).isspace()]
NO_SPACES = ["\ufeff", "\u200b", "\u2060", "\x00"]
_ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of the group of Ed25519 (RFC 8032): a signature is written below it."""


def said_by_the_command(code: str) -> str:
    """Return the word of its verdict on the day of these codes."""
    try:
        found = check_card(code, KEY.public_key(), TODAY)
    except CardError:
        return "no-code"
    return found.verdict.name.lower().replace("_", "-")


def written_otherwise(code: str) -> str:
    """Return a code whose signature is the same number, written above the order of the group."""
    line, _, text = code.rpartition("|")
    signature = base64.urlsafe_b64decode(text + "==")
    scalar = int.from_bytes(signature[32:], "little") + _ORDER
    again = signature[:32] + scalar.to_bytes(32, "little")
    return f"{line}|{base64.urlsafe_b64encode(again).decode().rstrip('=')}"


def codes() -> list[str]:
    """Return whole codes, and every way of being wrong that was thought of."""
    chance = random.Random(21)
    found = [CODE, EXPIRED, sign_card(FACTS, OTHER), written_otherwise(CODE), "", "x", "|" * 11]
    found += [
        sign_card(replace(FACTS, name=name, drugs=drugs), KEY)
        for name in ("", "Jörg Müller-Łódź", "\u4f8b \U0001f600", "a|b", "$& {clinic} </script>")
        for drugs in ((), ("a; b", "c"), FACTS.drugs)
    ]
    found += [sign_card(replace(FACTS, until=TODAY + timedelta(days=one)), KEY) for one in (0, 1)]
    letters = [*map(chr, range(33, 127)), "é", "\u0660", "\U0001f600"]
    for at in range(len(CODE)):
        new = chance.choice([one for one in letters if one != CODE[at]])
        found += [CODE[:at] + new + CODE[at + 1 :], CODE[:at] + CODE[at + 1 :]]
    found += [CODE[:at] + chance.choice(letters) + CODE[at:] for at in range(0, len(CODE), 3)]
    found += [CODE[:-1] + one for one in letters]
    found += [CODE.replace(" ", f" {one}", 1) for one in (*SPACES, *NO_SPACES)]
    found += [CODE.replace(" ", one) for one in (*SPACES, *NO_SPACES)]
    days = ("2026-02-30", "20261121", "2026-W47-6", "0000-01-01", "0001-01-01", "9999-12-31")
    found += [CODE.replace("2026-12-21", one) for one in (*days, "2026-1-1", "", "2026-12-22")]
    return found
