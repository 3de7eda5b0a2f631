"""What stands against a step: an illegal jump, an evaluation that is open, a record not there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import final

from thecal.care.pathway.given import Given
from thecal.care.pathway.pathways import pathway
from thecal.care.pathway.stages import (
    MAINTENANCE,
    TABLE,
    TITRATING,
    is_side,
    next_stages,
    rule,
    words,
)
from thecal.care.pathway.state import PathwayState
from thecal.care.spans import span
from thecal.data import Fact
from thecal.units import Duration, show, show_date

ELIGIBLE = "eligible"
EARLIER = "earlier-"
_PLANNED, _IMPLANTED = "trial-planned", "implanted"
_TRAVEL = "travel"


@final
@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that stands against a step.

    Attributes
    ----------
    what
        In plain words, with what to do.
    source
        Whose rule it is, and whether it is verified.
    check
        Id of the check.
    by_reason
        Whether a written reason answers it.
    """

    what: str
    source: str
    check: str = "stage"
    by_reason: bool = False


def jump_lacks(stage: str, to: str) -> Iterator[Lack]:
    """Yield that a stage does not follow; raises `UnknownIdError` for an unknown one."""
    allowed = next_stages(stage)
    if to not in allowed:
        what = f"{to} does not follow {stage}: after it may come {', '.join(allowed)}"
        yield Lack(what, TABLE.get(stage, "next", str).provenance())


def evaluation_lacks(to: str, pathway_id: str, given: Given) -> Iterator[Lack]:
    """Yield what the selection leaves open for a stage."""
    needs = rule(to, "needs")
    if needs is not None and given.selection != ELIGIBLE:
        what = f"{to} needs a person who is eligible; the verdict is {given.selection or 'open'}"
        yield Lack(what, needs.provenance())
    only = rule(to, "pathways")
    if only is not None and pathway_id not in words(to, "pathways"):
        what = f"{to} is not a stage of the pathway {pathway_id}"
        yield Lack(what, only.provenance())
    gate = rule(to, "gate")
    if gate is not None and not any(_passes(one, given) for one in words(to, "gate")):
        yield Lack(f"{to} waits for: {gate.value.replace('; ', ' or ')}", gate.provenance())


def _passes(accepted: str, given: Given) -> bool:
    item, _, answer = accepted.partition(" = ")
    return given.answers.get(item) == answer or item in given.unneeded


def record_lacks(state: PathwayState, to: str, given: Given, now: datetime) -> Iterator[Lack]:
    """Yield what the record lacks for a stage: role, landmarks, forms, trial, times."""
    yield from role_lacks(to, given)
    yield from _landmarks(state, to, given)
    yield from form_lacks(state, to, given)
    yield from _back(state, to, given)
    yield from _reason(state, to, given)
    yield from _trial(state, to, given)
    yield from _watch(state, to, now)
    if to == _TRAVEL:
        yield from journey_lacks(given)


def role_lacks(to: str, given: Given) -> Iterator[Lack]:
    """Yield that a role may not sign a stage, or that nobody said who signs."""
    signs = TABLE.get(to, "signs", str)
    if given.role not in words(to, "signs"):
        who = "nobody is named" if given.role is None else f"{given.role} may not"
        yield Lack(f"{to} is signed by {signs.value.replace('; ', ' or ')}: {who}", _of(signs))


def form_lacks(state: PathwayState, to: str, given: Given) -> Iterator[Lack]:
    """Yield the forms that a stage needs and that are not signed."""
    settled = to == MAINTENANCE and MAINTENANCE in (state.stage, state.beside)
    yield from _unsigned(to, () if settled else words(to, "forms"), "forms", given)


def _back(state: PathwayState, to: str, given: Given) -> Iterator[Lack]:
    """Yield what a side stage needs before the therapy goes on as if it were over."""
    if to not in (TITRATING, MAINTENANCE) or not is_side(state.stage):
        return
    yield from _unsigned(state.stage, words(state.stage, "back-forms"), "back-forms", given)
    done = rule(state.stage, "back-done")
    for one in words(state.stage, "back-done"):
        if done is not None and one not in given.done:
            check = "K16" if state.stage == "scan" else "stage"
            yield Lack(f"{state.stage} cannot be closed without: {one}", _of(done), check)


def _unsigned(stage: str, forms: tuple[str, ...], parameter: str, given: Given) -> Iterator[Lack]:
    for form in forms:
        if form not in given.forms:
            source = TABLE.get(stage, parameter, str).provenance()
            yield Lack(f"{stage}: form {form} is not signed; sign it first", source)


def _landmarks(state: PathwayState, to: str, given: Given) -> Iterator[Lack]:
    needed = rule(to, "landmarks")
    known = set(state.landmarks)
    if state.implanted:
        known |= {one.removeprefix(EARLIER) for one in given.done if one.startswith(EARLIER)}
    for one in words(to, "landmarks"):
        if needed is not None and one not in known:
            what = f"{to} without {one} in this episode: go back and record it"
            if state.implanted:
                what += f", or record where it was done ({EARLIER}{one})"
            yield Lack(what, _of(needed))


def _reason(state: PathwayState, to: str, given: Given) -> Iterator[Lack]:
    wanted = rule(to, "reason")
    if wanted is not None and state.pathway in words(to, "reason") and not given.reason:
        yield Lack(f"{to} needs a written reason", _of(wanted), by_reason=True)


def _trial(state: PathwayState, to: str, given: Given) -> Iterator[Lack]:
    if to == _PLANNED:
        methods = pathway(state.pathway).trial_methods
        if given.trial_method not in methods.value.split("; "):
            named = given.trial_method or "no method"
            what = f"{named} is no trial of this pathway: choose {methods.value}"
            yield Lack(what, _of(methods))
    plain = rule(to, "verdicts")
    if plain is None or given.trial_verdict in words(to, "verdicts"):
        return
    answered = given.trial_verdict in words(to, "verdicts-with-reason")
    if answered and given.reason:
        return
    what = f"{to} after a trial whose verdict is {given.trial_verdict or 'not given'}"
    what += ": write the reason" if answered else f": it takes {plain.value}"
    yield Lack(what, _of(plain), by_reason=answered)


def _watch(state: PathwayState, to: str, now: datetime) -> Iterator[Lack]:
    if state.stage != _IMPLANTED or not TABLE.has(to, "after"):
        return
    after = TABLE.get(to, "after", Duration)
    if now - state.since < span(after.value):
        what = f"{to} within {show(after.value, 'h')} of the implant: the watch is not over"
        yield Lack(what, after.provenance(), "K29", by_reason=True)


def journey_lacks(given: Given) -> Iterator[Lack]:
    """Yield that a journey ends too close to the refill date, or that nobody knows."""
    margin = TABLE.get(_TRAVEL, "margin", Duration)
    if given.returns_on is None or given.refill_by is None:
        what = "travel: name the day of return and the refill-by date"
        yield Lack(what, margin.provenance(), "K12", by_reason=True)
    elif given.refill_by < given.returns_on + span(margin.value):
        what = (
            f"refill-by is {show_date(given.refill_by)}, the return {show_date(given.returns_on)}:"
            f" refill before the journey, {show(margin.value, 'd')} are wanted between the two"
        )
        yield Lack(what, margin.provenance(), "K12", by_reason=True)


def _of(fact: Fact[str]) -> str:
    return fact.provenance()
