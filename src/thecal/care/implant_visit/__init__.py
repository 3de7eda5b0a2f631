"""Implant, replacement of a pump, revision of a catheter: what a visit asks, what stands in it."""

from thecal.care.implant_visit.account import account, account_findings
from thecal.care.implant_visit.drawing import catheter_drawing, with_drawing
from thecal.care.implant_visit.findings import suspect_pump, visit_findings
from thecal.care.implant_visit.hardware import catheter_record, pump_record, segment_lengths
from thecal.care.implant_visit.line import PrimeAdvice, prime_advice, revision_advice
from thecal.care.implant_visit.steps import (
    IMPLANT,
    REPLACEMENT,
    REVISION,
    ImplantStep,
    implant_steps,
    part_of_f4,
)
from thecal.care.implant_visit.visit import ImplantVisit
from thecal.care.implant_visit.watch import Look, alarming, look_findings, watch_ends

__all__ = [
    "IMPLANT",
    "REPLACEMENT",
    "REVISION",
    "ImplantStep",
    "ImplantVisit",
    "Look",
    "PrimeAdvice",
    "account",
    "account_findings",
    "alarming",
    "catheter_drawing",
    "catheter_record",
    "implant_steps",
    "look_findings",
    "part_of_f4",
    "prime_advice",
    "pump_record",
    "revision_advice",
    "segment_lengths",
    "suspect_pump",
    "visit_findings",
    "watch_ends",
    "with_drawing",
]
