"""Talking to a patient's pump: what is ordered is written first, then sent, then what became of it.

Kinds of entries
----------------
`pump.order`
    Before anything is sent: `command` (drawn by whoever orders; done once), `what`, `event` (the
    therapy event that it would be, without its time), `running` (hash of the program that the order
    was decided upon), `visit` (of an order that belongs to a refill visit: its number).
`pump.command`
    After it: `command`, `what`, `outcome` (`done`, `refused`, `unknown`), `why`, `event` (whether
    the therapy event is the entry right after this one), `read_back`. The last one of a command
    holds; an order without any is one whose outcome nobody knows.

A therapy event is written only when the pump did it, at the pump's own time. An unknown outcome
opens a task; the next reading of the pump settles it from the pump's log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft
from thecal.clinic.pumps.pump_log import (
    DONE,
    ORDER,
    REFUSED,
    UNKNOWN,
    Order,
    Outcome,
    last_reading,
    outcome_of,
    unsettled,
)
from thecal.clinic.pumps.pump_talk import Talk, UsedCommandError
from thecal.clinic.pumps.virtual_pump import COMMAND, MANUAL, has_telemetry, takes_orders
from thecal.link.messages import (
    LONGEST_TEXT,
    Command,
    GiveBolus,
    MinimumRate,
    ResumePump,
    StopPump,
    new_command,
)
from thecal.link.messages import SetClock as SetClockOrder
from thecal.link.programmer import Programmer
from thecal.link.pump_report import PumpReport
from thecal.link.visit_orders import FillOrder, PrimeOrder
from thecal.program.program import InfusionProgram, Mode
from thecal.therapy.events import Bolus, Fill, Prime, Program, Resume, SetClock, Stop

__all__ = [
    "COMMAND",
    "DONE",
    "MANUAL",
    "ORDER",
    "REFUSED",
    "UNKNOWN",
    "Order",
    "Outcome",
    "UsedCommandError",
    "has_telemetry",
    "interrogate",
    "last_reading",
    "new_command",
    "outcome_of",
    "resume",
    "run_at_minimum",
    "send_bolus",
    "send_fill",
    "send_prime",
    "send_program",
    "set_clock",
    "stop",
    "takes_orders",
    "unsettled",
]
_NO_TIME = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
"""Stands in an event until the pump says when it did it."""


def interrogate(chart: Chart, order: Order) -> Outcome:
    """Read the pump, settle what was unknown, and say where pump and record differ.

    Raises
    ------
    NotProgrammableError
        If there is no pump with telemetry.
    """
    return Talk(chart, order, "interrogate", None, reviewed=False).run(
        lambda programmer, _: programmer.interrogate()
    )


def send_program(chart: Chart, order: Order, program: InfusionProgram) -> Outcome:
    """Write a program: reviewed once more as the pump stands, sent, read back whole, committed."""
    event = Program(
        time=_NO_TIME, override=order.overrides, program=program, reason=order.reason or None
    )

    def send(programmer: Programmer, report: PumpReport) -> PumpReport:
        running = _running(order, report)
        return programmer.update(program, report.solution, running, order.command).report

    return Talk(chart, order, "program", event).run(send)


def send_fill(chart: Chart, order: Order, fill: Fill) -> Outcome:
    """Write a fill; its time is the pump's."""

    def send(programmer: Programmer, report: PumpReport) -> PumpReport:
        wanted = FillOrder(
            number=report.fills + 1,
            volume=fill.volume,
            mixture=fill.mixture,
            programmed_volume=fill.programmed_volume,
            aspirated=fill.aspirated,
        )
        return programmer.fill(wanted, _running(order, report), order.command).report

    return Talk(chart, order, "fill", replace(fill, override=order.overrides)).run(send)


def send_prime(chart: Chart, order: Order, prime: Prime) -> Outcome:
    """Begin a prime; its time is the pump's."""

    def send(programmer: Programmer, report: PumpReport) -> PumpReport:
        wanted = PrimeOrder(fill=report.fills, kind=prime.kind, volume=prime.volume)
        return programmer.prime(wanted, _running(order, report), order.command).report

    return Talk(chart, order, "prime", replace(prime, override=order.overrides)).run(send)


def send_bolus(chart: Chart, order: Order, bolus: Bolus) -> Outcome:
    """Give a clinician's bolus; its time is the pump's."""
    return Talk(chart, order, "bolus", replace(bolus, override=order.overrides)).run(
        lambda programmer, report: _command(
            programmer,
            GiveBolus(
                command=order.command,
                running_hash=_running(order, report),
                dose=bolus.dose,
                duration=bolus.duration,
            ),
        )
    )


def stop(chart: Chart, order: Order, follow_up: Sequence[Draft] = ()) -> Outcome:
    """Stop the pump. Nothing holds it up: no finding, no lock of a page, no unwritten entry.

    Where the pump cannot be reached the stop stands in the record as ordered, with a task; where
    it was stopped `follow_up` is written with it.
    """
    event = Stop(time=_NO_TIME, reason=order.reason or None)
    return Talk(chart, order, "stop", event, reviewed=False).lower(
        lambda command: StopPump(command=command, reason=order.reason[:LONGEST_TEXT]), follow_up
    )


def run_at_minimum(chart: Chart, order: Order, follow_up: Sequence[Draft] = ()) -> Outcome:
    """Let the pump run at its minimum rate, which is no therapy; held up by nothing, as a stop."""
    lowest = InfusionProgram(Mode.MINIMUM_RATE)
    event = Program(time=_NO_TIME, program=lowest, reason=order.reason or None)
    return Talk(chart, order, "minimum-rate", event, reviewed=False).lower(
        lambda command: MinimumRate(command=command, reason=order.reason[:LONGEST_TEXT]), follow_up
    )


def resume(chart: Chart, order: Order) -> Outcome:
    """Go on with the stopped program."""
    event = Resume(time=_NO_TIME, override=order.overrides)
    return Talk(chart, order, "resume", event).run(
        lambda programmer, report: _command(
            programmer,
            ResumePump(command=order.command, running_hash=_running(order, report)),
        )
    )


def set_clock(chart: Chart, order: Order) -> Outcome:
    """Set the pump's clock to the programmer's."""
    event = SetClock(time=_NO_TIME, override=order.overrides, reason=order.reason or None)
    return Talk(chart, order, "set-clock", event).run(
        lambda programmer, report: _command(
            programmer,
            SetClockOrder(
                command=order.command, difference=report.clock_difference, reason=order.reason
            ),
        )
    )


def _running(order: Order, report: PumpReport) -> str:
    return report.running_hash if order.running is None else order.running


def _command(programmer: Programmer, command: Command) -> PumpReport:
    return programmer.command(command).report
