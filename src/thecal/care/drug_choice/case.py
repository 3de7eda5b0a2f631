"""What is known for a choice of drugs, and reading it from the table `[drug-choice]`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.drug_choice.exclusions import conditions, medicines
from thecal.care.drug_choice.lines import DISTRIBUTIONS, EDITIONS, MECHANISMS, SETTINGS
from thecal.device import pump_models
from thecal.pharmacy import Mixture, drugs, indications
from thecal.therapy.table import Table

PAIN, SPASTICITY = "pain", "spasticity"


@final
@dataclass(frozen=True, slots=True)
class DrugChoiceCase:
    """One choice.

    Attributes
    ----------
    edition
        The edition that answers; the others are shown beside it.
    conditions, medicines, allergies
        What may exclude a drug: states of the person, other medicines, drugs not borne. None
        where nobody has asked; empty where there are none.
    planned
        The solution somebody has in mind.
    consent
        Whether the person agreed in writing to drugs outside the label.
    """

    therapy: str
    edition: str
    setting: str | None = None
    distribution: str | None = None
    mechanism: str | None = None
    indication: str | None = None
    age: int | None = None
    conditions: tuple[str, ...] | None = None
    medicines: tuple[str, ...] | None = None
    allergies: tuple[str, ...] | None = None
    pump: str | None = None
    planned: Mixture | None = None
    consent: bool | None = None


def read_drug_choice(table: Table) -> DrugChoiceCase:
    """Return the case that a table describes.

    Raises
    ------
    BadFileError
        Naming the key, if a value is unknown.
    """
    case = DrugChoiceCase(
        therapy=table.take_choice("therapy", (PAIN, SPASTICITY)),
        edition=table.take_choice("edition", EDITIONS),
        setting=_choice(table, "setting", SETTINGS),
        distribution=_choice(table, "distribution", DISTRIBUTIONS),
        mechanism=_choice(table, "mechanism", MECHANISMS),
        indication=_choice(table, "indication", tuple(one.id for one in indications())),
        age=table.optional("age_years", table.take_count),
        conditions=_words(table, "conditions", conditions()),
        medicines=_words(table, "medicines", medicines()),
        allergies=_words(table, "allergies", tuple(one.id for one in drugs())),
        pump=_choice(table, "pump", tuple(one.id for one in pump_models())),
        planned=table.optional("planned", table.take_mixture),
        consent=table.optional("off_label_consent", table.take_flag),
    )
    table.finish()
    return case


def _choice(table: Table, key: str, choices: tuple[str, ...]) -> str | None:
    return table.take_choice(key, choices) if table.has(key) else None


def _words(table: Table, key: str, known: tuple[str, ...]) -> tuple[str, ...] | None:
    if not table.has(key):
        return None
    value = table.take_any(key)
    if not isinstance(value, list):
        raise table.error("this is no list", 'write ["..."], or [] where there is none', key)
    for one in value:
        if one not in known:
            raise table.error(f"{one!r} is unknown", "use " + ", ".join(known), key)
    return tuple(value)
