"""How much outsiders may send: from one network address, and to one clinic."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from thecal.care.enquiry import limit, within
from thecal.care.spans import span
from thecal.clinic.access.lockout import counted, sender_of
from thecal.clinic.models import Clinic

_SALT = "thecal.clinic.access.outside"


def sender(request: HttpRequest) -> str:
    """Return the sender's address as a keyed hash of this purpose."""
    return sender_of(request, _SALT)


def may_send(request: HttpRequest, clinic: Clinic) -> str:
    """Count a message; return the word that refuses it, empty where it may be sent."""
    if not counted(sender(request), limit("sender", "most"), span(within("sender"))):
        return "too-often"
    key = salted_hmac(_SALT, str(clinic.pk), algorithm="sha256").hexdigest()
    return "" if counted(key, limit("clinic", "most"), span(within("clinic"))) else "full"
