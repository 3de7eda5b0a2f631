"""Logging in and out, choosing the clinic, and the password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from thecal.clinic.access import account_log, second_factor
from thecal.clinic.access.entering import NEXT, arrive, enter, memberships, wanted
from thecal.clinic.access.guard import ClinicRequest, device_of, page
from thecal.clinic.access.language import keep_in_browser, keep_language, page_words
from thecal.clinic.access.sessions import FACTOR, MEMBERSHIP
from thecal.clinic.own.logins import language_of
from thecal.clinic.pages import competence, factor
from thecal.clinic.web.seen import number_in


@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; whatever is wrong, the answer is the same."""
    asked = request.POST.get(NEXT, request.GET.get(NEXT, ""))
    if request.method == "GET":
        return _asked_for_login(request, asked)
    user = authenticate(
        request, username=request.POST.get("username"), password=request.POST.get("password")
    )
    if user is None:
        values = {"next": asked, "problem": page_words(request, "login-refused")}
        return render(request, "clinic/login.html", values, status=403)
    login(request, user)
    request.session[NEXT] = asked
    enrolled = second_factor.is_enrolled(user)
    if not enrolled:
        second_factor.offer(user)
    response = redirect("second factor" if enrolled else "enrol second factor")
    language = language_of(user)
    if language is None:
        return response
    keep_language(request, language)
    return keep_in_browser(response, language)


def _asked_for_login(request: HttpRequest, asked: str) -> HttpResponse:
    """Show the page of the login; its switch changes the language before anybody is known."""
    wished = request.GET.get("language")
    if wished not in ("en", "de"):
        return render(request, "clinic/login.html", {"next": asked})
    address = reverse("login")
    back = redirect(f"{address}?{urlencode({NEXT: asked})}" if asked else address)
    return keep_in_browser(back, "de" if wished == "de" else "en")


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        mine = memberships(request.user).filter(pk=request.session.get(MEMBERSHIP, 0))
        for member in mine:
            account_log.note_in(member, "account.logout", device_of(request))
    logout(request)
    return redirect("login")


@require_http_methods(["GET", "POST"])
def choose_clinic(request: HttpRequest) -> HttpResponse:
    """Ask somebody who works in several clinics for which they work now."""
    if not request.user.is_authenticated:
        return redirect("login")
    if not request.session.get(FACTOR):
        return redirect("second factor")
    found = memberships(request.user)
    if request.method == "POST":
        wished = request.POST.get("membership", "")
        if not wished:
            return arrive(request, request.user)
        chosen = found.filter(pk=number_in(wished) or 0).first()
        if chosen is not None:
            return enter(request, chosen)
    return render(request, "clinic/choose_clinic.html", {"memberships": list(found)})


@page("own account")
def change_password(request: ClinicRequest) -> HttpResponse:
    """Let somebody choose a new password; the old one is asked for again."""
    problems: list[str] = []
    if request.method == "POST":
        problems = _password_problems(request)
        if not problems:
            return _keep_password(request)
    values = {"problems": problems, "first": request.user.must_change_password}
    status = 422 if problems else 200
    return render(request, "clinic/change_password.html", values, status=status)


@page("own account")
def own_account(request: ClinicRequest) -> HttpResponse:
    """Show what somebody can do about their own account."""
    return render(request, "clinic/own_account.html", competence.own_matrix(request))


@require_POST
@page("own account")
def still_here(request: ClinicRequest) -> HttpResponse:
    """Take note that somebody types on a page without sending it yet."""
    return HttpResponse(status=204)


def _password_problems(request: ClinicRequest) -> list[str]:
    user, new = request.user, request.POST.get("new", "")
    if authenticate(request, username=user.username, password=request.POST.get("old")) != user:
        return [page_words(request, "password-old-wrong")]
    if new != request.POST.get("again", ""):
        return [page_words(request, "password-not-twice")]
    if user.check_password(new):
        return [page_words(request, "password-same")]
    try:
        validate_password(new, user)
    except ValidationError as error:
        return list(error.messages)
    return []


def _keep_password(request: ClinicRequest) -> HttpResponse:
    user = request.user
    user.set_password(request.POST["new"])
    user.must_change_password, user.password_until = False, None
    user.save(update_fields=["password", "must_change_password", "password_until"])
    # Other sessions of this person end, since they were signed with the old password's hash.
    update_session_auth_hash(request, user)
    account_log.note(user, "account.password_changed", device_of(request))
    messages.success(request, page_words(request, "password-changed"))
    return redirect(wanted(request, request.member))


urlpatterns = [
    path("login/", log_in, name="login"),
    path("logout/", log_out, name="logout"),
    path("clinic/", choose_clinic, name="choose clinic"),
    path("password/", change_password, name="change password"),
    path("still-here/", still_here, name="still here"),
    path("", own_account, name="own account"),
    *factor.urlpatterns,
    *competence.own_urlpatterns,
]
