"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from thecal import BANNER
from thecal.clinic.permissions import PERMISSIONS, may


def standing(request: HttpRequest) -> dict[str, Any]:
    """Return banner, clinic, and what the person may do."""
    member = getattr(request, "member", None)
    allowed = set() if member is None else {one for one in PERMISSIONS if may(member.role, one)}
    return {
        "banner": BANNER,
        "member": member,
        "clinic": getattr(request, "clinic", None),
        "may": {name.replace(" ", "_"): name in allowed for name in PERMISSIONS},
    }
