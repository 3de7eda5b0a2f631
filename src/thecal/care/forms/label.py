"""Labels of fields that another table or form of this room already has: none is written twice."""

from __future__ import annotations

from thecal.care.compounding.words import words
from thecal.care.document import Text
from thecal.care.escalation.review_form import SIGN_WORDS
from thecal.care.selection.rules import entries
from thecal.care.selection.wording import sentence
from thecal.care.trial.hand_over import LABELS
from thecal.errors import DataError

_REFERRAL, _HAND_OVER, _REVIEW = "selection_referral", "trial-hand-over", "escalation-review"
_ANY = "any"


def borrowed_label(place: str) -> Text:
    """Return the label at a place such as `selection_referral imaging` or `order batch`.

    Raises
    ------
    DataError
        If there is no such label.
    """
    table, _, name = place.partition(" ")
    if table == _REFERRAL:
        said = sentence(f"referral.{name}")
        return Text(said.en, said.de)
    own = {_HAND_OVER: LABELS, _REVIEW: SIGN_WORDS}.get(table)
    if own is None:
        return words(table, name)
    if name not in own:
        raise DataError(f"{table} has no label {name}", remedy="correct the row label-of")
    return own[name]


def pathways_of(place: str) -> tuple[str, ...] | None:
    """Return the pathways that need this field of a referral; None where all of them do."""
    name = place.removeprefix(f"{_REFERRAL} ")
    fields = entries(_REFERRAL, "field")
    if name not in fields:
        raise DataError(f"{place} has no pathways", remedy="use need required or optional")
    wanted = fields[name]["pathways"][0].of_kind(str).value
    return None if wanted == _ANY else tuple(wanted.split("; "))
