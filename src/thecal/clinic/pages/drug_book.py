"""The book of controlled drugs: every lot, what does not add up, the count of two people, CSV.

Kinds of entries: `thecal.clinic.supply.book`.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.care.supply.book import DESTROYED as GONE
from thecal.care.supply.book import DRAWN, IN, INJECTED, RETURNED, WASTED, LotBook, masses
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, page
from thecal.clinic.access.permissions import may
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.ledger.log import Draft, LostUpdateError, write_to_clinic
from thecal.clinic.models import Stream
from thecal.clinic.supply.book import (
    COUNTED,
    COUNTED_AGAIN,
    EXPLAINED,
    DrugBook,
    csv_of,
    drug_book,
)
from thecal.clinic.supply.orders import people_of, volume_in, written
from thecal.clinic.web.flow import FlowForm, accepted, flow_form, signs
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.safety.identity import shown_mixture
from thecal.units import show

_SEE, _KEEP = "see the drug book", "keep the supply"
_SIGN = "Your password, to sign"
_SHOWN = 60


@page(_SEE)
def index(request: ClinicRequest) -> HttpResponse:
    """Show the book."""
    book = _book(request)
    return _page(request, book, _forms(request, book))


@page(_SEE)
def lot(request: ClinicRequest, key: str) -> HttpResponse:
    """Show every line of one lot."""
    book = _book(request)
    found = book.lot(key)
    if found is None:
        raise Http404("there is no such lot in the book of this clinic")
    forms = [] if not may(request.member.role, _KEEP) else [_explain(request, found)]
    return _lot_page(request, book, found, forms)


@page(_KEEP)
def count(request: ClinicRequest) -> HttpResponse:
    """Write down what was counted, by the first or by the second person."""
    book = _book(request)
    forms = _forms(request, book)
    form = next((one for one in forms if one.sent), None)
    if request.method != "POST" or form is None:
        return redirect("drug book")
    if accepted(form):
        _count(request, book, form)
        if accepted(form):
            return redirect("drug book")
    return _page(request, book, forms)


@page(_KEEP)
def explain(request: ClinicRequest, key: str) -> HttpResponse:
    """Write down, signed, why something of a lot does not add up."""
    book = _book(request)
    found = book.lot(key)
    if found is None:
        raise Http404("there is no such lot in the book of this clinic")
    form = _explain(request, found)
    if request.method != "POST" or not form.sent:
        return redirect("drug lot", key)
    if form.sheet.typed["shown"] != _shown(found):
        raise LostUpdateError(
            "what does not add up of this lot is something else by now",
            why="an explanation is about what its page told",
            remedy="look at the lot as it stands, then write it down again",
        )
    if accepted(form) and signs(request, form):
        _same(request, book)
        reason = str(form.sheet.typed["why_apart"])
        draft = Draft(EXPLAINED, {"lot": key, "told": _apart(found)}, reason)
        _write(request, draft, "looked into what does not add up")
        return redirect("drug lot", key)
    return _lot_page(request, book, found, [form])


@page(_SEE)
def table(request: ClinicRequest) -> HttpResponse:
    """Return every line of the book as CSV."""
    response = HttpResponse(csv_of(_book(request)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="controlled-drugs.csv"'
    return response


def _book(request: ClinicRequest) -> DrugBook:
    return drug_book(request.clinic, request.member.role)


def _page(request: ClinicRequest, book: DrugBook, forms: list[FlowForm]) -> HttpResponse:
    people = people_of(request.clinic)
    given: dict[str, Any] = {
        "tab": "book",
        "apart": [
            {"row": _row(one, book), "findings": list(one.findings())}
            for one in book.lots
            if one.is_apart
        ],
        "rows": [_row(one, book) for one in book.lots[:_SHOWN]],
        "more": max(0, len(book.lots) - _SHOWN),
        "signals": [
            {
                "whose": book.names.get(one.patient, "") or people.get(one.by, one.by),
                "finding": one.finding,
            }
            for one in book.signals
        ],
        "last_count": book.last_count,
        "count_due": book.count_due(clock.now()),
        "waiting": book.waiting,
        "waits_by": book.waiting and people.get(book.waiting.by, book.waiting.by),
        "forms": forms,
        "seen": book.seen,
    }
    refused = any(one.sent and one.sheet.errors for one in forms)
    return render(request, "clinic/drug_book.html", given, status=422 if refused else 200)


def _lot_page(
    request: ClinicRequest, book: DrugBook, one: LotBook, forms: list[FlowForm]
) -> HttpResponse:
    people = people_of(request.clinic)
    lines = [
        {
            "at": line.at,
            "what": line.what,
            "volume": ("" if line.what in (IN, DRAWN) else "-") + show(line.volume, "mL"),
            "masses": masses(one, line.volume),
            "by": people.get(line.by, line.by),
            "witness": people.get(line.witness, line.witness),
        }
        for line in sorted(one.lines, key=lambda each: each.at)
    ]
    counts = [
        {
            "at": each.at,
            "volume": show(each.volume, "mL"),
            "by": f"{people.get(each.by, each.by)} and {people.get(each.second, each.second)}",
        }
        for each in one.counts
    ]
    given = {
        "tab": "book",
        "row": _row(one, book),
        "lines": lines,
        "counts": counts,
        "findings": list(one.findings()),
        "explained": one.explained,
        "forms": forms,
        "seen": book.seen,
    }
    refused = any(form.sent and form.sheet.errors for form in forms)
    return render(request, "clinic/drug_lot.html", given, status=422 if refused else 200)


def _row(one: LotBook, book: DrugBook) -> dict[str, Any]:
    return {
        "key": one.key,
        "lot": one.lot,
        "patient": book.names.get(one.patient, ""),
        "solution": shown_mixture(one.mixture),
        "came": show(one.total(IN, DRAWN), "mL"),
        "injected": show(one.total(INJECTED), "mL"),
        "wasted": show(one.total(WASTED, GONE), "mL"),
        "returned": show(one.total(RETURNED), "mL"),
        "balance": show(one.balance, "mL"),
        "state": "closed" if one.is_closed else "open",
        "apart": any(True for _ in one.findings()),
        "looked_into": not one.is_apart,
    }


# -- counting ------------------------------------------------------------------------------------


def _forms(request: ClinicRequest, book: DrugBook) -> list[FlowForm]:
    """Return the form of a count: of the first person, or of the second, who sees no figure."""
    if not may(request.member.role, _KEEP):
        return []
    waiting = book.waiting
    again = waiting is not None and waiting.by != request.member.user.username
    keys = list(waiting.lots) if again and waiting else [one.key for one in book.in_stock]
    fields = []
    for key in keys:
        one = book.lot(key)
        if one is not None:
            whose = book.names.get(one.patient, "")
            label = f"Lot {one.lot}, {shown_mixture(one.mixture)}, for {whose}"
            fields.append(
                SheetField(f"count_{key}", label, "quantity", "mL", hint="0 where none is there")
            )
    if not fields:
        return []
    if again:
        title, button = "Count again as the second person", "Sign the second count"
        hint = "Another person counted these; what they found is not shown. Count for yourself."
        return [flow_form(request, "again", title, button, fields, sign=_SIGN, hint=hint)]
    title, button = "Count what is there", "Sign the count"
    hint = "What the book says is not shown here. Another person counts after you."
    return [flow_form(request, "count", title, button, fields, sign=_SIGN, hint=hint)]


def _count(request: ClinicRequest, book: DrugBook, form: FlowForm) -> None:
    names = [one.name for one in form.sheet.fields if one.name.startswith("count_")]
    found = {name.removeprefix("count_"): volume_in(form, name) for name in names}
    if form.sheet.errors or not signs(request, form):
        return
    _same(request, book)
    lots = {key: written(volume) for key, volume in found.items() if volume is not None}
    waiting = book.waiting
    if form.what == "count" or waiting is None:
        body: dict[str, Any] = {"count": str(uuid.uuid4()), "lots": lots}
        _write(request, Draft(COUNTED, body), "counted")
        messages.success(request, "Written down. Another person counts now, without seeing it.")
        return
    agrees = {key: written(volume) for key, volume in waiting.lots.items()} == lots
    body = {"count": waiting.id, "lots": lots, "agrees": agrees}
    _write(request, Draft(COUNTED_AGAIN, body), "counted as the second person")
    if agrees:
        messages.success(request, "Both counts agree.")
    else:
        messages.error(request, "The two counts differ: count again, both of you, from the start.")


def _explain(request: ClinicRequest, one: LotBook) -> FlowForm:
    fields = (
        SheetField("why_apart", "What was found out", "long"),
        SheetField("shown", "", "hidden", required=False),
    )
    title = f"What does not add up of lot {one.lot}"
    form = flow_form(request, "explain", title, "Sign it", fields, sign=_SIGN)
    if not form.sent:
        form.sheet.typed["shown"] = _shown(one)
    return form


def _apart(one: LotBook) -> list[str]:
    return [each.message for each in one.findings()]


def _shown(one: LotBook) -> str:
    """Return the hash of what the page of a lot tells that does not add up."""
    return hashlib.sha256(json.dumps(_apart(one)).encode("ascii")).hexdigest()


def _same(request: ClinicRequest, book: DrugBook) -> None:
    if book.seen != seen_of(request):
        raise LostUpdateError(
            "somebody wrote to the book after this page was opened",
            remedy="look at the book as it stands, then write it down again",
        )


def _write(request: ClinicRequest, draft: Draft, meaning: str) -> None:
    stream, _ = Stream.objects.get_or_create(
        kind=Stream.Kind.CLINIC, clinic=request.clinic, patient=None
    )
    signed = signature_draft(stream, request.member, meaning, [draft])
    write_to_clinic(request.clinic, request.author, (draft, signed))


urlpatterns = [
    path("", index, name="drug book"),
    path("book.csv", table, name="drug book csv"),
    path("count/", count, name="count drugs"),
    path("<slug:key>/", lot, name="drug lot"),
    path("<slug:key>/explain/", explain, name="explain drugs"),
]
