"""What in the dose and in the signs calls for a review, a search, or another drug."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from thecal.care.advice import Cited, Reason, Weight
from thecal.care.dose_words import dose_text
from thecal.care.escalation.case import (
    HYPERALGESIA_SIGNS,
    MYOCLONUS,
    NERVE_SIGNS,
    OTHER_FLAGS,
    EscalationCase,
)
from thecal.care.escalation.trend import PROJECTED, TABLE, Trend
from thecal.pharmacy import limits
from thecal.units import Concentration, MassRate, show, show_percent

GRANULOMA, WORK_UP, SEARCH = "granuloma", "granuloma-work-up", "search-first"
REDUCE, REVIEW, TOLERANCE = "reduce-or-rotate", "review", "tolerance"
STEADY, TOO_SHORT = "steady", "too-short"
ORDER = (GRANULOMA, WORK_UP, SEARCH, REDUCE, REVIEW, TOLERANCE, TOO_SHORT, STEADY)
BACLOFEN, MORPHINE = "baclofen", "morphine"


@final
@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that was seen, and what it calls for."""

    word: str
    reason: Reason


def signals(case: EscalationCase, found: Trend) -> tuple[Signal, ...]:
    """Return what was seen, the gravest first; `steady` or `too-short` where nothing was."""
    seen = [
        *_granuloma(case),
        *_myoclonus(case),
        *_hyperalgesia(case, found),
        *_rise(case, found),
        *_concentration(case),
    ]
    if found.yearly is None:
        least = TABLE.cited("opioid", "observed-least")
        text = f"{show(found.observed, 'd')} of history are too short to reckon to a year"
        seen.append(Signal(TOO_SHORT, Reason("history", Weight.MISSING, text, least)))
    return tuple(sorted(seen, key=lambda one: ORDER.index(one.word)))


def escalates(case: EscalationCase, found: Trend) -> bool:
    """Whether the dose rose by more than the signal of its drug (a figure that is recalled)."""
    if found.yearly is None or found.yearly_rise is None:
        return False
    if case.drug == BACLOFEN:
        return found.yearly_rise > TABLE.get(BACLOFEN, "tolerance-yearly-rise", MassRate).value
    signal = limits(case.drug, "yearly-escalation-signal", populations=())
    return any(found.yearly > one.number for one in signal if one.rank == 1)


def _rise(case: EscalationCase, found: Trend) -> Iterator[Signal]:
    if found.yearly is None or found.yearly_rise is None:
        return
    how = " (carried on evenly to a year)" if found.basis == PROJECTED else " in the last year"
    told = f"{show_percent(found.yearly)}{how}"
    loud = escalates(case, found)
    if case.drug == BACLOFEN:
        rise = dose_text(BACLOFEN, abs(found.yearly_rise))
        sign = "less" if found.yearly_rise < MassRate.zero() else "more"
        text = f"{told}, {rise} {sign}: {'tolerance' if loud else 'no tolerance'} by definition"
        cited = TABLE.cited(BACLOFEN, "tolerance-yearly-rise", "tolerance-share", "plateau")
        yield Signal(
            TOLERANCE if loud else STEADY,
            Reason("yearly-rise", Weight.AGAINST if loud else Weight.FOR, text, cited),
        )
        return
    bounds = limits(case.drug, "yearly-escalation-signal", populations=())
    cited = tuple(Cited(f"signal a year, {one.edition}", one.fact) for one in bounds)
    if not cited:
        text = f"{told}; no signal of {case.drug} is on record"
        yield Signal(STEADY, Reason("yearly-rise", Weight.NOTE, text))
    elif not loud:
        text = f"{told} is not above the signal"
        yield Signal(STEADY, Reason("yearly-rise", Weight.FOR, text, cited))
    elif case.new_disease is True:
        text = f"{told} is above the signal; new disease explains it, as entered"
        yield Signal(STEADY, Reason("yearly-rise", Weight.CAUTION, text, cited))
    else:
        text = f"{told} is above the signal: no further rise before granuloma, catheter and" + (
            " hyperalgesia are searched for"
        )
        yield Signal(REVIEW, Reason("yearly-rise", Weight.AGAINST, text, cited))


def _granuloma(case: EscalationCase) -> Iterator[Signal]:
    if case.imaging == "granuloma":
        text = "imaging shows a granuloma: no rise; lower or change the drug, ask the surgeon"
        cited = TABLE.cited("granuloma", "work-up")
        yield Signal(GRANULOMA, Reason("granuloma", Weight.AGAINST, text, cited))
        return
    nerve = case.present(*NERVE_SIGNS)
    other = case.present(*OTHER_FLAGS)
    if not nerve and not other:
        return
    told = ", ".join((*nerve, *other)).replace("_", " ")
    cited = TABLE.cited("granuloma", "red-flags", "work-up", "earliest", "without-symptoms")
    if nerve or case.opioid:
        text = f"{told}: {TABLE.text('granuloma', 'work-up')}"
        if case.imaging == "clear":
            text = f"{told} although imaging is clear: {TABLE.text('granuloma', 'work-up')}"
        yield Signal(WORK_UP, Reason("red-flags", Weight.AGAINST, text, cited))
    else:
        rare = TABLE.cited("granuloma", "rare-with")
        text = f"{told}: search pump and catheter first (thecal troubleshoot)"
        yield Signal(SEARCH, Reason("red-flags", Weight.AGAINST, text, (*cited, *rare)))


def _myoclonus(case: EscalationCase) -> Iterator[Signal]:
    if not case.present(MYOCLONUS) or not case.opioid:
        return
    cited = list(TABLE.cited("opioid", "myoclonus"))
    text = TABLE.text("opioid", "myoclonus")
    for one in limits(case.drug, "maximum-daily", populations=()):
        if case.drug == MORPHINE and one.edition == "label-us":
            cited.append(Cited("caution above, label-us", one.fact))
            side = "above" if case.history.current > one.rate else "not above"
            text += f"; {dose_text(case.drug, case.history.current)} is {side} the label's caution"
    yield Signal(REDUCE, Reason(MYOCLONUS, Weight.AGAINST, text, tuple(cited)))


def _hyperalgesia(case: EscalationCase, found: Trend) -> Iterator[Signal]:
    seen = case.present(*HYPERALGESIA_SIGNS)
    if not seen or not case.opioid:
        return
    cited = TABLE.cited("opioid", "hyperalgesia", "hyperalgesia-evidence")
    rising = found.whole > 0 and case.new_disease is not True
    told = ", ".join(seen).replace("_", " ")
    text = f"{told}: {TABLE.text('opioid', 'hyperalgesia')}"
    weight = Weight.AGAINST if rising else Weight.CAUTION
    yield Signal(REVIEW, Reason("hyperalgesia", weight, text, cited))


def _concentration(case: EscalationCase) -> Iterator[Signal]:
    if case.concentration is None or not case.opioid:
        return
    bound = TABLE.get("granuloma", "concentration-watch", Concentration).value
    if case.concentration < bound:
        return
    text = (
        f"{show(case.concentration, 'mg/mL')} is at or above {show(bound, 'mg/mL')}: beware of a"
        " granuloma; the sources disagree on concentration"
    )
    cited = TABLE.cited("granuloma", "concentration-watch")
    yield Signal(STEADY, Reason("concentration", Weight.CAUTION, text, cited))
