"""Steps on the pathway that the flows take: where somebody stands, and what a step opens."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from thecal.care.pathway import FollowUp, Given, PathwayState, Transition, transition
from thecal.clinic import clock
from thecal.clinic.flows.standing import standing_of
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.follow_ups import opened_draft
from thecal.clinic.ledger.log import Draft
from thecal.clinic.ledger.projection import STAGE
from thecal.pump.state import Activity


def pathway_state(chart: Chart) -> PathwayState:
    """Return where a patient stands."""
    return standing_of(chart.entries).state


def has_pump(chart: Chart) -> bool:
    """Return whether a pump is in the body, by the record."""
    simulation = chart.simulation(clock.now())
    return simulation is not None and simulation.activity is not Activity.REMOVED


def drugs_of(chart: Chart) -> tuple[str, ...]:
    """Return the drugs in the reservoir, as written."""
    simulation = chart.simulation(clock.now())
    return () if simulation is None else tuple(sorted(simulation.reservoir_written))


def refill_by(chart: Chart) -> datetime | None:
    """Return by when the reservoir has to be refilled; None where nothing says so."""
    text = chart.content["dates"].get("refill_by")
    return None if text is None else datetime.fromisoformat(str(text))


def refill_day(chart: Chart) -> date | None:
    """Return the date of `refill_by` on the pump clock."""
    by = refill_by(chart)
    return None if by is None else by.date()


def step_draft(to: str, given: Given) -> Draft:
    """Return the entry of a step with what was known at it."""
    return Draft(STAGE, {"to": to, "given": given.to_json()}, given.reason or "")


def side_step(chart: Chart, to: str, given: Given) -> tuple[Draft, ...]:
    """Return the step to a stage where it may be taken, else nothing.

    What happens to a patient is written down wherever they stand; a step is not forced upon it.
    """
    found = transition(pathway_state(chart), to, given, clock.now())
    return (step_draft(to, given),) if isinstance(found, Transition) else ()


def follow_up_drafts(
    follow_ups: Iterable[FollowUp], done: Collection[str] = ()
) -> tuple[Draft, ...]:
    """Return the tasks of follow-ups, but those that are done already."""
    return tuple(opened_draft(one) for one in follow_ups if one.id not in done)
