"""The topic `selection` of `thecal advise`: verdict, reasons, checklist, referral and letter."""

from __future__ import annotations

from thecal.care.advice import Advice, Listing, Weight
from thecal.care.comparison.evidence import evidence_listing
from thecal.care.derivation import Value
from thecal.care.document import Document
from thecal.care.pathway.stages import next_stages
from thecal.care.selection.assess import ELIGIBLE, NOT_YET, Assessment, assess
from thecal.care.selection.infection_bundle import bundle_listing, bundle_reason
from thecal.care.selection.items import UNNEEDED
from thecal.care.selection.letter import letter, letter_document, letter_listing
from thecal.care.selection.reader import read_selection
from thecal.care.selection.referral import missing_fields, referral, referral_listing
from thecal.care.selection.rules import entries
from thecal.therapy.table import Table

TOPIC = "selection"


def advise(case: Table) -> Advice:
    """Return whether the person of a table `[selection]` is a candidate, and why.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    return advice_on(assess(read_selection(case)))


def documents(case: Table) -> tuple[Document, ...]:
    """Return the letter to the referrer of a table `[selection]`; raises `BadFileError`."""
    return (letter_document(assess(read_selection(case))),)


def advice_on(assessment: Assessment) -> Advice:
    """Return an assessment as an advice."""
    case = assessment.case
    fields = referral(case)
    listings = [checklist_listing(assessment), referral_listing(fields)]
    reasons = [one.reason() for one in assessment.judgements]
    reasons.append(bundle_reason(case.bundle_done))
    if case.indication_id is not None:
        listings.append(evidence_listing(case.indication_id))
    listings += [bundle_listing(case.bundle_done), letter_listing(letter(assessment))]
    return Advice(
        topic=TOPIC,
        verdict=assessment.verdict,
        summary=_summary(assessment),
        reasons=tuple(reasons),
        results=_results(assessment, missing_fields(fields)),
        listings=tuple(listings),
        disagreements=assessment.disagreements,
        findings=assessment.findings,
        not_checked=assessment.not_checked,
    )


def checklist_listing(assessment: Assessment) -> Listing:
    """Return the checklist of the team: who answers what, and how it stands."""
    pathway = assessment.case.pathway
    rows = tuple(
        (
            entry.item.who,
            entry.item.name.en,
            entry.item.need(pathway).value,
            entry.answer or "not answered",
            entry.standing,
        )
        for entry in assessment.entries
        if entry.answer is not None or entry.item.need(pathway).value != UNNEEDED
    )
    return Listing("Checklist of the team", ("who", "item", "need", "answer", "standing"), rows)


def _summary(assessment: Assessment) -> str:
    if assessment.verdict == ELIGIBLE:
        cautions = len(assessment.of(Weight.CAUTION))
        return f"nothing stands against it; points that need care: {cautions}; the team decides"
    weight = Weight.MISSING if assessment.verdict == NOT_YET else Weight.AGAINST
    rules = dict.fromkeys(one.rule for one in assessment.of(weight))
    head = "still open" if assessment.verdict == NOT_YET else "against it"
    return f"{head}: {', '.join(rules)}"


def _results(assessment: Assessment, missing: tuple[str, ...]) -> dict[str, Value]:
    case = assessment.case
    template = entries("selection_pathways", "pathway")[case.pathway]
    results: dict[str, Value] = {
        "pathway": case.pathway,
        "system": assessment.system,
        "against": _rules(assessment, Weight.AGAINST),
        "missing": _rules(assessment, Weight.MISSING),
        "referral_complete": not missing,
        "referral_missing": missing,
    }
    for parameter, answers in template.items():
        results[parameter.replace("-", "_")] = answers[0].of_kind(str).value
    if case.tip is not None:
        results["tip"] = case.tip
    if case.stage is not None:
        results["stage"] = case.stage
        results["next_stages"] = next_stages(case.stage)
    return results


def _rules(assessment: Assessment, weight: Weight) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(one.rule for one in assessment.of(weight)))
