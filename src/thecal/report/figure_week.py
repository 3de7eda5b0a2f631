"""The 24 hours of a flex program, or its week where the days differ."""

from __future__ import annotations

from fractions import Fraction

from thecal.pharmacy import both_units
from thecal.program.clock import SECONDS_PER_DAY
from thecal.program.program import Step, WrittenProgram, step_intervals
from thecal.report.axes import Scale
from thecal.report.figure import Figure, Table
from thecal.report.svg import WIDTH, Canvas, text_width
from thecal.report.words import day_rate, days_of, duration
from thecal.therapy.days import WEEKDAYS, write_time_of_day
from thecal.units import VolumeRate, show

_LEFT, _RIGHT = 92.0, 14.0
_ROW, _BAR = 42.0, 24.0
_HEAD = 30.0
_Piece = tuple[Fraction, Fraction, Step]


def draw_week(event: int, title: str, written: WrittenProgram) -> Figure:
    """Return the strip of one flex program; rates are those programmed."""
    days = _pieces_by_day(written.program.steps)
    alike = all(day == days[0] for day in days[1:])
    shown = days[:1] if alike else days
    bottom = _HEAD + len(shown) * _ROW
    canvas = Canvas(
        f"figure-flex-event-{event}",
        bottom + 58,
        f"Flex program of {title}",
        f"Background {day_rate(written.background_rate)}; "
        + "; ".join(_step_words(written, step) for step in written.program.steps),
    )
    scale = Scale(Fraction(0), Fraction(SECONDS_PER_DAY), _LEFT, WIDTH - _RIGHT)
    highest = max(written.programmed.rates)
    for hour in range(0, 25, 3):
        x = scale(Fraction(hour * 3600))
        canvas.line(x, _HEAD - 4, x, bottom - 8, "grid")
        canvas.text(min(x, WIDTH - 20), bottom + 8, f"{hour:02}:00", anchor="middle")
    for index, pieces in enumerate(shown):
        name = "every day" if alike else days_of(frozenset({index}))
        _draw_day(canvas, name, pieces, written, highest, scale, _HEAD + index * _ROW)
    _draw_key(canvas, written, bottom + 30)
    caption = (
        "Height is the programmed rate; the dose of each step of the primary drug"
        f" ({written.program.primary}) stands above it where there is room."
        " A step replaces the background."
    )
    return Figure(canvas.name, canvas, caption, (_table(written),))


def _draw_day(
    canvas: Canvas,
    name: str,
    pieces: list[_Piece],
    written: WrittenProgram,
    highest: VolumeRate,
    scale: Scale,
    top: float,
) -> None:
    base = top + _BAR + 6
    canvas.text(8, base - 6, name, "t b")

    def height(rate: VolumeRate) -> float:
        return max(1.5, _BAR * float(rate.ratio(highest))) if rate else 0.0

    edges, labelled = Fraction(0), 0.0
    background = height(written.background_rate)
    for start, end, step in [*pieces, (Fraction(SECONDS_PER_DAY), Fraction(0), None)]:
        canvas.filled(scale(edges), base - background, scale(start) - scale(edges), background, 1)
        if step is None:
            break
        edges = end
        tall = height(_step_rate(written, step))
        left, width = scale(start), scale(end) - scale(start)
        canvas.filled(left, base - tall, width, tall, 2)
        word = _dose(written, step)
        half = text_width(word, 11) / 2
        place = min(max(left + width / 2, _LEFT + half), WIDTH - 30)
        if place - half >= labelled:
            canvas.text(place, base - tall - 4, word, "s halo", "middle")
            labelled = place + half
    canvas.line(_LEFT, base, WIDTH - _RIGHT, base, "axis")


def _draw_key(canvas: Canvas, written: WrittenProgram, y: float) -> None:
    canvas.filled(_LEFT, y, 16, 12, 1)
    word = f"background {day_rate(written.background_rate)}"
    canvas.text(_LEFT + 22, y + 10, word)
    x = _LEFT + 22 + text_width(word) + 24
    canvas.filled(x, y, 16, 12, 2)
    canvas.text(x + 22, y + 10, f"step, highest {day_rate(max(written.programmed.rates))}")


def _pieces_by_day(steps: tuple[Step, ...]) -> list[list[_Piece]]:
    """The steps of each weekday, cut at midnight."""
    day = Fraction(SECONDS_PER_DAY)
    days: list[list[_Piece]] = [[] for _ in WEEKDAYS]
    for start, end, step in step_intervals(steps):
        at = start
        while at < end:
            index = int(at // day)
            cut = min(end, (index + 1) * day)
            days[index % len(days)].append((at - index * day, cut - index * day, step))
            at = cut
    return [sorted(pieces, key=lambda piece: piece[0]) for pieces in days]


def _step_rate(written: WrittenProgram, step: Step) -> VolumeRate:
    primary = written.program.primary
    assert primary is not None
    return step.dose / written.mixture[primary] / step.duration


def _dose(written: WrittenProgram, step: Step) -> str:
    primary = written.program.primary
    assert primary is not None
    return both_units(primary, step.dose).split(" (")[0]


def _step_words(written: WrittenProgram, step: Step) -> str:
    start = write_time_of_day(int(step.start.base))
    return f"{days_of(step.days)} {start} {_dose(written, step)} in {duration(step.duration)}"


def _table(written: WrittenProgram) -> Table:
    primary = written.program.primary
    assert primary is not None
    rows = [("between steps", "", "", "", day_rate(written.background_rate))]
    for step in written.program.steps:
        volume = step.dose / written.mixture[primary]
        masses = "\n".join(
            f"{drug_id} {both_units(drug_id, written.mixture.mass_of(drug_id, volume))}"
            for drug_id in written.mixture
        )
        rows.append(
            (
                f"{days_of(step.days)}, {write_time_of_day(int(step.start.base))}",
                duration(step.duration),
                masses,
                show(volume, "mL"),
                day_rate(_step_rate(written, step)),
            )
        )
    head = ("When", "For", "Dose each time", "Volume each time", "Programmed rate")
    return Table("Background and steps", head, tuple(rows))
