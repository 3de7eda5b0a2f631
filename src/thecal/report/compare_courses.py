"""The courses of two therapies in one plot: A solid, B dashed, each with its band."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from thecal.body.course import Band, DrugCourse, EffectCourse, FloatArray
from thecal.report.body_notes import MODEL, draw_foot, draw_head, legend_words, stand_in_lines
from thecal.report.body_scale import ConcentrationScale
from thecal.report.body_strips import Line, Strip, draw_strip_legend, draw_strips, limits_of
from thecal.report.body_units import round_hours, scaled, show_band, show_value, unit_for
from thecal.report.compare_heat import VIEWS, View
from thecal.report.compare_side import Pair, Side
from thecal.report.figure import Figure, Table
from thecal.report.figure_body_courses import CISTERNA, courses_of
from thecal.report.figure_body_effects import hypothesis_words
from thecal.report.figure_body_heat import csf_scale
from thecal.report.svg import Canvas

_MISSING = "none"


@final
@dataclass(frozen=True, slots=True, eq=False)
class _Panel:
    """One strip with its view; a side without this course is None."""

    title: str
    view: View
    bands: tuple[Band | None, Band | None]
    banded: tuple[bool, bool]
    limits: tuple[int, int] | None = None

    def strip(self) -> Strip:
        """Return what is drawn."""
        lines = tuple(
            Line(self.view.hours(place), band, self.banded[place], letter)
            for place, (letter, band) in enumerate(zip("AB", self.bands, strict=True))
            if band is not None
        )
        return Strip(self.title, lines, self.limits)


def draw_levels_pair(pair: Pair, view: View, drug: str) -> Figure:
    """Return the CSF courses of one drug at the chosen levels of both, and in the cisterna."""
    unit, _ = csf_scale(pair.bodies, drug)
    panels = []
    for site in (CISTERNA, *pair.chosen_levels):
        found = [
            _site(side, view.windows[place].drugs.get(drug), site)
            for place, (_, side) in enumerate(pair.named)
        ]
        bands = tuple(None if band is None else scaled(band, unit.factor) for band, _ in found)
        title = f"{site}{_tip_words(pair, site)}, {unit.word}"
        panels.append(_Panel(title, view, (bands[0], bands[1]), (found[0][1], found[1][1])))
    return _draw(
        pair,
        f"figure-compare-courses-{drug}-{view.name}",
        f"{drug.capitalize()} in the CSF at chosen levels, A and B, {VIEWS[view.name]}",
        panels,
        [drug],
    )


def draw_plasma_pair(pair: Pair, views: list[View], drug: str) -> Figure:
    """Return the plasma courses of one drug."""
    courses = [[view.windows[place].drugs.get(drug) for place in (0, 1)] for view in views]
    highest = max(float(np.max(c.plasma.value)) for found in courses for c in found if c)
    unit = unit_for(highest)
    panels = []
    for view, found in zip(views, courses, strict=True):
        bands = [None if one is None else scaled(one.plasma, unit.factor) for one in found]
        title = f"plasma, {VIEWS[view.name]}, {unit.word}"
        panels.append(_Panel(title, view, (bands[0], bands[1]), _banded(pair)))
    return _draw(
        pair,
        f"figure-compare-plasma-{drug}",
        f"{drug.capitalize()} in plasma, A and B",
        panels,
        [drug],
    )


def effect_names(views: list[View]) -> list[str]:
    """Return the effects of either side, those of A first."""
    windows = [window for view in views for window in view.windows]
    return list(dict.fromkeys(effect.name for window in windows for effect in window.effects))


def draw_effect_pair(pair: Pair, views: list[View], name: str) -> Figure:
    """Return the courses of one effect."""
    panels, known = [], None
    for view in views:
        found = [_effect(view, place, name) for place in (0, 1)]
        known = found[0] or found[1] or known
        assert known is not None
        bands = [None if one is None else one.course for one in found]
        title = f"{VIEWS[view.name]}, {known.unit}"
        panels.append(
            _Panel(title, view, (bands[0], bands[1]), _banded(pair), limits_of(known.unit))
        )
    assert known is not None
    return _draw(
        pair,
        f"figure-compare-effect-{name}",
        f"Effect: {known.title} ({known.unit}), A and B",
        panels,
        list(pair.drugs),
        known,
    )


def _draw(
    pair: Pair,
    name: str,
    title: str,
    panels: list[_Panel],
    drugs: list[str],
    effect: EffectCourse | None = None,
) -> Figure:
    stand_ins = stand_in_lines(pair.bodies, drugs, "" if effect is None else effect.name)
    hypothesis = "" if effect is None else effect.hypothesis
    told = [] if effect is None else [text for text in (hypothesis_words(effect),) if text]
    missing = _missing_words(panels)
    ends = f"At the end of each run: {'; '.join(_end_words(panel) for panel in _last(panels))}."
    description = " ".join([ends, *missing, f"This is a {MODEL}.", *told, *stand_ins])
    canvas = Canvas(name, 0, title, description, style="body.css")
    y = draw_head(canvas, title.removesuffix(", A and B"), hypothesis)
    for view in dict.fromkeys(panel.view for panel in panels):
        strips = [panel.strip() for panel in panels if panel.view is view]
        y = draw_strips(canvas, y, strips, view.axis)
    entries = [
        legend_words(side.body, f"{letter}, {style}: {side.short_name}")
        for (letter, side), style in zip(pair.named, ("solid", "dashed"), strict=True)
    ]
    y = draw_strip_legend(canvas, y + 8, entries)
    canvas.height = draw_foot(canvas, y + 2, [*missing, *stand_ins]) + 6
    caption = ["A solid, B dashed with a striped band.", f"A {MODEL}.", *told, *missing, *stand_ins]
    views = dict.fromkeys(panel.view for panel in panels)
    tables = tuple(
        table
        for view in views
        for table in _tables(title, view, [panel for panel in panels if panel.view is view])
    )
    return Figure(canvas.name, canvas, " ".join(caption), tables)


def _last(panels: list[_Panel]) -> list[_Panel]:
    return [panel for panel in panels if panel.view is panels[-1].view]


def _banded(pair: Pair) -> tuple[bool, bool]:
    return pair.a.body.draws > 0, pair.b.body.draws > 0


def _tip_words(pair: Pair, site: str) -> str:
    found = [f"tip of {letter}" for letter, side in pair.named if side.body.tips[-1][1] == site]
    return f" ({', '.join(found)})" if found else ""


def _site(side: Side, course: DrugCourse | None, site: str) -> tuple[Band | None, bool]:
    """The course of one side at a site, and whether the draws were followed there."""
    if course is None:
        return None, False
    found = courses_of(side.body, course).get(site)
    if found is not None:
        return found, side.body.draws > 0
    if site not in side.body.levels:
        return None, False
    value = course.csf[:, side.body.levels.index(site)]
    return Band(value, value, value), False


def _effect(view: View, place: int, name: str) -> EffectCourse | None:
    found = [effect for effect in view.windows[place].effects if effect.name == name]
    return found[0] if found else None


def _missing_words(panels: list[_Panel]) -> list[str]:
    """Say which side has none of this, or no band at a level whose draws were not followed."""
    words = []
    for place, letter in enumerate("AB"):
        if all(panel.bands[place] is None for panel in panels):
            words.append(f"{letter} has none of this.")
            continue
        if not any(panel.banded[place] for panel in panels):
            continue
        bare = [
            panel.title.split(",")[0]
            for panel in panels
            if panel.bands[place] is not None and not panel.banded[place]
        ]
        if bare:
            words.append(f"{letter} has no band at {' and '.join(bare)}.")
    return words


def _end_words(panel: _Panel) -> str:
    words = []
    for place, letter in enumerate("AB"):
        band = panel.bands[place]
        value = _MISSING if band is None else show_band(band, -1, banded=panel.banded[place])
        words.append(f"{letter} {value}")
    return f"{panel.title}: {', '.join(words)}"


def _tables(title: str, view: View, panels: list[_Panel]) -> tuple[Table, ...]:
    """Central values of both side by side; the ranges of each for itself, or all in one if short.

    Rows are at round hours: between the times of a course its line is straight, as it is drawn.
    """
    caption = title if title.endswith(VIEWS[view.name]) else f"{title}, {VIEWS[view.name]}"
    first = min(float(view.hours(place)[0]) for place in (0, 1))
    last = max(float(view.hours(place)[-1]) for place in (0, 1))
    hours = [float(hour) for hour in round_hours(first, last)]

    def table(
        name: str, places: tuple[int, ...], cell: Callable[[_Panel, int, float], str]
    ) -> Table:
        letters = [(panel, place) for panel in panels for place in places]
        rows = tuple(
            (view.time_words(hour), *(cell(panel, place, hour) for panel, place in letters))
            for hour in hours
        )
        head = ("Time", *(f"{'AB'[place]}, {panel.title}" for panel, place in letters))
        return Table(name, head, rows, numbers=True)

    if len(panels) == 1:
        return (table(caption, (0, 1), _cell),)
    ranges = (
        table(f"{caption}: 5th to 95th percentile of {'AB'[place]}", (place,), _range)
        for place in (0, 1)
        if any(panel.banded[place] for panel in panels)
    )
    return (table(f"{caption}: central values", (0, 1), _value), *ranges)


def _value(panel: _Panel, place: int, hour: float) -> str:
    at = _at(panel, place, hour)
    return at if isinstance(at, str) else show_value(float(at.value[0]), _floor(panel, place))


def _range(panel: _Panel, place: int, hour: float) -> str:
    at = _at(panel, place, hour)
    if isinstance(at, str):
        return at
    if not panel.banded[place]:
        return "no band"
    floor = _floor(panel, place)
    return " to ".join(show_value(float(end[0]), floor) for end in (at.low, at.high))


def _cell(panel: _Panel, place: int, hour: float) -> str:
    at = _at(panel, place, hour)
    if isinstance(at, str):
        return at
    return show_band(at, 0, banded=panel.banded[place], floor=_floor(panel, place))


def _at(panel: _Panel, place: int, hour: float) -> Band | str:
    """The course at an hour, or why there is none."""
    band, times = panel.bands[place], panel.view.hours(place)
    if band is None:
        return _MISSING
    if not times[0] - 1e-6 <= hour <= times[-1] + 1e-6:
        return "not run"
    return Band(*(_between(times, end, hour) for end in (band.value, band.low, band.high)))


def _floor(panel: _Panel, place: int) -> float:
    """Under this a figure is only said to be under it; a score is shown as it is."""
    band = panel.bands[place]
    if band is None or panel.limits is not None:
        return 0.0
    return ConcentrationScale.over(float(np.max(band.value))).floor


def _between(times: FloatArray, course: FloatArray, hour: float) -> FloatArray:
    return np.array([np.interp(hour, times, course)])
