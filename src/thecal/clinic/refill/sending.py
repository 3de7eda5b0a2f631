"""The fill and the program of a visit by telemetry: written, read back, held against the order.

What the pump did stands in the record at once, at the pump's own time; the end of the visit does
not write it a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thecal.care.visit import write_record
from thecal.clinic import telemetry
from thecal.clinic.log import Author
from thecal.clinic.pump_reading import program_read
from thecal.clinic.refill.events import overrides_of
from thecal.clinic.refill.form import Recorded
from thecal.clinic.refill.lines import visit_lines
from thecal.clinic.refill.mixture_text import read_mixture
from thecal.clinic.refill.pump import intended
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.told import figures, told_mode
from thecal.clinic.telemetry import Order, Outcome
from thecal.therapy.events import Fill, Prime, Program
from thecal.units import Volume, parse_quantity


def by_telemetry(situation: Situation) -> bool:
    """Whether the volume and the program of step 11 go to the pump by telemetry."""
    return "fill_command" in situation.beside("program")


def commands(situation: Situation) -> dict[str, str]:
    """Return the ids of the orders of a visit, kept from before: an order is done once.

    One that the pump refused, or was not reached for, is a new order when it is given again.
    """
    kept = situation.beside("program")
    found = {}
    for name in ("fill_command", "prime_command", "program_command"):
        outcome = telemetry.outcome_of(situation.chart.entries, str(kept.get(name, "")))
        again = outcome is not None and outcome.outcome == telemetry.REFUSED
        found[name] = telemetry.new_command() if again or name not in kept else str(kept[name])
    return found


def send(situation: Situation, author: Author, expected: int) -> Outcome:
    """Write fill, prime and program in turn; return the first that was not done, else the last.

    Raises
    ------
    LostUpdateError
        If somebody wrote to the record since; nothing was sent then.
    """
    chart, kept = situation.chart, situation.beside("program")
    events = situation.final_events()
    later = tuple(one for one in events if isinstance(one, Prime | Program))
    overrides = overrides_of(situation.findings)
    outcome: Outcome | None = None
    for one in events:
        if isinstance(one, Fill):
            order = Order(
                author=author,
                command=kept["fill_command"],
                expected=None if _ordered(situation) else expected,
                overrides=overrides,
                planned=later,
            )
            outcome = telemetry.send_fill(chart, order, one)
        elif isinstance(one, Prime):
            order = Order(author=author, command=kept["prime_command"], overrides=overrides)
            outcome = telemetry.send_prime(chart, order, one)
        elif isinstance(one, Program):
            order = Order(
                author=author,
                command=kept["program_command"],
                overrides=overrides,
                reason=one.reason or "",
            )
            outcome = telemetry.send_program(chart, order, one.program)
        if outcome is not None and not outcome.done:
            break
    # All of it was done before, and its reading was not kept: the pump is read once more.
    return outcome or telemetry.interrogate(chart, Order(author=author))


def _ordered(situation: Situation) -> bool:
    """Whether the fill was ordered before: it is settled now, not done twice."""
    command = situation.beside("program")["fill_command"]
    return telemetry.outcome_of(situation.chart.entries, command) is not None


def read_back(situation: Situation, reading: Mapping[str, Any], command: str) -> Recorded:
    """Return the record of step 12 from what the pump told after it was written."""
    solution = read_mixture(
        ", ".join(f"{name} {figures(text)}" for name, text in reading["solution"].items())
    )
    volume = parse_quantity(figures(reading["reservoir"]), Volume, zero_allowed=True)
    lines = visit_lines(program_read(reading, situation.therapy), solution, volume)
    return Recorded(
        {
            "read_at": reading["time"],
            "mode": told_mode(reading, situation),
            "intended": [write_record(one) for one in intended(situation)],
            "read": [write_record(one) for one in lines],
        },
        {"command": command},
    )
