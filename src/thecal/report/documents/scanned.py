"""What a scanner reads from paper or screen: a QR square of a text, as SVG."""

from __future__ import annotations

import io

import segno

_BORDER = 4
"""Of white modules around it: what the standard of the square asks for."""


def square(text: str) -> str:
    """Return the square of a text as an SVG of black on white, the same for the same text."""
    out = io.BytesIO()
    made = segno.make(text, error="m", micro=False)
    made.save(out, kind="svg", border=_BORDER, light="white", xmldecl=False)
    return out.getvalue().decode("utf-8")


def square_uri(text: str) -> str:
    """Return the square of a text as an address that a page shows as an image."""
    made = segno.make(text, error="m", micro=False)
    return str(made.svg_data_uri(border=_BORDER, light="white", scale=4))
