"""A proposal: a program with an id made of its figures, as lines to be read and retyped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from hashlib import sha256
from typing import final

from thecal.care.design.deliver import hourly_rates
from thecal.errors import EntryError
from thecal.pharmacy import drug
from thecal.program.program import InfusionProgram, PatientBolus
from thecal.therapy.days import write_days, write_time_of_day
from thecal.therapy.events import Program
from thecal.therapy.file_writer import write_event, write_quantity
from thecal.units import Duration, Mass, MassRate, Quantity, parse_quantity

CONTINUOUS, FLEX, OPTIMISED = "continuous", "flex", "optimised"
_ID_DIGITS = 10


@final
@dataclass(frozen=True, slots=True)
class Line:
    """One figure or word of a proposal; `kind` is None for a word."""

    label: str
    text: str
    kind: type[Quantity] | None = None

    def shown(self) -> str:
        """Return it as it is read, and may be copied."""
        return f"{self.label}: {self.text}"

    def agrees(self, typed: str) -> bool:
        """Whether what a person typed holds exactly this figure; one unit or another is the same.

        Accepted are the figure alone or the whole line; nothing else stands for it.
        """
        label, colon, rest = typed.strip().partition(": ")
        if colon and label != self.label:
            return False
        figure = rest if colon else typed.strip()
        if self.kind is None:
            return figure == self.text
        try:
            return parse_quantity(figure, self.kind) == parse_quantity(self.text, self.kind)
        except EntryError:
            return False


@final
@dataclass(frozen=True, slots=True)
class Proposal:
    """A program that nobody has accepted.

    Attributes
    ----------
    kind
        `continuous`, `flex` or `optimised`.
    """

    kind: str
    program: InfusionProgram

    @property
    def id(self) -> str:
        """An id made of every figure: another figure, another id."""
        words = "\n".join(line.shown() for line in self.lines())
        return f"PD-{sha256(words.encode()).hexdigest()[:_ID_DIGITS]}"

    @property
    def total(self) -> MassRate:
        """The typed total of a day without patient boluses."""
        rates = hourly_rates(self.program)
        return MassRate(sum(rates, Fraction(0)) / len(rates))

    def lines(self) -> tuple[Line, ...]:
        """Return everything that decides what the pump gives, one figure a line."""
        program = self.program
        assert program.primary is not None
        assert program.daily_dose is not None
        unit = drug(program.primary).mass_unit
        lines = [
            Line("primary", program.primary),
            Line("mode", program.mode.value),
            _quantity("background", program.daily_dose, f"{unit}/d"),
        ]
        for place, step in enumerate(program.steps, start=1):
            name = f"step {place}"
            lines += [
                Line(f"{name} days", write_days(step.days)),
                Line(f"{name} start", write_time_of_day(int(step.start.base))),
                _quantity(f"{name} duration", step.duration, "h"),
                _quantity(f"{name} dose", step.dose, unit),
            ]
        if program.patient_bolus is not None:
            lines += _bolus_lines(program.patient_bolus, unit)
        return tuple(lines)

    def event(self, at: datetime) -> Program:
        """Return the program as an event at a time."""
        return Program(time=at, program=self.program)

    def toml(self, at: datetime) -> str:
        """Return the event to be read, under the proposal's id."""
        return f"# proposal {self.id}, not accepted\n{write_event(self.event(at))}"

    def with_bolus(self, bolus: PatientBolus) -> Proposal:
        """Return the same schedule with a patient bolus."""
        return Proposal(self.kind, replace(self.program, patient_bolus=bolus))


def _quantity(label: str, value: Mass | MassRate | Duration, unit: str) -> Line:
    return Line(label, write_quantity(value, unit), type(value))


def _bolus_lines(bolus: PatientBolus, unit: str) -> list[Line]:
    lines = [
        _quantity("patient bolus dose", bolus.dose, unit),
        _quantity("patient bolus duration", bolus.duration, "min"),
        _quantity("patient bolus lockout", bolus.lockout, "h"),
    ]
    if bolus.max_per_day is not None:
        lines.append(Line("patient bolus most a day", str(bolus.max_per_day)))
    if bolus.max_dose_per_day is not None:
        lines.append(_quantity("patient bolus most dose a day", bolus.max_dose_per_day, unit))
    return lines
