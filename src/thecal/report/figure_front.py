"""The drug front: what tubing and catheter hold at a number of instants of one prime or bridge."""

from __future__ import annotations

from fractions import Fraction

from thecal.pharmacy import Mixture, both_units
from thecal.program.line import Parcel
from thecal.report.axes import Scale
from thecal.report.figure import Figure, Table
from thecal.report.front import FrontRun, Shot
from thecal.report.svg import WIDTH, Canvas, text_width
from thecal.report.words import day_rate, duration, solution, time_in_row, when
from thecal.therapy.events import Therapy
from thecal.units import Duration, Mass, show

_LEFT, _RIGHT = 176.0, 62.0
_ROW, _BAR = 42.0, 22.0
_HEAD = 56.0
_SWATCHES = (1, 2, 5, 3, 6, 7)


def draw_front(therapy: Therapy, run: FrontRun) -> Figure:
    """Return the figure of one prime or bridge."""
    place = "" if run.event is None else f"-event-{run.event}"
    title = f"What the line holds through the {run.kind} of {when(therapy, run.start)}"
    mixtures = _mixtures(run)
    legend = [(_swatch(mixtures, m), f"{_letter(mixtures, m)}: {solution(m)}") for m in mixtures]
    rows_end = _HEAD + len(run.shots) * _ROW
    canvas = Canvas(
        f"figure-line{place}-{run.kind.replace(' ', '-')}",
        rows_end + 14 + 20 * (len(legend) + 1),
        title,
        _describe(therapy, run),
    )
    total = max(shot.line.volume.base for shot in run.shots)
    scale = Scale(Fraction(0), max(total, Fraction(1)), _LEFT, WIDTH - _RIGHT)
    _draw_head(canvas, run.shots[0], scale)
    for index, shot in enumerate(run.shots):
        _draw_row(canvas, therapy, shot, run, mixtures, scale, _HEAD + index * _ROW)
    y = rows_end + 12
    for swatch, word in legend:
        canvas.filled(_LEFT, y, 16, 12, swatch)
        canvas.text(_LEFT + 22, y + 10, word)
        y += 20
    canvas.rect(_LEFT, y, 16, 12, "empty")
    canvas.text(_LEFT + 22, y + 10, "no drug")
    caption = (
        f"{run.kind.capitalize()} of {show(run.volume, 'mL')} at {day_rate(run.rate)}."
        " Lengths are volumes: the reservoir is at the left, the catheter tip at the right."
    )
    return Figure(canvas.name, canvas, caption, (_table(therapy, run),))


def _mixtures(run: FrontRun) -> list[Mixture]:
    """Every solution with drug, in the order in which the tip meets it."""
    found: list[Mixture] = []
    for parcel in run.parcels:
        mixture = parcel.solution.actual
        if mixture and mixture not in found:
            found.append(mixture)
    return found


def _letter(mixtures: list[Mixture], mixture: Mixture) -> str:
    index = mixtures.index(mixture)
    return chr(ord("A") + index) if index < 26 else f"A{index}"


def _swatch(mixtures: list[Mixture], mixture: Mixture) -> int:
    return _SWATCHES[mixtures.index(mixture) % len(_SWATCHES)]


def _draw_head(canvas: Canvas, shot: Shot, scale: Scale) -> None:
    tubing, catheter = shot.line.tubing.volume, shot.line.catheter.volume
    port = scale(tubing.base)
    canvas.text(_LEFT, 14, "reservoir \u2192", "t")
    canvas.text(WIDTH - _RIGHT, 14, "\u2192 tip", "t", "end")
    for left, right, word in (
        (_LEFT, port, f"tubing {show(tubing, 'mL')}"),
        (port, WIDTH - _RIGHT, f"catheter {show(catheter, 'mL')}"),
    ):
        if text_width(word) < right - left:
            canvas.text((left + right) / 2, 34, word, "t m", "middle")
        canvas.line(left + 1, 42, right - 1, 42, "axis")


def _draw_row(
    canvas: Canvas,
    therapy: Therapy,
    shot: Shot,
    run: FrontRun,
    mixtures: list[Mixture],
    scale: Scale,
    top: float,
) -> None:
    canvas.text(8, top + 10, _row_name(shot), "t b")
    canvas.text(8, top + 25, time_in_row(therapy, shot.time), "t m")
    passed = Fraction(0)
    canvas.rect(_LEFT, top, scale(shot.line.volume.base) - _LEFT, _BAR, "empty")
    for parcel in reversed(shot.line.parcels):
        left, right = scale(passed), scale(passed + parcel.volume.base)
        passed += parcel.volume.base
        mixture = parcel.solution.actual
        if not mixture:
            continue
        canvas.filled(left, top, right - left, _BAR, _swatch(mixtures, mixture))
        if right - left > 22:
            letter = _letter(mixtures, mixture)
            canvas.text((left + right) / 2, top + 16, letter, "t b halo", "middle")
    port = scale(shot.line.tubing.volume.base)
    canvas.line(port, top - 4, port, top + _BAR + 4, "axis")
    if shot.at_tip:
        x, y = WIDTH - _RIGHT + 4, top + _BAR / 2
        canvas.add("path", d=f"M{x:.1f} {y - 6:.1f}l10 6l-10 6z", class_="solid1")
        canvas.text(x + 14, y + 4, "at tip", "t")


def _row_name(shot: Shot) -> str:
    return shot.label or "first at the tip"


def _describe(therapy: Therapy, run: FrontRun) -> str:
    reached = next((shot for shot in run.shots if shot.at_tip), None)
    tip = (
        "The new solution does not reach the tip."
        if reached is None
        else f"The new solution is at the tip at {when(therapy, reached.time)}."
    )
    first, last = run.shots[0], run.shots[-1]
    took = duration(Duration(last.time - first.time))
    return f"{show(run.volume, 'mL')} at {day_rate(run.rate)}, {took}. {tip}"


def _table(therapy: Therapy, run: FrontRun) -> Table:
    rows = tuple(
        (
            f"{_row_name(shot)}, {when(therapy, shot.time)}",
            "\n".join(_parcel(parcel) for parcel in reversed(shot.line.parcels)),
            "\n".join(_mass(drug_id, mass) for drug_id, mass in sorted(shot.line.mass().items()))
            or "none",
            "yes" if shot.at_tip else "no",
        )
        for shot in run.shots
    )
    head = ("When", "From the reservoir to the tip", "Drug in the line", "New solution at the tip")
    return Table(f"Tubing and catheter through the {run.kind}", head, rows)


def _parcel(parcel: Parcel) -> str:
    return f"{show(parcel.volume, 'mL')}: {solution(parcel.solution.actual)}"


def _mass(drug_id: str, mass: Mass) -> str:
    return f"{drug_id} {both_units(drug_id, mass)}"
