"""The three pathways: what each asks for, how it tries, and which rule a trial has to pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.figures import Figures
from thecal.care.trial.rules import TrialRule, trial_rules
from thecal.data import Fact
from thecal.errors import UnknownIdError
from thecal.pharmacy.lookup import by_key, listed

TABLE = Figures("selection_pathways", "pathway")


@final
@dataclass(frozen=True, slots=True)
class Pathway:
    """One pathway, as `selection_pathways.csv` has it.

    Attributes
    ----------
    therapy
        `pain` or `spasticity`.
    trial_methods
        How it may be tried: `single-bolus`, `repeated-bolus`, `catheter`, `port`, `external-pump`.
    pass_rules
        The rules of which one has to be met: a fall by half for pain.
    clearance
        Whether a psychological assessment is usual.
    forms
        In words.
    decided_by
        Who sits in the team.
    """

    id: str
    therapy: str
    trial_methods: Fact[str]
    pass_rules: tuple[TrialRule, ...]
    clearance: Fact[str]
    forms: tuple[str, ...]
    decided_by: tuple[str, ...]


def pathway_ids() -> tuple[str, ...]:
    """Return the ids of the pathways."""
    return tuple(by_key(TABLE.table, TABLE.key))


def pathway(id: str) -> Pathway:
    """Return a pathway; raises `UnknownIdError`."""
    if id not in pathway_ids():
        raise UnknownIdError(
            f'"{id}" is no pathway', remedy="use one of " + ", ".join(pathway_ids())
        )
    therapy = TABLE.text(id, "therapy")
    return Pathway(
        id=id,
        therapy=therapy,
        trial_methods=TABLE.get(id, "trial-methods", str),
        pass_rules=tuple(one for one in trial_rules() if therapy in one.default_for),
        clearance=TABLE.get(id, "psychological-assessment", str),
        forms=listed(TABLE.get(id, "forms", str)),
        decided_by=listed(TABLE.get(id, "decided-by", str)),
    )
