"""Steps 13 to 15 as fields: the waste, the watch, what the patient leaves with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from thecal.care.visit.arrival import Consciousness, Gait
from thecal.care.visit.leaving_checks import check_next_visit
from thecal.clinic.refill.booking import questions_of
from thecal.clinic.refill.form import Form, Recorded, Typed, choice, record_of, table_of
from thecal.clinic.refill.now_or_typed import now_or_typed, put_now
from thecal.clinic.refill.papers import NOT_MADE, PAPERS, handed_before_made, not_made
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.watch import watch_begun, watch_ends
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.clinic.web.wall_clock import with_offset
from thecal.clinic.web.whole_text import whole_text
from thecal.units import Volume, show, show_date, show_time

_HANDED_AT = "given_at"
_WHY_BOOKED, _WAS_WHY_BOOKED = "booking_why", "interval_why"
"""Why the next refill is booked so all the same, and how entries before named it."""
_WHYS = ("papers_why", _WHY_BOOKED)
"""Reasons that stand beside the record, and are signed with the visit."""


def _waste_fields(situation: Situation) -> Sequence[SheetField]:
    visit = situation.visit

    def volume(name: str, label: str, hint: str = "") -> SheetField:
        return SheetField(name, label, kind="quantity", unit="mL", hint=hint)

    def told(what: str, found: Volume | None) -> str:
        return "" if found is None else f"{what}: {show(found, 'mL')}"

    syringes = None if visit.verify is None else visit.verify.volume
    entered = None if visit.program is None else visit.program.first
    drawn = None if visit.aspirate is None else visit.aspirate.volume
    return (
        volume("received", "New solution: received", told("in the syringes", syringes)),
        volume("injected", "New solution: injected", told("entered as injected", entered)),
        volume("wasted", "New solution: destroyed", "what was left of it, not the old solution"),
        volume("returned", "New solution: given back"),
        volume("old_wasted", "Old solution: destroyed", told("drawn out of the pump", drawn)),
    )


def _plain(sheet: Sheet, situation: Situation, _: str) -> Recorded:
    return Recorded(table_of(sheet, situation))


def _leave(sheet: Sheet, situation: Situation, _: str) -> Recorded:
    """Read the booking; a next refill that comes too late is refused before anything is written."""
    table = table_of(sheet, situation)
    beside = {name: " ".join(str(table.pop(name, "")).split()) for name in _WHYS}
    why = beside["papers_why"]
    _read_time(sheet, table, situation)
    if any(one.name == _HANDED_AT for one in sheet.fields):
        put_now(table, _HANDED_AT, situation)
    recorded = Recorded(table, {name: whole_text(text) for name, text in beside.items() if text})
    leave = None if sheet.errors else record_of("leave", sheet, recorded)
    if leave is None:
        return recorded
    missing = not_made(situation, leave.documents, leave.next_visit)
    if missing and not why:
        words = (
            f"{NOT_MADE}: {', '.join(missing)}; press “Print as PDF” beside it (opening it is not"
            " enough), or say why"
        )
        sheet.refuse("papers_why", f"Handed over: {words}")
    at = leave.given_at
    early = () if at is None else handed_before_made(situation, leave.documents, at)
    if early:
        words = f"before these were made: {', '.join(early)}; leave the time empty, or correct it"
        sheet.refuse(_HANDED_AT, f"Handed over at: {words}")
    if not situation.is_emptying:
        if leave.next_visit <= situation.now.date():
            sheet.refuse("next_visit", "Next refill: this day is not ahead; book a later one")
        visit = replace(situation.visit, leave=leave)
        for late in check_next_visit(visit, situation.knowledge):
            sheet.refuse("next_visit", f"Next refill: {late.message}")
        if not sheet.errors and not beside[_WHY_BOOKED]:
            asked = [one.message for one in questions_of(situation, leave)]
            if asked:
                sheet.refuse(_WHY_BOOKED, f"Next refill: {'; '.join(asked)}")
    return recorded


def _read_time(sheet: Sheet, table: dict[str, Any], situation: Situation) -> None:
    """Put day and time of the next visit together, on the clinic's clock."""
    text = str(table.pop("visit_at", ""))
    if not text:
        return
    zone = ZoneInfo(situation.clinic.timezone)
    found = with_offset(f"{table.get('next_visit', '')}T{text}", zone)
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        sheet.refuse("visit_at", f'Time of the next refill: "{text[:20]}" is none; write 09:30')
        return
    if moment.tzinfo is None:
        words = "the clinic's clock shows this time twice or never on that day; book another"
        sheet.refuse("visit_at", f"Time of the next refill: {words}")
        return
    table["visit_at"] = moment.isoformat()


