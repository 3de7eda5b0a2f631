"""The code of a label: eight characters and two check characters (ISO 7064, MOD 1271-36).

Whoever types it may mistake a character or swap two: every such slip is found, so that a slip never
names another label.
"""

from __future__ import annotations

import re

from thecal.errors import EntryError

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PRINTED = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""What a code is made of: none of these is read for another of them."""
LENGTH = 8
_MODULUS, _RADIX, _WHOLE = 1271, 36, LENGTH + 2
_PART = re.compile(r"[\s-]+")


def with_check(body: str) -> str:
    """Return a code: its eight characters with the two that check them.

    Raises
    ------
    EntryError
        If it is not eight characters of the alphabet.
    """
    if len(body) != LENGTH or not set(body) <= set(ALPHABET):
        raise EntryError(f"{len(body)} characters are no code", remedy=f"give {LENGTH} characters")
    check = (1 - _sum(body + "00")) % _MODULUS
    return body + ALPHABET[check // _RADIX] + ALPHABET[check % _RADIX]


def read_code(text: str) -> str:
    """Return the code that was typed or scanned, without spaces and hyphens, in capitals.

    Raises
    ------
    EntryError
        If its check characters do not fit: it was not read as it is printed.
    """
    code = _PART.sub("", text).upper()
    if len(code) != _WHOLE or not set(code) <= set(ALPHABET):
        raise EntryError(
            "this is no code of a label",
            remedy=f"scan it again, or type its {_WHOLE} characters as they are printed",
        )
    if _sum(code) % _MODULUS != 1:
        raise EntryError(
            "the check characters of this code do not fit, so a character was read wrongly",
            remedy="scan it again, or compare each character with the label",
        )
    return code


def shown_code(code: str) -> str:
    """Return a code in groups, as it is printed beside the square that a scanner reads."""
    return f"{code[:4]}-{code[4:LENGTH]}-{code[LENGTH:]}"


def _sum(code: str) -> int:
    found = 0
    for sign in code:
        found = (found * _RADIX + ALPHABET.index(sign)) % _MODULUS
    return found
