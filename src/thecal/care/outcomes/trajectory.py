"""The course of the scores: each visit beside the baseline, and what the last one says."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Listing, Reason, Weight
from thecal.care.outcomes.case import OutcomeCase, Visit
from thecal.care.outcomes.change import (
    NON_RESPONDER,
    PARTIAL,
    RESPONDER,
    Change,
    change,
    responder,
    responder_cited,
)
from thecal.units import show_number

IMPROVED, NOT_IMPROVED, NOT_KNOWN = "improved", "not-improved", "not-known"
_PRIMARY_PAIN = ("nrs", "vas", "bpi-severity")
_PRIMARY_TONE = ("ashworth", "penn", "gas")
_SPASTICITY, _IMPRESSION = "spasticity", "impression"
_REMEMBERED = ", by a limit that is only remembered"


@final
@dataclass(frozen=True, slots=True)
class Course:
    """What the scores of a patient say.

    Attributes
    ----------
    verdict
        `responder`, `partial-responder`, `non-responder` by relief of pain; `improved` or
        `not-improved` in spasticity; `not-known` without a score to compare.
    changes
        Of the last visit against the baseline, by instrument.
    """

    verdict: str
    changes: tuple[Change, ...]
    reasons: tuple[Reason, ...]


def course(case: OutcomeCase) -> Course:
    """Return what the last visit says beside the baseline."""
    before, now = case.baseline, case.latest
    if before is None or now is None:
        missing = "the baseline" if before is None else "a visit after the baseline"
        reason = Reason("trajectory", Weight.MISSING, f"{missing} is missing: nothing to compare")
        return Course(NOT_KNOWN, (), (reason,))
    changes = visit_changes(before, now)
    reasons = [_reason(one, now) for one in changes]
    verdict, headline = _verdict(case.pathway, changes, now)
    return Course(verdict, changes, (headline, *reasons))


def visit_changes(before: Visit, now: Visit) -> tuple[Change, ...]:
    """Return the change of every instrument that both visits have a figure for."""
    found = []
    for name, score in now.scores.items():
        earlier = before.scores.get(name)
        if earlier is None or earlier.value is None or score.value is None:
            continue
        if score.instrument.domain == _IMPRESSION:  # itself a change: it has no baseline
            continue
        found.append(change(score.instrument, earlier.value, score.value))
    return tuple(found)


def course_listing(case: OutcomeCase) -> Listing:
    """Return every score of every visit, with the improvement against the baseline."""
    rows = []
    for visit in case.visits:
        before = case.baseline
        gains = {} if before is None else {c.instrument.id: c for c in visit_changes(before, visit)}
        for name, score in visit.scores.items():
            gain = gains.get(name) if visit is not before else None
            rows.append(
                (
                    visit.visit,
                    visit.day.isoformat(),
                    score.instrument.name,
                    score.shown,
                    "" if gain is None else _gain(gain),
                    "" if gain is None else _matters(gain),
                )
            )
    columns = ("visit", "date", "instrument", "score", "improvement", "matters")
    return Listing("Course of the scores", columns, tuple(rows))


def _verdict(pathway: str, changes: tuple[Change, ...], now: Visit) -> tuple[str, Reason]:
    wanted = _PRIMARY_TONE if pathway == _SPASTICITY else _PRIMARY_PAIN
    for name in wanted:
        found = next((one for one in changes if one.instrument.id == name), None)
        if found is None:
            continue
        if pathway == _SPASTICITY:
            if found.matters is None:
                verdict = IMPROVED if found.points > 0 else NOT_IMPROVED
            else:
                verdict = IMPROVED if found.matters else NOT_IMPROVED
            text = f"{found.instrument.name}: {_gain(found)} at {now.visit}; {_matters(found)}"
            return verdict, Reason("primary", _WEIGHTS[verdict], text, found.figures)
        if found.percent is None:
            break
        verdict = responder(found.percent)
        text = f"{found.instrument.name}: relief of {_percent(found.percent)} at {now.visit}"
        return verdict, Reason("responder", _WEIGHTS[verdict], text, responder_cited())
    text = "no score to compare among " + ", ".join(wanted)
    return NOT_KNOWN, Reason("primary", Weight.MISSING, text)


_WEIGHTS = {
    RESPONDER: Weight.FOR,
    PARTIAL: Weight.FOR,
    NON_RESPONDER: Weight.AGAINST,
    IMPROVED: Weight.FOR,
    NOT_IMPROVED: Weight.AGAINST,
}


def _reason(one: Change, now: Visit) -> Reason:
    text = f"{one.instrument.name}: {_gain(one)} at {now.visit}; {_matters(one)}"
    if one.points < 0:
        return Reason("change", Weight.CAUTION, text, one.figures)
    return Reason("change", Weight.FOR if one.matters else Weight.NOTE, text, one.figures)


def _gain(one: Change) -> str:
    word = "worse by" if one.points < 0 else "better by"
    text = f"{word} {show_number(abs(one.points))}"
    return text if one.percent is None else f"{text} ({_percent(abs(one.percent))})"


def _percent(value: Fraction) -> str:
    return f"{show_number(value, digits=3)} %"


def _matters(one: Change) -> str:
    if one.matters is None:
        return "no source says which change matters"
    side = "reaches" if one.matters else "below"
    remembered = any(cited.fact.recalled for cited in one.figures)
    return f"{side} a change that matters{_REMEMBERED if remembered else ''}"
