"""A journey: it ends before the refill that is due, with a margin; what height and heat do.

Kind of entry: `journey.planned`, as `Journey.to_json`, with `answered` where a reason answered.
"""

from __future__ import annotations

from datetime import datetime, time

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from thecal.care.papers.surroundings import surroundings, surroundings_notes
from thecal.care.papers.travel import Journey
from thecal.care.pathway import Given
from thecal.care.pathway.transition import journey_findings
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.flows.paper_details import JOURNEY
from thecal.clinic.flows.pathway_steps import has_pump, refill_day
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.web.flow import (
    FlowForm,
    accepted,
    flow_form,
    last_body,
    show_flow,
    stands_against,
    table,
    task_draft,
    told,
    typed_day,
    zone_of,
)
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.errors import EntryError
from thecal.safety.finding import Finding
from thecal.units import show_date

TITLE = "Travel"


@patient_page("write the record")
def travel(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Plan a journey; the letter is printed from it."""
    if not has_pump(chart):
        return show_flow(request, chart, TITLE, (), lead=["No pump is on record."])
    fields = (
        SheetField("leaves", "Leaves on", "date"),
        SheetField("returns", "Returns on", "date"),
        SheetField("destination", "Destination"),
        SheetField(
            "clinic_there",
            "Clinic on the way that can help",
            "long",
            required=False,
            hint="Name, place, telephone: as you type it, it stands in the letter.",
        ),
        SheetField("reason", "Reason, where a question stands", required=False),
    )
    form = flow_form(request, "plan", "A journey", "Write the journey down", fields)
    findings: tuple[Finding, ...] = ()
    if accepted(form):
        findings = _plan(request, chart, form)
        if accepted(form):
            return redirect("travel", chart.patient.pk)
    done = chart.simulation(clock.now())
    assert done is not None
    by = refill_day(chart)
    known = last_body(chart, JOURNEY)
    lead = [f"Refill by {show_date(by)}." if by else "No date to refill by is known."]
    if known is not None:
        trip = Journey.from_json(known)
        days = [show_date(one) for one in (trip.leaves, trip.returns) if one is not None]
        lead.append(f"Planned: {' to '.join(days)}, {trip.destination or 'nowhere named'}.")
    rows = [(one.label.en, one.value.en) for one in surroundings(done.model)]
    notes = [
        (f"source {place}", one.en) for place, one in enumerate(surroundings_notes(done.model), 1)
    ]
    letter = reverse("document", args=[chart.patient.pk, "travel"])
    links = [(f"{letter}?language=en", "Travel letter"), (f"{letter}?language=de", "Reisebrief")]
    return show_flow(
        request,
        chart,
        TITLE,
        (form,),
        lead=lead,
        findings=findings,
        tables=[table("Height, water, heat with this pump", ("What", "Advice"), [*rows, *notes])],
        links=links,
    )


def _plan(request: ClinicRequest, chart: Chart, form: FlowForm) -> tuple[Finding, ...]:
    typed = form.sheet.typed
    leaves, returns = typed_day(form, "leaves"), typed_day(form, "returns")
    if form.sheet.errors:
        return ()
    try:
        trip = Journey(leaves, returns, typed["destination"], typed["clinic_there"] or None)
    except EntryError as error:
        form.sheet.refuse("returns", f"{error.what}; {error.remedy}")
        return ()
    reason = str(typed["reason"])
    given = Given(returns_on=returns, refill_by=refill_day(chart), reason=reason or None)
    findings = journey_findings(given)
    if stands_against(findings, reason):
        form.sheet.refuse("returns", "something above stands against these days")
        return findings
    assert returns is not None
    back = datetime.combine(returns, time.max, tzinfo=zone_of(request))
    drafts = [
        Draft(JOURNEY, {**trip.to_json(), "answered": told(findings)}, reason),
        task_draft("back-from-journey", "back from the journey: ask how it went", back),
    ]
    if findings:
        words = "the journey does not leave the margin before the refill: call before leaving"
        drafts.append(task_draft("refill-and-journey", words, clock.now()))
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    messages.success(request, "The journey is written down; the letter names it.")
    return ()


urlpatterns = [path("", travel, name="travel")]
