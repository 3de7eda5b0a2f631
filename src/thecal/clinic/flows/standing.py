"""Where a person stands on the pathway, and what is known when a step is asked for: from the log.

The steps are `pathway.stage` entries {to, given, findings}; a person whose record begins with a
pump and names no implant came with it from another clinic.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import final
from zoneinfo import ZoneInfo

from thecal.care.pathway import Given, PathwayState, begin, follow, trial_word
from thecal.care.pathway.lacks import EARLIER
from thecal.care.pathway.stages import REFERRED, TRANSFERRED_IN, words
from thecal.care.selection.assess import Assessment, assess
from thecal.care.selection.reader import read_selection
from thecal.care.selection.step import given_by
from thecal.clinic.flows.form_log import signed_forms
from thecal.clinic.flows.implant_visit import CLOSED
from thecal.clinic.flows.paper_details import JOURNEY
from thecal.clinic.flows.program_proof import SESSION_REPORT, program_proved
from thecal.clinic.flows.trial_log import trial_of
from thecal.clinic.ledger.case_values import case_table
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.projection import REGISTERED, STAGE
from thecal.clinic.plans.log import last_case
from thecal.record.entry import Entry
from thecal.record.fold import SETUP, effective
from thecal.therapy.events import Interrogate

READING = "post-scan-reading"
"""What closes a scan: the log has it or has it not, nobody ticks it."""
_IMPLANTED = "implanted"
IMPLANT_RECORD = "F4"
_LANDMARKS = ("assessed", "cleared", "tried")


@final
@dataclass(frozen=True, slots=True)
class Step:
    """A step that was taken.

    Attributes
    ----------
    day
        When, where it was written down later; empty otherwise.
    """

    entry: Entry
    to: str
    at: datetime
    day: str = ""


@final
@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands.

    Attributes
    ----------
    episode
        When this episode began: the referral, or the beginning of the record.
    """

    state: PathwayState
    episode: datetime
    steps: tuple[Step, ...]


def standing_of(entries: Sequence[Entry]) -> Standing:
    """Return where a person stands after the steps of a log.

    Raises
    ------
    UnknownIdError
        If a step names a stage or the registration a pathway that there is none of.
    """
    pathway, begun, steps, has_pump = "", entries[0].written, [], False
    for one in effective(entries):
        if one.body is None:
            continue
        if one.entry.kind == REGISTERED:
            pathway = str(one.body["pathway"])
        elif one.entry.kind == SETUP:
            has_pump = True
        elif one.entry.kind == STAGE:
            day = str(dict(one.body.get("given", {})).get("day", ""))
            steps.append(Step(one.entry, str(one.body["to"]), one.entry.written, day))
    came_with_pump = has_pump and all(one.to != _IMPLANTED for one in steps)
    state, episode = begin(pathway, begun, with_pump=came_with_pump), begun
    for step in steps:
        state = follow(state, step.to, step.at)
        if step.to in (REFERRED, TRANSFERRED_IN):
            episode = step.at
    return Standing(state, episode, tuple(steps))


def selection_of(entries: Sequence[Entry], since: datetime) -> Assessment | None:
    """Return the last assessment of an episode; None where nobody has assessed."""
    found = last_case(entries, "selection", since)
    if found is None:
        return None
    return assess(read_selection(case_table(found.values, "selection")))


def given_of(chart: Chart, standing: Standing, role: str, now: datetime, zone: ZoneInfo) -> Given:
    """Return what the record knows when a step is asked for; reason and dates are typed later.

    Raises
    ------
    BadFileError
        If a case of the log cannot be read any more.
    """
    assessed = selection_of(chart.entries, standing.episode)
    given = Given()
    if assessed is not None:
        given = given_by(assessed.case, assessed.verdict, assessed.entries)
    method, verdict = _trial(chart.entries, standing)
    by = chart.content["dates"].get("refill_by")
    return replace(
        given,
        role=role,
        forms=_forms(chart.entries, standing),
        done=frozenset(_done(chart, standing)),
        trial_method=method,
        trial_verdict=verdict,
        drugs=_drugs(chart, now),
        refill_by=None if by is None else datetime.fromisoformat(by).astimezone(zone).date(),
        returns_on=_returns(chart.entries, standing),
    )


def tickable(state: PathwayState) -> tuple[str, ...]:
    """Return what a person may say is done and no entry of the log proves."""
    back = tuple(one for one in words(state.stage, "back-done") if one != READING)
    if not state.implanted:
        return back
    earlier = tuple(EARLIER + one for one in _LANDMARKS if one not in state.landmarks)
    return (*back, *earlier)


def _forms(entries: Sequence[Entry], standing: Standing) -> frozenset[str]:
    """Return the forms that are signed: those of a side stage count from its beginning.

    A program that was ordered, done and read back counts as the report of its session, an implant
    visit that was closed as the record of the implant.
    """
    back = set(words(standing.state.stage, "back-forms"))
    lately = _proved_forms(entries, standing.state.since)
    return frozenset((_proved_forms(entries, standing.episode) - back) | (lately & back))


def _proved_forms(entries: Sequence[Entry], since: datetime) -> frozenset[str]:
    proved = {SESSION_REPORT} if program_proved(entries, since) else set[str]()
    if any(one.kind == CLOSED and one.written >= since for one in entries):
        proved.add(IMPLANT_RECORD)
    return signed_forms(entries, since) | proved


def _trial(entries: Sequence[Entry], standing: Standing) -> tuple[str | None, str | None]:
    trial = trial_of([one for one in entries if one.written >= standing.episode])
    if trial is None:
        return None, None
    case = trial.case()
    return case.method, trial_word(case)


def _drugs(chart: Chart, now: datetime) -> tuple[str, ...]:
    simulation = chart.simulation(now)
    return () if simulation is None else tuple(simulation.reservoir_mixture)


def _done(chart: Chart, standing: Standing) -> Iterable[str]:
    therapy = chart.therapy
    if therapy is None or standing.state.stage != "scan":
        return
    for event in therapy.events:
        moment = therapy.moment(therapy.instant(event.time))
        if isinstance(event, Interrogate) and moment >= standing.state.since:
            yield READING


def _returns(entries: Sequence[Entry], standing: Standing) -> date | None:
    last = None
    for one in effective(entries):
        if one.entry.kind == JOURNEY and one.body is not None and one.body.get("returns"):
            last = date.fromisoformat(str(one.body["returns"]))
    return last if last is None or last >= standing.state.since.date() else None
