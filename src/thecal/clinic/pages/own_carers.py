"""Who sees a patient's own pages besides the patient, who may end it at once.

Kind of entry: `own.withdrawn` (`own.logins`), of the patient.
"""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods

from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.models import Membership
from thecal.clinic.own.guard import Own, own_page, show_own
from thecal.clinic.own.logins import CARD, DIARY, own_logins, withdraw

_REASON = "the patient withdrew it on the own pages"


@require_http_methods(["GET", "POST"])
@own_page("withdraw own carers")
def carers(request: ClinicRequest, own: Own) -> HttpResponse:
    """Show the carers whose login stands; a button of the patient ends one at once."""
    if own.login.who != "patient":
        raise PermissionDenied(own.words("not-allowed"))
    known = own_logins(own.chart.entries).values()
    standing = [one for one in known if one.who == "carer" and one.standing]
    if request.method == "POST":
        account = request.POST.get("account", "")
        if account not in [one.account for one in standing]:
            raise Http404("no login of a carer stands under this name")
        # Nothing that was written meanwhile makes a withdrawal wait.
        withdraw(own.chart, request.author, account, _REASON, None)
        messages.success(request, own.words("carers-gone"))
        return redirect("own carers")
    accounts = [one.account for one in standing]
    members = Membership.objects.select_related("user").filter(
        user__username__in=accounts, patient=own.chart.patient
    )
    names = {one.user.username: one.user.name for one in members}
    rows = [
        {
            "account": one.account,
            "name": names.get(one.account, one.account),
            "may": [own.words(f"title-{what}") for what in (DIARY, CARD) if one.may(what)],
        }
        for one in standing
    ]
    return show_own(request, own, "clinic/own_carers.html", carers=rows, page="carers")


urlpatterns = [path("", carers, name="own carers")]
