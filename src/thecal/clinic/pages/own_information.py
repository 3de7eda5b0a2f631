"""What a patient reads of the own pump, to be printed, and what was learned in own words.

Kinds of entries: `document.printed`, `education.answered` (`flows.education`).
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods

from thecal.care.document import Document
from thecal.care.information.pages import PAGES
from thecal.care.information.teaching import longest_answer, read_answer
from thecal.care.information.words import names_in, tell
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.flows.education import (
    ANSWERED,
    answered_draft,
    known_of_chart,
    learned_of,
    words_of,
)
from thecal.clinic.ledger.log import write
from thecal.clinic.own.guard import Own, own_page, show_own
from thecal.clinic.own.limits import TOO_MANY, too_many
from thecal.clinic.own.logins import DIARY
from thecal.clinic.web.documents import print_document, sections_of
from thecal.clinic.web.whole_text import whole_text


@own_page("see own pages")
def index(request: ClinicRequest, own: Own) -> HttpResponse:
    """List the pages of information."""
    known = known_of_chart(own.chart, request.clinic, clock.now())
    return show_own(
        request,
        own,
        "clinic/own_information.html",
        page="information",
        pages=[(kind, own.say(make(known).title)) for kind, make in PAGES.items()],
        learning=own.say(tell("title-learning")),
    )


@require_http_methods(["GET", "POST"])
@own_page("see own pages")
def page(request: ClinicRequest, own: Own, kind: str) -> HttpResponse:
    """Show a page of information; sent as a form, it comes as PDF in this person's language."""
    if kind not in PAGES:
        raise Http404("there is no such page")
    known = known_of_chart(own.chart, request.clinic, clock.now())
    document: Document = PAGES[kind](known)
    if request.method == "POST":
        return print_document(request, own.chart, document)
    return show_own(
        request,
        own,
        "clinic/own_information_page.html",
        page="information",
        title=own.say(document.title),
        sections=[
            one | {"told": [tuple(zip(one["columns"], row, strict=True)) for row in one["rows"]]}
            for one in sections_of(document, own.language)
        ],
        footnotes=[own.say(one) for one in document.footnotes],
    )


@require_http_methods(["GET", "POST"])
@own_page("write own diary", DIARY)
def learning(request: ClinicRequest, own: Own) -> HttpResponse:
    """Show what there is to know, and take an answer in own words; it confirms nothing."""
    zone = ZoneInfo(request.clinic.timezone)
    known = known_of_chart(own.chart, request.clinic, clock.now())
    found = {one.item.id: one for one in learned_of(own.chart, known, zone)}
    sent: dict[str, str] = {}
    problem = too_often = ""
    if request.method == "POST":
        sent = {name: request.POST.get(name, "").strip() for name in ("item", "sure", "answer")}
        if sent["item"] not in found:
            raise Http404("there is no such topic for this patient")
        refused = read_answer(sent["sure"], sent["answer"])
        too_often = "" if refused else too_many(request, own, ANSWERED)
        if refused is None and not too_often:
            words = whole_text(sent["answer"])
            draft = answered_draft(sent["item"], sent["sure"], own.login.who, words)
            write(own.chart.patient, request.author, (draft,), expected=None)
            messages.success(request, own.say(tell("learning-saved")))
            return redirect("own learning")
        problem = "" if refused is None else own.say(refused)
    said = words_of(own.chart)
    rows: list[dict[str, Any]] = [
        {
            "id": one.item.id,
            "name": own.say(one.item.name),
            "ask": own.say(one.item.ask),
            "state": own.say(one.words()),
            "missing": one.missing,
            "said": "" if one.answer is None else said.get(one.answer.order, ""),
            "typed": sent if sent.get("item") == one.item.id else {},
            "problem": problem if sent.get("item") == one.item.id else "",
        }
        for one in found.values()
    ]
    confirmed = sum(not one.missing for one in found.values())
    count = tell("learning-count", count=str(confirmed), all=str(len(found)))
    hint = tell("learning-answer-hint", most=str(longest_answer()))
    return show_own(
        request,
        own,
        "clinic/own_learning.html",
        TOO_MANY if too_often else 422 if problem else 200,
        page="information",
        too_many=too_often,
        rows=rows,
        count=own.say(count),
        hint=own.say(hint),
        sure=[(one, own.say(tell(f"sure-{one}"))) for one in names_in("learning", "sure")],
    )


urlpatterns = [
    path("", index, name="own information"),
    path("learning/", learning, name="own learning"),
    path("<slug:kind>/", page, name="own information page"),
]
