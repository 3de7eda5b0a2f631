"""Reviewing a whole therapy: every event judged in the situation in which it happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import final

from thecal.pharmacy import restart_rule
from thecal.safety.catalogue import with_standing
from thecal.safety.finding import Answer, Finding, Severity, Verdict, verdict_of
from thecal.safety.infection_care import CareOutlook, check_infection_care
from thecal.safety.interruption import visit_in_time
from thecal.safety.review import review
from thecal.safety.rules import threshold
from thecal.safety.situation import BolusOrder, FillOrder, ProgramOrder, Situation
from thecal.therapy.events import (
    Event,
    Explant,
    Note,
    Observe,
    Override,
    Press,
    Program,
    Resume,
    Therapy,
)
from thecal.therapy.infection_care import care_outlook, infection_care
from thecal.therapy.replay import Replay
from thecal.therapy.situations import situation_of
from thecal.therapy.suggest import nearest_passing
from thecal.units import Duration, Mass, VolumeRate

_NEVER_JUDGED = (Press, Observe, Note, Explant)
"""Events that order nothing from the pump, or that the pump itself decides."""


@final
@dataclass(frozen=True, slots=True)
class ProgramReview:
    """What one program event means in figures; masses are those of 24 hours, or of one.

    Attributes
    ----------
    before
        The largest scheduled 24 hours of the program before it; empty for the first.
    rate
        The rate that was typed into an external pump; None where a daily dose was.
    """

    event: int
    volume_rate: VolumeRate
    daily_doses: Mapping[str, Mass]
    worst_case_24h: Mapping[str, Mass]
    worst_case_1h: Mapping[str, Mass]
    achievable_daily_doses: Mapping[str, Mass]
    before: Mapping[str, Mass]
    rate: VolumeRate | None = None


@final
@dataclass(frozen=True, slots=True)
class TherapyReview:
    """The answer of a review; `care` is what infection care is due next, of an external pump."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    programs: tuple[ProgramReview, ...]
    care: CareOutlook | None = None


def review_therapy(therapy: Therapy, overrides: tuple[Override, ...] = ()) -> TherapyReview:
    """Review every event of a therapy, as it would have been reviewed then.

    Parameters
    ----------
    therapy
        As read from its file.
    overrides
        Answers to soft findings given for the whole file, beside those of the events.
    """
    findings, programs = review_events(therapy)
    answered = tuple(_answered(finding, therapy, overrides) for finding in findings)
    end = therapy.instant(therapy.events[-1].time)
    return TherapyReview(verdict_of(answered), answered, programs, care_outlook(therapy, end))


def review_events(
    therapy: Therapy,
) -> tuple[tuple[Finding, ...], tuple[ProgramReview, ...]]:
    """Return findings and programs of every event, in the situation in which it happened."""
    replay = Replay(therapy, for_review=True)
    findings: list[Finding] = []
    programs: dict[int, ProgramReview] = {}
    current: int | None = None
    for index, event in enumerate(therapy.events):
        replay.advance_to(therapy.instant(event.time))
        if not isinstance(event, _NEVER_JUDGED):
            situation = situation_of(replay, index)
            found = review(situation)
            order = situation.order
            if isinstance(event, Program | Resume):
                found = _with_suggestions(replay, index, found)
            findings.extend(found)
            if isinstance(order, ProgramOrder) and not order.is_resume:
                current = index
                programs[index] = replace(
                    _program(index, order, situation.therapy_before or {}), rate=_typed_rate(event)
                )
            elif isinstance(order, BolusOrder) and current is not None:
                programs[current] = _with_bolus(programs[current], order)
            _note_restart(replay, situation)
        replay.apply(index)
    findings.extend(
        replace(finding, source=with_standing(finding.check, finding.source))
        for finding in _at_the_end(therapy, replay)
    )
    return tuple(findings), tuple(programs.values())


def _typed_rate(event: Event) -> VolumeRate | None:
    return event.rate if isinstance(event, Program) else None


