"""Teach-back in the record, and what the pages of information know of a chart.

Kinds of entries: `education.answered` {item, sure, as, sealed: {answer}}, by the patient or a
carer; `education.confirmed` {item, result, answer}, by the staff (`shown` or `repeat`; `answer` is
the entry that was talked about, or 0). A signed form PE confirms its items too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from thecal.care.forms import items_to_teach
from thecal.care.information.known import Known, known_from
from thecal.care.information.teaching import Answer, Judged, Learned, learned
from thecal.clinic.flows.form_log import filed_forms
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft
from thecal.clinic.ledger.projection import REMOVED
from thecal.clinic.models import Clinic, SealedText
from thecal.clinic.patient.overview import outlook
from thecal.record.entry import Entry
from thecal.record.fold import effective
from thecal.record.redaction import seal

ANSWERED, CONFIRMED = "education.answered", "education.confirmed"
_FORM = "PE"


def known_of_chart(chart: Chart, clinic: Clinic, now: datetime) -> Known:
    """Return what the pages of information need; during an open visit no date is told."""
    zone = ZoneInfo(clinic.timezone)
    found = outlook(chart.folded, now)
    by = None if found is None else found.refill_by.moment
    return known_from(
        chart.simulation(now),
        now.astimezone(zone).date(),
        None if by is None else by.astimezone(zone).date(),
        uncertain=bool(chart.content["visit_open"]),
    )


def learned_of(chart: Chart, known: Known, zone: ZoneInfo) -> tuple[Learned, ...]:
    """Return every item that this patient is taught, as it stands in the record."""
    items = items_to_teach(has_controller=known.controller is not None)
    entries = chart.entries
    judged = (*_judged(entries, zone), *_of_forms(entries))
    return learned(items, tuple(_answers(entries, zone)), judged, known.today)


def answered_draft(item: str, sure: str, who: str, words: str) -> Draft:
    """Return the entry of an answer; its words are sealed, so that they can be taken out."""
    sealed = (seal(words),) if words else ()
    body: dict[str, Any] = {"item": item, "sure": sure, "as": who}
    if sealed:
        body["sealed"] = {"answer": sealed[0].hash}
    return Draft(ANSWERED, body, sealed=sealed)


def confirmed_draft(one: Learned, result: str, remark: str) -> Draft:
    """Return the entry by which the staff says how an item was told."""
    answer = 0 if one.answer is None else one.answer.order
    return Draft(CONFIRMED, {"item": one.item.id, "result": result, "answer": answer}, remark)


def words_of(chart: Chart) -> Mapping[int, str]:
    """Return the answers in the patient's own words, by entry."""
    hashes = {
        one.entry.seq: str(one.body["sealed"]["answer"])
        for one in effective(chart.entries)
        if one.entry.kind == ANSWERED and one.body is not None and "sealed" in one.body
    }
    if not hashes:
        return {}
    kept = SealedText.objects.filter(stream=chart.stream, hash__in=set(hashes.values()))
    texts = {one.hash: one.text for one in kept}
    return {seq: texts.get(sealed, REMOVED) for seq, sealed in hashes.items()}


def teaching_left(chart: Chart, clinic: Clinic, now: datetime) -> list[str]:
    """Return the items that nobody has confirmed yet, for the staff before a patient leaves."""
    known = known_of_chart(chart, clinic, now)
    found = learned_of(chart, known, ZoneInfo(clinic.timezone))
    return [one.item.name.en for one in found if one.missing]


def _answers(entries: Sequence[Entry], zone: ZoneInfo) -> Iterator[Answer]:
    for one in effective(entries):
        if one.entry.kind == ANSWERED and one.body is not None:
            on = one.entry.written.astimezone(zone).date()
            yield Answer(one.entry.seq, one.body["item"], one.body["sure"], on)


def _judged(entries: Sequence[Entry], zone: ZoneInfo) -> Iterator[Judged]:
    for one in effective(entries):
        if one.entry.kind == CONFIRMED and one.body is not None:
            on = one.entry.written.astimezone(zone).date()
            yield Judged(one.entry.seq, one.body["item"], one.body["result"], on)


def _of_forms(entries: Sequence[Entry]) -> Iterator[Judged]:
    """Yield what the signed forms of education say; a form that nobody signed says nothing."""
    for form in filed_forms(entries):
        if form.form.id != _FORM or not (form.signed and form.latest):
            continue
        for row in form.filled.rows("items"):
            on = row["taught_on"]
            assert isinstance(on, date)
            yield Judged(form.entry.seq, str(row["item"]), str(row["teach_back"]), on)
