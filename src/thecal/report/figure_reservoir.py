"""The reservoir's volume by the pump's count, and the background rate under it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.program.clock import SECONDS_PER_DAY, Instant
from thecal.pump.alarms import AlarmKind
from thecal.pump.state import Activity
from thecal.report.axes import (
    LEFT,
    PLOT,
    Scale,
    draw_time_axis,
    draw_value_axis,
    value_ticks,
)
from thecal.report.figure import Figure, Table
from thecal.report.svg import BAND, WIDTH, Canvas, text_width
from thecal.report.trace import Phase, Trace
from thecal.report.words import ACTIVITIES, day_rate, when
from thecal.therapy.simulation import Simulation
from thecal.units import NO_BREAK_SPACE, show, show_number

_MARK_ROW, _MOST_ROWS = 15.0, 6
_VOLUME, _RATE = 190.0, 90.0
_ALARM_WORDS = {
    AlarmKind.LOW_RESERVOIR: "low reservoir",
    AlarmKind.EMPTY: "empty",
    AlarmKind.STOPPED_TOO_LONG: "stopped too long",
    AlarmKind.MOTOR_STALL: "motor stall",
    AlarmKind.MEMORY_ERROR: "memory error",
    AlarmKind.LOW_BATTERY_RESET: "low-battery reset",
    AlarmKind.REPLACEMENT_INDICATOR: "replacement indicator",
    AlarmKind.END_OF_SERVICE: "end of service",
    AlarmKind.OCCLUSION: "occlusion",
    AlarmKind.AIR_IN_LINE: "air in line",
    AlarmKind.REPEATED: "repeated alarm",
}
_FAST = (Activity.PRIMING, Activity.BRIDGING)


@final
@dataclass(frozen=True, slots=True)
class _Mark:
    time: Instant
    word: str
    style: str
    detail: str = ""


def draw_reservoir(result: Simulation, trace: Trace) -> Figure:
    """Return the figure of volume and background rate, with what comes next."""
    marks = _marks(result, trace)
    last = _last_shown(result, trace)
    shown = [mark for mark in marks if mark.time <= last]
    time = Scale(trace.start, max(last, trace.start + SECONDS_PER_DAY), LEFT, LEFT + PLOT)
    rows = _place(shown, time)
    depth = max((row for row in rows if row is not None), default=0) + 1
    top = 26 + depth * _MARK_ROW
    bottom = top + _VOLUME
    rate_top = bottom + 60
    rate_bottom = rate_top + _RATE
    canvas = Canvas(
        "figure-reservoir",
        rate_bottom + 30,
        "Reservoir volume by the pump's count, and background rate",
        _describe(result, trace),
    )
    canvas.text(LEFT, 14, "volume by the pump's count, mL", "t m")
    volume = _draw_volume(canvas, result, trace, time, (top, bottom))
    _draw_marks(canvas, shown, rows, time, (top, bottom))
    _draw_alarm_levels(canvas, trace, time, volume, last)
    draw_time_axis(canvas, result.therapy, time, bottom, bottom)
    _draw_rates(canvas, trace, time, (rate_top, rate_bottom))
    draw_time_axis(canvas, result.therapy, time, rate_bottom, rate_bottom)
    return Figure(
        canvas.name,
        canvas,
        _caption(result, [mark for mark in marks if mark.time > last]),
        (_mark_table(result, marks), _phase_table(result, trace), _volume_table(result, trace)),
    )


def _outlook(result: Simulation) -> list[_Mark]:
    outlook = result.outlook
    found: list[_Mark] = []
    for instant, word, style in (
        (outlook.low_reservoir, "low", "ahead"),
        (outlook.low_reservoir_all_boluses, "low, every bolus", "ahead"),
        (outlook.empty, "empty", "grave"),
    ):
        if instant is not None and instant > result.end:
            found.append(_Mark(instant, word, style, "expected"))
    if len(found) > 1 and found[0].time == found[1].time:
        del found[1]
    if outlook.refill_by is not None:
        decided = outlook.refill_by
        found.append(_Mark(decided.instant, "refill by", "ahead", f"{decided.decided_by} decides"))
    return found


def _marks(result: Simulation, trace: Trace) -> list[_Mark]:
    marks = []
    for fill in trace.fills:
        word = f"filled to {show(fill.after, 'mL')}"
        before = "" if fill is trace.fills[0] else f"counted before: {show(fill.before, 'mL')}"
        marks.append(_Mark(fill.time, word, "fill", before))
    for alarm in result.alarms:
        word = f"alarm: {_ALARM_WORDS[alarm.kind]}"
        marks.append(_Mark(alarm.time, word, "grave", f"{alarm.priority.value} alarm"))
    for phase in trace.phases:
        if phase.activity is Activity.DRY:
            marks.append(_Mark(phase.start, "ran dry", "grave", "no drug flows from here on"))
    if result.end > trace.start:
        marks.append(_Mark(result.end, "end of run", "stop"))
    return sorted([*marks, *_outlook(result)], key=lambda mark: mark.time)


def _last_shown(result: Simulation, trace: Trace) -> Instant:
    """The end of the axis: what comes next is shown as far ahead as the run looks back."""
    span = max(trace.end - trace.start, Fraction(14 * SECONDS_PER_DAY))
    limit = trace.end + span
    ahead = [mark.time for mark in _outlook(result) if mark.time <= limit]
    last = max([trace.end, *ahead])
    return trace.end if last == trace.end else last + (last - trace.start) / 40


def _place(marks: list[_Mark], time: Scale) -> list[int | None]:
    """Give each mark the first row of labels in which it touches no other; None: no room."""
    ends = [0.0] * _MOST_ROWS
    rows: list[int | None] = []
    for mark in marks:
        left, width = _label_left(mark, time), text_width(mark.word) + 8
        row = next((index for index, end in enumerate(ends) if left >= end), None)
        rows.append(row)
        if row is not None:
            ends[row] = left + width
    return rows


def _label_left(mark: _Mark, time: Scale) -> float:
    return min(time(mark.time) + 4, WIDTH - text_width(mark.word) - 4)


def _draw_marks(
    canvas: Canvas,
    marks: list[_Mark],
    rows: list[int | None],
    time: Scale,
    panel: tuple[float, float],
) -> None:
    top, bottom = panel
    for mark, row in zip(marks, rows, strict=True):
        x = time(mark.time)
        head = top - 4 if row is None else 22 + row * _MARK_ROW
        canvas.line(x, head, x, bottom, f"mark {mark.style}")
        if row is not None:
            canvas.text(_label_left(mark, time), head + 10, mark.word, "t halo")


def _draw_volume(
    canvas: Canvas, result: Simulation, trace: Trace, time: Scale, panel: tuple[float, float]
) -> Scale:
    highest = max((volume.in_unit("mL") for _, volume in trace.samples), default=Fraction(0))
    scale = draw_value_axis(canvas, value_ticks(highest), *panel, "")
    points = [(time(moment), scale(volume.in_unit("mL"))) for moment, volume in trace.samples]
    canvas.path(points, "line1")
    now = result.reservoir_volume.in_unit("mL")
    ahead = [(time(result.end), scale(now))]
    outlook = result.outlook
    alarm = trace.hardware[-1][1].setup.low_reservoir_alarm.in_unit("mL")
    running = result.activity is not Activity.DRY
    low = outlook.low_reservoir
    if running and low is not None and low > result.end and now > alarm:
        part = min(Fraction(1), (time.high - result.end) / (low - result.end))
        if part > 0:
            reached = result.end + part * (low - result.end)
            ahead.append((time(reached), scale(now + part * (alarm - now))))
    if len(ahead) > 1:
        canvas.path(ahead, "line1 dashed")
    return scale


def _draw_alarm_levels(
    canvas: Canvas, trace: Trace, time: Scale, volume: Scale, last: Instant
) -> None:
    ends = [moment for moment, _ in trace.hardware[1:]]
    named = None
    for (start, hardware), end in zip(trace.hardware, [*ends, last], strict=True):
        level = hardware.setup.low_reservoir_alarm
        y = volume(level.in_unit("mL"))
        canvas.line(time(start), y, time(end), y, "level")
        if level != named:
            canvas.text(time(start) + 6, y - 4, f"alarm level {show(level, 'mL')}", "t halo")
        named = level


def _draw_rates(canvas: Canvas, trace: Trace, time: Scale, panel: tuple[float, float]) -> None:
    """Draw the even rate as a line, and the range of a flex program as a hatched band."""
    top, bottom = panel
    steady = [phase for phase in trace.phases if phase.activity not in _FAST]
    highest = max((phase.highest.in_unit("mL/d") for phase in steady), default=Fraction(0))
    rate = draw_value_axis(canvas, value_ticks(highest, 3), top, bottom, "")
    canvas.text(
        LEFT,
        top - 20,
        "background rate, mL/day (hatched: lowest to highest of a flex program)",
        "t m",
    )
    points: list[tuple[float, float]] = []
    for phase in trace.phases:
        left, right = time(phase.start), time(phase.end)
        if phase.activity in _FAST and phase.mean.in_unit("mL/d") > rate.high:
            canvas.add("path", d=_arrow((left + right) / 2, top - 2), class_="solid1")
            continue
        if phase.lowest != phase.highest:
            upper = rate(phase.highest.in_unit("mL/d"))
            lower = rate(phase.lowest.in_unit("mL/d"))
            canvas.filled(left, upper, right - left, max(1.0, lower - upper), BAND)
        y = rate(phase.mean.in_unit("mL/d"))
        points += [(left, y), (right, y)]
    canvas.path(points, "line1")


def _arrow(x: float, y: float) -> str:
    return f"M{x - 4:.1f} {y + 7:.1f}L{x:.1f} {y:.1f}L{x + 4:.1f} {y + 7:.1f}Z"


def _describe(result: Simulation, trace: Trace) -> str:
    therapy = result.therapy
    return (
        f"From {when(therapy, trace.start)} to {when(therapy, result.end)}."
        f" Fills: {len(trace.fills)}. At the end the pump counts"
        f" {show(result.reservoir_volume, 'mL')}."
        f" Low reservoir: {when(therapy, result.outlook.low_reservoir)}."
    )


def _caption(result: Simulation, beyond: list[_Mark]) -> str:
    text = (
        "The pump's count, beneath which lies the unusable residual. Dashed: what is expected"
        " without boluses. An arrowhead at the top of the rate: faster than the scale (a prime or"
        " a bridge)."
    )
    if beyond:
        later = "; ".join(f"{mark.word}, {when(result.therapy, mark.time)}" for mark in beyond)
        text += f" Later than the figure reaches: {later}."
    return text


def _mark_table(result: Simulation, marks: list[_Mark]) -> Table:
    rows = tuple((when(result.therapy, mark.time), mark.word, mark.detail) for mark in marks)
    return Table("Fills, alarms and dates of the figure", ("Time", "What", "More"), rows)


def _phase_table(result: Simulation, trace: Trace) -> Table:
    def background(phase: Phase) -> str:
        if phase.lowest == phase.highest:
            return day_rate(phase.mean)
        low, high = (show_number(rate.in_unit("mL/d")) for rate in (phase.lowest, phase.highest))
        return f"{low} to {high}{NO_BREAK_SPACE}mL/day, mean {day_rate(phase.mean)}"

    rows = tuple(
        (
            when(result.therapy, phase.start),
            when(result.therapy, phase.end),
            phase.doing or ACTIVITIES[phase.activity],
            background(phase),
            show(phase.computed, "mL"),
        )
        for phase in trace.phases
    )
    head = ("From", "To", "The pump was", "Background rate (achievable)", "Count at its start")
    return Table("What the pump did, and at which background rate", head, rows)


def _volume_table(result: Simulation, trace: Trace) -> Table:
    """Every tenth point of the curve, and its ends; between them it is straight."""
    points = trace.samples
    kept = [point for index, point in enumerate(points) if index % 10 == 0 or point is points[-1]]
    rows = tuple((when(result.therapy, moment), show(volume, "mL")) for moment, volume in kept)
    return Table("Points of the curve of the volume", ("Time", "Volume by the pump's count"), rows)
