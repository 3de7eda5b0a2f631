"""What stands before every own page: the login is of one patient, and none other is ever read."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Concatenate, ParamSpec, final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render

from thecal.care.document import Language, Text
from thecal.care.own.words import own_say, red_flags
from thecal.care.pathway.ending import CEASED
from thecal.care.pathway.stages import ends
from thecal.clinic.access.guard import ClinicRequest, GuardedView, page
from thecal.clinic.access.language import keep_language
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import write_access
from thecal.clinic.models import Patient
from thecal.clinic.own.logins import OwnLogin, own_logins
from thecal.report.documents.localised import localised

P = ParamSpec("P")


@final
@dataclass(frozen=True)
class Own:
    """One patient as seen from their own pages.

    Attributes
    ----------
    chart
        Of the patient whose login it is.
    login
        Who looks, and what is open to them.
    """

    chart: Chart
    login: OwnLogin

    @property
    def language(self) -> Language:
        """The language of this person's pages."""
        return self.login.language

    @property
    def has_ended(self) -> bool:
        """Whether the record says that the pump is no more in the care of this clinic."""
        stage = self.chart.projection.stage
        return ends(stage) and stage != CEASED

    def say(self, text: Text) -> str:
        """Return a text in this person's language, its dates with the month spelled out."""
        return localised(text, self.language)

    def words(self, name: str, /, **values: Text | str | int) -> str:
        """Return a text of the own pages in this person's language."""
        return self.say(own_say(name, **values))


OwnPage = Callable[Concatenate[ClinicRequest, Own, P], HttpResponse]


def own_page(permission: str, opens: str = "") -> Callable[[OwnPage[P]], GuardedView]:
    """Return a decorator: only the patient and their carers reach the page, and their own record.

    That it was opened is written down before it is shown, as for the staff.

    Parameters
    ----------
    opens
        What the patient has to have allowed a carer; empty: it is open to every standing login.
    """

    def decorate(view: OwnPage[P]) -> GuardedView:
        @page(permission)
        @functools.wraps(view)
        def opened(request: ClinicRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            own = _own(request)
            keep_language(request, own.language)
            who = own.login.who
            if who == "carer":
                request.author = replace(request.author, role="carer of the patient")
            body = {"page": view.__name__, "method": request.method or "", "clinic": "own"}
            write_access(own.chart.patient, request.author, body | {"as": who})
            if opens and not own.login.may(opens):
                raise PermissionDenied(own.words("not-allowed"))
            return view(request, own, *args, **kwargs)

        return opened

    return decorate


def show_own(
    request: ClinicRequest, own: Own, template: str, status: int = 200, **values: Any
) -> HttpResponse:
    """Show an own page in the language of its person, with the danger signs and whom to call."""
    clinic = request.clinic
    phone = clinic.telephone_always or clinic.telephone
    name, patient = request.user.name, str(own.chart.content["name"])
    carer = own.login.who == "carer"
    return render(
        request,
        template,
        {
            "own": own,
            "language": own.language,
            "phone": phone,
            "red_flags": [own.say(one) for one in red_flags()],
            "person": own.words("as-carer", name=name, patient=patient) if carer else name,
            "may_diary": own.login.may("diary"),
            "may_card": own.login.may("card"),
            **values,
        },
        status=status,
    )


def _own(request: ClinicRequest) -> Own:
    """Return the patient of a login.

    Raises
    ------
    Http404
        If the login is of no patient of this clinic, or was withdrawn.
    """
    patients = Patient.objects.select_related("projection", "clinic")
    patient = patients.filter(logins=request.member, clinic=request.clinic).first()
    if patient is not None:
        chart = Chart(patient)
        login = own_logins(chart.entries).get(request.user.username)
        if login is not None and login.standing:
            return Own(chart, login)
    raise Http404("this login belongs to no patient of this clinic now")
