"""What one rule says of a case: its weight, the sentence in both languages, the figures behind it.

An effect is a word of a table. A row that is only recalled never decides: its refusal or demand
becomes a caution, and the sentence says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import final

from thecal.care.advice import Cited, Reason, Weight
from thecal.care.selection.wording import Wording, sentence
from thecal.data import Fact
from thecal.errors import DataError
from thecal.safety.finding import Answer, Finding, Severity

REASON_NEEDED = "reason-needed"
_WEIGHTS = MappingProxyType(
    {
        "clears": Weight.FOR,
        "note": Weight.NOTE,
        "relative": Weight.CAUTION,
        "unresolved": Weight.MISSING,
        "absolute": Weight.AGAINST,
        REASON_NEEDED: Weight.MISSING,
    }
)
DECIDING = (Weight.AGAINST, Weight.MISSING)
"""Weights that decide the verdict."""


@final
@dataclass(frozen=True, slots=True)
class Judgement:
    """What one rule says.

    Attributes
    ----------
    rule
        Id of the rule or of the item of the checklist.
    finding
        The open question that a reason answers; None where there is none.
    """

    rule: str
    weight: Weight
    said: Wording
    figures: tuple[Cited, ...] = ()
    finding: Finding | None = None

    def reason(self) -> Reason:
        """Return it as a reason of an advice, in English."""
        return Reason(self.rule, self.weight, self.said.en, self.figures)


def judged(
    rule: str,
    effect: Fact[str],
    said: Wording,
    *,
    figures: tuple[Cited, ...] = (),
    answer: Answer | None = None,
) -> Judgement:
    """Return what a rule says whose table gives this effect.

    Parameters
    ----------
    rule
        Id of the rule or item.
    effect
        `clears`, `note`, `relative`, `unresolved`, `absolute` or `reason-needed`.
    said
        The sentence.
    figures
        Figures besides the effect itself.
    answer
        The reason that somebody gave, if any; only `reason-needed` heeds it.

    Raises
    ------
    DataError
        If the effect is none of these words.
    """
    if effect.value not in _WEIGHTS:
        raise DataError(f'"{effect.value}" is no effect', remedy="use " + ", ".join(_WEIGHTS))
    weight = _WEIGHTS[effect.value]
    cited = (Cited(rule, effect), *figures)
    if weight in DECIDING and effect.recalled:
        return Judgement(rule, Weight.CAUTION, said.joined(sentence("only-recalled")), cited)
    if effect.value != REASON_NEEDED:
        return Judgement(rule, weight, said, cited)
    finding = Finding(rule, Severity.SOFT, said.en, effect.provenance(), answer=answer)
    if answer is None:
        return Judgement(rule, weight, said.joined(sentence("reason-wanted")), cited, finding)
    told = sentence("with-reason", by=answer.by or "-", reason=answer.reason)
    return Judgement(rule, Weight.CAUTION, said.joined(told), cited, finding)
