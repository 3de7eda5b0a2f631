"""The appointments of one patient, the calls about them, and what planning has to know.

Kinds of entries: `therapy.plan` (an appointment, or none any more), `appointment.kept`,
`appointment.missed`, `appointment.contacted`, `appointment.details`; their bodies stand in
`ledger.appointments`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from thecal.care.appointments.opening import read_spans
from thecal.care.appointments.risk import Transport, total
from thecal.care.due.urgency import TABLE as DUE
from thecal.care.pathway.delivery import delivery_places
from thecal.care.spans import span
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.permissions import may
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.appointments.booking import booking_draft, cancel_draft, findings_of
from thecal.clinic.appointments.listed import CLINIC, HOME, Listed, listed, listed_of
from thecal.clinic.appointments.settings_log import opening_for
from thecal.clinic.ledger.appointments import (
    CONTACTED,
    DETAILS,
    KEPT,
    MISSED,
    Appointment,
    Standing,
    appointments,
    contacts,
)
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.web.flow import (
    FlowForm,
    accepted,
    flow_form,
    show_flow,
    signs,
    table,
    typed_day,
    zone_of,
)
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.clinic.web.wall_clock import with_offset
from thecal.errors import EntryError
from thecal.record.fold import effective
from thecal.safety.finding import Finding, Severity
from thecal.units import Duration, show_date, show_time

TITLE = "Appointments"
_MEANING = "appointment questioned, booked for this reason"
_YES_NO = (("yes", "yes"), ("no", "no"))
_WHOM = ("patient", "carer", "next of kin", "family doctor", "physician", "another clinic")
_HOW = ("telephone", "message", "letter", "in person")
_FARTHEST = 5000


@patient_page("read patients")
def show(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the appointment that stands, those before it, calls, and the risk score."""
    return _page(request, chart, _forms(request, chart), ())


