"""What is true of a training run and stands in no record: its hidden faults, on the pump's clock.

The virtual pump and the score ask for it; no page of the learner does.
"""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from thecal.care.training.case import Case
from thecal.care.training.case_reader import read_case
from thecal.care.training.true_course import hidden_events, true_replay, true_therapy
from thecal.clinic import clock
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.models import TrainingRun
from thecal.errors import BadFileError, ThecalError
from thecal.therapy.events import Therapy
from thecal.therapy.replay import Replay


class UnreadableCaseError(BadFileError):
    """A case that was kept is refused by the reader of today, which is stricter."""


def kept_case(case: str, text: str) -> Case:
    """Return a case that was kept with its file; raises `UnreadableCaseError` naming the place."""
    try:
        return read_case(text.encode("utf-8"), f"case {case}")
    except ThecalError as error:
        raise UnreadableCaseError(
            f"the file of case {case} cannot be read any more",
            why="; ".join(one for one in (error.what, error.why) if one),
            remedy=error.remedy,
            place=error.place,
        ) from error


def case_of(run: TrainingRun) -> Case:
    """Return the case of a run as it was when the run began; raises `UnreadableCaseError`."""
    return kept_case(run.case, run.text)


def true_therapy_of(run: TrainingRun, recorded: Therapy) -> Therapy:
    """Return the record of a run with what is hidden."""
    zone = timezone(recorded.utc_offset)
    day = run.begun.astimezone(zone).date()
    return true_therapy(recorded, hidden_events(case_of(run), day, zone))


def true_replay_of(chart: Chart) -> Replay | None:
    """Return the true pump of a run as it stands now; None for every patient who is none."""
    run = TrainingRun.objects.filter(patient=chart.patient).first()
    if run is None or chart.therapy is None:
        return None
    therapy = true_therapy_of(run, chart.therapy)
    return true_replay(therapy, therapy.instant(clock.now()))


def offset_in(zone: str, moment: datetime) -> timezone:
    """Return the offset that a clinic's clocks have at a moment."""
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return timezone(offset)
