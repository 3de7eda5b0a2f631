"""What a PDF says, page by page, read in plain Python: enough for the files that thecal makes."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

_OBJECT = re.compile(rb"(?<!\d)(\d+) 0 obj\b(.*?)endobj", re.DOTALL)
_PARTS = re.compile(rb"/(?P<font>f\d+) [\d.]+ Tf|(?P<open>\()|(?P<end>TJ|Tj)\b")
_WITHIN = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass(frozen=True)
class Pdf:
    """A file: the text of each page in the order it was set, and what its catalogue says."""

    pages: tuple[str, ...]
    raw: bytes

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    def says(self, wanted: str) -> bool:
        """Whether a text stands there, whatever its line breaks and places to break."""
        return squeezed(wanted) in squeezed(self.text)


def heads(data: bytes) -> list[str]:
    """Return the drawing of the running head of each page, as its operators."""
    objects = {int(number): body for number, body in _OBJECT.findall(data)}
    pages = [body for body in objects.values() if b"/Type/Page/" in body]
    drawn = [_stream(_reference(objects, one, b"Contents")) for one in pages]
    return [
        one[0].decode("latin-1")
        for page in drawn
        for one in re.finditer(rb"/Subtype/Header\b.*?\bEMC", page, re.DOTALL)
    ]


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)


def read_pdf(data: bytes) -> Pdf:
    assert data.startswith(b"%PDF-1.7")
    objects = {int(number): body for number, body in _OBJECT.findall(data)}
    tree = next(body for body in objects.values() if b"/Type/Pages" in body)
    kids = re.search(rb"/Kids\[([^\]]*)\]", tree)
    assert kids is not None
    numbers = [int(one) for one in re.findall(rb"(\d+) 0 R", kids[1])]
    return Pdf(tuple(_page(objects, objects[number]) for number in numbers), data)


def _page(objects: dict[int, bytes], page: bytes) -> str:
    assert b"/MediaBox[0 0 595.2756 841.8898]" in page, "not A4"
    resources = _reference(objects, page, b"Resources")
    fonts = {
        name: _letters(_stream(_reference(objects, objects[int(number)], b"ToUnicode")))
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", resources)
    }
    found: list[str] = []
    letters: dict[bytes, str] = {}
    content = _stream(_reference(objects, page, b"Contents"))
    part = _PARTS.search(content)
    while part is not None:
        end = part.end()
        if part["font"] is not None:
            letters = fonts[part["font"]]
        elif part["open"] is not None:
            end = _end_of_string(content, end)
            codes = _unescaped(content[part.end() : end - 1])
            found += [letters.get(codes[at : at + 2], "") for at in range(0, len(codes), 2)]
        else:
            found.append("\n")
        part = _PARTS.search(content, end)
    return "".join(found)


def _end_of_string(content: bytes, start: int) -> int:
    """Return where the string ends that begins at `start`; pairs of brackets may stand in it."""
    depth = 1
    while depth:
        one = _WITHIN.search(content, start)
        assert one is not None, "a string without an end"
        depth += {b"(": 1, b")": -1}.get(one[0], 0)
        start = one.end()
    return start


def _reference(objects: dict[int, bytes], body: bytes, name: bytes) -> bytes:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert found is not None, name
    return objects[int(found[1])]


def _stream(body: bytes) -> bytes:
    return zlib.decompress(body.split(b"stream", 1)[1].split(b"\n", 1)[1])


def _letters(cmap: bytes) -> dict[bytes, str]:
    return {
        bytes.fromhex(code.decode()): bytes.fromhex(letter.decode()).decode("utf-16-be")
        for code, letter in re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", cmap)
    }


def _unescaped(text: bytes) -> bytes:
    def plain(found: re.Match[bytes]) -> bytes:
        one = found[1]
        return bytes([int(one, 8)]) if one.isdigit() else _ESCAPES.get(one, one)

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, text, flags=re.DOTALL)
