"""The trial as the log tells it. Times are the clock on the ward's wall, as the rules have them.

Entries: `trial.planned` {case}: method, drug and person, a new trial from here;
`trial.dose-ordered` {case, syringe, findings}: the dose, with how it is prepared, second person
asked; `trial.dose-given` {order, case}: when it went in; `trial.dose-dropped` {order};
`trial.ended` {order, case}: an infusion stopped; `trial.scored` {case}; `trial.stated` {case}: what
the patient says, side effects, goals, hand-over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, final
from zoneinfo import ZoneInfo

from thecal.care.trial.case import BOLUS_METHODS, TrialCase
from thecal.care.trial.reader import read_trial
from thecal.clinic.ledger.case_values import case_from_json
from thecal.record.entry import Entry
from thecal.record.fold import Effective, effective
from thecal.therapy.table import Table

PLANNED, SCORED, STATED = "trial.planned", "trial.scored", "trial.stated"
ORDERED, GIVEN, DROPPED = "trial.dose-ordered", "trial.dose-given", "trial.dose-dropped"
ENDED = "trial.ended"
_KINDS = (PLANNED, SCORED, STATED, ORDERED, GIVEN, DROPPED, ENDED)


@final
@dataclass(frozen=True, slots=True)
class DoseOrder:
    """A dose that was ordered and is not given yet."""

    seq: int
    body: Mapping[str, Any]
    actor: str


@final
@dataclass(slots=True)
class TrialRecord:
    """One trial, folded.

    Attributes
    ----------
    values
        Those of a case file, without the dose that is only ordered.
    order
        The dose that waits to be given.
    said
        What the patient said, in their own words.
    """

    seq: int
    planned_by: str
    values: dict[str, Any]
    order: DoseOrder | None = None
    said: str = ""

    def case(self, **more: Any) -> TrialCase:
        """Return the case that the rules judge, with more values; raises `BadFileError`."""
        return read_trial(Table({**self.values, **more}, "trial"))

    @property
    def has_boluses(self) -> bool:
        """Whether this method gives boluses; the others run."""
        return self.values["method"] in BOLUS_METHODS


def trial_of(entries: Sequence[Entry]) -> TrialRecord | None:
    """Return the trial that was planned last; None where none was."""
    found: TrialRecord | None = None
    for one, body in _of_trials(entries):
        if one.entry.kind == PLANNED:
            values = case_from_json(body["case"])
            found = TrialRecord(one.entry.seq, one.entry.actor, dict(values))
        elif found is not None:
            _apply(found, one.entry.seq, one.entry.kind, one.entry.actor, body)
    return found


def preview(entries: Sequence[Entry], kind: str, body: Mapping[str, Any]) -> None:
    """Read the trial as it would be with one more entry; raises `BadFileError` if it cannot be."""
    if kind == PLANNED:
        read_trial(Table(case_from_json(body["case"]), "trial"))
        return
    found = trial_of(entries)
    if found is None or kind not in _KINDS:
        return
    _apply(found, 0, kind, "", body)
    found.case()


def last_dose_time(
    entries: Sequence[Entry], zone: ZoneInfo, before: datetime | None = None
) -> datetime | None:
    """Return when the last trial bolus was given, among those written down before a moment."""
    trial = trial_of([one for one in entries if before is None or one.written < before])
    if trial is None or not trial.values.get("boluses"):
        return None
    time: datetime = trial.values["boluses"][-1]["time"]
    return time.replace(tzinfo=zone)


def _of_trials(entries: Sequence[Entry]) -> Iterator[tuple[Effective, Mapping[str, Any]]]:
    for one in effective(entries):
        if one.entry.kind in _KINDS and one.body is not None:
            yield one, one.body


def _apply(trial: TrialRecord, seq: int, kind: str, actor: str, body: Mapping[str, Any]) -> None:
    values = trial.values
    match kind:
        case "trial.dose-ordered":
            trial.order = DoseOrder(seq, body, actor)
        case "trial.dose-dropped":
            trial.order = None
        case "trial.dose-given":
            _give(trial, body)
        case "trial.ended":
            values["infusion"] = {**values["infusion"], **case_from_json(body["case"])}
        case "trial.scored":
            scores = [*values.get("scores", ()), case_from_json(body["case"])]
            values["scores"] = sorted(scores, key=lambda one: one["time"])
        case "trial.stated":
            _state(trial, case_from_json(body["case"]))
            trial.said = str(body.get("said", "")) or trial.said


def _give(trial: TrialRecord, body: Mapping[str, Any]) -> None:
    given = case_from_json(body["case"])
    if trial.has_boluses:
        trial.values["boluses"] = [*trial.values.get("boluses", ()), given]
    else:
        trial.values["infusion"] = given
    trial.order = None


def _state(trial: TrialRecord, stated: dict[str, Any]) -> None:
    """Take over what was said; what is about one bolus goes to the last one given."""
    boluses = trial.values.get("boluses", ())
    for key in ("responded", "effect_duration"):
        if key in stated and boluses:
            boluses[-1] = {**boluses[-1], key: stated.pop(key)}
    handed = {**trial.values.get("hand_over", {}), **stated.pop("hand_over", {})}
    trial.values.update(stated)
    if handed:
        trial.values["hand_over"] = handed
