"""Who is a candidate: criteria, contraindications, system, referral, letter and steps."""

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
from thecal.care.selection.step import given_by, judge_step
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
    "given_by",
    "judge_step",
    "letter",
    "referral",
    "system_for",
]
