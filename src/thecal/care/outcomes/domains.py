"""Which instruments a pathway asks for, by domain, and the checklist of side effects."""

from __future__ import annotations

from collections.abc import Mapping

from thecal.care.advice import Cited
from thecal.data import Fact
from thecal.pharmacy.lookup import Answers, by_key, listed

GRADES = ("none", "mild", "moderate", "severe")
_SPASTICITY = "spasticity"


def outcome_set(pathway: str) -> Mapping[str, tuple[str, ...]]:
    """Return domain to instruments of a pathway; empty where it is recorded and not scored."""
    return {domain: listed(facts[0]) for domain, facts in _set(pathway).items()}


def set_cited(pathway: str) -> tuple[Cited, ...]:
    """Return the rows of `outcome_set`."""
    return tuple(Cited(f"{pathway}: {name}", facts[0]) for name, facts in _set(pathway).items())


def side_effects() -> Mapping[str, Fact[str]]:
    """Return the side effects to ask for at every visit, id to name."""
    return {
        effect: facts["name"][0].of_kind(str)
        for effect, facts in by_key("outcome_side_effects", "effect").items()
    }


def graver(before: str, now: str) -> int:
    """Return how many grades a side effect became graver; below zero it became milder."""
    return GRADES.index(now) - GRADES.index(before)


def _set(pathway: str) -> Answers:
    name = _SPASTICITY if pathway == _SPASTICITY else "pain"
    return by_key("outcome_sets", "pathway")[name]
