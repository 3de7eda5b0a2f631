"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from thecal import BANNER
from thecal.clinic.access.emergency import open_now
from thecal.clinic.access.language import page_language
from thecal.clinic.access.permissions import CHANGES_THERAPY, ON_A_PATIENT, PERMISSIONS, may


def standing(request: HttpRequest) -> dict[str, Any]:
    """Return banner, clinic, and what the person may do."""
    member = getattr(request, "member", None)
    allowed = set() if member is None else {one for one in PERMISSIONS if may(member.role, one)}
    run = getattr(request, "run", None)
    if run is not None and run.ended is not None:
        allowed -= ON_A_PATIENT
    return {
        "banner": BANNER,
        "page_language": page_language(request),
        "member": member,
        "emergencies": open_now(request),
        "emergency": getattr(request, "emergency", None),
        "clinic": getattr(request, "clinic", None),
        "run": run,
        "idle": {
            "reminder": int(settings.SESSION_REMINDER.total_seconds()),
            "drafts": int(settings.SESSION_DRAFTS.total_seconds()),
            "end": int(settings.SESSION_IDLE.total_seconds()),
        },
        "therapy_page": getattr(request, "permission", "") in CHANGES_THERAPY,
        "may": {name.replace(" ", "_"): name in allowed for name in PERMISSIONS},
    }
