"""A stay in a hospital for another reason: the sheet for the ward, and a refill during the stay.

Kinds of entries: `stay.begun` {ward, telephone, admitted, discharge}, `stay.ended`.
"""

from __future__ import annotations

from datetime import date, datetime, time

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from thecal.care.pathway import Given
from thecal.care.pathway.ending import follow_ups
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.flows.education import teaching_left
from thecal.clinic.flows.paper_details import STAY
from thecal.clinic.flows.pathway_steps import (
    drugs_of,
    follow_up_drafts,
    has_pump,
    pathway_state,
    refill_by,
    side_step,
)
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.web.flow import (
    FlowForm,
    accepted,
    bodies,
    flow_form,
    show_flow,
    task_draft,
    typed_day,
    zone_of,
)
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.units import show_date

TITLE, ENDED = "Inpatient elsewhere", "stay.ended"


@patient_page("write the record")
def stay(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write a stay down, or its end."""
    if not has_pump(chart):
        return show_flow(request, chart, TITLE, (), lead=["No pump is on record."])
    last = [(one.entry.kind, body) for one, body in bodies(chart, STAY, ENDED)][-1:]
    known = last[0][1] if last and last[0][0] == STAY else None
    if known is None:
        form = flow_form(
            request,
            "begin",
            "A stay",
            "Write the stay down",
            (
                SheetField("ward", "Hospital and ward"),
                SheetField("telephone", "Telephone of the ward", required=False),
                SheetField("admitted", "Admitted on", "date"),
                SheetField("discharge", "Expected discharge", "date", required=False),
            ),
        )
    else:
        form = flow_form(
            request,
            "end",
            "The stay is over",
            "Write the end down",
            (
                SheetField("ended", "Discharged on", "date"),
                SheetField(
                    "changed",
                    "What the ward did with the pump and its drugs",
                    "long",
                    hint="Was it refilled, stopped, run at its minimum? Read the pump.",
                ),
            ),
        )
    if accepted(form):
        (_begin if known is None else _end)(request, chart, form)
        if accepted(form):
            return redirect("stay", chart.patient.pk)
    left = teaching_left(chart, request.clinic, clock.now())
    by = refill_by(chart)
    lead = [f"Refill by {show_date(by.date())}." if by else "No date to refill by is known."]
    warnings = ["Education not confirmed yet: " + "; ".join(left) + "."] if left else []
    if known is not None:
        until = known.get("discharge") or ""
        lead.append(f"On the ward: {known['ward']}, since {_day(known['admitted'])}.")
        if by is not None and (not until or by.date().isoformat() <= until):
            warnings.append(
                f"The refill is due on {show_date(by.date())}, during the stay: agree with the"
                " ward who fills the pump. It is not turned down to last longer."
            )
    sheet = reverse("document", args=[chart.patient.pk, "inpatient"])
    links = [
        (f"{sheet}?language=en", "Sheet for the ward: not to be re-ordered"),
        (f"{sheet}?language=de", "Blatt für die Station: nicht erneut verordnen"),
        (reverse("document", args=[chart.patient.pk, "about"]), "About my pump, for other staff"),
    ]
    links.append((reverse("learning", args=[chart.patient.pk]), "Education: told in own words"))
    return show_flow(request, chart, TITLE, (form,), lead=lead, warnings=warnings, links=links)


def _day(text: object) -> str:
    return show_date(date.fromisoformat(str(text)))


def _begin(request: ClinicRequest, chart: Chart, form: FlowForm) -> None:
    admitted, discharge = typed_day(form, "admitted"), typed_day(form, "discharge")
    if admitted and discharge and discharge < admitted:
        form.sheet.refuse("discharge", "the discharge lies before the admission")
    if form.sheet.errors or admitted is None:
        return
    given = Given(role=request.member.role, drugs=drugs_of(chart))
    state, now = pathway_state(chart), clock.now()
    body = {
        "ward": form.sheet.typed["ward"],
        "telephone": form.sheet.typed["telephone"],
        "admitted": admitted.isoformat(),
        "discharge": "" if discharge is None else discharge.isoformat(),
    }
    drafts = [
        Draft(STAY, body),
        *side_step(chart, "inpatient", given),
        *follow_up_drafts(follow_ups(state, "inpatient", given, now)),
    ]
    by = refill_by(chart)
    if by is not None and (discharge is None or by.date() <= discharge):
        words = f"the refill of {show_date(by.date())} falls into the stay: agree who fills it"
        drafts.append(task_draft("refill-during-stay", words, now))
    if discharge is not None:
        end = datetime.combine(discharge, time.max, tzinfo=zone_of(request))
        words = "discharge from the ward: read the pump, compare the list of medicines"
        drafts.append(task_draft("back-from-ward", words, end))
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    messages.success(request, "Written down. Print the sheet for the ward now.")


def _end(request: ClinicRequest, chart: Chart, form: FlowForm) -> None:
    ended = typed_day(form, "ended")
    if ended is None:
        return
    body = {"ended": ended.isoformat(), "changed": form.sheet.typed["changed"]}
    state = pathway_state(chart)
    back: tuple[Draft, ...] = ()
    if state.stage == "inpatient" and state.beside is not None:
        back = side_step(chart, state.beside, Given(role=request.member.role))
    drafts = (Draft(ENDED, body), *back)
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    messages.success(request, "The stay is over.")


urlpatterns = [path("", stay, name="stay")]
