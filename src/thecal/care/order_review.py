"""The programmer's review of an order to a pump, in the situation in which the pump stands now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import final

from thecal.errors import BadFileError
from thecal.link.pump_report import PumpReport
from thecal.link.visit_orders import hash_of
from thecal.program.program import WrittenProgram
from thecal.safety.finding import verdict_of
from thecal.therapy.events import (
    Event,
    Fill,
    Note,
    Observe,
    Override,
    Prime,
    Program,
    Stop,
    Therapy,
)
from thecal.therapy.replay import Replay
from thecal.therapy.review import TherapyReview, review_therapy
from thecal.units import show_time

MakeEvent = Callable[[datetime], Event]
_REST_OF_A_VISIT = (Prime, Program, Note, Observe)
"""What a visit does after a fill or prime; each is reviewed again before it is sent."""


@final
@dataclass(frozen=True, slots=True)
class OrderReview:
    """What the review says of one order to this pump, now.

    `review` holds the findings on this order and on the whole file, and its own program.
    """

    event: Event
    index: int
    review: TherapyReview


def review_program(
    therapy: Therapy, report: PumpReport, overrides: tuple[Override, ...]
) -> OrderReview:
    """Review the newest program of a file as if it were written to the pump now.

    Raises
    ------
    BadFileError
        If the file has no program, or tells another story than the pump.
    """
    indices = [i for i, event in enumerate(therapy.events) if isinstance(event, Program)]
    if not indices:
        raise BadFileError("the file has no program", remedy="add one")
    newest = therapy.events[indices[-1]]
    before, after = therapy.events[: indices[-1]], therapy.events[indices[-1] + 1 :]
    whole = _story(therapy, therapy.events)
    _compare_pump(whole, report)
    if hash_of(_program(whole)) == report.running_hash:
        # The file's last program runs already: it is sent again.
        earlier = therapy.events
    elif after:
        raise BadFileError(
            "events follow the newest program, and the pump does not run it",
            remedy="put the program that is to be sent last",
        )
    else:
        earlier = before
    return _review(therapy, earlier, report, lambda now: replace(newest, time=now), overrides)


def review_fill(
    therapy: Therapy, report: PumpReport, overrides: tuple[Override, ...]
) -> OrderReview:
    """Review the newest fill of a file as if it were done now, and what the visit plans after it.

    Raises
    ------
    BadFileError
        If the file has no fill that the pump lacks, or tells another story than the pump.
    """
    return _review_visit(therapy, report, Fill, overrides)


def review_prime(
    therapy: Therapy, report: PumpReport, overrides: tuple[Override, ...]
) -> OrderReview:
    """Review the newest prime of a file, as `review_fill` does a fill."""
    return _review_visit(therapy, report, Prime, overrides)


def _review_visit(
    therapy: Therapy,
    report: PumpReport,
    kind: type[Fill | Prime],
    overrides: tuple[Override, ...],
) -> OrderReview:
    """Move the newest event of a kind to now, and what follows it by as much."""
    indices = [i for i, event in enumerate(therapy.events) if isinstance(event, kind)]
    if not indices:
        raise BadFileError(f"the file has no {kind.type}", remedy="add one")
    newest = therapy.events[indices[-1]]
    rest = therapy.events[indices[-1] + 1 :]
    strange = [event for event in rest if not isinstance(event, _REST_OF_A_VISIT)]
    if strange:
        raise BadFileError(
            f"a {strange[0].type} follows the newest {kind.type}",
            remedy=f"put the {kind.type} that is to be written last, with the visit's own program",
        )
    moved = report.moment(report.time) - newest.time
    planned = tuple(replace(event, time=event.time + moved) for event in rest)
    return _review(
        therapy,
        therapy.events[: indices[-1]],
        report,
        lambda now: replace(newest, time=now),
        overrides,
        planned,
    )


def review_order(
    therapy: Therapy,
    report: PumpReport,
    make: MakeEvent,
    overrides: tuple[Override, ...],
    planned: tuple[Event, ...] = (),
) -> OrderReview:
    """Review an order that follows all events of a file; raises `BadFileError`.

    Parameters
    ----------
    planned
        What the visit does right after it, reviewed with it at the same moment.
    """
    now = report.moment(report.time)
    following = tuple(replace(event, time=now) for event in planned)
    return _review(therapy, therapy.events, report, make, overrides, following)


def _review(
    therapy: Therapy,
    earlier: tuple[Event, ...],
    report: PumpReport,
    make: MakeEvent,
    overrides: tuple[Override, ...],
    planned: tuple[Event, ...] = (),
) -> OrderReview:
    if not earlier:
        raise BadFileError("nothing is in the file before this order", remedy="add what was done")
    replay = _story(therapy, earlier)
    _compare(replay, report)
    if therapy.instant(earlier[-1].time) > report.time:
        raise BadFileError(
            f"the pump's clock says {show_time(report.moment(report.time))},"
            f" the file knows of later events",
            remedy="compare the clocks, or send the program when its time has come",
        )
    events = (*earlier, *_stop_of(replay, report, therapy), make(report.moment(report.time)))
    index = len(events) - 1
    replay.advance_to(report.time)
    if replay.pump.state.clock_offset != report.clock_difference:
        raise BadFileError(
            "the file has another pump clock than the pump",
            remedy="write the fault of its clock into the file: it decides when steps run",
        )
    whole = review_therapy(replace(therapy, events=(*events, *planned)), overrides)
    findings = tuple(one for one in whole.findings if one.event in (None, index))
    programs = tuple(one for one in whole.programs if one.event == index)
    return OrderReview(
        events[index], index, TherapyReview(verdict_of(findings), findings, programs)
    )


def _story(therapy: Therapy, events: tuple[Event, ...]) -> Replay:
    """Replay some events of a therapy to their end."""
    if not events:
        return Replay(therapy)
    replay = Replay(replace(therapy, events=events))
    for index in range(len(events)):
        replay.apply(index)
    return replay


def _program(replay: Replay) -> WrittenProgram | None:
    state = replay.pump.state
    return state.pending[0] if state.pending is not None else state.program


def _compare(replay: Replay, report: PumpReport) -> None:
    """Refuse a file that is about another pump, another filling or another program."""
    _compare_pump(replay, report)
    if hash_of(_program(replay)) != report.running_hash:
        raise BadFileError(
            "the pump runs another program than the file says",
            remedy="write what it runs into the file first; `thecal pump interrogate` shows it",
        )


def _compare_pump(replay: Replay, report: PumpReport) -> None:
    if replay.pump_record.serial != report.serial:
        raise BadFileError(
            f"the file is about pump {replay.pump_record.serial}, this is {report.serial}",
            remedy="take the file of this patient",
            place="pump: serial",
        )
    state = replay.pump.state
    if (state.solution.written, state.fills) != (report.solution, report.fills):
        raise BadFileError(
            "the file has another filling than the pump",
            remedy="write into the file what was filled, or write the fill to the pump first",
        )


def _stop_of(replay: Replay, report: PumpReport, therapy: Therapy) -> tuple[Event, ...]:
    """Return the stop that the pump knows of and the file does not."""
    since = report.stopped_since
    if since is None or replay.pump.state.stopped_since is not None or report.program is None:
        return ()
    at = max(report.moment(since), therapy.moment(replay.pump.state.now))
    return (Stop(time=at, reason="given by telemetry"),)
