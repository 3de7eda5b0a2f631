"""The patient's pages of information, for the staff to hand over, and teach-back in the clinic.

Kinds of entries: `document.printed`, `education.confirmed` (`flows.education`).
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from thecal.care.information.known import Known
from thecal.care.information.pages import PAGES
from thecal.care.information.teaching import CONFIRMED, REPEAT, SHOWN, Learned
from thecal.care.information.words import tell
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.flows.education import confirmed_draft, known_of_chart, learned_of, words_of
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import write
from thecal.clinic.web.documents import print_document, show_document
from thecal.clinic.web.flow import FlowForm, accepted, flow_form, show_flow, table
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.units import show_date

TITLE = "Education: told in own words"


@patient_page("print documents")
def index(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """List what can be handed over to this patient."""
    known = known_of_chart(chart, request.clinic, clock.now())
    pages = [(kind, make(known).title.en) for kind, make in PAGES.items()]
    given = {"chart": chart, "tab": "more", "pages": pages}
    return render(request, "clinic/information.html", given)


@require_http_methods(["GET", "POST"])
@patient_page("print documents")
def page(request: ClinicRequest, chart: Chart, kind: str) -> HttpResponse:
    """Show a page as the patient has it; sent as a form, it comes as PDF."""
    if kind not in PAGES:
        raise Http404("there is no such page")
    document = PAGES[kind](known_of_chart(chart, request.clinic, clock.now()))
    if request.method == "POST":
        return print_document(request, chart, document)
    return show_document(request, chart, document)


@require_http_methods(["GET", "POST"])
@patient_page("write the record")
def learning(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show what the patient said, and write down what was told in own words here."""
    known = known_of_chart(chart, request.clinic, clock.now())
    found = learned_of(chart, known, ZoneInfo(request.clinic.timezone))
    form = _form(request, found)
    if accepted(form):
        _confirm(request, chart, form, found)
        if accepted(form):
            messages.success(request, "Written down.")
            return redirect("learning", chart.patient.pk)
    missing = [one.item.name.en for one in found if one.missing]
    return show_flow(
        request,
        chart,
        TITLE,
        (form,),
        lead=[
            "The patient answers in own words on the own pages, or here beside you; only what is"
            " ticked here, or stands in a signed form PE, counts as told.",
            f"{len(found) - len(missing)} of {len(found)} confirmed.",
        ],
        warnings=["Missing: " + "; ".join(missing)] if missing else [],
        tables=[_table(chart, known, found)],
    )


def _form(request: ClinicRequest, found: Sequence[Learned]) -> FlowForm:
    choices = tuple((one.item.id, one.item.name.en) for one in found)
    fields = (
        SheetField("shown", "Told in own words", "choices", choices=choices, required=False),
        SheetField("repeat", "To be taught again", "choices", choices=choices, required=False),
        SheetField("remark", "Remark", "long", required=False, hint="Who was there, what helped."),
    )
    return flow_form(request, "confirm", "Teach-back of today", "Write it down", fields)


def _confirm(
    request: ClinicRequest, chart: Chart, form: FlowForm, found: Sequence[Learned]
) -> None:
    typed = form.sheet.typed
    shown, repeat = set(typed["shown"]), set(typed["repeat"])
    if not shown | repeat:
        form.sheet.refuse("shown", "tick what was told, or what is to be taught again")
    if shown & repeat:
        form.sheet.refuse("repeat", "one topic is ticked in both lists: tick it in one")
    if (shown | repeat) - {one.item.id for one in found}:
        form.sheet.refuse("shown", "a topic was sent that this patient is not taught")
    if form.sheet.errors:
        return
    drafts = [
        confirmed_draft(one, SHOWN if one.item.id in shown else REPEAT, typed["remark"])
        for one in found
        if one.item.id in shown | repeat
    ]
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))


def _table(chart: Chart, known: Known, found: Sequence[Learned]) -> dict[str, object]:
    said = words_of(chart)
    rows = []
    for one in found:
        answer = one.answer
        told = "" if answer is None else said.get(answer.order, "")
        sure = "" if answer is None else f"{tell(f'sure-{answer.sure}').en}, {show_date(answer.on)}"
        rows.append((one.item.name.en, one.item.ask.en, told, sure, _state(one)))
    head = ("Topic", "Ask", "The patient's own words", "The patient says", "In the clinic")
    return table("What the patient knows", head, rows)


def _state(one: Learned) -> str:
    if one.judged is None:
        return "not yet confirmed"
    words = "told in own words" if one.judged.result == SHOWN else "to be taught again"
    on = f"{words}, {show_date(one.judged.on)}"
    if one.judged.result == SHOWN and one.state != CONFIRMED:
        return f"{on}: to be asked again"
    return on


urlpatterns = [
    path("", index, name="information"),
    path("learning/", learning, name="learning"),
    path("<slug:kind>/", page, name="information page"),
]
