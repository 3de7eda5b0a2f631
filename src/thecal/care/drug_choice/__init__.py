"""Which drugs: consensus lines by edition, what excludes a drug, label status, evidence."""

from thecal.care.drug_choice.case import DrugChoiceCase
from thecal.care.drug_choice.choice import Choice, verdict_on
from thecal.care.drug_choice.exclusions import Objection, objections
from thecal.care.drug_choice.label import Deviation, deviations, survival
from thecal.care.drug_choice.lines import DrugSet, Line, consensus_lines, line_of

__all__ = [
    "Choice",
    "Deviation",
    "DrugChoiceCase",
    "DrugSet",
    "Line",
    "Objection",
    "consensus_lines",
    "deviations",
    "line_of",
    "objections",
    "survival",
    "verdict_on",
]
