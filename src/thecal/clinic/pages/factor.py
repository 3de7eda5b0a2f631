"""The second factor: its code at login, its enrolment, and the recovery codes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from thecal.clinic.access import account_log, second_factor
from thecal.clinic.access.entering import arrive
from thecal.clinic.access.guard import ClinicRequest, device_of, page
from thecal.clinic.access.language import page_words
from thecal.clinic.access.sessions import FACTOR
from thecal.clinic.access.signing import reauthenticate


@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the moment, or a recovery code."""
    user = request.user
    if not user.is_authenticated:
        return redirect("login")
    if not second_factor.is_enrolled(user):
        return redirect("enrol second factor")
    values = {"training_code": second_factor.shown_in_training(user)}
    if request.method == "GET":
        return render(request, "clinic/second_factor.html", values)
    if not second_factor.is_right(user, request.POST.get("code", "")):
        account_log.note(user, "account.factor_refused", device_of(request))
        values["problem"] = page_words(request, "factor-refused")
        return render(request, "clinic/second_factor.html", values, status=403)
    _passed(request)
    return arrive(request, user)


@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Show a new key once more until a code confirms it; then show the recovery codes once."""
    user = request.user
    if not user.is_authenticated:
        return redirect("login")
    device = second_factor.offered(user)
    if second_factor.is_enrolled(user) or device is None:
        return redirect("second factor" if second_factor.is_enrolled(user) else "login")
    problem = ""
    if request.method == "POST":
        codes = second_factor.confirm(user, request.POST.get("code", ""))
        if codes:
            _passed(request)
            account_log.note(user, "account.factor_enrolled", device_of(request))
            return _codes_page(request, codes)
        problem = page_words(request, "factor-refused")
    values = {
        "key": second_factor.key_of(device),
        "image": second_factor.qr_image(device),
        "problem": problem,
    }
    return render(request, "clinic/enrol.html", values, status=403 if problem else 200)


@require_POST
@page("own account")
def renew_codes(request: ClinicRequest) -> HttpResponse:
    """Make new recovery codes after the password was given again."""
    reauthenticate(request, request.member, request.POST.get("password", ""))
    codes = second_factor.new_recovery_codes(request.user)
    account_log.note(request.user, "account.codes_made", device_of(request))
    return _codes_page(request, codes)


def _passed(request: HttpRequest) -> None:
    request.session.cycle_key()
    request.session[FACTOR] = True


def _codes_page(request: HttpRequest, codes: tuple[str, ...]) -> HttpResponse:
    return render(request, "clinic/recovery_codes.html", {"codes": codes})


urlpatterns = [
    path("second-factor/", second_step, name="second factor"),
    path("second-factor/enrol/", enrol, name="enrol second factor"),
    path("recovery-codes/", renew_codes, name="recovery codes"),
]
