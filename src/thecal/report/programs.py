"""The section of the programs: each change as a table, old beside new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.pharmacy import both_units
from thecal.program.delivery import Purpose
from thecal.program.program import PatientBolus, WrittenProgram
from thecal.report.buckets import masses_by_purpose
from thecal.report.changes import ProgramChange
from thecal.report.figure import Figure, Table
from thecal.report.figure_week import draw_week
from thecal.report.trace import RunBook, Trace
from thecal.report.words import daily_dose, day_rate, days_of, duration, event_of
from thecal.therapy.days import write_time_of_day
from thecal.therapy.events import Therapy
from thecal.therapy.review import ProgramReview
from thecal.units import DAY, Duration, Mass, Volume, show, show_percent

_NONE = "none"


@final
@dataclass(frozen=True, slots=True)
class ProgramPart:
    """One program of the page."""

    title: str
    notes: tuple[str, ...]
    table: Table
    figure: Figure | None


def program_parts(
    therapy: Therapy,
    changes: list[ProgramChange],
    reviews: Mapping[int, ProgramReview],
    trace: Trace,
) -> list[ProgramPart]:
    """Return the programs in the order of their events."""
    return [_part(therapy, change, reviews[change.index], trace) for change in changes]


def _part(
    therapy: Therapy, change: ProgramChange, review: ProgramReview, trace: Trace
) -> ProgramPart:
    instant = therapy.instant(change.event.time)
    title = event_of(therapy, change.index)
    notes = [f"Just before, the pump was {change.was_doing}."]
    if change.refused:
        notes.append(f"The pump itself refused this order: {change.refused}.")
    if instant > trace.end:
        notes.append("After the end of this run: reviewed, not run.")
    if change.event.reason:
        notes.append(f"Reason given: {change.event.reason}")
    figure = None
    if change.new is not None and change.new.program.steps:
        figure = draw_week(change.index, title, change.new)
    rows = [
        _row("mode", mode_words(change.old), mode_words(change.new), ""),
        *_dose_rows(change, review),
        *rate_rows(change.old, change.new),
        *_worst_rows(review),
        _row("steps", steps_words(change.old), steps_words(change.new), ""),
        *bolus_rows(change.old, change.new),
        _row("bridge first", "", bridge_words(change), ""),
    ]
    head = ("Setting", "Old: the last therapy program", "New", "Change")
    table = Table(f"Old beside new, {title}", head, tuple(rows))
    return ProgramPart(f"Program of {title}", tuple(notes), table, figure)


def _row(name: str, old: str, new: str, change: str) -> tuple[str, ...]:
    return name, old, new, change


def mode_words(written: WrittenProgram | None) -> str:
    """Return the mode of a program with its primary drug."""
    if written is None:
        return "no program"
    primary = written.program.primary
    return str(written.program.mode) + (f", primary {primary}" if primary else "")


def _dose_rows(change: ProgramChange, review: ProgramReview) -> list[tuple[str, ...]]:
    rows = []
    before, new = review.before, review.daily_doses
    for drug_id in sorted({*before, *new}):
        old_mass, new_mass = before.get(drug_id), new.get(drug_id, Mass.zero())
        rows.append(
            _row(
                f"{drug_id}, programmed, fullest 24 hours",
                daily_dose(drug_id, old_mass) if old_mass is not None else _NONE,
                daily_dose(drug_id, new_mass) if new_mass else "no dose",
                show_percent(new_mass.ratio(old_mass) - 1) if old_mass else "",
            )
        )
        was = change.old.achievable_daily_doses() if change.old is not None else {}
        reached = review.achievable_daily_doses.get(drug_id)
        rows.append(
            _row(
                f"{drug_id}, achievable, fullest 24 hours",
                daily_dose(drug_id, was[drug_id]) if drug_id in was else _NONE,
                daily_dose(drug_id, reached) if reached is not None else "no dose",
                "" if reached is None or not new_mass else _shortfall(reached, new_mass),
            )
        )
    return rows


def _shortfall(achievable: Mass, programmed: Mass) -> str:
    if achievable == programmed:
        return "as programmed"
    return f"{show_percent(achievable.ratio(programmed) - 1)} of the programmed dose"


def rate_rows(old: WrittenProgram | None, new: WrittenProgram | None) -> list[tuple[str, ...]]:
    """Return rows of the background rate of two programs: name, old, new, change."""

    def programmed(written: WrittenProgram | None) -> str:
        return _NONE if written is None else day_rate(written.background_rate)

    def achievable(written: WrittenProgram | None) -> str:
        return _NONE if written is None else _range(written)

    percent = ""
    if old is not None and new is not None and old.background_rate:
        percent = show_percent(new.background_rate.ratio(old.background_rate) - 1)
    return [
        _row("background rate, programmed", programmed(old), programmed(new), percent),
        _row("rate, achievable", achievable(old), achievable(new), ""),
    ]


def _range(written: WrittenProgram) -> str:
    low, high = min(written.achievable.rates), max(written.achievable.rates)
    if low == high:
        return day_rate(low)
    mean = written.achievable.volume_between(Fraction(0), 7 * DAY.base) / DAY.scaled(7)
    return f"{day_rate(low)} to {day_rate(high)}, mean {day_rate(mean)}"


def _worst_rows(review: ProgramReview) -> list[tuple[str, ...]]:
    return [
        _row(f"{drug_id}, most in any 24 hours", "", both_units(drug_id, mass), "")
        for drug_id, mass in sorted(review.worst_case_24h.items())
    ]


def steps_words(written: WrittenProgram | None) -> str:
    """Return the steps of a program, one line each."""
    if written is None or not written.program.steps or written.program.primary is None:
        return _NONE
    primary = written.program.primary
    return "\n".join(
        f"{days_of(step.days)} {write_time_of_day(int(step.start.base))},"
        f" {duration(step.duration)}: {both_units(primary, step.dose)}"
        for step in written.program.steps
    )


def bolus_rows(old: WrittenProgram | None, new: WrittenProgram | None) -> list[tuple[str, ...]]:
    """Return rows of the patient bolus of two programs: name, old, new, change."""
    was = None if old is None else old.program.patient_bolus
    now = None if new is None else new.program.patient_bolus
    percent = show_percent(now.dose.ratio(was.dose) - 1) if was and now else ""
    rows = [_row("patient bolus", _bolus_words(old), _bolus_words(new), percent)]
    if was or now:
        rows += [
            _row("bolus lasts", _time(was, "duration"), _time(now, "duration"), ""),
            _row("lockout", _time(was, "lockout"), _time(now, "lockout"), ""),
            _row("boluses a day, most", _most(was), _most(now), ""),
        ]
    return rows


def _bolus_words(written: WrittenProgram | None) -> str:
    if written is None or written.bolus is None:
        return _NONE
    volume = written.bolus
    masses = [
        f"{drug_id} {both_units(drug_id, written.mixture.mass_of(drug_id, volume.programmed))}"
        for drug_id in written.mixture
    ]
    line = f"{show(volume.programmed, 'mL')}, achievable {show(volume.achievable, 'mL')}"
    return "\n".join([*masses, line])


def _time(bolus: PatientBolus | None, field: str) -> str:
    if bolus is None:
        return _NONE
    value = bolus.duration if field == "duration" else bolus.lockout
    return duration(value)


def _most(bolus: PatientBolus | None) -> str:
    if bolus is None:
        return _NONE
    parts = []
    if bolus.max_per_day is not None:
        parts.append(str(bolus.max_per_day))
    if bolus.max_dose_per_day is not None:
        parts.append(
            f"{show(bolus.max_dose_per_day, 'mg')} of the primary drug, background included"
        )
    return "\n".join(parts) or "only the lockout limits them"


def bridge_words(change: ProgramChange) -> str:
    """Return the bridge of a program: its dose, its volume, and how long it takes."""
    order, new = change.event.program.bridge, change.new
    if order is None:
        return _NONE
    drug_id = order.drug or (new.program.primary if new is not None else None)
    dose = daily_dose(drug_id, order.daily_dose) if drug_id else ""
    if change.bridge is None:
        return f"{drug_id} {dose}: not run"
    bridge = change.bridge
    takes = Duration(bridge.left / bridge.rate.base)
    return (
        f"{drug_id} {dose} of the old solution\n{show(Volume(bridge.left), 'mL')}"
        f" at {day_rate(bridge.rate)}, {duration(takes)}"
    )


def four_numbers(
    therapy: Therapy,
    changes: list[ProgramChange],
    reviews: Mapping[int, ProgramReview],
    trace: Trace,
) -> Table:
    """Return ordered, programmed, achievable and delivered, side by side and never merged."""
    rows = []
    for change in changes:
        review = reviews[change.index]
        run = trace.runs.get(change.index, RunBook())
        for drug_id, programmed in sorted(review.daily_doses.items()):
            achievable = review.achievable_daily_doses.get(drug_id)
            rows.append(
                (
                    f"{drug_id}, {event_of(therapy, change.index)}",
                    _ordered(change, drug_id),
                    daily_dose(drug_id, programmed),
                    "" if achievable is None else daily_dose(drug_id, achievable),
                    *_delivered(run, drug_id),
                )
            )
    head = (
        "Drug and program",
        "Ordered",
        "Programmed, fullest 24 hours",
        "Achievable, fullest 24 hours",
        "Delivered as therapy while it ran, mean",
        "Delivered while it ran, all purposes",
    )
    return Table("Four numbers for every dose", head, tuple(rows))


def _ordered(change: ProgramChange, drug_id: str) -> str:
    order = change.event.program
    if drug_id != order.primary or order.daily_dose is None:
        return "follows from the mixture"
    text = daily_dose(drug_id, order.daily_dose)
    return f"{text}, and {len(order.steps)} steps" if order.steps else text


def _delivered(run: RunBook, drug_id: str) -> tuple[str, str]:
    masses = masses_by_purpose(run.volumes, drug_id)
    if not masses:
        return "nothing", "nothing"
    mean_day = "nothing"
    therapy = masses.get(Purpose.THERAPY)
    if therapy is not None and run.therapy_seconds:
        mean = Mass(therapy.base * DAY.base / run.therapy_seconds)
        mean_day = f"{daily_dose(drug_id, mean)}\nover {duration(Duration(run.therapy_seconds))}"
    total = Mass(sum((mass.base for mass in masses.values()), Fraction(0)))
    return mean_day, both_units(drug_id, total)
