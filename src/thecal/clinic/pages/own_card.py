"""The patient's pump card with a signed code that an emergency room checks without a network.

Kind of entry: `own.card` (`own.cards`).
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_http_methods

from thecal.care.document import Text
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.ledger.log import write
from thecal.clinic.own.cards import KIND, card_draft, card_facts, clinic_key
from thecal.clinic.own.guard import Own, own_page, show_own
from thecal.clinic.own.limits import TOO_MANY, too_many
from thecal.clinic.own.logins import CARD
from thecal.clinic.pages.documents import paper_of
from thecal.clinic.web.documents import sections_of
from thecal.record.card import fingerprint, public_text, sign_card
from thecal.report.documents.scanned import square_uri


@require_http_methods(["GET", "POST"])
@own_page("see own pages", CARD)
def card(request: ClinicRequest, own: Own) -> HttpResponse:
    """Show the card; asked for by its button, with a code as well."""
    named = request.method == "POST" and request.POST.get("named") == "yes"
    facts = None
    if not own.has_ended:
        facts = card_facts(own.chart, request.clinic, clock.now(), named=named)
    is_open = bool(own.chart.content["visit_open"])
    key = clinic_key(request.clinic)
    label = "card-name-carer" if own.login.who == "carer" else "card-name"
    values: dict[str, Any] = {
        "page": "card",
        "makes": facts is not None and not is_open,
        "none": own.words(_why_none(own, is_open=is_open)),
        "name_label": own.words(label),
        "named": named,
        "check": own.words("card-check", clinic=request.clinic.name),
        "fingerprint": fingerprint(key.public_key()),
    }
    if facts is not None and not is_open:
        paper = paper_of(own.chart, request.clinic, "card")
        values["sections"] = sections_of(paper, own.language)
        refused = too_many(request, own, KIND) if request.method == "POST" else ""
        values |= {"too_many": refused, "status": TOO_MANY if refused else 200}
        if request.method == "POST" and not refused:
            code = sign_card(facts, key)
            draft = card_draft(code, facts, own.language)
            write(own.chart.patient, request.author, (draft,), expected=None)
            day = Text.same(facts.until.isoformat())
            values |= {"code": code, "image": square_uri(code)}
            values["until"] = own.words("card-until", day=day)
    return show_own(request, own, "clinic/own_card.html", **values)


def _why_none(own: Own, *, is_open: bool) -> str:
    if own.has_ended:
        return "refill-ended"
    return "card-visit" if is_open else "card-none"


@own_page("see own pages", CARD)
def key_file(request: ClinicRequest, own: Own) -> HttpResponse:
    """Hand out the public key by which the clinic's cards are checked."""
    text = public_text(clinic_key(request.clinic).public_key())
    response = HttpResponse(text, content_type="text/plain")
    response["Content-Disposition"] = 'attachment; filename="clinic.pub"'
    return response


urlpatterns = [
    path("", card, name="own card"),
    path("clinic.pub", key_file, name="own card key"),
]
