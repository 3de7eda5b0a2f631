"""The skills, levels, classes of evidence and mandatory items, from `skills.csv`.

The words of skills, levels and classes are those of the forms, for form F18 prints them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import final

from thecal.care.document import Text
from thecal.care.figures import Figures
from thecal.care.forms.choice import choices
from thecal.data import Fact, cached
from thecal.errors import UnknownIdError
from thecal.pharmacy.lookup import listed
from thecal.units import Duration

NONE = 0
"""The level of somebody who holds none."""
_TABLE = Figures("skills", key="skill")
_RULE = "any"
_ITEMS = ("vendor-training", "emergency-drugs", "software-updates")
_BODIES = ("nans", "ins")


@final
@dataclass(frozen=True, slots=True)
class Skill:
    """One column of the matrix.

    Attributes
    ----------
    practices
        The practices of the curriculum that use it: `managing`, `implanting`.
    domain
        The domain of the curriculum that it is counted to.
    """

    id: str
    name: Text
    practices: tuple[str, ...]
    domain: str


@final
@dataclass(frozen=True, slots=True)
class EvidenceClass:
    """One class of evidence.

    Attributes
    ----------
    counts_by
        Who gives a level of somebody who works alone on it: `assessor`, `trainer`, `nobody`.
    """

    id: str
    name: Text
    letter: str
    counts_by: str


@final
@dataclass(frozen=True, slots=True)
class Item:
    """Something that everybody who refills or programs has to have done."""

    id: str
    name: str
    asked_of: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True)
class Body:
    """A society whose curriculum the skills are laid beside."""

    name: Fact[str]
    link: Fact[str]
    says: Fact[str]


@cached
def skills() -> Mapping[str, Skill]:
    """Return every skill by its id, in the order of form F18."""
    return {
        id: Skill(
            id,
            name,
            listed(_TABLE.get(id, "practice", str)),
            _TABLE.text(id, "domain"),
        )
        for id, name in choices("skill").items()
    }


def skill(id: str) -> Skill:
    """Return a skill; raises `UnknownIdError`."""
    if id not in skills():
        raise UnknownIdError(f'"{id}" is no skill', remedy="use one of " + ", ".join(skills()))
    return skills()[id]


def level_words(level: int) -> Text:
    """Return a level in words, as in `3 independent`; raises `KeyError` for one there is not."""
    return choices("skill-level")[str(level)]


def stage_words(level: int) -> str:
    """Return the stage of the curriculum beside a level."""
    return _TABLE.text(f"level-{level}", "stage")


def independent_level() -> int:
    """Return the level from which a step is signed alone."""
    return _figure(_RULE, "independent")


def trainer_level() -> int:
    """Return the level of who trains others."""
    return _figure(_RULE, "trainer")


def highest_level() -> int:
    """Return the highest level."""
    return _figure(_RULE, "highest")


def months_held() -> int:
    """Return for how many months a level holds at most."""
    return _figure(_RULE, "expires-after")


def tell_before() -> timedelta:
    """Return how long before its end a level is told of."""
    return timedelta(seconds=int(_TABLE.get(_RULE, "tell-before", Duration).value.base))


def rule_words() -> str:
    """Return the rule on one person who supervises and checks."""
    return _TABLE.text(_RULE, "same-person")


@cached
def evidence_classes() -> Mapping[str, EvidenceClass]:
    """Return the classes of evidence by id: audit, observation, documents, learning."""
    return {
        id: EvidenceClass(
            id,
            name,
            _TABLE.text(f"evidence-{id}", "letter"),
            _TABLE.text(f"evidence-{id}", "counts-by"),
        )
        for id, name in choices("evidence").items()
    }


def most_on(evidence: str) -> int:
    """Return the highest level that is given on a class of evidence alone."""
    if _TABLE.has(f"evidence-{evidence}", "most"):
        return _figure(f"evidence-{evidence}", "most")
    return highest_level()


@cached
def items() -> Mapping[str, Item]:
    """Return the mandatory items by id."""
    return {
        one: Item(
            one,
            _TABLE.text(f"item-{one}", "name"),
            listed(_TABLE.get(f"item-{one}", "asked-of", str)),
        )
        for one in _ITEMS
    }


@cached
def bodies() -> tuple[Body, ...]:
    """Return the societies that the source documents name."""
    return tuple(
        Body(*(_TABLE.get(f"body-{one}", part, str) for part in ("name", "link", "says")))
        for one in _BODIES
    )


def _figure(subject: str, parameter: str) -> int:
    return int(_TABLE.get(subject, parameter, Fraction).value)