@patient_page("write the record")
def change(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Take one form of the page."""
    forms = _forms(request, chart)
    sent = next((one for one in forms if one.sent), None)
    if sent is None:
        return redirect("appointments", chart.patient.pk)
    findings: tuple[Finding, ...] = ()
    if sent.what == "book" and accepted(sent):
        forms, findings = _book(request, chart, sent, forms)
    elif accepted(sent):
        drafts = _TAKEN[sent.what](request, chart, sent)
        if accepted(sent):
            write(chart.patient, author_of(request), drafts, expected=seen_of(request))
            messages.success(request, "Written down.")
    if all(accepted(one) for one in forms if one.sent):
        return redirect("appointments", chart.patient.pk)
    return _page(request, chart, forms, findings)


# -- what the page shows ---------------------------------------------------------------------------


def _page(
    request: ClinicRequest, chart: Chart, forms: Sequence[FlowForm], findings: Sequence[Finding]
) -> HttpResponse:
    one = listed_of(chart.projection, request.clinic)
    standing = effective(chart.entries)
    made = appointments(standing)
    lead, warnings = ["No pump is on record that is refilled here."], []
    tables = []
    if one is not None:
        lead = list(_lead(one))
        warnings = [item["what"] for item in chart.content["due"] if item["rule"] in _ABOUT_VISITS]
        points = one.risk(clock.now())
        rows = [(each.what, str(each.points), each.source) for each in points]
        caption = f"Risk score: {total(points)} points; a project rule, not a validated score"
        tables.append(table(caption, ("What", "Points", "Whose figure"), rows))
    tables.append(_made_table(request, made))
    tried = contacts(standing)
    calls = [
        (
            show_time(each.at.astimezone(zone_of(request))),
            f"{each.days} days before",
            f"{each.whom}, {each.how}",
            "reached" if each.reached else "not reached",
            each.outcome,
            each.by,
        )
        for each in reversed(tried)
    ]
    head = ("When", "Call", "Whom, how", "Reached", "What came of it", "Who")
    tables.append(table("Calls about a refill", head, calls))
    return show_flow(
        request,
        chart,
        TITLE,
        forms,
        lead=lead,
        warnings=warnings,
        findings=findings,
        tables=tables,
        links=[(reverse("calendar"), "The calendar of the clinic")],
        action=reverse("change appointments", args=[chart.patient.pk]),
    )


_ABOUT_VISITS = ("contact", "no-visit", "missed-visit", "late-visit", "interval")


def _lead(one: Listed) -> Iterator[str]:
    if one.booked is None:
        yield "No appointment stands."
    else:
        when = show_date(one.booked) if one.at is None else show_time(one.at)
        yield f"The next visit stands: {when}, {'at home' if one.place == HOME else 'here'}."
    if one.refill_by is None:
        yield "No date to refill by is known."
    else:
        yield f"Refill by {show_time(one.refill_by)}; a visit after it is refused."


def _made_table(request: ClinicRequest, made: Sequence[Appointment]) -> dict[str, Any]:
    zone = zone_of(request)
    rows = [
        (
            show_date(each.day) if each.at is None else show_time(each.at.astimezone(zone)),
            "at home" if each.place == HOME else "here",
            str(each.standing),
            each.reason,
            f"{each.by}, {show_time(each.written.astimezone(zone))}",
        )
        for each in reversed(made)
    ]
    return table("Appointments", ("Visit", "Where", "Standing", "Reason", "Booked by"), rows)


# -- its forms -------------------------------------------------------------------------------------


def _forms(request: ClinicRequest, chart: Chart) -> list[FlowForm]:
    one = listed_of(chart.projection, request.clinic)
    if one is None or request.emergency or not may(request.member.role, "write the record"):
        return []
    made = appointments(effective(chart.entries))
    forms = [_booking_form(request, one, ())]
    reason = (SheetField("reason_cancel", "Why"),)
    if one.booked is not None:
        forms.append(flow_form(request, "cancel", "Cancel the appointment", "Cancel it", reason))
    today = clock.now().astimezone(zone_of(request)).date()
    come = [each for each in made if each.standing is Standing.STANDS and each.day <= today]
    if come:
        fields = (
            SheetField("came", "The patient came", "choice", choices=_YES_NO),
            SheetField("why_not", "Why not", required=False, when="needed where nobody came"),
        )
        title = f"The appointment of {show_date(come[-1].day)}"
        forms.append(flow_form(request, "came", title, "Write down whether they came", fields))
    forms += [_contact_form(request), _details_form(request, one)]
    return forms


def _booking_form(request: ClinicRequest, one: Listed, questions: Sequence[Finding]) -> FlowForm:
    by = "" if one.refill_by is None else f"until {show_time(one.refill_by)} at the latest"
    fields = [
        SheetField("day", "Day", "date", hint=by),
        SheetField("time", "Time", required=False, when="needed on the last day", hint="as 09:30"),
        SheetField(
            "place", "Where", "choice", choices=((CLINIC, "in the clinic"), (HOME, "at home"))
        ),
    ]
    opening = opening_for(request.clinic)
    places = delivery_places(one.drugs, opening.country)
    fields.append(
        SheetField(
            "solution_to",
            "The solution is delivered to",
            "choice",
            choices=tuple((place, f"the {place}") for place in places.places),
            required=False,
            hint=places.why_not_home,
        )
    )
    if questions:
        fields.append(SheetField("reason_book", "Why it is booked all the same", "long"))
    title = "Book an appointment" if one.booked is None else "Move the appointment"
    sign = "Your password, to sign the reason" if questions else ""
    form = flow_form(request, "book", title, "Book", fields, sign=sign)
    if not form.sent:
        form.sheet.typed["place"] = HOME if one.at_home else CLINIC
    return form


def _contact_form(request: ClinicRequest) -> FlowForm:
    def words(some: Sequence[str]) -> tuple[tuple[str, str], ...]:
        return tuple((one, one) for one in some)

    fields = (
        SheetField("whom", "Whom", "choice", choices=words(_WHOM)),
        SheetField("how", "How", "choice", choices=words(_HOW)),
        SheetField("reached", "Reached", "choice", choices=_YES_NO),
        SheetField("outcome", "What came of it", "long"),
    )
    hint = "Each try counts, also one that reached nobody."
    return flow_form(
        request, "contact", "A call about the refill", "Write down the call", fields, hint=hint
    )


def _details_form(request: ClinicRequest, one: Listed) -> FlowForm:
    known = one.planning
    words = {
        Transport.OWN: "comes alone or with family",
        Transport.ARRANGED: "has to be ordered",
        Transport.NONE: "none is known",
    }
    fields = (
        SheetField(
            "transport",
            "Transport",
            "choice",
            choices=tuple((str(each), told) for each, told in words.items()),
            required=False,
        ),
        SheetField("kilometres", "Distance in kilometres", "count", required=False),
        SheetField(
            "district", "District", required=False, hint="patients of one are visited together"
        ),
        SheetField("at_home", "Refills are done at home", "flag", required=False),
        SheetField(
            "blocked",
            "Days on which the patient cannot come",
            "long",
            required=False,
            hint="one span on a line, as 2026-12-24 to 2027-01-01",
        ),
    )
    form = flow_form(request, "details", "What planning has to know", "Tell the planning", fields)
    if not form.sent:
        form.sheet.typed |= {
            "transport": known.get("transport", ""),
            "kilometres": "" if known.get("kilometres") is None else str(known["kilometres"]),
            "district": known.get("district", ""),
            "at_home": bool(known.get("at_home")),
            "blocked": "\n".join(f"{first} to {last}" for first, last in known.get("blocked", ())),
        }
    return form


# -- what they write -------------------------------------------------------------------------------


def _book(
    request: ClinicRequest, chart: Chart, form: FlowForm, forms: list[FlowForm]
) -> tuple[list[FlowForm], tuple[Finding, ...]]:
    """Write an appointment; what asks for a reason is shown with the field for it."""
    one = listed_of(chart.projection, request.clinic)
    assert one is not None
    day = typed_day(form, "day")
    at = None if day is None else _typed_time(request, form, day)
    if form.sheet.errors or day is None:
        return forms, ()
    if day < clock.now().astimezone(zone_of(request)).date():
        form.sheet.refuse("day", "Day: this day is over; book one ahead")
        return forms, ()
    place = str(form.sheet.typed["place"])
    simulation = chart.simulation(clock.now())
    by = None if simulation is None else simulation.outlook.refill_by
    found = findings_of(
        one,
        day,
        at,
        place,
        listed(request.clinic),
        opening_for(request.clinic),
        "" if by is None else by.decided_by,
    )
    for late in (each for each in found if each.severity is Severity.HARD):
        form.sheet.refuse("day", f"Day: {late.message}")
    if form.sheet.errors:
        return forms, found
    if found:
        form = _booking_form(request, one, found)
        forms = [form, *forms[1:]]
        if form.sheet.errors or not signs(request, form):
            return forms, found
    to = str(form.sheet.typed.get("solution_to") or "")
    draft = booking_draft(
        one,
        day,
        at,
        place,
        reason=str(form.sheet.typed.get("reason_book", "")),
        answered=found,
        more={"solution_to": to} if to else None,
    )
    drafts = [draft]
    if found:
        drafts.append(signature_draft(chart.stream, request.member, _MEANING, [draft]))
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    messages.success(request, f"Booked: {show_date(day) if at is None else show_time(at)}.")
    return forms, ()


def _typed_time(request: ClinicRequest, form: FlowForm, day: date) -> datetime | None:
    text = str(form.sheet.typed.get("time", ""))
    if not text:
        return None
    try:
        at = datetime.fromisoformat(with_offset(f"{day.isoformat()}T{text}", zone_of(request)))
    except ValueError:
        form.sheet.refuse("time", f'Time: "{text[:20]}" is no time of day; write 09:30')
        return None
    if at.tzinfo is None:
        form.sheet.refuse("time", "Time: the clinic's clock shows this twice or never on that day")
        return None
    return at


def _cancel(request: ClinicRequest, chart: Chart, form: FlowForm) -> Sequence[Draft]:
    one = listed_of(chart.projection, request.clinic)
    assert one is not None
    return (cancel_draft(one, str(form.sheet.typed["reason_cancel"])),)


def _came(request: ClinicRequest, chart: Chart, form: FlowForm) -> Sequence[Draft]:
    made = appointments(effective(chart.entries))
    seq = next(each.seq for each in reversed(made) if each.standing is Standing.STANDS)
    came, why = form.sheet.typed["came"] == "yes", str(form.sheet.typed["why_not"])
    if not came and not why:
        form.sheet.refuse("why_not", "Why not: write why, or that nobody knows")
    body = {"appointment": seq}
    return (Draft(KEPT, body, why) if came else Draft(MISSED, body, why),)


def _contact(request: ClinicRequest, chart: Chart, form: FlowForm) -> Sequence[Draft]:
    typed, one = form.sheet.typed, listed_of(chart.projection, request.clinic)
    body = {
        "days": 0 if one is None else _call_of(one),
        "whom": typed["whom"],
        "how": typed["how"],
        "reached": typed["reached"] == "yes",
        "outcome": typed["outcome"],
    }
    return (Draft(CONTACTED, body),)


def _call_of(one: Listed) -> int:
    """Return the days before refill-by of the call that a try belongs to, the next one at first."""
    steps = [each.of_kind(Duration).value for each in DUE.every("refill", "escalation")]
    days = sorted(span(each).days for each in steps)
    if one.refill_by is None:
        return days[-1]
    left = one.refill_by - clock.now()
    return next((each for each in days if left.days < each), days[-1]) if left.days >= 0 else 0


def _details(request: ClinicRequest, chart: Chart, form: FlowForm) -> Sequence[Draft]:
    typed = form.sheet.typed
    text = str(typed["kilometres"])
    if text and not (text.isascii() and text.isdecimal() and int(text[:6]) <= _FARTHEST):
        form.sheet.refuse("kilometres", f"Distance: write a whole number, at most {_FARTHEST}")
        return ()
    try:
        blocked = read_spans(str(typed["blocked"]))
    except EntryError as error:
        form.sheet.refuse("blocked", f"Days: {error.what}; {error.remedy}")
        return ()
    if typed["at_home"] and not typed["district"]:
        form.sheet.refuse("district", "District: a home visit has one, for the tour")
    body = {
        "transport": typed["transport"],
        "kilometres": int(text) if text else None,
        "district": typed["district"],
        "at_home": bool(typed["at_home"]),
        "blocked": [[first.isoformat(), last.isoformat()] for first, last in blocked],
    }
    return (Draft(DETAILS, body),)


_TAKEN: dict[str, Callable[[ClinicRequest, Chart, FlowForm], Sequence[Draft]]] = {
    "cancel": _cancel,
    "came": _came,
    "contact": _contact,
    "details": _details,
}

urlpatterns = [
    path("", show, name="appointments"),
    path("change/", change, name="change appointments"),
]
