"""What planning has to know of a patient: transport, distance, district, days that are no use."""

from __future__ import annotations

from collections.abc import Sequence

from thecal.care.appointments.figures import number
from thecal.care.appointments.opening import read_spans
from thecal.care.appointments.risk import Transport
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.appointments.listed import Listed
from thecal.clinic.ledger.appointments import DETAILS
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft
from thecal.clinic.web.flow import FlowForm, flow_form
from thecal.clinic.web.sheet import SheetField
from thecal.errors import EntryError


def details_form(request: ClinicRequest, one: Listed) -> FlowForm:
    """Return the form of the details, with what is known of the patient."""
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


def details_taken(request: ClinicRequest, chart: Chart, form: FlowForm) -> Sequence[Draft]:
    """Return the entry of what was typed; none where a line of it is refused."""
    typed = form.sheet.typed
    text, farthest = str(typed["kilometres"]), int(number("details", "farthest-km"))
    if text and not (text.isascii() and text.isdecimal() and int(text[:6]) <= farthest):
        form.sheet.refuse("kilometres", f"Distance: write a whole number, at most {farthest}")
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
