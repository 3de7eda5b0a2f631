"""One step on the pathway: taken with what it opens, or refused with what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import final

from thecal.care.pathway.ending import (
    CEASED,
    FollowUp,
    end_lacks,
    follow_ups,
    handover_lacks,
    handover_refusals,
)
from thecal.care.pathway.given import Given
from thecal.care.pathway.lacks import (
    Lack,
    evaluation_lacks,
    journey_lacks,
    jump_lacks,
    record_lacks,
)
from thecal.care.pathway.stages import ends, next_stages, refuse_unknown, words
from thecal.care.pathway.state import PathwayState, follow
from thecal.errors import EntryError
from thecal.safety.finding import Answer, Finding, Severity


@final
@dataclass(frozen=True, slots=True)
class Transition:
    """A step that may be taken.

    Attributes
    ----------
    after
        Where the person stands then.
    findings
        What to beware of, and what a reason answered.
    follow_ups
        What it opens.
    outputs
        What it gives: letters, records, dates.
    closes_reminders
        Whether every reminder of this person ends here: dead, explanted or with another clinic.
    """

    before: PathwayState
    after: PathwayState
    findings: tuple[Finding, ...]
    follow_ups: tuple[FollowUp, ...]
    outputs: tuple[str, ...]
    closes_reminders: bool


@final
@dataclass(frozen=True, slots=True)
class Refusal:
    """A step that may not be taken.

    Attributes
    ----------
    to
        The stage that was asked for.
    findings
        What stands against it: `hard`, or `soft` where a written reason would answer.
    next_stages
        What may follow the stage where the person stands.
    """

    state: PathwayState
    to: str
    findings: tuple[Finding, ...]
    next_stages: tuple[str, ...]


def transition(state: PathwayState, to: str, given: Given, now: datetime) -> Transition | Refusal:
    """Return the step to a stage, or why it is refused and what may come instead.

    An end (explanted, deceased, transferred out, ceased) is never refused for what is missing: it
    warns and opens follow-ups. A transfer alone is, where the pump would run dry before it.

    Parameters
    ----------
    given
        What is known at the step.
    now
        With an offset; not before the stage began.

    Raises
    ------
    UnknownIdError
        If there is no such stage.
    EntryError
        If `now` lies before the stage began or has no offset.
    """
    refuse_unknown(to)
    if now.tzinfo is None or now < state.since:
        raise EntryError(
            f"{to} cannot begin before {state.stage} did", remedy="give a later time, with offset"
        )
    if ends(to):
        against = [*_already(state, to), *handover_refusals(to, given)]
        warned = [*end_lacks(state, to, given), *handover_lacks(state, to, given)]
    else:
        warned = []
        against = [
            *jump_lacks(state.stage, to),
            *evaluation_lacks(to, state.pathway, given),
            *record_lacks(state, to, given, now),
        ]
    open_ones = [one for one in against if not (one.by_reason and given.reason)]
    if open_ones:
        found = tuple(_finding(one, Severity.HARD, given) for one in against)
        return Refusal(state, to, found, next_stages(state.stage))
    answered = [_finding(one, Severity.SOFT, given) for one in against]
    return Transition(
        before=state,
        after=follow(state, to, now),
        findings=(*answered, *(_finding(one, Severity.WARN, given) for one in warned)),
        follow_ups=follow_ups(state, to, given, now),
        outputs=words(to, "outputs"),
        closes_reminders=ends(to) and to != CEASED,
    )


def journey_findings(given: Given) -> tuple[Finding, ...]:
    """Return what stands against a journey, wherever on the pathway it is planned; `soft`.

    Parameters
    ----------
    given
        `returns_on`, `refill_by` and the reason that answers.
    """
    return tuple(_finding(one, Severity.SOFT, given) for one in journey_lacks(given))


def _already(state: PathwayState, to: str) -> list[Lack]:
    """An end that is already there is no step."""
    return list(jump_lacks(state.stage, to)) if to == state.stage else []


def _finding(lack: Lack, severity: Severity, given: Given) -> Finding:
    answer = None
    if lack.by_reason and severity is not Severity.WARN:
        severity = Severity.SOFT
        answer = Answer(given.reason, given.role or "") if given.reason else None
    return Finding(lack.check, severity, lack.what, lack.source, answer=answer)
