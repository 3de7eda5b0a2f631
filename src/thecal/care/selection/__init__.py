"""Who is a candidate: criteria, contraindications, system, referral, letter and stages."""

from thecal.care.selection.assess import (
    ELIGIBLE,
    NOT_ELIGIBLE,
    NOT_YET,
    Assessment,
    assess,
)
from thecal.care.selection.case import PriorTherapy, SelectionCase
from thecal.care.selection.letter import Letter, Section, letter
from thecal.care.selection.referral import ReferralField, referral
from thecal.care.selection.stages import judge_step, next_stages, stages
from thecal.care.selection.system_choice import system_for

__all__ = [
    "ELIGIBLE",
    "NOT_ELIGIBLE",
    "NOT_YET",
    "Assessment",
    "Letter",
    "PriorTherapy",
    "ReferralField",
    "Section",
    "SelectionCase",
    "assess",
    "judge_step",
    "letter",
    "next_stages",
    "referral",
    "stages",
    "system_for",
]
