"""Which page deals with a line of the Today list."""

from __future__ import annotations

from thecal.clinic.access.permissions import may

PATIENT = "patient"
_PAGES = {
    "refill": ("refill", "read patients"),
    "alarm-date": ("refill", "read patients"),
    "empty": ("refill", "read patients"),
    "missed-visit": ("appointments", "read patients"),
    "no-visit": ("appointments", "read patients"),
    "late-visit": ("appointments", "read patients"),
    "contact": ("appointments", "read patients"),
    "interval": ("appointments", "read patients"),
    "task": ("tasks", "write the record"),
    "red-flag": ("tasks", "write the record"),
    "watch": ("watch", "read patients"),
    "observation": ("refill", "read patients"),
    "alarm-critical": ("tasks", "write the record"),
    "alarm-non-critical": ("tasks", "write the record"),
    "scan-reading": ("mri", "read patients"),
    "stall-recovery": ("mri", "read patients"),
    "pump-standing": ("programming", "read patients"),
    "order": ("solution orders", "read patients"),
    "late-order": ("solution orders", "read patients"),
    "replacement": ("replacement", "write the record"),
}
"""Rule of `due.csv` to the name of a page and what it asks for."""


def page_for(rule: str, role: str) -> str:
    """Return the name of the page for a line, or that of the patient where the role has none."""
    name, permission = _PAGES.get(rule, (PATIENT, "read patients"))
    return name if may(role, permission) else PATIENT
