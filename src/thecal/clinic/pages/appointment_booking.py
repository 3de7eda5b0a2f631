"""The booking of an appointment: its form, and the questions that are answered with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.contrib import messages

from thecal.care.pathway.delivery import delivery_places
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.appointments.booking import booking_draft, findings_of
from thecal.clinic.appointments.listed import CLINIC, HOME, Listed, listed, listed_of
from thecal.clinic.appointments.settings_log import opening_for
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import write
from thecal.clinic.web.days import full_day, full_moment
from thecal.clinic.web.flow import FlowForm, flow_form, signs, typed_day, zone_of
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.clinic.web.wall_clock import with_offset
from thecal.safety.finding import Finding, Severity

_MEANING = "appointment questioned, booked for this reason"


def booking_form(request: ClinicRequest, one: Listed, questions: Sequence[Finding]) -> FlowForm:
    """Return the form that books or moves the visit; questions of a booking ask for a reason."""
    by = "" if one.refill_by is None else f"until {full_moment(one.refill_by)} at the latest"
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


def book(
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
        form = booking_form(request, one, found)
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
    messages.success(request, f"Booked: {full_day(day) if at is None else full_moment(at)}.")
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
