"""What stands before every page: login, second factor, role, clinic, and the note of the access."""

from __future__ import annotations

import functools
import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Concatenate, ParamSpec, cast, final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from thecal.clinic import clock
from thecal.clinic.access import emergency
from thecal.clinic.access.account_log import note_in
from thecal.clinic.access.permissions import ON_A_PATIENT, PERMISSIONS, may
from thecal.clinic.access.sessions import FACTOR, MEMBERSHIP, refuse_outdated
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Author, write_access
from thecal.clinic.models import (
    Clinic,
    EmergencyAccess,
    Membership,
    Patient,
    TrainingRun,
    User,
)
from thecal.errors import ThecalError

P = ParamSpec("P")
STOP = "stop therapy"
OF_TRAINING = ("train", "lead training")
"""Permissions of the pages that a run has beside those of every patient."""
_logger = logging.getLogger("thecal.clinic.access.guard")


class RunOverError(ThecalError):
    """The training case has ended; its record stays as it is."""


class ClinicRequest(HttpRequest):
    """A request of somebody whose clinic and role are known; `author` is who writes in it.

    `emergency` is the access by which a record of another clinic is open; None in one's own.
    `run` is the training run that the page belongs to; None everywhere else. In it the learner has
    the role of the case.
    """

    user: User
    member: Membership
    clinic: Clinic
    permission: str
    author: Author
    emergency: EmergencyAccess | None
    run: TrainingRun | None


@final
class GuardedView:
    """A view with the permission that it asks for, which a test reads at every address."""

    def __init__(self, view: Callable[..., HttpResponse], permission: str) -> None:
        functools.update_wrapper(self, view)
        self.permission = permission
        self._view = view

    def __call__(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return self._view(request, *args, **kwargs)


Page = Callable[Concatenate[ClinicRequest, P], HttpResponse]


def page(permission: str) -> Callable[[Page[P]], GuardedView]:
    """Return a decorator: only people with a permission in their clinic reach the page."""
    assert permission in PERMISSIONS

    def decorate(view: Page[P]) -> GuardedView:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            away = _enter(request, permission)
            if away is not None:
                return away
            return view(cast(ClinicRequest, request), *args, **kwargs)

        return GuardedView(guarded, permission)

    return decorate


PatientPage = Callable[Concatenate[ClinicRequest, Chart, P], HttpResponse]


def patient_page(permission: str) -> Callable[[PatientPage[P]], GuardedView]:
    """Return a decorator as `page` does; the page gets the chart of a patient of its clinic.

    That it was opened is written down before it is shown.
    """
    assert permission in PERMISSIONS

    def decorate(view: PatientPage[P]) -> GuardedView:
        @functools.wraps(view)
        def guarded(
            request: HttpRequest, patient: uuid.UUID, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            away = _enter(request, permission, patient)
            if away is not None:
                return away
            known = cast(ClinicRequest, request)
            found = (
                Patient.objects.select_related("projection")
                .filter(pk=patient, clinic=known.clinic)
                .first()
            )
            if found is None:
                found = _in_emergency(known, patient, view.__name__)
            else:
                body = {"page": view.__name__, "method": request.method or "", "clinic": "own"}
                _note_access(found, known, body)
            run = known.run
            if run is not None and run.learner_id == known.member.pk:
                run.act(clock.real())
            with clock.ahead_by(timedelta() if run is None else run.ahead_at(clock.real())):
                return view(known, Chart(found), *args, **kwargs)

        return GuardedView(guarded, permission)

    return decorate


def author_of(request: ClinicRequest) -> Author:
    """Return who writes in a request; where it is an emergency, the role says so."""
    if request.emergency is not None:
        return emergency.author_in_emergency(request.member, device_of(request))
    return Author.of(request.member, device_of(request))


def device_of(request: HttpRequest) -> str:
    """Return a name for the session that tells it from others and opens nothing."""
    return str(request.session.get("device", ""))


def _in_emergency(request: ClinicRequest, patient: uuid.UUID, page: str) -> Patient:
    """Return a patient of another clinic whose record is open in an emergency.

    Raises
    ------
    Http404
        If it is not; whether there is such a patient is not told.
    PermissionDenied
        If an emergency does not open this page.
    """
    access = emergency.standing(request, request.member, patient)
    if access is None:
        raise Http404("there is no such patient in this clinic")
    if not emergency.allows(request, request.permission):
        body = {"permission": request.permission, "emergency": str(access.pk)}
        note_in(request.member, "page.denied", device_of(request), body)
        raise PermissionDenied("in an emergency a record can be read, and a pump stopped")
    request.emergency = access
    request.author = author_of(request)
    method = request.method or ""
    _note_access(access.patient, request, emergency.noted(access, page, method))
    return access.patient


def _note_access(patient: Patient, request: ClinicRequest, body: Mapping[str, str]) -> None:
    """Write down that a record was opened; nothing is shown otherwise, but a stop waits for it not.

    Raises
    ------
    ThecalError, DatabaseError, OSError
        If it cannot be written.
    """
    try:
        write_access(patient, request.author, body)
    except (ThecalError, DatabaseError, OSError):
        if request.permission != STOP:
            raise
        _logger.exception("an access by which a pump can be stopped could not be noted")


def _enter(
    request: HttpRequest, permission: str, patient: uuid.UUID | None = None
) -> HttpResponse | None:
    """Let somebody in, or return where they have to go first; raises `PermissionDenied`."""
    if not request.user.is_authenticated:
        return redirect(f"{reverse('login')}?next={request.path}")
    if not request.session.get(FACTOR):
        return redirect("second factor")
    user = request.user
    if user.must_change_password and permission != "own account":
        return redirect("change password")
    member = (
        Membership.objects.select_related("clinic", "user")
        .filter(pk=request.session.get(MEMBERSHIP, 0), user=user, active=True)
        .first()
    )
    if member is None:
        return redirect("choose clinic")
    run = _run_of(member, patient)
    if not may(member.role, permission):
        if request.path == reverse("today") and member.patient_id is not None:
            return redirect("own home")
        note_in(member, "page.denied", device_of(request), {"permission": permission})
        raise PermissionDenied(
            f"as {member.get_role_display()} you may not {permission} in {member.clinic.name}"
        )
    known = cast(ClinicRequest, request)
    known.member, known.clinic, known.permission = member, member.clinic, permission
    known.emergency, known.run = None, run
    known.author = author_of(known)
    refuse_outdated(request, permission)
    return None if run is None or run.ended is None else _leave_alone(request, run, permission)


def _leave_alone(request: HttpRequest, run: TrainingRun, permission: str) -> HttpResponse | None:
    """Lead away from where something would be done in a case that is over; its record stays."""
    if request.method == "POST" and permission not in OF_TRAINING:
        raise RunOverError(
            "this case is over, so nothing more is written to it",
            remedy="look at its debrief, or begin it anew on the page Training",
        )
    if permission not in ON_A_PATIENT:
        return None
    messages.info(request, "This case is over: nothing can be done on that page any more.")
    return redirect("training debrief", run.pk)


def _run_of(member: Membership, patient: uuid.UUID | None) -> TrainingRun | None:
    """Return the training run that a patient was made for; None for every other patient.

    Its learner has in it the role of the case: that is never saved. Raises `Http404` for others
    than the learner and who leads the training.
    """
    if patient is None or not member.clinic.training:
        return None
    run = TrainingRun.objects.filter(patient=patient, patient__clinic=member.clinic).first()
    if run is None:
        return None
    if run.learner_id == member.pk:
        member.role = run.role
    elif not may(member.role, "lead training"):
        raise Http404("there is no such patient in this clinic")
    return run
