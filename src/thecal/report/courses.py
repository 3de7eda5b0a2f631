"""The courses of a record that a page plots: doses, scores, delivered ratios, volume.

Floats begin here: what is handed over is for a plot, its table twin holds the exact texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, final

from thecal.pharmacy import drug, other_unit
from thecal.program.clock import Instant
from thecal.report.figure import Table
from thecal.report.trace import Trace
from thecal.report.words import mass_unit, when
from thecal.safety.residual_bands import ResidualAssessment, residual_number
from thecal.therapy.events import (
    Empty,
    Explant,
    Fill,
    Observe,
    Program,
    Replace,
    Resume,
    Stop,
    Therapy,
)
from thecal.therapy.simulation import Simulation, start_replay
from thecal.units import Mass, show, show_number

_CHANGES_DOSE = (Program, Stop, Resume, Fill, Empty, Replace, Explant)
_CUSUM = "CUSUM"
Look = Literal["line", "step", "mark", "green", "amber", "red"]


@final
@dataclass(frozen=True, slots=True)
class Series:
    """One line of a plot.

    Attributes
    ----------
    look
        `line`; `step` where a value holds until the next one; `mark` for single points; `green`,
        `amber`, `red` for a limit.
    """

    label: str
    values: tuple[float | None, ...]
    look: Look = "line"


@final
@dataclass(frozen=True, slots=True)
class Plot:
    """A plot over time with the table that says the same.

    Attributes
    ----------
    times
        Seconds since 1970 in UTC, ascending.
    claim
        Which of the four numbers it shows, or what else it is.
    """

    id: str
    title: str
    claim: str
    unit: str
    times: tuple[float, ...]
    series: tuple[Series, ...]
    table: Table

    def as_json(self) -> Mapping[str, object]:
        """Return what the script of the page reads."""
        return {
            "title": self.title,
            "unit": self.unit,
            "times": self.times,
            "series": [
                {"label": one.label, "values": one.values, "look": one.look} for one in self.series
            ],
        }


def plots_of(therapy: Therapy, trace: Trace, now: Simulation) -> tuple[Plot, ...]:
    """Return the plots of a record, those that have anything to show.

    Parameters
    ----------
    trace
        Of the same therapy, to the last hour before `now`.
    now
        How the pump stands at the end of the plots.
    """
    doses, residuals = _walk(therapy)
    plots = (
        *_dose_plots(therapy, doses, now),
        *_score_plots(therapy),
        *([_residual_plot(therapy, residuals)] if residuals else []),
        _volume_plot(therapy, trace, now),
    )
    return tuple(plot for plot in plots if plot.times)


Doses = list[tuple[Instant, str, Mapping[str, Mass]]]
Residuals = list[tuple[Instant, Fill | Empty, ResidualAssessment]]


def _walk(therapy: Therapy) -> tuple[Doses, Residuals]:
    """Replay once: the programmed dose after every event that changes it, and every aspirate."""
    replay = start_replay(therapy, length_needed=False)
    doses: Doses = []
    residuals: Residuals = []
    for index, event in enumerate(therapy.events):
        instant = therapy.instant(event.time)
        replay.advance_to(instant)
        if isinstance(event, Fill | Empty):
            assessed = replay.assess(event)
            if assessed is not None:
                residuals.append((instant, event, assessed))
        replay.apply(index)
        if isinstance(event, _CHANGES_DOSE):
            state = replay.pump.state
            program = state.pending[0] if state.pending is not None else state.program
            stands = program is None or state.stopped_since is not None or state.removed
            stands = stands or state.emptied
            doses.append(
                (instant, event.type, {} if stands or program is None else program.daily_doses())
            )
    return doses, residuals


def _dose_plots(therapy: Therapy, doses: Doses, now: Simulation) -> list[Plot]:
    plots = []
    for name in sorted({drug_id for _, _, masses in doses for drug_id in masses}):
        unit = drug(name).mass_unit
        masses = [(instant, kind, by.get(name, Mass.zero())) for instant, kind, by in doses]
        values = [float(mass.in_unit(unit)) for _, _, mass in masses]
        rows = tuple(
            (
                when(therapy, instant),
                kind,
                *(show_number(mass.in_unit(one)) for one in (unit, other_unit(unit))),
            )
            for instant, kind, mass in masses
        )
        head = ("When (pump clock)", "After", *(_per_day(one) for one in (unit, other_unit(unit))))
        plots.append(
            Plot(
                id=f"dose-{name}",
                title=f"{name}: programmed daily dose",
                claim="programmed: what was written to the pump, the fullest 24 hours",
                unit=f"{mass_unit(name)}/day",
                times=_times(therapy, [*(one[0] for one in masses), now.end]),
                series=(Series(f"{name}, programmed", (*values, values[-1]), look="step"),),
                table=Table(f"Programmed daily dose of {name}", head, rows),
            )
        )
    return plots


def _per_day(unit: str) -> str:
    return ("mcg" if unit == "ug" else unit) + "/day"


def _score_plots(therapy: Therapy) -> list[Plot]:
    found: dict[str, list[Observe]] = {}
    for event in therapy.events:
        if isinstance(event, Observe):
            found.setdefault(event.scale, []).append(event)
    plots = []
    for scale, events in sorted(found.items()):
        values = tuple(
            float(one.value) if isinstance(one.value, int | float) else None for one in events
        )
        rows = tuple((when(therapy, therapy.instant(one.time)), str(one.value)) for one in events)
        plots.append(
            Plot(
                id=f"score-{scale}",
                title=f"Score: {scale.replace('-', ' ')}",
                claim="as observed and recorded",
                unit="points",
                times=_times(therapy, [therapy.instant(one.time) for one in events]),
                series=(Series(scale, values),),
                table=Table(f"Scores of {scale}", ("When (pump clock)", "Score"), rows),
            )
        )
    return plots


def _residual_plot(therapy: Therapy, residuals: Residuals) -> Plot:
    amber = residual_number("amber-above").value
    red = residual_number("red-from").value
    count = len(residuals)

    def limit(label: str, value: Fraction, look: Look) -> Series:
        return Series(label, (float(value),) * count, look=look)

    ratios = tuple(
        None if one.delivered_ratio is None else float(one.delivered_ratio)
        for _, _, one in residuals
    )
    flagged = tuple(
        ratio if _cusum(one) else None for ratio, (_, _, one) in zip(ratios, residuals, strict=True)
    )
    return Plot(
        id="residuals",
        title="Delivered ratio at each refill",
        claim="delivered: volume used by the aspirate over the volume that was to be used",
        unit="ratio",
        times=_times(therapy, [instant for instant, _, _ in residuals]),
        series=(
            Series("delivered ratio", ratios),
            Series("flagged by the CUSUM", flagged, "mark"),
            limit("as programmed", Fraction(1), "green"),
            limit("amber above", 1 + amber, "amber"),
            limit("amber below", 1 - amber, "amber"),
            limit("red from", 1 + red, "red"),
            limit("red from, below", 1 - red, "red"),
        ),
        table=Table(
            "Refills with their aspirate",
            ("When (pump clock)", "Delivered ratio", "Found less expected", "Band", "Why", "CUSUM"),
            tuple(_residual_row(therapy, *one) for one in residuals),
        ),
    )


def _residual_row(
    therapy: Therapy, instant: Instant, event: Fill | Empty, one: ResidualAssessment
) -> tuple[str, ...]:
    ratio = one.delivered_ratio
    return (
        when(therapy, instant),
        "too little was to be used" if ratio is None else show_number(ratio),
        show(one.difference, "mL"),
        one.band,
        "\n".join(one.reasons),
        "flagged" if _cusum(one) else "",
    )


def _cusum(one: ResidualAssessment) -> bool:
    return any(_CUSUM in reason for reason in one.reasons)


def _volume_plot(therapy: Therapy, trace: Trace, now: Simulation) -> Plot:
    points = [*trace.samples]
    if now.end > trace.end:
        points.append((now.end, now.reservoir_volume))
    alarm = now.hardware.setup.low_reservoir_alarm
    rows = [
        (when(therapy, mark.time), show(mark.before, "mL"), show(mark.after, "mL"))
        for mark in trace.fills
    ]
    rows.append((when(therapy, now.end), show(now.reservoir_volume, "mL"), ""))
    return Plot(
        id="volume",
        title="Reservoir volume",
        claim="by the pump's count: what is physically there may differ",
        unit="mL",
        times=_times(therapy, [instant for instant, _ in points]),
        series=(
            Series("volume", tuple(float(volume.in_unit("mL")) for _, volume in points)),
            Series(
                "low-reservoir alarm", (float(alarm.in_unit("mL")),) * len(points), look="amber"
            ),
        ),
        table=Table(
            "Reservoir volume at each fill, and at the end",
            ("When (pump clock)", "Before", "After the fill"),
            tuple(rows),
        ),
    )


def _times(therapy: Therapy, instants: list[Instant]) -> tuple[float, ...]:
    return tuple(therapy.moment(instant).timestamp() for instant in instants)
