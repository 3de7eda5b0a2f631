"""A visit for a scan: before, during and after, by what the pump does in a scanner."""

from thecal.care.mri_visit.findings import before_findings, close_findings
from thecal.care.mri_visit.steps import ScanStep, during, family, scan_steps
from thecal.care.mri_visit.visit import MriVisit, read_visit

__all__ = [
    "MriVisit",
    "ScanStep",
    "before_findings",
    "close_findings",
    "during",
    "family",
    "read_visit",
    "scan_steps",
]
