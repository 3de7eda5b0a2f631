"""The small picture of an aspirate: what was filled, what should be left, what was drawn."""

from __future__ import annotations

from fractions import Fraction

from django.utils.safestring import SafeString, mark_safe

from thecal.units import Volume, show

_WIDTH, _BAR, _GAP, _LEFT = 360, 18, 10, 84


def residual_picture(filled: Volume, expected: Volume, drawn: Volume, band: str) -> SafeString:
    """Return three bars as SVG, to one scale; the table beside it says the same."""
    rows = (("filled", filled, "ink"), ("expected", expected, "soft"), ("drawn", drawn, band))
    most = max(filled, expected, drawn).base or Fraction(1)
    height = len(rows) * (_BAR + _GAP)
    parts = [
        f'<svg class="residual" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
        f' role="img" aria-label="filled {show(filled, "mL")}, expected {show(expected, "mL")},'
        f' drawn {show(drawn, "mL")}">'
    ]
    for place, (name, volume, tone) in enumerate(rows):
        top = place * (_BAR + _GAP)
        width = int(volume.base / most * (_WIDTH - _LEFT - 70))
        parts.append(
            f'<text x="0" y="{top + 14}">{name}</text>'
            f'<rect class="{tone}" x="{_LEFT}" y="{top}" width="{max(width, 1)}" height="{_BAR}"/>'
            f'<text x="{_LEFT + max(width, 1) + 6}" y="{top + 14}">{show(volume, "mL")}</text>'
        )
    return mark_safe("".join(parts) + "</svg>")  # noqa: S308 - digits and fixed words alone
