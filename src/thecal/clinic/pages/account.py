"""Logging in and out."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST


def log_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password."""
    if request.method == "POST":
        user = authenticate(
            request, username=request.POST.get("username"), password=request.POST.get("password")
        )
        if user is not None:
            login(request, user)
            return redirect("second factor")
    return render(request, "clinic/login.html")


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("login")


urlpatterns = [
    path("login/", log_in, name="login"),
    path("logout/", log_out, name="logout"),
    path("second-factor/", log_in, name="second factor"),
    path("clinic/", log_in, name="choose clinic"),
    path("password/", log_in, name="change password"),
]
