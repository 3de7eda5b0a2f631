"""What effect and side effects say of the next dose: stop, reduce, search, hold, or go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Reason, Weight
from thecal.care.dose_words import dose_text
from thecal.care.titration.case import BACLOFEN, OPIOID, ZICONOTIDE, TitrationCase
from thecal.care.titration.schemes import TABLE
from thecal.units import MassRate, show_number

STOP, REDUCE, SEARCH, HOLD, GO_ON = "stop", "reduce", "search-first", "hold", "go-on"
_ORDER = (STOP, REDUCE, SEARCH, HOLD, GO_ON)
_POSS = "poss"


@final
@dataclass(frozen=True, slots=True)
class Response:
    """One thing that the response demands.

    Attributes
    ----------
    word
        `stop`, `reduce`, `search-first`, `hold` or `go-on`.
    lowest, highest
        The doses to reduce to; None where no source gives a size, or nothing is reduced.
    """

    word: str
    reason: Reason
    lowest: MassRate | None = None
    highest: MassRate | None = None


def responses(case: TitrationCase) -> tuple[Response, ...]:
    """Return what the response demands, the gravest first; empty where nothing was entered."""
    found = [*_sedation(case), *_side_effects(case), *_muscle(case), *_bolus(case), *_effect(case)]
    return tuple(sorted(found, key=lambda one: _ORDER.index(one.word)))


def reduced(subject: str, dose: MassRate) -> tuple[MassRate, MassRate]:
    """Return the lowest and the highest dose after the reduction of a subject of the table."""
    least = TABLE.get(subject, "reduce-low", Fraction).value
    most = TABLE.get(subject, "reduce-high", Fraction).value
    return dose.scaled(1 - most), dose.scaled(1 - least)


def _sedation(case: TitrationCase) -> Iterator[Response]:
    if case.sedation is None or case.drug_class != OPIOID:
        return
    cited = TABLE.cited(_POSS, case.sedation)
    text = f"sedation level {case.sedation}: {TABLE.text(_POSS, case.sedation)}"
    if case.sedation == "4":
        yield Response(STOP, Reason("sedation", Weight.AGAINST, text, cited))
    elif case.sedation == "3":
        yield _reduce(case, _POSS, "sedation", text)
    else:
        yield Response(GO_ON, Reason("sedation", Weight.NOTE, text, cited))


def _side_effects(case: TitrationCase) -> Iterator[Response]:
    if case.side_effects is None or case.side_effects == "none":
        return
    if case.side_effects == "tolerable":
        text = "side effects are tolerable: hold until they are gone or judged worth it"
        yield Response(HOLD, Reason("side-effects", Weight.CAUTION, text))
    elif case.drug == BACLOFEN:
        yield _reduce(case, BACLOFEN, "side-effects", "side effects: reduce")
    else:
        subject = case.drug if case.drug == ZICONOTIDE else case.drug_class
        text = f"side effects: {TABLE.text(subject, 'side-effects')}; no source gives a size"
        cited = TABLE.cited(subject, "side-effects")
        yield Response(REDUCE, Reason("side-effects", Weight.AGAINST, text, cited))


def _muscle(case: TitrationCase) -> Iterator[Response]:
    if case.creatine_kinase is None or case.drug != ZICONOTIDE:
        return
    multiple = Fraction(case.creatine_kinase, 100)
    bound = TABLE.get(ZICONOTIDE, "creatine-kinase-multiple", Fraction).value
    cited = TABLE.cited(ZICONOTIDE, "creatine-kinase", "creatine-kinase-multiple")
    told = f"creatine kinase is {show_number(multiple)} times the upper limit"
    if multiple < bound:
        yield Response(GO_ON, Reason("creatine-kinase", Weight.NOTE, told, cited))
    else:
        text = f"{told}: {TABLE.text(ZICONOTIDE, 'creatine-kinase')}"
        yield Response(REDUCE, Reason("creatine-kinase", Weight.AGAINST, text, cited))


def _bolus(case: TitrationCase) -> Iterator[Response]:
    if case.bolus_response == "none":
        text = TABLE.text("any", "no-bolus-response")
        cited = TABLE.cited("any", "no-bolus-response")
        yield Response(SEARCH, Reason("bolus", Weight.AGAINST, text, cited))
    elif case.bolus_response == "negative":
        text = "the bolus did harm: no rise"
        yield Response(HOLD, Reason("bolus", Weight.AGAINST, text))


def _effect(case: TitrationCase) -> Iterator[Response]:
    if case.response == "goal-reached":
        text = "the goal is reached: the dose stays"
        cited = TABLE.cited("any", "baseline")
        yield Response(HOLD, Reason("effect", Weight.FOR, text, cited))
    elif case.response == "lost":
        cited = TABLE.cited("any", "effect-lost")
        text = TABLE.text("any", "effect-lost")
        yield Response(SEARCH, Reason("effect", Weight.AGAINST, text, cited))
    elif case.response == "insufficient":
        text = "the goal is not reached: there is a reason to raise"
        cited = TABLE.cited("any", "baseline")
        yield Response(GO_ON, Reason("effect", Weight.FOR, text, cited))


def _reduce(case: TitrationCase, subject: str, rule: str, text: str) -> Response:
    cited = TABLE.cited(subject, "reduce-low", "reduce-high")
    if case.history is None:
        return Response(REDUCE, Reason(rule, Weight.AGAINST, text, cited))
    lowest, highest = reduced(subject, case.history.current)
    told = f"{text}; to {dose_text(case.drug, lowest)} to {dose_text(case.drug, highest)}"
    return Response(REDUCE, Reason(rule, Weight.AGAINST, told, cited), lowest, highest)
