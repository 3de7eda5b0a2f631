"""Whether the planned filling lies within the label, and what follows where it does not."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.advice import Cited, Weight
from thecal.care.selection.case import SelectionCase
from thecal.care.selection.judgement import Judgement, judged
from thecal.care.selection.rules import cited, figure
from thecal.care.selection.wording import listed, sentence
from thecal.pharmacy import drug

RULE = "off-label"
_OPIOID = "opioid"
_ZICONOTIDE, _BACLOFEN = "ziconotide", "baclofen"
_STATUS, _MIXTURE = "pump-status", "label-mixture"


def judge_label(case: SelectionCase) -> Iterator[Judgement]:
    """Yield what the label says of the planned drugs; nothing where none is planned.

    Any mixture is off-label (pharmacology.md 1.1).
    """
    if not case.drugs:
        return
    planned = [drug(name) for name in case.drugs]
    status = tuple(Cited(f"{one.id} in a pump", one.facts[_STATUS]) for one in planned)
    names = listed(sentence(f"drug.{one.id}") for one in planned)
    if len(planned) == 1 and planned[0].approved_for_pump:
        said = sentence("off-label.approved", drugs=names)
        yield Judgement(RULE, Weight.FOR, said, status)
        return
    said = sentence("off-label.drug", drugs=names)
    failures = cited(RULE, "pump-failure-approved", "pump-failure-unapproved")
    yield judged(RULE, figure(RULE, "flag", str), said, figures=status + failures)
    if len(planned) < 2:
        return
    for one in planned:
        with_opioid = any(other.drug_class == _OPIOID for other in planned)
        if one.id == _ZICONOTIDE and with_opioid:
            yield _mixture(one.id, "off-label.ziconotide-opioid")
        if one.id == _BACLOFEN:
            yield _mixture(one.id, "off-label.baclofen-mixture")


def _mixture(drug_id: str, code: str) -> Judgement:
    figures = (Cited(f"label of {drug_id} on mixtures", drug(drug_id).facts[_MIXTURE]),)
    return Judgement(RULE, Weight.CAUTION, sentence(code), figures)
