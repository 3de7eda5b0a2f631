"""The forms F1 to F18 and the checklist of education: filled in, signed, shown and printed.

A stop, a lower dose and an emptied reservoir are events of the log and no form: nothing here
holds them up. The kinds of entries stand in `thecal.clinic.flows.form_log`.
"""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from thecal.care.document import Document
from thecal.care.forms import (
    Filled,
    Form,
    FormErrors,
    FormField,
    Kind,
    Shown,
    findings_to_close,
    findings_to_sign,
    form,
    form_document,
    forms,
    not_known,
    read_form,
    wrong_times,
)
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, patient_page
from thecal.clinic.access.signing import ReauthenticationError, reauthenticate, signature_draft
from thecal.clinic.flows.form_facts import facts_of
from thecal.clinic.flows.form_log import (
    ANSWERED,
    FiledForm,
    filed_forms,
    filled_draft,
    known_of,
    may_fill,
    meaning_of,
    status_of,
)
from thecal.clinic.flows.form_sheet import FormSheet
from thecal.clinic.flows.program_proof import SESSION_REPORT, proofs
from thecal.clinic.flows.standing import standing_of
from thecal.clinic.flows.trial_log import last_dose_time
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.pages.supervised import form_sign
from thecal.clinic.web.documents import print_document, show_document
from thecal.clinic.web.seen import seen_of
from thecal.errors import UnknownIdError
from thecal.safety.finding import Finding, Severity

_REFUSED = 422


