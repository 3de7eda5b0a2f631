"""The people of a clinic and its rules, for its administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice

from thecal.clinic import clock
from thecal.clinic.access import staff
from thecal.clinic.access.guard import ClinicRequest, page
from thecal.clinic.ledger.log import Author
from thecal.clinic.models import SECOND_PERSON, Membership
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.errors import ThecalError
from thecal.record.entry import entry_of

_SHOWN = 20
_REASON = SheetField("reason", "Why", hint="Written into the clinic's log.")
_ROLES = tuple((role.value, str(role.label)) for role in staff.GIVEN_ROLES)
_PERSON = (
    SheetField("username", "User name", hint="Small letters, digits, dots, hyphens."),
    SheetField("name", "Name"),
    SheetField("role", "Role", "choice", choices=_ROLES),
    _REASON,
)
_CLINIC = (
    SheetField("name", "Name of the clinic"),
    SheetField("telephone", "Telephone", required=False),
    SheetField(
        "telephone_always",
        "Telephone day and night",
        required=False,
        hint="it and the physician stand on every paper; empty, they are a line to write on",
    ),
    SheetField("physician", "Physician", required=False),
    SheetField("address", "Address", required=False),
    SheetField("timezone", "Time zone", hint="As in Europe/Berlin."),
    SheetField(
        "second_person",
        "Where a second person has to check",
        "choice",
        choices=SECOND_PERSON,
    ),
    SheetField(
        "handle",
        "Public name in the address of the form for outsiders",
        required=False,
        hint="as in example-clinic; empty: there is no form, and nobody from outside can write",
    ),
    _REASON,
)
Change = Callable[[Membership, Author, str], Any]
_CHANGES: dict[str, tuple[Change, str]] = {
    "deactivate": (staff.deactivate, "can no longer work here"),
    "reactivate": (staff.reactivate, "can work here again"),
    "reset-factor": (staff.reset_factor, "sets up a new second factor at the next login"),
    "unlock": (staff.unlock, "can try to log in again"),
}


@require_http_methods(["GET", "POST"])
@page("manage people")
def index(request: ClinicRequest) -> HttpResponse:
    """List who works here, and add somebody."""
    sheet = Sheet.of(_PERSON, request)
    if request.method == "POST" and not sheet.missing():
        try:
            member, password = staff.add_person(request.clinic, request.author, **sheet.typed)
        except staff.StaffError as error:
            _mark(sheet, error)
        else:
            return _password_page(request, member, password)
    # Patients and carers are none who work here: their logins stand with the patient.
    found = Membership.objects.filter(clinic=request.clinic, patient=None).select_related("user")
    enrolled = set(
        TOTPDevice.objects.filter(confirmed=True, user__memberships__clinic=request.clinic)
        .values_list("user", flat=True)
        .distinct()
    )
    rows = [
        {
            "member": one,
            "enrolled": one.user_id in enrolled,
            "locked": one.user.locked_until is not None and one.user.locked_until > clock.now(),
        }
        for one in found.order_by("-active", "user__name")
    ]
    status = 422 if sheet.errors else 200
    return render(request, "clinic/people.html", {"rows": rows, "sheet": sheet}, status=status)


@page("manage people")
def person(request: ClinicRequest, member: int) -> HttpResponse:
    """Show what can be changed about one person."""
    values = {"person": _member(request, member), "roles": _ROLES}
    return render(request, "clinic/person.html", values)


@require_POST
@page("manage people")
def change_role(request: ClinicRequest, member: int) -> HttpResponse:
    """Give somebody another role."""
    one = _member(request, member)
    staff.change_role(one, request.author, request.POST.get("role", ""), _reason(request))
    messages.success(request, f"{one.user.name} is {one.get_role_display()} from now on.")
    return redirect("people")


@require_POST
@page("manage people")
def reset_password(request: ClinicRequest, member: int) -> HttpResponse:
    """Show a new first password once."""
    one = _member(request, member)
    password = staff.reset_password(one, request.author, _reason(request))
    return _password_page(request, one, password)


@require_POST
@page("manage people")
def change(request: ClinicRequest, member: int, what: str) -> HttpResponse:
    """Deactivate, reactivate, unlock, or reset the second factor of somebody."""
    one = _member(request, member)
    if what not in _CHANGES:
        raise Http404("there is no such change")
    do, words = _CHANGES[what]
    do(one, request.author, _reason(request))
    messages.success(request, f"{one.user.name} {words}.")
    return redirect("people")


@require_http_methods(["GET", "POST"])
@page("manage people")
def rules(request: ClinicRequest) -> HttpResponse:
    """Show and change the settings of the clinic; count who went on without a second person."""
    sheet = Sheet.of(_CLINIC, request)
    if request.method == "POST" and not sheet.missing():
        given = {key: sheet.typed[key] for key in staff.SETTINGS}
        try:
            staff.change_settings(request.clinic, request.author, given, sheet.typed["reason"])
        except staff.StaffError as error:
            _mark(sheet, error)
        else:
            messages.success(request, "The settings are changed.")
            return redirect("clinic settings")
    elif request.method == "GET":
        sheet.typed = {key: getattr(request.clinic, key) for key in staff.SETTINGS}
    left_out = staff.exceptions(request.clinic)
    values = {
        "sheet": sheet,
        "count": len(left_out),
        "latest": [entry_of(row.text) for row in left_out[:_SHOWN]],
    }
    return render(
        request, "clinic/clinic_settings.html", values, status=422 if sheet.errors else 200
    )


def _member(request: ClinicRequest, member: int) -> Membership:
    found = Membership.objects.select_related("user", "clinic")
    return get_object_or_404(found, pk=member, clinic=request.clinic, patient=None)


def _reason(request: ClinicRequest) -> str:
    return request.POST.get("reason", "").strip()


def _mark(sheet: Sheet, error: ThecalError) -> None:
    place = error.place or sheet.fields[-1].name
    sheet.refuse(place, "; ".join(part for part in (error.what, error.why, error.remedy) if part))


def _password_page(request: ClinicRequest, member: Membership, password: str) -> HttpResponse:
    values = {"person": member, "first": password}
    return render(request, "clinic/first_password.html", values)


urlpatterns = [
    path("", index, name="people"),
    path("rules/", rules, name="clinic settings"),
    path("<int:member>/", person, name="person"),
    path("<int:member>/role/", change_role, name="change role"),
    path("<int:member>/password/", reset_password, name="reset password"),
    path("<int:member>/<slug:what>/", change, name="change person"),
]
