"""Whether simpler treatment was exhausted: it failed or was not tolerated, oral drugs included."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.advice import Cited, Weight
from thecal.care.selection.case import FAILED, NOT_TOLERATED, PriorTherapy, SelectionCase
from thecal.care.selection.items import PATHWAYS
from thecal.care.selection.judgement import Judgement, judged
from thecal.care.selection.rules import cited, entries, figure
from thecal.care.selection.wording import listed, sentence
from thecal.units import MassRate, show_number

RULE = "therapies"
ORAL_TRIAL = "oral-trial"
REFRACTORY = "refractory"
_CANCER = PATHWAYS[1]
_NOT_TRIED = "not-tried"


def therapy_kinds() -> tuple[str, ...]:
    """Return the kinds of treatment that a referral may list."""
    return tuple(entries("selection_therapies", "therapy"))


def is_oral(kind: str) -> bool:
    """Whether this kind of treatment is a drug by mouth."""
    return _words(kind, "oral") == "yes"


def counts_in(kind: str, pathway: str) -> bool:
    """Whether this kind of treatment counts in a pathway, as oral baclofen in spasticity."""
    return pathway in _words(kind, "pathways").split("; ")


def judge_therapies(case: SelectionCase) -> Iterator[Judgement]:
    """Yield whether simpler treatment is exhausted; in cancer dose or site may suffice."""
    early = tuple(_early_in_cancer(case)) if case.pathway == _CANCER else ()
    yield from early
    if not case.therapies and not early:
        effect = figure(RULE, "none-listed", str)
        yield judged(RULE, effect, sentence("therapies.none-listed"))
        return
    counted = [one for one in case.therapies if counts_in(one.kind, case.pathway)]
    done = [one for one in counted if one.outcome in (FAILED, NOT_TOLERATED)]
    for outcome in (FAILED, NOT_TOLERATED):
        names = [sentence(f"therapy.{one.kind}") for one in done if one.outcome == outcome]
        if names:
            said = sentence(f"therapies.{outcome}", names=listed(dict.fromkeys(names)))
            yield judged(RULE, figure(RULE, outcome, str), said)
    if not done and not early:
        yield judged(RULE, figure(RULE, "none-failed", str), sentence("therapies.none-failed"))
    if not early and not _oral_tried(counted):
        yield judged(
            ORAL_TRIAL,
            figure(ORAL_TRIAL, "none", str),
            sentence("oral-trial.none"),
            answer=case.overrides.get(ORAL_TRIAL),
        )


def _oral_tried(therapies: list[PriorTherapy]) -> bool:
    return any(is_oral(one.kind) and one.outcome != _NOT_TRIED for one in therapies)


def _early_in_cancer(case: SelectionCase) -> Iterator[Judgement]:
    threshold = figure(REFRACTORY, "morphine-equivalent-from", MassRate)
    dose = case.morphine_equivalent
    if dose is not None and dose >= threshold.value:
        said = sentence(
            "refractory.dose",
            dose=show_number(dose.in_unit("mg/d")),
            limit=show_number(threshold.value.in_unit("mg/d")),
        )
        figures = cited(REFRACTORY, "morphine-equivalent-from")
        yield Judgement(REFRACTORY, Weight.FOR, said, figures)
    sites = figure(REFRACTORY, "early-sites", str)
    if case.answers.get("tumour-site") in sites.value.split("; "):
        cite = (Cited("sites of early use", sites),)
        yield Judgement(REFRACTORY, Weight.FOR, sentence("refractory.site"), cite)


def _words(kind: str, parameter: str) -> str:
    return entries("selection_therapies", "therapy")[kind][parameter][0].of_kind(str).value
