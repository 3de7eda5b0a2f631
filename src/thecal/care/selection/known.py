"""Refusing a case that names what no table knows: a misspelt answer would silently not count."""

from __future__ import annotations

from collections.abc import Iterable

from thecal.care.selection.case import OUTCOMES, SYSTEMS, SelectionCase
from thecal.care.selection.items import PATHWAYS, item, items
from thecal.care.selection.labs import labs
from thecal.care.selection.therapies import therapy_kinds
from thecal.pharmacy.lookup import unknown

OTHER_RULES_WITH_REASON = ("oral-trial", "pathway")
"""Rules besides the items of the checklist that a reason may answer."""


def rules_with_reason() -> tuple[str, ...]:
    """Return every rule to which a reason may be given."""
    return (*OTHER_RULES_WITH_REASON, *(one.id for one in items()))


def refuse_unknown(case: SelectionCase) -> None:
    """Refuse a case that names an item, answer, value or kind that no table knows.

    Raises
    ------
    UnknownIdError
        With the nearest ids.
    """
    _check("pathway", (case.pathway,), PATHWAYS)
    _check("item of the checklist", case.answers, tuple(one.id for one in items()))
    for id, answer in case.answers.items():
        _check(f"answer to {id}", (answer,), item(id).answers)
    _check("system", () if case.system is None else (case.system,), SYSTEMS)
    _check("laboratory value", case.labs, tuple(lab.id for lab in labs()))
    _check("kind of treatment", (one.kind for one in case.therapies), therapy_kinds())
    _check("outcome", (one.outcome for one in case.therapies), OUTCOMES)
    _check("rule that a reason answers", case.overrides, rules_with_reason())


def _check(what: str, named: Iterable[str], known: tuple[str, ...]) -> None:
    for one in named:
        if one not in known:
            raise unknown(what, one, known)
