"""Whether a referral is complete: the fields of the form, what is missing, and red flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.advice import Listing
from thecal.care.selection.case import SelectionCase
from thecal.care.selection.rules import entries
from thecal.care.selection.wording import Wording, sentence
from thecal.data import Fact

_ANY, _NO = "any", "no"


@final
@dataclass(frozen=True, slots=True)
class ReferralField:
    """One field of a referral.

    Attributes
    ----------
    given
        Whether the referral holds it.
    red_flag
        Whether its answer has to be looked at on the day it arrives.
    source
        Where it is said that the field belongs there.
    """

    id: str
    given: bool
    red_flag: bool
    source: Fact[str]

    @property
    def name(self) -> Wording:
        """What is asked, in both languages."""
        return sentence(f"referral.{self.id}")

    @property
    def standing(self) -> str:
        """`red flag`, `given` or `missing`."""
        if self.red_flag:
            return "red flag"
        return "given" if self.given else "missing"


def referral(case: SelectionCase) -> tuple[ReferralField, ...]:
    """Return the fields that the pathway asks of a referral (workflow.md 2.1 and 3 F1)."""
    found = []
    for id, answers in entries("selection_referral", "field").items():
        keys, pathways, flag = (
            answers[parameter][0].of_kind(str) for parameter in ("keys", "pathways", "red-flag")
        )
        if pathways.value != _ANY and case.pathway not in pathways.value.split("; "):
            continue
        wanted = keys.value.split("; ")
        flagged = flag.value != _NO and flag.value in (case.answers.get(key) for key in wanted)
        given = any(key in case.given for key in wanted)
        found.append(ReferralField(id, given, flagged, keys))
    return tuple(found)


def missing_fields(fields: tuple[ReferralField, ...]) -> tuple[str, ...]:
    """Return the names of the fields that the referral lacks."""
    return tuple(one.name.en for one in fields if not one.given)


def referral_listing(fields: tuple[ReferralField, ...]) -> Listing:
    """Return the fields as a table."""
    rows = tuple((one.name.en, one.standing, one.source.provenance()) for one in fields)
    return Listing("Referral", ("field", "standing", "source"), rows)
