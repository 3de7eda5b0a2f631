"""Complete steps of the three pathways, to be changed in one place by each test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from thecal.care.pathway import (
    Given,
    PathwayState,
    Refusal,
    Transition,
    begin,
    pathway_ids,
    transition,
)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
FORMS = frozenset(f"F{number}" for number in range(1, 19))
PATHWAYS = pathway_ids()
TRIALS = {
    "trial-passed": "passed",
    "trial-failed": "failed",
    "trial-repeated": "next-bolus",
}
WAY = (
    *("assessed", "psychologically-cleared", "funded", "trial-planned", "trial-passed"),
    *("implant-planned", "implanted", "titrating", "maintenance"),
)
SIDES = (
    *("refill-due", "dose-change", "troubleshooting", "scan", "inpatient", "travel"),
    "replacement-planning",
)
ENDS = ("explanted", "deceased", "transferred-out", "ceased")


def complete(to: str, **changes: object) -> Given:
    """Everything that a step to this stage can ask for."""
    given = Given(
        role="physician",
        reason="as written in the notes",
        selection="eligible",
        answers={
            "psychology": "waived" if to == "psychology-waived" else "clear",
            "funding": "authorised",
            "imaging": "reviewed",
        },
        forms=FORMS,
        done=frozenset({"post-scan-reading", "cause-recorded"}),
        trial_method="catheter",
        trial_verdict=TRIALS.get(to),
        drugs=("morphine",),
        refill_by=date(2027, 6, 1),
        returns_on=date(2027, 1, 1),
    )
    return replace(given, **changes)


def step(state: PathwayState, to: str, **changes: object) -> Transition | Refusal:
    """Ask for a stage a week later with everything there, but for the changes."""
    return transition(state, to, complete(to, **changes), state.since + WEEK)


def at(stage: str, pathway: str = "non-cancer", *, beside: str = "maintenance") -> PathwayState:
    """Somebody who came to this stage by the whole way."""
    state = begin(pathway, START)
    if stage == "referred":
        return state
    way = WAY if stage not in WAY else WAY[: WAY.index(stage) + 1]
    if beside == "titrating" and stage in SIDES:
        way = WAY[:-1]
    for one in way:
        state = taken(step(state, one)).after
    return state if stage in WAY else taken(step(state, stage)).after


def taken(found: Transition | Refusal) -> Transition:
    """The step, which has to be taken."""
    assert isinstance(found, Transition), found
    return found


def refused(found: Transition | Refusal) -> str:
    """What stands against a step that has to be refused."""
    assert isinstance(found, Refusal), found
    assert found.findings
    return "; ".join(one.message for one in found.findings)
