"""What a page of a draft shows: fields, verdict, doses, strip, dates; all of it from the core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, final

from django.http import QueryDict

from thecal.care.programming.fields import (
    STEP_PARTS,
    ReadDraft,
    mass_unit,
    quantities,
    read_draft,
    step_rows,
    typed_of,
)
from thecal.care.programming.judged import Judged, judge, lowers_only, why_second_person
from thecal.care.programming.lines import ChangedLine, changed
from thecal.clinic import clock
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.web.strip import draw_strip
from thecal.errors import NotProgrammableError
from thecal.pharmacy import Mixture
from thecal.program.program import Mode, WrittenProgram, write_program
from thecal.therapy.events import Override, Program, Therapy
from thecal.therapy.simulation import Simulation
from thecal.units import VolumeRate, show_unit

BLANK_STEPS = 2
"""Rows of steps that are always free to type into."""
_TYPED = (
    "mode",
    "primary",
    "daily_dose",
    "reason",
    "bolus_dose",
    "bolus_duration",
    "bolus_lockout",
    "bolus_most",
    "bolus_most_dose",
    "bridge_dose",
    "bridge_drug",
)
_MOST_STEPS = 96


@final
@dataclass(frozen=True)
class Situation:
    """The record now: what a draft is reviewed upon."""

    therapy: Therapy
    simulation: Simulation
    now: datetime

    @classmethod
    def of(cls, chart: Chart) -> Situation:
        """Return the situation of a chart with a therapy."""
        now = clock.now().replace(microsecond=0)
        simulation, therapy = chart.simulation(now), chart.therapy
        if simulation is None or therapy is None or not simulation.reservoir_written:
            raise NotProgrammableError(
                "no filled pump is recorded for this patient",
                remedy="record implant and first fill before a program",
            )
        return cls(therapy, simulation, therapy.moment(simulation.end))

    @classmethod
    def exists(cls, chart: Chart) -> bool:
        """Return whether a chart tells of a filled pump."""
        simulation = chart.simulation(clock.now().replace(microsecond=0))
        return simulation is not None and bool(simulation.reservoir_written)

    @property
    def old(self) -> WrittenProgram | None:
        """The program in the pump."""
        return self.simulation.program

    @property
    def solution(self) -> Mixture:
        """The concentrations that the pump was told."""
        return self.simulation.reservoir_written

    @property
    def typed_now(self) -> dict[str, str]:
        """What would have to be typed for the program in the pump: where every draft begins."""
        old = self.old
        return typed_of(None if old is None else old.program, self.primary)

    @property
    def primary(self) -> str:
        """The drug whose doses are typed, until another is chosen."""
        old = self.old
        if old is not None and old.program.primary is not None:
            return old.program.primary
        return next(iter(self.solution), "")


@final
@dataclass(frozen=True)
class Drafted:
    """A draft as read and judged."""

    read: ReadDraft
    judged: Judged | None
    lines: tuple[ChangedLine, ...]
    written: WrittenProgram | None
    second: tuple[str, ...]
    lowers: bool


def typed_in(sent: QueryDict) -> dict[str, str]:
    """Return what was typed into the fields of a draft, whole; empty fields are left out."""
    names = [*_TYPED]
    names += [f"step{number}_{part}" for number in range(_MOST_STEPS) for part in STEP_PARTS]
    found = {name: sent.get(name, "").strip() for name in names}
    return {name: text for name, text in found.items() if text}


def drafted(
    situation: Situation, typed: Mapping[str, str], overrides: tuple[Override, ...] = ()
) -> Drafted:
    """Return what was typed, read by the core and judged by the review."""
    read = read_draft(
        typed, situation.solution, situation.therapy, situation.now, situation.typed_now
    )
    if read.event is None:
        return Drafted(read, None, (), None, (), lowers=False)
    return judged_event(situation, read, overrides)


def judged_event(
    situation: Situation, read: ReadDraft, overrides: tuple[Override, ...] = ()
) -> Drafted:
    """Return a program that was read, judged by the review."""
    event = read.event
    assert event is not None
    judged = judge(situation.therapy, event, overrides)
    old = situation.old
    new = write_program(event.program, situation.solution, situation.simulation.hardware.setup.grid)
    before = (None, Mixture(())) if old is None else (old.program, old.mixture)
    return Drafted(
        read=read,
        judged=judged,
        lines=changed(before, (event.program, situation.solution)),
        written=new,
        second=why_second_person(old, new),
        lowers=not event.program.is_therapy or (old is not None and lowers_only(old, new)),
    )


def event_read(event: Program) -> ReadDraft:
    """Return a program as a draft that was read without errors."""
    return ReadDraft(replace(event, override=()), {})


def verdict_page(situation: Situation, draft: Drafted, *, movable: bool = False) -> dict[str, Any]:
    """Return what the part of the page that follows the typing shows."""
    old, after = situation.old, None if draft.judged is None else draft.judged.after
    dates: list[tuple[str, datetime | None, datetime | None]] = []
    if after is not None:
        first, second = _outlook(situation, situation.simulation), _outlook(situation, after)
        dates = [(name, first[name], second[name]) for name in first]
    shown = [one for one in (old, draft.written) if one is not None and one.program.is_therapy]
    highest = max((max(one.programmed.rates) for one in shown), default=VolumeRate.zero())
    return {
        "draft": draft,
        "judged": draft.judged,
        "dates": dates,
        "old_strip": _strip(old, "before", highest, movable=False),
        "new_strip": _strip(draft.written, "draft", highest, movable=movable),
    }


def _strip(written: WrittenProgram | None, name: str, highest: VolumeRate, *, movable: bool) -> str:
    if written is None or not written.program.is_therapy:
        return ""
    return draw_strip(written, name, highest, movable=movable)


def _outlook(situation: Situation, simulation: Simulation) -> dict[str, datetime | None]:
    outlook = simulation.outlook
    by = outlook.refill_by
    instants = {
        "Low reservoir alarm": outlook.low_reservoir,
        "Low reservoir alarm with every bolus": outlook.low_reservoir_all_boluses,
        "Empty": outlook.empty,
        "Refill by": None if by is None else by.instant,
    }
    return {
        name: None if instant is None else situation.therapy.moment(instant)
        for name, instant in instants.items()
    }


def form_page(
    situation: Situation, typed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the fields of a draft show."""
    primary = typed.get("primary") or situation.primary
    if primary not in situation.solution:
        primary = situation.primary
    bridged = typed.get("bridge_drug") or primary
    drugs = sorted({*situation.simulation.balance, *situation.solution})
    rows = step_rows(typed) + BLANK_STEPS
    units = {
        one.name: {"label": one.label, "unit": show_unit(one.unit)}
        for one in quantities(primary, bridged if bridged in drugs else primary, rows)
    }

    def field(name: str, label: str = "") -> dict[str, str]:
        known = units.get(name, {"label": label, "unit": ""})
        return {
            "name": name,
            "label": label or known["label"],
            "unit": known["unit"],
            "value": typed.get(name, ""),
            "error": errors.get(name, ""),
        }

    return {
        "modes": [one.value for one in Mode],
        "drugs": list(situation.solution),
        "line_drugs": drugs,
        "typed": typed,
        "errors": errors,
        "mass_unit": show_unit(mass_unit(primary)),
        "dose": field("daily_dose"),
        "bolus": [
            field("bolus_dose"),
            field("bolus_duration"),
            field("bolus_lockout"),
            field("bolus_most", "Most in 24 hours (count)"),
            field("bolus_most_dose"),
        ],
        "bridge": field("bridge_dose"),
        "steps": [
            {
                "number": number,
                "title": number + 1,
                "fields": [
                    field(f"step{number}_days", "Days"),
                    field(f"step{number}_start", "Start"),
                    field(f"step{number}_lasts"),
                    field(f"step{number}_dose"),
                ],
            }
            for number in range(rows)
        ],
    }


def labels_of(page: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the name and label of every figure of a page of `form_page`."""
    steps = [
        {**one, "label": f"{one['label']} of step {step['title']}"}
        for step in page["steps"]
        for one in step["fields"]
    ]
    fields = [page["dose"], *page["bolus"], page["bridge"], *steps]
    return [(one["name"], one["label"]) for one in fields]
