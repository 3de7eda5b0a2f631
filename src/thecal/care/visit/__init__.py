"""The refill visit: its fifteen steps, what is checked at each, and what they leave to be done."""

from thecal.care.visit.findings import visit_findings
from thecal.care.visit.follow_up import FollowUp, follow_ups
from thecal.care.visit.knowledge import DueReading, Knowledge, Notice
from thecal.care.visit.progress import Progress, not_refill_only, progress, record_step
from thecal.care.visit.residual import categories, discrepancy
from thecal.care.visit.steps import Step, refill_only_screens, steps
from thecal.care.visit.visit import Path, Purpose, Visit, read_visit, write_visit

__all__ = [
    "DueReading",
    "FollowUp",
    "Knowledge",
    "Notice",
    "Path",
    "Progress",
    "Purpose",
    "Step",
    "Visit",
    "categories",
    "discrepancy",
    "follow_ups",
    "not_refill_only",
    "progress",
    "read_visit",
    "record_step",
    "refill_only_screens",
    "steps",
    "visit_findings",
    "write_visit",
]
