"""Step 12 by telemetry: fill, prime and program sent in turn, and the pump read back as a whole.

Each is one transaction of the pump: done whole or not at all. What was done at this visit is never
sent again; the first that is not done ends it, and what became of each stays on the page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from thecal.care.visit import write_record
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Author, Draft
from thecal.clinic.models import Patient
from thecal.clinic.pumps import telemetry
from thecal.clinic.refill.entries import STEP
from thecal.clinic.refill.known import replay_at
from thecal.clinic.refill.reading import lines_told, mode_told, volume_told
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.summary import event_rows
from thecal.clinic.refill.talks import WRITTEN, Talked
from thecal.errors import StepRefusedError
from thecal.therapy.events import Event, Fill, Override, Prime, Program
from thecal.units import Volume, show

BACK = "read_back"


def waiting(situation: Situation) -> tuple[Event, ...]:
    """Return what the pump was not told yet, in the order in which it takes it."""
    missing = [one for one in situation.final_events() if one.type in WRITTEN]
    return tuple(sorted(missing, key=lambda one: WRITTEN.index(one.type)))


def states(situation: Situation) -> list[dict[str, str]]:
    """Return what is to be written for people: what, how it stands, and why."""
    events = (*situation.talks.events, *situation.final_events())
    rows = []
    for name in WRITTEN:
        talked = situation.talks.last(name)
        event = next((one for one in events if one.type == name), None)
        if talked is None and event is None:
            continue
        what = name if event is None else event_rows((event,))[0]["what"]
        rows.append({"what": what, **_state(talked)})
    return rows


def _state(talked: Talked | None) -> dict[str, str]:
    if talked is None:
        return {"state": "not sent yet", "why": "", "kind": "waits"}
    if talked.event is not None:
        when = event_rows((talked.event,))[0]["time"]
        return {"state": f"done by the pump at {when}", "why": talked.why, "kind": "done"}
    words = {
        telemetry.REFUSED: "NOT done",
        telemetry.UNKNOWN: "NOT KNOWN whether it was done",
    }
    state = words.get(talked.outcome, "withdrawn by a correction")
    return {"state": state, "why": talked.why, "kind": talked.outcome}


def check_may_write(situation: Situation) -> None:
    """Check that step 12 may be reached; raises `StepRefusedError`."""
    if situation.visit.program is None:
        raise StepRefusedError(
            "nothing may be written to the pump yet",
            why="the volume is not entered",
            remedy="enter it in step 11, twice",
        )
    for one in situation.progress.shut:
        if one.step is not None and one.step.key == BACK:
            raise StepRefusedError("nothing may be written to the pump yet", why=one.why)


def write_to_pump(situation: Situation, author: Author, seen: int) -> Situation:
    """Send what the pump was not told yet, then read it back; return how the visit stands.

    Parameters
    ----------
    seen
        How many entries the person had seen. The same page sent twice sends the same orders, and
        each is done once.

    Raises
    ------
    StepRefusedError
        If step 12 may not be reached yet.
    LostUpdateError
        If somebody wrote to the record since; nothing was sent then.
    """
    check_may_write(situation)
    expected: int | None = seen
    if situation.talks.unknown:
        read_pump(situation, author)
        situation, expected = _fresh(situation), None
    running = None if situation.talks.read is None else situation.talks.read.reading
    for event in waiting(situation):
        if situation.talks.unknown:
            return situation
        rest = tuple(one for one in waiting(situation) if one.type != event.type)
        order = telemetry.Order(
            author=author,
            command=_command(situation, event.type, seen),
            expected=expected,
            running=None if running is None else str(running["hash"]),
            reason=getattr(event, "reason", None) or "",
            overrides=(*event.override, *_decided(situation)),
            planned=rest,
            visit=situation.running.number,
        )
        outcome = _send(situation.chart, order, event)
        situation, expected, running = _fresh(situation), None, outcome.reading
        if not outcome.done:
            return situation
    if situation.talks.unknown or waiting(situation):
        return situation
    read_pump(situation, author)
    return _fresh(situation)


def read_pump(situation: Situation, author: Author) -> telemetry.Outcome:
    """Read the pump for this visit; it settles what nobody knew."""
    order = telemetry.Order(author=author, visit=situation.running.number)
    return telemetry.interrogate(situation.chart, order)


def back_draft(situation: Situation) -> Draft | None:
    """Return the record of step 12 from the newest reading; None before everything is written."""
    read, entered = situation.talks.read, situation.visit.program
    newest = situation.talks.orders[-1] if situation.talks.orders else None
    if read is None or entered is None or newest is not read or waiting(situation):
        return None
    assert read.reading is not None
    mode = mode_told(read.reading, situation)
    record: dict[str, Any] = {
        "read_at": read.reading["time"],
        "mode": None if mode is None else mode.value,
        "intended": [write_record(one) for one in entered.new],
        "read": [
            write_record(one)
            for one in lines_told(read.reading, situation, _volume(situation, read.reading))
        ],
    }
    body = {
        "visit": situation.running.number,
        "step": BACK,
        "record": record,
        "command": read.command,
    }
    return Draft(STEP, body)


def _volume(situation: Situation, told: Mapping[str, Any]) -> Volume:
    """Return the volume that the pump began to count from.

    The pump tells it when it takes the fill. Where that answer was lost, the fill of its log
    counts, as long as the pump holds since then what the record reckons.
    """
    fill = situation.talks.last("fill")
    if fill is None or fill.event is None:
        return volume_told(told)
    if fill.reading is not None:
        return volume_told(fill.reading)
    assert isinstance(fill.event, Fill)
    at = datetime.fromisoformat(told["time"])
    reckoned = Volume(replay_at(situation.chart.folded, at).pump.state.computed)
    if show(reckoned, "mL") == show(volume_told(told), "mL"):
        return fill.event.programmed_volume or fill.event.volume
    return volume_told(told)


def _send(chart: Chart, order: telemetry.Order, event: Event) -> telemetry.Outcome:
    match event:
        case Fill():
            return telemetry.send_fill(chart, order, event)
        case Prime():
            return telemetry.send_prime(chart, order, event)
        case Program():
            return telemetry.send_program(chart, order, event.program)
    raise AssertionError(event.type)


def _command(situation: Situation, what: str, seen: int) -> str:
    text = f"{situation.chart.patient.pk} {situation.running.number} {what} {seen}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _decided(situation: Situation) -> tuple[Override, ...]:
    """Return what steps of the visit decided as answers that the review of an order knows."""
    found = []
    difference = situation.visit.discrepancy
    if difference is not None:
        reason = f"decided in step 9: {difference.category}, {difference.action}"
        found.append(Override("K2", reason, difference.decided_by))
    return tuple(found)


def _fresh(situation: Situation) -> Situation:
    patient = Patient.objects.select_related("projection").get(pk=situation.chart.patient.pk)
    return Situation.of(Chart(patient), situation.clinic)
