"""A visit now: how it stands, what is known besides, what is open, and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, final
from zoneinfo import ZoneInfo

from thecal.care.notices import UnreadNotice
from thecal.care.visit import (
    Knowledge,
    KnownPump,
    Progress,
    Purpose,
    Visit,
    progress,
    visit_findings,
)
from thecal.care.visit.change import doses_after
from thecal.care.visit.second_person import why_second_person
from thecal.clinic import clock
from thecal.clinic.access.second import Blind, digest_of
from thecal.clinic.flows.notices import unread
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.folding import folded_of
from thecal.clinic.models import Clinic
from thecal.clinic.programs.day_totals import day_totals
from thecal.clinic.pumps.virtual_pump import has_telemetry
from thecal.clinic.refill.entries import Running, running_visit, second_check
from thecal.clinic.refill.events import (
    draft_events,
    ordered,
    overrides_of,
    refill_by,
    reviewed,
    solution_after,
)
from thecal.clinic.refill.known import (
    before_visit,
    knowledge,
    pump_before,
    written_doses,
)
from thecal.clinic.refill.mixture_text import mixture_table
from thecal.clinic.refill.talks import WRITTEN, Talks, talks_of
from thecal.errors import ThecalError
from thecal.pharmacy import Mixture, drug
from thecal.program.program import InfusionProgram, WrittenProgram, write_program
from thecal.record.second_person import Given, is_given
from thecal.safety.finding import Finding, Severity
from thecal.therapy.events import Event, Therapy
from thecal.therapy.file_writer import write_quantity
from thecal.therapy.fill_orders import constant_flow
from thecal.therapy.simulation import Simulation, simulate_on
from thecal.units import DAY, MassRate


class NoVisitError(ThecalError):
    """There is no visit that goes on, or no pump that one could be about."""


@final
class Situation:
    """One visit of a patient as it stands now.

    Parameters
    ----------
    running
        The visit as the record tells it.
    """

    def __init__(self, chart: Chart, clinic: Clinic, running: Running) -> None:
        self.chart, self.clinic, self.running = chart, clinic, running
        self.now = clock.now().astimezone(ZoneInfo(clinic.timezone)).replace(microsecond=0)

    @classmethod
    def of(cls, chart: Chart, clinic: Clinic) -> Situation:
        """Return the situation of the visit that goes on; raises `NoVisitError`."""
        running = running_visit(chart.entries)
        if running is None:
            raise NoVisitError("no visit goes on", remedy="begin one on the refill page")
        return cls(chart, clinic, running)

    @cached_property
    def therapy(self) -> Therapy:
        """The therapy before the visit."""
        therapy = before_visit(self.chart, self.running).therapy
        if therapy is None:
            raise NoVisitError("no pump is recorded for this patient", remedy="record it first")
        return therapy

    @cached_property
    def base(self) -> Therapy:
        """What the events of the visit follow: the therapy before it, and what telemetry did."""
        if not self.running.sent:
            return self.therapy
        ended = self.running.ended
        last = None if ended is None else ended.seq
        kept = [one for one in self.chart.entries if last is None or one.seq <= last]
        return folded_of(tuple(kept)).therapy or self.therapy

    @property
    def is_emptying(self) -> bool:
        """Whether nothing is filled at this visit."""
        return self.visit.purpose is Purpose.EMPTYING

    @cached_property
    def simulation(self) -> Simulation:
        """The pump before the visit, as it stands now."""
        replay = before_visit(self.chart, self.running).replay
        assert replay is not None
        return simulate_on(replay, max(replay.therapy.instant(self.now), replay.pump.state.now))

    @cached_property
    def pump(self) -> KnownPump:
        """The pump before the visit, as its checks know it."""
        return pump_before(self.chart, self.running, self.now)

    @cached_property
    def visit(self) -> Visit:
        """The visit with the check of the second person, where it was given for what stands."""
        visit = self.running.visit
        given = self.given
        if given is None:
            return visit
        return replace(visit, second_check=second_check(given, self.check_content))

    @cached_property
    def check_content(self) -> dict[str, Any]:
        """What a second person checks: the solution, its volume, the doses after the visit."""
        label = self.running.visit.verify
        if label is None:
            return {}
        doses = doses_after(self.running.visit, self._knowing((), None))
        return {
            "mixture": mixture_table(label.label),
            "volume": write_quantity(label.volume, "mL"),
            "daily_doses": [
                {"drug": name, "daily_dose": write_quantity(dose, f"{drug(name).mass_unit}/d")}
                for name, dose in sorted(doses.items())
            ],
        }

    @property
    def digest(self) -> str:
        """The hash that binds a second person's check to this visit and what it is about."""
        return digest_of({"visit": self.running.number, **self.check_content})

    @cached_property
    def given(self) -> Given | None:
        """The check that a second person gave; None where nobody did."""
        if self.running.visit.verify is None:
            return None
        return is_given(self.chart.entries, self.digest)

    @property
    def blind(self) -> tuple[Blind, ...]:
        """What a second person types without seeing it."""
        content = self.check_content
        found = [
            Blind(
                f"concentration_{name}",
                f"Concentration of {name} on the label",
                value,
                _unit(value),
            )
            for name, value in content.get("mixture", {}).items()
        ]
        if content:
            found.append(Blind("volume", "Volume to be filled", content["volume"], "mL"))
        program = self.ordered
        if program is not None and program.primary and program.daily_dose is not None:
            unit = f"{drug(program.primary).mass_unit}/d"
            value = write_quantity(program.daily_dose, unit)
            label = (
                f"Background of {program.primary} after the visit, as programmed"
                " (without steps and boluses)"
            )
            found.append(Blind("background", label, value, _unit(value)))
            found += day_totals(self.written)
        return tuple(found)

    @cached_property
    def why_second(self) -> tuple[str, ...]:
        """Why a second person is wanted; empty where none is."""
        return why_second_person(self.running.visit, self._knowing((), None))

    @cached_property
    def ordered(self) -> InfusionProgram | None:
        """The program that shall run after the visit."""
        return ordered(self.program_before, self.running, self.therapy)

    @property
    def program_before(self) -> InfusionProgram | None:
        """The program in the pump."""
        written = self.simulation.program
        return None if written is None else written.program

    @property
    def solution(self) -> Mixture:
        """The solution that the pump is told."""
        return solution_after(self.running, self.pump.last_fill)

    @cached_property
    def written(self) -> WrittenProgram | None:
        """The program after the visit as volumes; None where none can be reckoned."""
        return self.write(self.ordered)

    def write(self, program: InfusionProgram | None) -> WrittenProgram | None:
        """Return a program with the solution of this visit; None where none can be reckoned."""
        return None if program is None else self.write_with(program, self.solution)

    def write_with(self, program: InfusionProgram, solution: Mixture) -> WrittenProgram | None:
        """Return a program with a solution; None where the solution lacks its primary drug."""
        setup = self.simulation.hardware.setup
        if not setup.programmable:
            return constant_flow(setup, solution)
        if program.primary is not None and program.primary not in solution:
            return None
        return write_program(program, solution, setup.grid)

    def doses_of(self, program: InfusionProgram | None) -> dict[str, MassRate]:
        """Return the primary drug's dose a day under a program, as it is written down."""
        written = self.write(program)
        if program is None or written is None or program.primary is None:
            return {}
        doses = {program.primary: written.daily_doses()[program.primary] / DAY}
        return written_doses(doses)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """What the visit is for the therapy, as far as it is recorded."""
        return draft_events(self.running, self.base, self.now)

    @cached_property
    def knowledge(self) -> Knowledge:
        """What is known besides the visit, with the review of its fill and program."""
        after = replace(self.base, events=(*self.base.events, *self.events))
        by = refill_by(after, self.simulation.last_fill)
        return self._knowing(reviewed(self.base, self.events), by)

    def _knowing(self, found: tuple[Finding, ...], by: Any) -> Knowledge:
        return knowledge(
            self.chart,
            self.clinic,
            self.running,
            self.pump,
            self.now,
            refill_by=by,
            reviewed=found,
            unread=self._unread,
        )

    @cached_property
    def _unread(self) -> tuple[UnreadNotice, ...]:
        return unread(self.clinic, self.pump.model, self.running.people)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, the gravest first."""
        grave = tuple(Severity)
        return tuple(
            sorted(
                visit_findings(self.visit, self.knowledge),
                key=lambda one: grave.index(one.severity),
            )
        )

    @cached_property
    def progress(self) -> Progress:
        """Which step is open, and what is shut."""
        return progress(self.visit, self.knowledge)

    @property
    def asks(self) -> tuple[Finding, ...]:
        """The soft findings that nobody answered."""
        return tuple(one for one in self.findings if one.severity is Severity.SOFT and one.blocks)

    @cached_property
    def talks(self) -> Talks:
        """What the visit said to the pump by telemetry."""
        return talks_of(self.chart.entries, self.running.number, self.therapy)

    @property
    def by_telemetry(self) -> bool:
        """Whether the pump is read and written by telemetry, and nobody said why it is not."""
        return has_telemetry(self.therapy) and not self.talks.by_hand

    def final_events(self) -> tuple[Event, ...]:
        """Return what is to be written to the therapy yet, with the answers to what asked.

        What the pump did stands there already. What nobody knows the outcome of is not among it:
        reading the pump settles that. What is written by hand after the pump did a part comes
        after that part.
        """
        told = self.talks.events
        unknown = {one.what for one in self.talks.unknown}
        drafts = draft_events(self.running, self.therapy, self.now, overrides_of(self.findings))
        return tuple(
            replace(one, time=max([one.time, *(each.time for each in told)]))
            if one.type in WRITTEN
            else one
            for one in drafts
            if one.type not in unknown
        )

    def beside(self, step: str) -> Mapping[str, Any]:
        """Return what stands beside the record of a step."""
        return self.running.beside.get(step, {})

    def with_step(self, step: str, record: object, beside: Mapping[str, Any]) -> Situation:
        """Return the situation with a step recorded by a form and not yet written down."""
        changed: dict[str, Any] = {step: record}
        running = replace(
            self.running,
            visit=replace(self.running.visit, **changed),
            written={step: self.now, **self.running.written},
            beside={**self.running.beside, step: dict(beside)},
        )
        return Situation(self.chart, self.clinic, running)


def at_now(moment: datetime) -> str:
    """Return a moment as a field of date and time holds it."""
    return moment.strftime("%Y-%m-%dT%H:%M")


def _unit(value: str) -> str:
    return value.split(" ", 1)[1]