def _waste_typed(situation: Situation) -> Typed:
    if situation.visit.purpose == "emptying":
        return dict.fromkeys(("received", "injected", "wasted", "returned"), "0")
    return {}


def _observe_fields(situation: Situation) -> Sequence[SheetField]:
    # Before the watch is over nobody presses on past the patient: the time is typed.
    released = "The patient is released at"
    ended = SheetField("ended", released, kind="moment")
    return (
        now_or_typed("ended", released) if _watched(situation) else ended,
        choice("consciousness", "Consciousness now", Consciousness),
        choice("gait", "Gait now", Gait),
        SheetField(
            "escort",
            "Who goes with the patient",
            required=False,
            hint="left empty, the patient goes home alone and that warns; where nobody is needed,"
            " write why",
        ),
        SheetField(
            "watched_until",
            "A longer watch is arranged until",
            kind="moment",
            required=False,
            hint="after a start or restart",
        ),
    )


def _observe(sheet: Sheet, situation: Situation, who: str) -> Recorded:
    table = table_of(sheet, situation)
    table["released_by"] = who
    # The watch began with the fill, as the log has it: nobody types another time for it.
    table["started"] = (watch_begun(situation) or situation.now).replace(microsecond=0).isoformat()
    if _watched(situation):
        put_now(table, "ended", situation)
        table["ended"] = _to_the_second(table["ended"], watch_ends(situation))
    if table.get("ended") == situation.now.replace(second=0).isoformat():
        table["ended"] = situation.now.isoformat()
    return Recorded(table)


def _to_the_second(ended: str, over: datetime) -> str:
    """Return a release in the minute in which the watch is over as one at its end.

    Fields have no seconds, and who waited it out releases nobody early.
    """
    same = ended == over.replace(second=0).isoformat()
    return over.isoformat() if same else ended


def _leave_shown(situation: Situation) -> Typed:
    beside, leave = situation.beside("leave"), situation.visit.leave
    shown = {name: beside[name] for name in _WHYS if beside.get(name)}
    if _WAS_WHY_BOOKED in beside:
        shown.setdefault(_WHY_BOOKED, beside[_WAS_WHY_BOOKED])
    if leave is not None and leave.visit_at is not None:
        shown["visit_at"] = f"{leave.visit_at:%H:%M}"
    return shown


def _watched(situation: Situation) -> bool:
    return watch_begun(situation) is not None and watch_ends(situation) <= situation.now


def _leave_fields(situation: Situation) -> Sequence[SheetField]:
    by = situation.knowledge.refill_by
    why = situation.knowledge.refill_by_decided_by
    words = ""
    if by is not None:
        here = by.astimezone(situation.now.tzinfo)
        words = f"until {show_time(here)} at the latest: {why} decides it"
    booked = situation.therapy.next_visit
    if booked is not None:
        words = "; ".join(
            one
            for one in (
                words,
                f"takes the place of the date booked before this visit, {show_date(booked)}",
            )
            if one
        )
    booking = (
        SheetField("next_visit", "Next refill", kind="date", hint=words),
        SheetField(
            "visit_at",
            "Time of the next refill",
            required=False,
            when="needed on the last day",
            hint="as in 09:30",
        ),
        SheetField(
            _WHY_BOOKED,
            "Why the next refill is booked so all the same",
            required=False,
            when="needed where it is early or late, or the clinic is closed or full on that day",
        ),
    )
    if situation.visit.leave is None:
        return booking
    return (
        SheetField(
            "documents",
            "Handed over",
            kind="choices",
            choices=tuple((one.key, one.words) for one in PAPERS),
            required=False,
        ),
        SheetField(
            "papers_why",
            "Why a paper is handed over that was not made here",
            required=False,
            when="needed for those that are not made",
            hint="as in: made at the last visit, nothing in it changed",
        ),
        now_or_typed(_HANDED_AT, "Handed over at"),
        *booking,
    )


FORMS = (
    Form("waste", _waste_fields, _plain, typed=_waste_typed),
    Form("observe", _observe_fields, _observe),
    Form("leave", _leave_fields, _leave, shown=_leave_shown),
)
