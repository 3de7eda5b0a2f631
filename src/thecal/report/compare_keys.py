"""The key figures of two therapies side by side, each with its band and the difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np

from thecal.body.course import Band, DrugCourse
from thecal.program.clock import SECONDS_PER_DAY
from thecal.report.body_units import scaled, show_band, show_value, unit_for
from thecal.report.buckets import Buckets, DoseBook
from thecal.report.compare_side import Pair, Side
from thecal.report.figure import Table
from thecal.report.figure_body_courses import CISTERNA
from thecal.report.words import daily_dose
from thecal.therapy.simulation import simulate
from thecal.units import Mass, show_percent

_SMALL = Fraction(1, 1000)
_ABSENT = "none in the body"
_NOT_RUN = "the run has no length"


@final
@dataclass(frozen=True, slots=True, eq=False)
class _Figure:
    """One figure of one side: its words, and its central value where there is one."""

    words: str
    value: Fraction | None = None


def key_figures_tables(pair: Pair) -> list[Table]:
    """Return the figures of the last 24 hours of each run: a table for each drug, and effects."""
    doses = {letter: _last_doses(side) for letter, side in pair.named}
    head = ("What", "A", "B", "B against A")
    tables = []
    for drug in pair.drugs:
        rows = (_dose_row(drug, doses["A"], doses["B"]), *_drug_rows(pair, drug))
        tables.append(Table(f"{drug.capitalize()} in the last 24 hours of each run", head, rows))
    effects = _effect_rows(pair)
    if effects:
        tables.append(Table("Effects at the end of each run", head, tuple(effects)))
    return tables


def change_words(first: Fraction | None, second: Fraction | None) -> str:
    """Return how far the second lies from the first, in percent of the first."""
    if first is None and second is None:
        return ""
    if second is None:
        return "only in A"
    if first is None:
        return "only in B"
    if first == second:
        return "the same"
    if not first:
        return "from nothing"
    change = second / first - 1
    if abs(change) < _SMALL:
        return f"under {show_percent(_SMALL, signed=False)} apart"
    return show_percent(change)


def _row(name: str, first: _Figure, second: _Figure) -> tuple[str, ...]:
    return name, first.words, second.words, change_words(first.value, second.value)


def _last_doses(side: Side) -> dict[str, Mass]:
    """Return what left the tip in the last 24 hours, exactly, of every drug of the run."""
    end = side.result.end
    book = DoseBook(Buckets(end - SECONDS_PER_DAY, 1, 1))
    simulate(side.therapy, until=end, sink=book)
    return {
        drug: Mass(sum((m.base for m in book.doses(drug).get(0, {}).values()), Fraction(0)))
        for drug in side.result.balance
    }


def _dose_row(drug: str, first: dict[str, Mass], second: dict[str, Mass]) -> tuple[str, ...]:
    def told(doses: dict[str, Mass]) -> _Figure:
        mass = doses.get(drug)
        if mass is None:
            return _Figure(_ABSENT)
        return _Figure(daily_dose(drug, mass), mass.base)

    return _row("delivered in 24 hours", told(first), told(second))


def _drug_rows(pair: Pair, drug: str) -> list[tuple[str, ...]]:
    highest = max((_highest(side, drug) for _, side in pair.named), default=0.0)
    unit = unit_for(highest)
    plasma_unit = unit_for(max(_highest_plasma(side, drug) for _, side in pair.named))
    tips = {letter: side.body.tips[-1][1] for letter, side in pair.named}
    targets = [level for level in pair.chosen_levels if {level} != set(tips.values())]
    at_tip = f"at the tip (A: {tips['A']}, B: {tips['B']})"

    def mean(factor: float, band_of: Callable[[Side, DrugCourse], Band]) -> list[_Figure]:
        return [_mean(side, drug, factor, band_of) for _, side in pair.named]

    sites: list[tuple[str, Callable[[Side, DrugCourse], Band]]] = [
        (at_tip, lambda side, course: _at(side, course, side.body.tips[-1][1])),
        *(
            (f"at {level}", lambda side, course, level=level: _at(side, course, level))
            for level in targets
        ),
        (f"in the {CISTERNA}", lambda _, course: course.cisterna),
    ]
    return [
        *(
            _row(f"CSF {name}, mean, {unit.word}", *mean(unit.factor, band_of))
            for name, band_of in sites
        ),
        _row(
            f"plasma, mean, {plasma_unit.word}",
            *mean(plasma_unit.factor, lambda _, course: course.plasma),
        ),
        _row(
            f"CSF {at_tip}, peak to trough",
            *(_swing(side, drug, side.body.tips[-1][1]) for _, side in pair.named),
        ),
        *(
            _row(
                f"CSF at {level}, peak to trough",
                *(_swing(side, drug, level) for _, side in pair.named),
            )
            for level in targets
        ),
    ]


def _at(side: Side, course: DrugCourse, level: str) -> Band:
    """The course at a level; where the draws were not followed there, its ends equal the value."""
    found = course.csf_at.get(level)
    if found is not None:
        return found
    value = course.csf[:, side.body.levels.index(level)]
    return Band(value, value, value)


def _course(side: Side, drug: str) -> DrugCourse | None:
    day = side.last_day()
    return None if day is None else day[0].drugs.get(drug)


def _highest(side: Side, drug: str) -> float:
    course = _course(side, drug)
    return 0.0 if course is None else float(np.max(course.csf_peak))


def _highest_plasma(side: Side, drug: str) -> float:
    course = _course(side, drug)
    return 0.0 if course is None else float(np.max(course.plasma.value))


def _absent(side: Side, drug: str) -> _Figure:
    return _Figure(_NOT_RUN if drug in side.drugs else _ABSENT)


def _mean(
    side: Side, drug: str, factor: float, band_of: Callable[[Side, DrugCourse], Band]
) -> _Figure:
    course, day = _course(side, drug), side.last_day()
    if course is None or day is None:
        return _absent(side, drug)
    band = scaled(band_of(side, course), factor)
    means = Band(*(np.array([np.mean(end[day[1]])]) for end in (band.value, band.low, band.high)))
    banded = side.body.draws > 0 and bool(means.low[0] < means.high[0])
    return _Figure(show_band(means, 0, banded=banded), Fraction(float(means.value[0])))


def _swing(side: Side, drug: str, level: str) -> _Figure:
    """The peak over the trough of the last day; 1 is perfectly even."""
    course, day = _course(side, drug), side.last_day()
    if course is None or day is None:
        return _absent(side, drug)
    row = side.body.levels.index(level)
    lowest = float(np.min(course.csf[day[1], row]))
    highest = float(np.max(course.csf_peak[day[1], row]))
    if lowest <= 0:
        return _Figure("falls to nothing" if highest > 0 else "nothing there")
    return _Figure(show_value(highest / lowest), Fraction(highest / lowest))


def _effect_rows(pair: Pair) -> list[tuple[str, ...]]:
    found = []
    for _, side in pair.named:
        window = side.window("last")
        every = window.effects if window is not None else ()
        found.append({effect.name: effect for effect in every})
    rows = []
    for name in dict.fromkeys((*found[0], *found[1])):
        cells = []
        for (_, side), effects in zip(pair.named, found, strict=True):
            one = effects.get(name)
            if one is None:
                cells.append(_Figure(_ABSENT))
                continue
            words = show_band(one.course, -1, banded=side.body.draws > 0)
            cells.append(_Figure(words, Fraction(float(one.course.value[-1]))))
        effect = found[0].get(name) or found[1][name]
        mark = ", hypothesis" if effect.hypothesis else ""
        rows.append(_row(f"{effect.title} ({effect.unit}){mark}", *cells))
    return rows
