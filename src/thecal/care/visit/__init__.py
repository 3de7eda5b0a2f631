"""The refill visit: its fifteen steps, what is checked at each, and what they leave to be done."""

from thecal.care.visit.entry import read_record, write_record
from thecal.care.visit.findings import visit_findings
from thecal.care.visit.follow_up import FollowUp, follow_ups
from thecal.care.visit.knowledge import DueReading, Knowledge, KnownPump
from thecal.care.visit.known_pump import known_pump
from thecal.care.visit.progress import Progress, not_refill_only, progress, record_step
from thecal.care.visit.readings import due_readings, reading_due
from thecal.care.visit.residual import categories, discrepancy
from thecal.care.visit.steps import Step, refill_only_screens, steps
from thecal.care.visit.visit import RECORDS, Path, Purpose, Visit, read_visit, write_visit

__all__ = [
    "RECORDS",
    "DueReading",
    "FollowUp",
    "Knowledge",
    "KnownPump",
    "Path",
    "Progress",
    "Purpose",
    "Step",
    "Visit",
    "categories",
    "discrepancy",
    "due_readings",
    "follow_ups",
    "known_pump",
    "not_refill_only",
    "progress",
    "read_record",
    "read_visit",
    "reading_due",
    "record_step",
    "refill_only_screens",
    "steps",
    "visit_findings",
    "write_record",
    "write_visit",
]
