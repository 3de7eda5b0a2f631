"""Low-dose protocols: which trial dose may come next, and from what day on.

The long opioid-free time belongs to the protocol: after it small doses act, and kill sooner.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import final

from thecal.care.weaning.figures import figure, figures
from thecal.units import Duration, Mass

GRIDER, HAMZA = "grider-2011", "hamza-2012"
PROTOCOLS = (GRIDER, HAMZA)
ADEQUATE, INADEQUATE = "adequate", "inadequate"


@final
@dataclass(frozen=True, slots=True)
class DoseGiven:
    """A trial dose that was given."""

    day: date
    dose: Mass


@final
@dataclass(frozen=True, slots=True)
class History:
    """What is recorded of a person in a low-dose protocol.

    Attributes
    ----------
    today
        The day on which is asked.
    last_systemic
        The last day on which any opioid was taken; None where it is not recorded.
    recorded_until
        The last day up to which freedom from opioids is recorded; None where it is not.
    given
        Trial doses so far.
    response
        To the last one: `adequate`, `inadequate`, or None where nobody said.
    systemic_cut
        Part of the systemic opioid that was taken away before; None where it is not recorded.
    """

    today: date
    last_systemic: date | None = None
    recorded_until: date | None = None
    given: tuple[DoseGiven, ...] = ()
    response: str | None = None
    systemic_cut: Fraction | None = None


@final
@dataclass(frozen=True, slots=True)
class NextStep:
    """What may come next.

    Attributes
    ----------
    dose
        The next dose of the protocol; None where there is none.
    allowed
        Whether it may be given on the day asked.
    allowed_from
        The first day on which it may be given, if no opioid is taken until then; None where no day
        can be told.
    why
        What refuses it, or what allows it.
    """

    dose: Mass | None
    allowed: bool
    allowed_from: date | None
    why: str


def protocol_steps(protocol: str) -> tuple[Mass, ...]:
    """Return the trial doses of a protocol in order; raises `DataError` for an unknown one."""
    return tuple(one.of_kind(Mass).value for one in figures(protocol, "step"))


def in_order(protocol: str, given: tuple[DoseGiven, ...]) -> bool:
    """Whether the doses given are the first ones of the protocol, each may be repeated."""
    steps = protocol_steps(protocol)
    distinct: list[Mass] = []
    for one in given:
        if not distinct or one.dose != distinct[-1]:
            distinct.append(one.dose)
    return tuple(distinct) == steps[: len(distinct)]


def next_step(protocol: str, history: History) -> NextStep:
    """Return the next trial dose that a protocol allows after a history.

    Nothing is allowed on an assumption: what is not recorded refuses.
    """
    steps = protocol_steps(protocol)
    if not in_order(protocol, history.given):
        return NextStep(None, False, None, "the doses given are not those of the protocol in order")
    if history.given and history.response == ADEQUATE:
        return NextStep(None, False, None, "the last dose was enough: no higher one is needed")
    reached = max((steps.index(one.dose) + 1 for one in history.given), default=0)
    if reached == len(steps):
        return NextStep(None, False, None, f"the last dose on record of {protocol} was given")
    dose = steps[reached]
    if history.given and history.response is None:
        return NextStep(dose, False, None, "the response to the last dose is not recorded")
    if protocol == HAMZA:
        return _after_cut(dose, history)
    return _after_free_weeks(dose, history)


def free_from(last_systemic: date) -> date:
    """Return the first day on which the opioid-free time of Grider 2011 is complete."""
    needed = figure(GRIDER, "opioid-free", Duration).value
    return last_systemic + timedelta(days=int(needed.in_unit("d")))


def _after_free_weeks(dose: Mass, history: History) -> NextStep:
    if history.last_systemic is None:
        return NextStep(dose, False, None, "the last day with an opioid is not recorded")
    day = free_from(history.last_systemic)
    if history.today < day:
        return NextStep(dose, False, day, "the opioid-free time is not over")
    if history.recorded_until is None or history.recorded_until < day:
        return NextStep(
            dose, False, None, "the whole opioid-free time has to be recorded, and is not"
        )
    return NextStep(dose, True, day, "the opioid-free time is over and recorded")


def _after_cut(dose: Mass, history: History) -> NextStep:
    cut = history.systemic_cut
    wanted = figure(HAMZA, "systemic-cut", Fraction).value
    if cut is None:
        return NextStep(dose, False, None, "how far the systemic opioid was cut is not recorded")
    if cut < wanted:
        return NextStep(dose, False, None, "the systemic opioid is not cut far enough yet")
    return NextStep(dose, True, history.today, "the systemic opioid is cut as far as asked")
