"""Cases for the tests of this folder."""

from __future__ import annotations

from dataclasses import replace

from thecal.care.drug_choice.case import DrugChoiceCase
from thecal.pharmacy import Mixture
from thecal.units import Concentration

ASKED = DrugChoiceCase(
    therapy="pain",
    edition="pacc-2017",
    setting="non-cancer",
    distribution="localized",
    mechanism="neuropathic",
    age=58,
    conditions=(),
    medicines=(),
    allergies=(),
    pump="synchromed-ii-40",
)
"""Somebody with nothing against any drug."""


def asked(**known: object) -> DrugChoiceCase:
    return replace(ASKED, **known)


def solution(**drugs: str) -> Mixture:
    """A solution, as in `solution(morphine="10 mg/mL")`."""
    return Mixture.of({name: Concentration.of(*one.split()) for name, one in drugs.items()})
