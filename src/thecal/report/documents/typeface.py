"""Which characters the shipped typeface can print, read from its own table.

A character that no shipped font has would be an empty box on paper; it is printed as its number
instead, so that nobody takes a name for complete that is not.
"""

from __future__ import annotations

import re
import struct
from functools import cache
from pathlib import Path

from thecal.errors import DataError

FOLDER = Path(__file__).resolve().parent.parent / "templates"
_REGULAR, _BOLD = "DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf"
_SEGMENTS = 4
"""The format of a font's table that lists characters of the first plane by segments."""


def printable(text: str) -> str:
    """Return a text with each character that the typeface lacks as its number, `[U+6F22]`."""
    covered = _covered()
    if all(one in covered or one in "\n\t" for one in text):
        return text
    return re.sub(
        r"[^\n\t]", lambda one: one[0] if one[0] in covered else f"[U+{ord(one[0]):04X}]", text
    )


@cache
def _covered() -> frozenset[str]:
    """Return what both weights can print."""
    return _characters(_REGULAR) & _characters(_BOLD)


def _characters(name: str) -> frozenset[str]:
    data = (FOLDER / name).read_bytes()
    start = _segments(data, _table(data, b"cmap"), name)
    count = struct.unpack_from(">H", data, start + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, start + 14)
    starts = struct.unpack_from(f">{count}H", data, start + 16 + 2 * count)
    # A segment of a font that was reduced holds only characters with a glyph; the last is a mark.
    return frozenset(
        chr(code)
        for first, last in zip(starts[:-1], ends[:-1], strict=True)
        for code in range(first, last + 1)
    )


def _table(data: bytes, wanted: bytes) -> int:
    for number in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * number)
        if tag == wanted:
            return int(offset)
    raise DataError("a shipped font has no table of characters", remedy="install thecal again")


def _segments(data: bytes, table: int, name: str) -> int:
    for number in range(struct.unpack_from(">H", data, table + 2)[0]):
        offset = table + struct.unpack_from(">I", data, table + 4 + 8 * number + 4)[0]
        if struct.unpack_from(">H", data, offset)[0] == _SEGMENTS:
            return int(offset)
    raise DataError(f"{name} lists no characters", remedy="install thecal again")
