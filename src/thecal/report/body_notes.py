"""What every figure of the body says of itself: model, hypothesis, whose figures stand in."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from thecal.body.course import BodyCourse
from thecal.report.axes import LEFT
from thecal.report.svg import WIDTH, Canvas, text_width

MODEL = "model, not measurement"
_ANY, _OF = "any", " of "
_LINE = 15.0
_LETTER = 6.6
_BOLD = 13.0
_WORDS = {"csf": "CSF", "ph": "pH"}


def parameter_words(parameter: str) -> str:
    """Return the name of a parameter for people: `csf-clearance` as `CSF clearance`."""
    return " ".join(_WORDS.get(part, part) for part in parameter.replace("_", "-").split("-"))


def stand_in_lines(
    bodies: Iterable[BodyCourse], drugs: Iterable[str], effect: str = ""
) -> list[str]:
    """Return the sentences that say whose figures stand in for what a figure rests on.

    Parameters
    ----------
    bodies
        One, or the two of a comparison; what both say is said once.
    drugs
        Those that are drawn.
    effect
        Empty for a concentration, which rests on no figure of an effect.
    """
    wanted = {*drugs, _ANY}
    found: dict[tuple[str, str], dict[str, None]] = {}
    for body in bodies:
        shown = {one.name for window in body.windows for one in window.effects}
        for one in body.stand_ins:
            _, _, owner = one.parameter.partition(_OF)
            if one.drug not in wanted or (owner and (not effect or owner in shown - {effect})):
                continue
            lines = found.setdefault((one.drug, one.source_drug), {})
            lines[parameter_words(one.parameter)] = None
    return [
        f"Stand-in: {'the model' if drug == _ANY else drug} has no human intrathecal figure of its"
        f" own for {', '.join(parameters)}; that of {source_words(source)} is used."
        for (drug, source), parameters in found.items()
    ]


def source_words(source: str) -> str:
    """Return whose figure is used, as in `fentanyl` or `baclofen, spasticity legs`."""
    return parameter_words(source.removeprefix(f"{_ANY}, "))


def band_words(body: BodyCourse) -> str:
    """Return what the band of a figure means."""
    if not body.draws:
        return "Central values only: no band was asked for."
    return f"Band: 5th to 95th percentile of {body.draws} draws from the priors (seed {body.seed})."


def legend_words(body: BodyCourse, name: str = "central values of the model") -> tuple[str, bool]:
    """Return the words of a legend for the courses of a body, and whether they have a band."""
    if not body.draws:
        return f"{name}; no band was asked for", False
    return f"{name}; band: 5th to 95th percentile of {body.draws} draws", True


def draw_head(canvas: Canvas, title: str, hypothesis: str = "") -> float:
    """Draw the title behind what a figure of the body must never be taken for.

    At the left, so that it is seen also where only a part of the figure fits on the screen.
    """
    canvas.text(8, 18, MODEL, "t b modelled")
    canvas.text(8 + text_width(MODEL, _BOLD) + 8, 18, title, "t b")
    if not hypothesis:
        return 30.0
    y = 38.0
    lines = _wrap(f"hypothesis: {hypothesis}", WIDTH - 32)
    canvas.rect(8, y - 13, WIDTH - 16, len(lines) * _LINE + 8, "claim")
    for line in lines:
        canvas.text(18, y + 1, line, "t")
        y += _LINE
    return y + 6


def draw_foot(canvas: Canvas, y: float, lines: Iterable[str]) -> float:
    """Draw sentences below a figure, and return where they end."""
    for line in lines:
        for part in _wrap(line, WIDTH - LEFT - 8):
            canvas.text(LEFT, y + 10, part, "s m")
            y += _LINE
    return y


def _wrap(text: str, width: float) -> list[str]:
    return textwrap.wrap(text, int(width / _LETTER))
