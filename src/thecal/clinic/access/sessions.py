"""When a session ends: after a time without a request, and at the latest after a working day.

A session also ends where nothing was done soon after login, and where an administrator took
something away from its person after it began. A change of therapy that was typed long before it is
sent is not carried out (standards.md 3, U02); stopping is never held back.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from thecal.care.own.words import own_say
from thecal.clinic import clock
from thecal.clinic.access import account_log
from thecal.clinic.access.language import page_language
from thecal.clinic.access.permissions import CHANGES_THERAPY
from thecal.clinic.models import Membership, User
from thecal.errors import ThecalError

MEMBERSHIP = "membership"
"""Key of the session: in which clinic its person works now."""
FACTOR = "second factor"
"""Key of the session: whether its person has shown a second factor."""
BEGAN = "began"
LAST = "last request"
DEVICE = "device"
"""Key of the session: a random name that tells it from others and opens nothing."""
DRAFT = "draft "
"""What is kept in a session under a name that begins so is discarded after an idle time."""
_IDLE_SINCE_LOGIN = "nothing done since"
_LANDING = "landing"
_IDLE = "thecal.idle"
"""Key of a request, which no header of a browser can carry."""
_KEPT_EXACT_TO = settings.SESSION_IDLE / 30
_NAME_BYTES = 8


class OutdatedDraftError(ThecalError):
    """A change of therapy lay too long before it was sent; nothing was done."""


def begin(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Note when a session began, and give it a name for the log."""
    now = clock.real().isoformat()
    request.session[BEGAN] = now
    request.session[LAST] = now
    request.session[DEVICE] = secrets.token_hex(_NAME_BYTES)


def entered(request: HttpRequest) -> None:
    """Note that a login is complete: somebody has to do something soon, or log in again."""
    request.session[_IDLE_SINCE_LOGIN] = clock.real().isoformat()
    request.session[_LANDING] = True


def end_if_over(request: HttpRequest) -> HttpResponse | None:
    """Log out a session that is over and lead to the login; None where it goes on."""
    if not request.user.is_authenticated:
        return None
    now = clock.real()
    why = _why_over(request, request.user, now)
    if why:
        return _end(request, request.user, why)
    idle = now - _moment(request, LAST)
    if idle >= settings.SESSION_DRAFTS:
        _discard_drafts(request)
    if request.session.pop(_LANDING, None) is None:
        request.session.pop(_IDLE_SINCE_LOGIN, None)
    request.META[_IDLE] = idle
    if idle >= _KEPT_EXACT_TO:
        request.session[LAST] = now.isoformat()
    return None


def refuse_outdated(request: HttpRequest, permission: str) -> None:
    """Refuse a change of therapy that was typed, left, and then sent.

    Raises
    ------
    OutdatedDraftError
        If nothing was done for so long; never for stopping, and never for a look.
    """
    idle = request.META.get(_IDLE)
    if request.method != "POST" or permission not in CHANGES_THERAPY or idle is None:
        return
    if idle >= settings.SESSION_DRAFTS:
        minutes = int(settings.SESSION_DRAFTS.total_seconds() // 60)
        raise OutdatedDraftError(
            f"nothing was done here for {minutes} minutes, so this draft was discarded",
            why="what you typed may no longer fit the patient or the pump",
            remedy="open the page again, compare, and enter it anew; stopping works at any time",
        )


def _why_over(request: HttpRequest, user: User, now: datetime) -> str:
    if BEGAN not in request.session or LAST not in request.session:
        return "it does not say when it began"
    began = _moment(request, BEGAN)
    if user.sessions_from is not None and began < user.sessions_from:
        return "an administrator changed this account"
    if now - began >= settings.SESSION_LONGEST:
        return "it was open for a working day"
    if now - _moment(request, LAST) >= settings.SESSION_IDLE:
        return "nothing was done for a while"
    if _IDLE_SINCE_LOGIN in request.session:
        waited = now - _moment(request, _IDLE_SINCE_LOGIN)
        if waited >= settings.SESSION_FIRST_ACTION:
            return "nothing was done soon after login"
    return ""


def _end(request: HttpRequest, user: User, why: str) -> HttpResponse:
    member = (
        Membership.objects.select_related("clinic", "user")
        .filter(pk=request.session.get(MEMBERSHIP, 0), user=user)
        .first()
    )
    device = str(request.session.get(DEVICE, ""))
    language = page_language(request)
    logout(request)
    if member is not None:
        account_log.note_in(member, "account.session_over", device, {"why": why})
    words = f"Your session is over: {why}. Please log in again."
    lost = own_say("session-over-lost")
    if language == "de":
        words = own_say("session-over").de
    if request.method == "POST":
        words += f" {lost.de if language == 'de' else lost.en}"
    messages.warning(request, words)
    address = f"{reverse('login')}?next={request.path}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _discard_drafts(request: HttpRequest) -> None:
    keys = list(request.session.keys())
    for key in keys:
        if key.startswith(DRAFT):
            del request.session[key]


def _moment(request: HttpRequest, key: str) -> datetime:
    return datetime.fromisoformat(request.session[key])
