"""Who may log in to a patient's own pages: given, helped and withdrawn by the clinic's staff.

Kinds of entries: `own.given`, `own.withdrawn` (`own.logins`).
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods

from thecal.care.own.diary import Reporter
from thecal.clinic.access import second_factor, staff
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.models import Membership
from thecal.clinic.own.cards import clinic_key
from thecal.clinic.own.logins import ALLOWED, give, own_logins, standing_member, withdraw
from thecal.clinic.web.flow import FlowForm, accepted, flow_form, show_flow
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.errors import ThecalError
from thecal.record.card import fingerprint, public_text

_WHO = (("patient", "the patient"), ("carer", "a carer, in the patient's name"))
_LANGUAGES = (("en", "English"), ("de", "German"))
_HELP = (
    ("withdraw", "withdraw the login, at once"),
    ("password", "a new first password (it was forgotten)"),
    ("factor", "a new second factor (the telephone is lost)"),
)


@require_http_methods(["GET", "POST"])
@patient_page("give patients a login")
def logins(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show who has a login, and give, help or withdraw one."""
    forms = [_give_form(request), *_help_form(request, chart)]
    first: tuple[Membership, str] | None = None
    sent = next((one for one in forms if one.sent), None)
    if sent is not None and accepted(sent):
        try:
            first = (
                _given(request, chart, sent)
                if sent.what == "give"
                else _helped(request, chart, sent)
            )
        except staff.StaffError as error:
            place = error.place if error.place in sent.sheet.typed else "reason"
            sent.sheet.refuse(place, _said(error))
        else:
            if first is None:
                messages.success(request, "Done, and written down.")
                return redirect("own logins", chart.patient.pk)
            chart = Chart(type(chart.patient).objects.get(pk=chart.patient.pk))
            forms = [_empty(one) for one in (_give_form(request), *_help_form(request, chart))]
    return _shown(request, chart, forms, first)


def _shown(
    request: ClinicRequest,
    chart: Chart,
    forms: list[FlowForm],
    first: tuple[Membership, str] | None,
) -> HttpResponse:
    known = own_logins(chart.entries).values()
    members = {
        one.user.username: one
        for one in Membership.objects.filter(patient=chart.patient).select_related("user")
    }
    rows = [
        {
            "account": one.account,
            "name": members[one.account].user.name if one.account in members else "",
            "who": dict(_WHO)[one.who],
            "may": "everything here"
            if one.who == "patient"
            else "; ".join(words for key, words in ALLOWED if key in one.allows) or "dates, alarms",
            "language": one.language,
            "standing": one.standing,
            "enrolled": one.account in members
            and second_factor.is_enrolled(members[one.account].user),
        }
        for one in known
    ]
    key = clinic_key(request.clinic).public_key()
    return show_flow(
        request,
        chart,
        "Own pages of the patient",
        forms,
        template="clinic/own_logins.html",
        logins=rows,
        first="" if first is None else first[1],
        first_name="" if first is None else first[0].user.name,
        first_account="" if first is None else first[0].user.username,
        fingerprint=fingerprint(key),
        public=public_text(key).strip(),
    )


def _give_form(request: ClinicRequest) -> FlowForm:
    fields = (
        SheetField("who", "Login for", "choice", choices=_WHO),
        SheetField("name", "Name of the person"),
        SheetField(
            "username",
            "User name",
            hint="Small letters, digits, dots, hyphens; not the patient's name or number.",
        ),
        SheetField(
            "allows", "What the patient allows a carer", "choices", choices=ALLOWED, required=False
        ),
        SheetField("language", "Language", "choice", choices=_LANGUAGES),
        SheetField("reason", "Who asked for it, and when", hint="Written into the record."),
    )
    return flow_form(request, "give", "Give a login", "Give the login", fields)


def _help_form(request: ClinicRequest, chart: Chart) -> list[FlowForm]:
    standing = [
        (one.account, one.account) for one in own_logins(chart.entries).values() if one.standing
    ]
    if not standing:
        return []
    fields = (
        SheetField("account", "Login", "choice", choices=standing),
        SheetField("help", "What is to be done", "choice", choices=_HELP),
        SheetField("why", "Why"),
    )
    return [
        flow_form(
            request,
            "help",
            "Withdraw a login, or help somebody in",
            "Do it",
            fields,
            hint="Make sure that it is really this person who asks for a password or a factor.",
        )
    ]


def _given(request: ClinicRequest, chart: Chart, form: FlowForm) -> tuple[Membership, str]:
    typed = form.sheet.typed
    who: Reporter = "carer" if typed["who"] == "carer" else "patient"
    allowed = [one for one in typed["allows"] if one in dict(ALLOWED)]
    return give(
        chart,
        author_of(request),
        username=typed["username"],
        name=typed["name"],
        who=who,
        allows=allowed,
        language="de" if typed["language"] == "de" else "en",
        reason=typed["reason"],
        expected=seen_of(request),
    )


def _helped(request: ClinicRequest, chart: Chart, form: FlowForm) -> tuple[Membership, str] | None:
    typed = form.sheet.typed
    account, why = typed["account"], typed["why"]
    if typed["help"] == "withdraw":
        withdraw(chart, author_of(request), account, why, seen_of(request))
        return None
    member = standing_member(chart, account)
    if typed["help"] == "factor":
        staff.reset_factor(member, author_of(request), why)
        return None
    return member, staff.reset_password(member, author_of(request), why)


def _empty(form: FlowForm) -> FlowForm:
    form.sheet.typed.clear()
    return form


def _said(error: ThecalError) -> str:
    return "; ".join(part for part in (error.what, error.why, error.remedy) if part)


urlpatterns = [path("", logins, name="own logins")]
