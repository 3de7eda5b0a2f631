"""Which system for how long a life: external epidural, external intrathecal, or implanted pump."""

from __future__ import annotations

from thecal.care.advice import Disagreement, Weight
from thecal.care.selection.case import SYSTEMS, SelectionCase
from thecal.care.selection.items import PATHWAYS
from thecal.care.selection.judgement import Judgement
from thecal.care.selection.rules import cited, disagreement, figure
from thecal.care.selection.wording import Wording, sentence
from thecal.units import Duration, show_number

RULE = "life-expectancy"
_EPIDURAL, _EXTERNAL, _IMPLANT = SYSTEMS
_CANCER = PATHWAYS[1]


def system_for(life_expectancy: Duration) -> str:
    """Return the system that the sources name for this life expectancy.

    Below 3 weeks external epidural, below 3 months external intrathecal, then an implanted pump
    (pharmacology.md 4.1 C16; at exactly 3 months by C15, D11 and the payer rule).
    """
    if life_expectancy < figure(RULE, "epidural-below", Duration).value:
        return _EPIDURAL
    if life_expectancy < figure(RULE, "implant-from", Duration).value:
        return _EXTERNAL
    return _IMPLANT


def judge_life_expectancy(case: SelectionCase) -> Judgement | None:
    """Return what life expectancy says of the system; None where it is not known nor needed."""
    expected = case.life_expectancy
    if expected is None:
        if case.pathway != _CANCER:
            return None
        said = sentence("missing", name=sentence("name.life-expectancy"))
        return Judgement(RULE, Weight.MISSING, said, cited(RULE, "implant-from"))
    named = system_for(expected)
    days = show_number(expected.in_unit("d"))
    figures = cited(RULE, "implant-from", "epidural-below")
    if case.system in (None, named):
        return Judgement(RULE, Weight.FOR, _fits(named, days), figures)
    system = sentence(f"system.{named}")
    if case.system == _IMPLANT:
        said = sentence("life-expectancy.short", days=days, limit=_limit(), system=system)
        return Judgement(RULE, Weight.AGAINST, said, figures)
    said = sentence(
        "life-expectancy.other-system",
        days=days,
        system=system,
        wanted=sentence(f"system.{case.system}"),
    )
    complications = tuple(
        f"{when}-complications-{kind}"
        for when in ("early", "late")
        for kind in ("epidural", "intrathecal")
    )
    return Judgement(RULE, Weight.CAUTION, said, figures + cited(RULE, *complications))


def life_expectancy_disagreement() -> Disagreement:
    """Return the answers to the question from when a pump is implanted."""
    return disagreement("From which life expectancy is a pump implanted?", RULE, "implant-from")


def _fits(named: str, days: str) -> Wording:
    if named == _IMPLANT:
        return sentence("life-expectancy.enough", days=days, limit=_limit())
    return sentence("life-expectancy.fits", days=days, system=sentence(f"system.{named}"))


def _limit() -> str:
    return show_number(figure(RULE, "implant-from", Duration).value.in_unit("d"))
