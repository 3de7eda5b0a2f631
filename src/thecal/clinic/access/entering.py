"""From a person who has shown both factors to a person at work in one clinic."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from thecal.clinic.access import account_log, emergency, sessions
from thecal.clinic.access.permissions import may
from thecal.clinic.access.sessions import DEVICE, MEMBERSHIP
from thecal.clinic.models import Membership, User

NEXT = "next"
"""Key of the session: the page that was asked for before the login."""


def memberships(user: User) -> QuerySet[Membership]:
    """Return the clinics a person may work in."""
    found = Membership.objects.filter(user=user, active=True)
    return found.select_related("clinic", "user").order_by("clinic__name")


def arrive(request: HttpRequest, user: User) -> HttpResponse:
    """Lead somebody who has shown both factors to their clinic, or let them choose."""
    found = list(memberships(user)[:2])
    return enter(request, found[0]) if len(found) == 1 else redirect("choose clinic")


def enter(request: HttpRequest, member: Membership) -> HttpResponse:
    """Let a person work in one of their clinics, and lead them on."""
    if request.session.get(MEMBERSHIP) != member.pk:
        request.session[MEMBERSHIP] = member.pk
        account_log.note_in(member, "account.login", str(request.session.get(DEVICE, "")))
        _tell_reviews(request, member)
    sessions.entered(request)
    return redirect(wanted(request, member))


def _tell_reviews(request: HttpRequest, member: Membership) -> None:
    if may(member.role, "review accesses"):
        waiting = len(emergency.waiting(member.clinic))
        if waiting:
            messages.warning(request, f"Emergency accesses that wait for a review: {waiting}.")


def wanted(request: HttpRequest, member: Membership) -> str:
    """Return the page that was asked for before the login, else where a role's work begins."""
    asked = str(request.session.pop(NEXT, ""))
    within = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    if within and asked != reverse("today"):
        return asked
    if member.patient_id is not None and may(member.role, "see own pages"):
        return "own home"
    if may(member.role, "see today"):
        return "today"
    return "people" if may(member.role, "manage people") else "own account"
