"""Planning the replacement of a pump before its battery ends.

Kind of entry: `replacement.planned` {planned_for, catheter, funding}; tasks of the kinds
`replacement` and `replacement-too-late`.
"""

from __future__ import annotations

from datetime import date, datetime, time

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from thecal.care.due.from_replay import knowledge_of
from thecal.care.pathway import Given
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.flows.pathway_steps import drugs_of, has_pump, side_step
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.ledger.tasks import open_tasks
from thecal.clinic.patient.overview import outlook
from thecal.clinic.web.flow import (
    FlowForm,
    accepted,
    flow_form,
    last_body,
    show_flow,
    table,
    task_done_draft,
    task_draft,
    typed_day,
    zone_of,
)
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.record.fold import effective
from thecal.units import show_date

TITLE, PLANNED = "Replacement of the pump", "replacement.planned"
OPERATION, TOO_LATE = "replacement", "replacement-too-late"
_CATHETER = (
    ("keep", "keep it"),
    ("replace", "replace it too"),
    ("test", "test it first, then decide"),
)


@patient_page("write the record")
def replacement(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show when the battery ends, and plan what comes before it."""
    if not has_pump(chart):
        return show_flow(request, chart, TITLE, (), lead=["No pump is on record."])
    form = flow_form(
        request,
        "plan",
        "A date",
        "Write the plan down",
        (
            SheetField("planned_for", "Operation planned for", "date"),
            SheetField("catheter", "The catheter", "choice", choices=_CATHETER),
            SheetField("funding", "Funding and booking", "long", required=False),
        ),
    )
    if accepted(form):
        _plan(request, chart, form)
        if accepted(form):
            return redirect("replacement", chart.patient.pk)
    now = outlook(chart.folded, clock.now())
    assert now is not None
    rows = [(one.name, one.when, "; ".join((one.why, *one.basis))) for one in now.battery]
    warnings, known, end = [], last_body(chart, PLANNED), _end(chart)
    lead = [] if rows else ["This pump has no battery."]
    if known is not None:
        planned = date.fromisoformat(str(known["planned_for"]))
        catheter = dict(_CATHETER).get(str(known["catheter"]), "not said")
        lead.append(f"Planned for {show_date(planned)}; the catheter: {catheter}.")
        if end is not None and planned > end.date():
            warnings.append(f"The pump ends its service on {show_date(end.date())}, before that.")
    tables = [table("Forecast of the battery", ("What", "When", "Why"), rows)] if rows else []
    links = [
        (reverse("implant", args=[chart.patient.pk]), "The operation: old pump out, new pump in")
    ]
    return show_flow(
        request, chart, TITLE, (form,), lead=lead, warnings=warnings, tables=tables, links=links
    )


def _end(chart: Chart) -> datetime | None:
    simulation = chart.simulation(clock.now())
    return None if simulation is None else knowledge_of(simulation).end_of_service


def _plan(request: ClinicRequest, chart: Chart, form: FlowForm) -> None:
    day, end = typed_day(form, "planned_for"), _end(chart)
    if day is None:
        return
    body = {
        "planned_for": day.isoformat(),
        "catheter": form.sheet.typed["catheter"],
        "funding": form.sheet.typed["funding"],
    }
    due = datetime.combine(day, time.min, tzinfo=zone_of(request))
    given = Given(role=request.member.role, drugs=drugs_of(chart))
    # One operation is planned: what an earlier plan asked for is asked no more.
    earlier = [
        task_done_draft(one.seq, "planned anew")
        for one in open_tasks(effective(chart.entries))
        if one.kind in (OPERATION, TOO_LATE)
    ]
    drafts = [
        Draft(PLANNED, body),
        *earlier,
        task_draft(OPERATION, "operation: replacement of the pump", due),
        *side_step(chart, "replacement-planning", given),
    ]
    if end is not None and day > end.date():
        words = f"the operation is planned after {show_date(end.date())}, when the pump stops:"
        words += " plan it earlier, or plan how the drug is given meanwhile"
        drafts.append(task_draft(TOO_LATE, words, clock.now()))
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    messages.success(request, "The plan is on record.")


urlpatterns = [path("", replacement, name="replacement")]
