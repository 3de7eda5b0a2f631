"""The titration log: every change of a dose with the scores before it and of its effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import final

from thecal.care.spans import span
from thecal.care.titration.schemes import TABLE
from thecal.pump.state import Activity
from thecal.safety.finding import Finding, Severity
from thecal.therapy.events import Event, Observe, Program, Stop, Therapy
from thecal.therapy.replay import Replay
from thecal.therapy.simulation import start_replay
from thecal.units import Duration, Mass, show_time

CHECK = "titration-log"
_SUBJECT = "log"


@final
@dataclass(frozen=True, slots=True)
class EffectScore:
    """A score of the record: scale and value as they were entered."""

    time: datetime
    scale: str
    value: str


@final
@dataclass(frozen=True, slots=True)
class LoggedChange:
    """One change of what the pump is to give.

    Attributes
    ----------
    before, after
        Drug to what is scheduled in the fullest 24 hours, presses left out; empty where nothing is.
    reason
        As recorded with the order.
    scores_before
        The last score of each scale between the change before this one and this one.
    effect
        The last score of each scale between the time when an effect counts and the next change.
    due
        By when the effect is to be scored.
    """

    time: datetime
    before: Mapping[str, Mass]
    after: Mapping[str, Mass]
    reason: str | None
    scores_before: tuple[EffectScore, ...]
    effect: tuple[EffectScore, ...]
    due: datetime

    @property
    def ratios(self) -> Mapping[str, Fraction]:
        """Drug to the new dose over the old one, for drugs given before and after."""
        return {
            drug: mass.ratio(self.before[drug])
            for drug, mass in self.after.items()
            if self.before.get(drug)
        }

    def overdue(self, now: datetime) -> bool:
        """Whether nobody has scored its effect in time."""
        return not self.effect and now > self.due


def titration_log(therapy: Therapy) -> tuple[LoggedChange, ...]:
    """Return every change of dose of a therapy with its scores, in order of time.

    Only what was ordered is compared: a fault, an empty reservoir or a scan is no change of dose.
    """
    changes = tuple(_changes(therapy))
    scores = _scores(therapy)
    first = TABLE.get(_SUBJECT, "effect-from", Duration).value
    until = TABLE.get(_SUBJECT, "effect-until", Duration).value
    found = []
    for number, (time, before, after, reason) in enumerate(changes):
        earlier = changes[number - 1][0] if number else None
        later = changes[number + 1][0] if number + 1 < len(changes) else None
        found.append(
            LoggedChange(
                time=time,
                before=before,
                after=after,
                reason=reason,
                scores_before=_last(
                    one
                    for one in scores
                    if one.time <= time and (earlier is None or one.time > earlier)
                ),
                effect=_last(
                    one
                    for one in scores
                    if one.time >= time + span(first) and (later is None or one.time <= later)
                ),
                due=time + span(until),
            )
        )
    return tuple(found)


def log_findings(log: tuple[LoggedChange, ...], now: datetime) -> tuple[Finding, ...]:
    """Return a warning for each change whose effect nobody scored: in time, or before the next."""
    source = TABLE.get(_SUBJECT, "rule", str).provenance()
    found = []
    for number, one in enumerate(log):
        last = number + 1 == len(log)
        if one.effect or not one.after or (last and not one.overdue(now)):
            continue
        when = f"by {show_time(one.due)}" if last else "before the next change"
        found.append(
            Finding(
                check=CHECK,
                severity=Severity.WARN,
                message=f"the effect of the change of {show_time(one.time)} was not scored {when}",
                source=source,
                follow_up="score the effect" if last else "",
            )
        )
    return tuple(found)


_Change = tuple[datetime, Mapping[str, Mass], Mapping[str, Mass], str | None]


def _changes(therapy: Therapy) -> Iterator[_Change]:
    replay = start_replay(therapy, length_needed=False)
    before: Mapping[str, Mass] = {}
    for index, event in enumerate(therapy.events):
        replay.advance_to(therapy.instant(event.time))
        replay.apply(index)
        after = _ordered(replay)
        if after != before:
            yield event.time, before, after, _reason(event)
        before = after


def _ordered(replay: Replay) -> Mapping[str, Mass]:
    """Return what the pump is to give a day; a prime or a bridge under way is left out."""
    state = replay.pump.state
    written = state.program if state.pending is None else state.pending[0]
    if written is None or not written.program.is_therapy:
        return {}
    if state.activity is Activity.REMOVED or (
        state.pending is None and state.stopped_since is not None
    ):
        return {}
    return written.daily_doses()


def _reason(event: Event) -> str | None:
    return event.reason if isinstance(event, Program | Stop) else None


def _scores(therapy: Therapy) -> tuple[EffectScore, ...]:
    return tuple(
        EffectScore(one.time, one.scale, str(one.value))
        for one in therapy.events
        if isinstance(one, Observe)
    )


def _last(scores: Iterator[EffectScore]) -> tuple[EffectScore, ...]:
    """Return the last score of each scale."""
    return tuple({one.scale: one for one in scores}.values())