@patient_page("read patients")
def index(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """List the forms: which are filled in, by whom and when, and the blank ones."""
    filed = filed_forms(chart.entries)
    latest = {one.form.id: one for one in filed if one.latest}
    role = request.member.role
    standing = standing_of(chart.entries)
    proved = [one for one in proofs(chart.entries) if one.told.written >= standing.episode]
    rows = [
        {
            "form": one,
            "filed": latest.get(one.id),
            "counted": proved[-1] if proved and one.id == SESSION_REPORT else None,
            "may_fill": may_fill(role, one),
        }
        for one in forms()
    ]
    earlier = [one for one in filed if not one.latest]
    return render(
        request,
        "clinic/forms.html",
        {"chart": chart, "tab": "forms", "rows": rows, "earlier": earlier},
    )


@patient_page("read patients")
def fill(request: ClinicRequest, chart: Chart, name: str) -> HttpResponse:
    """Fill in a form; what the record knows is shown beside it and typed by nobody."""
    known = _form(name)
    if not may_fill(request.member.role, known):
        raise PermissionDenied(
            f"as {request.member.get_role_display()} you do not fill in {known.id}"
        )
    zone = ZoneInfo(request.clinic.timezone)
    before = next((one for one in filed_forms(chart.entries) if one.form.id == known.id), None)
    code = 200
    if request.method == "POST":
        sheet = FormSheet.sent(known, request.POST, zone)
        if "add" in request.POST:
            sheet.add_row(str(request.POST["add"]))
        else:
            found = _read(known, sheet)
            if not isinstance(found, FormErrors):
                replaces = 0 if before is None else before.entry.seq
                facts = facts_of(chart, known, clock.now(), zone, found)
                draft = filled_draft(found, facts, replaces)
                seen = seen_of(request)
                (entry,) = write(chart.patient, request.author, (draft,), expected=seen)
                messages.success(request, f"{known.id} is saved. It is not signed yet.")
                return redirect("form", chart.patient.pk, entry.seq)
            sheet.refuse(found.errors)
            code = _REFUSED
    else:
        typed = {} if before is None else before.filled.to_json()["values"]
        assert isinstance(typed, dict)
        sheet = FormSheet.from_values(known, typed, zone)
    given = {
        "chart": chart,
        "tab": "forms",
        "form": known,
        "sheet": sheet,
        "before": before,
        "sections": _sections(known, sheet, facts_of(chart, known, clock.now(), zone)),
        "seen": seen_of(request) if request.method == "POST" else chart.seq,
    }
    return render(request, "clinic/form_fill.html", given, status=code)


@patient_page("read patients")
def show(request: ClinicRequest, chart: Chart, seq: int) -> HttpResponse:
    """Show a filled form with what stands against signing it, and let people sign."""
    return _shown(request, chart, _filed(chart, seq))


@require_POST
@patient_page("read patients")
def sign(request: ClinicRequest, chart: Chart, seq: int) -> HttpResponse:
    """Sign a form: hard findings refuse it, soft ones need a reason."""
    filed = _filed(chart, seq)
    capacity = str(request.POST.get("capacity", ""))
    if capacity not in filed.capacities(request.user.username, request.member.role):
        raise PermissionDenied(
            f"as {request.member.get_role_display()} you cannot sign {filed.form.id} as"
            f" {capacity or 'nobody'}, or you have signed it already"
        )
    findings = _findings(request, chart, filed)
    reason = str(request.POST.get("reason", "")).strip()
    problem = ""
    if not filed.latest:
        problem = "there is a later version of this form: sign that one"
    elif any(one.severity is Severity.HARD for one in findings):
        problem = "nothing was signed: mend what is refused below, in a new version"
    elif any(one.severity is Severity.SOFT for one in findings) and not reason:
        problem = "nothing was signed: write why it may be signed as it is"
    elif (held := form_sign(chart, request.member, filed)) is not None and held.holds:
        problem = f"nothing was signed: {held.problem}"
    else:
        try:
            reauthenticate(request, request.member, str(request.POST.get("password", "")))
        except ReauthenticationError as error:
            problem = f"{error.what}; {error.remedy}"
    if problem:
        return _shown(request, chart, filed, problem, reason)
    signed = [Draft(filed.entry.kind, filed.entry.body)]
    asked = [one for one in findings if one.severity is Severity.SOFT]
    drafts = []
    if asked:
        told = [{"check": one.check, "message": one.message} for one in asked]
        body = {"form": seq, "findings": told, "reason": reason}
        drafts.append(Draft(ANSWERED, body, reason))
    meaning = meaning_of(filed.form, capacity)
    drafts.append(signature_draft(chart.stream, request.member, meaning, [*signed, *drafts]))
    write(chart.patient, request.author, drafts, expected=seen_of(request))
    messages.success(request, f"{filed.form.id} is signed as {capacity}.")
    return redirect("form", chart.patient.pk, seq)


@patient_page("print documents")
def printed(request: ClinicRequest, chart: Chart, seq: int) -> HttpResponse:
    """Show a filled form as a document; sent as a form, it comes as PDF."""
    document = _document(_filed(chart, seq))
    if request.method == "POST":
        return print_document(request, chart, document)
    return show_document(request, chart, document)


def _read(known: Form, sheet: FormSheet) -> Filled | FormErrors:
    found = read_form(known, sheet.values())
    if isinstance(found, FormErrors):
        return found
    wrong = tuple(wrong_times(found))
    return FormErrors(known.id, wrong) if wrong else found


def _shown(
    request: ClinicRequest, chart: Chart, filed: FiledForm, problem: str = "", reason: str = ""
) -> HttpResponse:
    document = _document(filed)
    findings = _findings(request, chart, filed)
    given = {
        "chart": chart,
        "tab": "forms",
        "filed": filed,
        "sections": document.sections,
        "findings": findings,
        "asks": any(one.severity is Severity.SOFT for one in findings),
        "refused": any(one.severity is Severity.HARD for one in findings),
        "capacities": filed.capacities(request.user.username, request.member.role),
        "may_fill": may_fill(request.member.role, filed.form),
        "supervision": form_sign(chart, request.member, filed),
        "problem": problem,
        "reason": reason,
    }
    return render(request, "clinic/form_filled.html", given, status=_REFUSED if problem else 200)


def _findings(request: ClinicRequest, chart: Chart, filed: FiledForm) -> tuple[Finding, ...]:
    zone = ZoneInfo(request.clinic.timezone)
    earlier = last_dose_time(chart.entries, zone, before=filed.entry.written)
    known = known_of(status_of(chart, clock.now()), earlier)
    both = (*findings_to_sign(filed.filled, known), *findings_to_close(filed.filled, known))
    return tuple(dict.fromkeys(both))


def _sections(known: Form, sheet: FormSheet, facts: Mapping[str, Shown]) -> list[dict[str, object]]:
    """Return each section with its statements and with the facts that the record tells."""
    found = []
    for one in sheet.sections():
        fields = one.section.fields
        told = [_fact(field, facts) for field in fields if field.derived]
        statements = [field.label.en for field in fields if field.kind is Kind.STATEMENT]
        found.append({"part": one, "facts": told, "statements": statements})
    return found


def _fact(field: FormField, facts: Mapping[str, Shown]) -> dict[str, object]:
    known = facts.get(field.detail)
    told = not_known(field.detail) if known is None else known
    return {"label": field.label.en, "value": told, "unknown": known is None}


def _document(filed: FiledForm) -> Document:
    return form_document(filed.filled, filed.facts)


def _form(name: str) -> Form:
    try:
        return form(name)
    except UnknownIdError as error:
        raise Http404(error.what) from None


def _filed(chart: Chart, seq: int) -> FiledForm:
    for one in filed_forms(chart.entries):
        if one.entry.seq == seq:
            return one
    raise Http404("there is no such form in this record")


urlpatterns = [
    path("", index, name="forms"),
    path("new/<slug:name>/", fill, name="fill form"),
    path("<int:seq>/", show, name="form"),
    path("<int:seq>/sign/", sign, name="sign form"),
    path("<int:seq>/print/", printed, name="print form"),
]
