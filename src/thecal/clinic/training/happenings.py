"""What happened in a run, from the learner's record and from the run itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from thecal.care.training.conditions import Happening, flattened
from thecal.clinic.flows.trouble_case import ORDERED
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.models import TrainingRun
from thecal.clinic.refill.entries import STEP
from thecal.clinic.training.runs import begun_after, entries_of
from thecal.record.entry import Entry
from thecal.record.fold import EVENT, PLAN, Effective, effective
from thecal.therapy.events import Program, Therapy
from thecal.therapy.simulation import start_replay
from thecal.units import Mass

_DAYS = {PLAN: "next_visit", ORDERED: "by"}
"""Kinds of entries with a day that a case counts from the day of the run, as `in_days`."""


def happenings(chart: Chart, run: TrainingRun) -> tuple[Happening, ...]:
    """Return all that happened since the run began, in order of time."""
    since, gives = begun_after(run), _gives(chart.therapy)
    newest = _newest_steps(chart.entries)
    found: list[Happening] = []
    for one in effective(chart.entries):
        if one.entry.seq <= since:
            found += _corrected(one, chart.entries, since)
            continue
        if one.corrected_by:
            found.append(_happening(one.entry, one.entry.body, gives, run, standing=False))
        if one.body is not None:
            standing = one.entry.kind != STEP or newest[_step(one.entry)] == one.entry.seq
            found.append(_happening(one.entry, one.body, gives, run, standing=standing))
    found += [_happening(one, one.body, {}, run, standing=True) for one in entries_of(run)]
    return tuple(sorted(found, key=lambda one: one.at))


def _happening(
    entry: Entry,
    body: Mapping[str, Any],
    gives: Mapping[datetime, Mapping[str, Mass]],
    run: TrainingRun,
    *,
    standing: bool,
) -> Happening:
    fields = {"reason": entry.reason, **flattened(body)}
    if entry.kind == EVENT and body.get("type") == "program":
        given = gives.get(datetime.fromisoformat(body["time"]), {})
        fields |= {f"gives.{drug}": mass for drug, mass in given.items()}
    counted = _DAYS.get(entry.kind, "")
    if body.get(counted):
        day = date.fromisoformat(body[counted])
        fields["in_days"] = (day - run.begun.date()).days
    return Happening(entry.written, entry.kind, fields, standing)


def _corrected(one: Effective, entries: Sequence[Entry], since: int) -> tuple[Happening, ...]:
    """Return an entry from before the run as the learner corrected it."""
    by = one.corrected_by[-1] if one.corrected_by else 0
    if by <= since or one.body is None:
        return ()
    written = next(entry for entry in entries if entry.seq == by)
    fields = {"reason": written.reason, **flattened(one.body)}
    return (Happening(written.written, one.entry.kind, fields),)


def _newest_steps(entries: Iterable[Entry]) -> dict[tuple[Any, Any], int]:
    return {_step(one): one.seq for one in entries if one.kind == STEP}


def _step(entry: Entry) -> tuple[Any, Any]:
    return entry.body.get("visit"), entry.body.get("step")


def _gives(therapy: Therapy | None) -> dict[datetime, Mapping[str, Mass]]:
    """Return what each program gives in its fullest 24 hours, by the time of its event."""
    if therapy is None:
        return {}
    found: dict[datetime, Mapping[str, Mass]] = {}
    replay = start_replay(therapy, length_needed=False)
    for index, event in enumerate(therapy.events):
        replay.apply(index)
        if isinstance(event, Program):
            state = replay.pump.state
            written = state.program if state.pending is None else state.pending[0]
            if written is not None:
                found[event.time] = written.daily_doses()
    return found