def _note_restart(replay: Replay, situation: Situation) -> None:
    """Let each drug begin anew where an order ends a gap that was long for its class."""
    gap, order = situation.gap, situation.order
    if gap is None:
        return
    if isinstance(order, ProgramOrder):
        starts = order.written is not None and order.written.program.is_therapy
    else:
        starts = isinstance(order, FillOrder) and order.following is not None
    if not starts:
        return
    for drug in gap.dose_before:
        rule = restart_rule(drug)
        if gap.duration > rule.gap.value:
            # Where the restart was to be low, the dose before the gap is no measure any more.
            forget = gap.kind == "empty" or rule.fraction is not None
            replay.received.restart(drug, situation.now, forget=forget)


def _with_suggestions(
    replay: Replay, index: int, findings: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """Give every finding that stands in the way the nearest program that would pass."""
    grave = (Severity.HARD, Severity.SOFT)
    if not any(finding.severity in grave for finding in findings):
        return findings
    suggestion = nearest_passing(replay, index, findings)
    return tuple(
        replace(finding, suggestion=suggestion) if finding.severity in grave else finding
        for finding in findings
    )


def _program(index: int, order: ProgramOrder, before: Mapping[str, Mass]) -> ProgramReview:
    written = order.written
    if written is None:
        return ProgramReview(index, VolumeRate.zero(), {}, order.worst_case_24h, {}, {}, before)
    return ProgramReview(
        event=index,
        volume_rate=written.background_rate,
        daily_doses=written.daily_doses(),
        worst_case_24h=order.worst_case_24h,
        worst_case_1h=order.worst_case_1h,
        achievable_daily_doses=written.achievable_daily_doses(),
        before=before,
    )


def _with_bolus(program: ProgramReview, order: BolusOrder) -> ProgramReview:
    """A clinician's bolus under a program belongs to the most that can leave the tip under it."""
    worst = dict(program.worst_case_24h)
    for drug, mass in order.worst_case_24h.items():
        worst[drug] = max(mass, worst.get(drug, Mass.zero()))
    return replace(program, worst_case_24h=worst)


def _at_the_end(therapy: Therapy, replay: Replay) -> list[Finding]:
    """Findings on the whole file: the planned visit, and what the file leaves out."""
    findings: list[Finding] = []
    outlook = replay.outlook
    by = outlook.refill_by if outlook is not None else None
    if therapy.next_visit is not None and by is not None:
        latest: date = therapy.moment(by.instant).date()
        model = replay.hardware.model
        findings += visit_in_time(therapy.next_visit, latest, by.decided_by, model)
    state = replay.pump.state
    stopped = state.stopped_since
    long = threshold("K13", "stopped-alarm", Duration)
    if stopped is not None and state.program is not None and state.now - stopped > long.value.base:
        findings.append(
            Finding(
                check="K13",
                severity=Severity.WARN,
                message="the pump has been stopped for more than 48 hours at the end of this file",
                source=long.provenance(),
                follow_up="decide when it runs again: a long stop endangers patient and pump",
            )
        )
    programmed = any(isinstance(event, Program) for event in therapy.events)
    if state.fills and not programmed and replay.hardware.model.programmable:
        findings.append(
            Finding(
                check="K13",
                severity=Severity.WARN,
                message="the pump was filled and never programmed: it stands",
                source="standards.md 2.1, hazard 1.28b",
                follow_up="write a program, or record why the pump stands",
            )
        )
    missing = [
        name
        for name, value in (
            ("indication", therapy.patient.indication),
            (
                "opioid_tolerant",
                therapy.patient.opioid_tolerant if therapy.patient.therapy == "pain" else True,
            ),
        )
        if value is None
    ]
    if missing:
        findings.append(
            Finding(
                check="K27",
                severity=Severity.INFO,
                message=f"not checked: the patient's {' and '.join(missing)} is not in the file",
                source="the file",
            )
        )
    care = infection_care(therapy).all_dates()
    findings.extend(check_infection_care(care, therapy.events[-1].time))
    return findings


def _answered(finding: Finding, therapy: Therapy, overrides: tuple[Override, ...]) -> Finding:
    if finding.severity is not Severity.SOFT:
        return finding
    own = () if finding.event is None else therapy.events[finding.event].override
    for override in (*own, *overrides):
        if override.check == finding.check:
            return replace(finding, answer=Answer(override.reason, override.by))
    return finding
