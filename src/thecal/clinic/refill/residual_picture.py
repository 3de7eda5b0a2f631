"""The small picture of an aspirate: what was filled, what should be left, what was drawn."""

from __future__ import annotations

from typing import Any

from thecal.units import Volume, show

_WIDTH, _BAR, _PITCH, _LEFT, _FOR_FIGURES, _BASELINE = 360, 18, 28, 84, 70, 14


def residual_picture(filled: Volume, expected: Volume, drawn: Volume, band: str) -> dict[str, Any]:
    """Return three bars to one scale, as the template draws them; a table beside says the same."""
    rows = (("filled", filled, "ink"), ("expected", expected, "soft"), ("drawn", drawn, band))
    most = max(filled, expected, drawn)
    bars = []
    for place, (name, volume, tone) in enumerate(rows):
        length = int(volume.ratio(most) * (_WIDTH - _LEFT - _FOR_FIGURES)) if most else 0
        bars.append(
            {
                "name": name,
                "tone": tone,
                "top": place * _PITCH,
                "text": place * _PITCH + _BASELINE,
                "left": _LEFT,
                "length": max(length, 1),
                "height": _BAR,
                "end": _LEFT + max(length, 1) + _BASELINE // 2,
                "shown": show(volume, "mL"),
            }
        )
    return {"width": _WIDTH, "height": len(rows) * _PITCH, "bars": bars}
