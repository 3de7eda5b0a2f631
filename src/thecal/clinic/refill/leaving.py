"""Steps 13 to 15 as fields: the waste, the watch, what the patient leaves with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from thecal.care.visit.arrival import Consciousness, Gait
from thecal.care.visit.leaving_checks import check_next_visit
from thecal.clinic.refill.form import Form, Recorded, Typed, choice, record_of, table_of
from thecal.clinic.refill.papers import NOT_MADE, PAPERS, handed_before_made, not_made, paper_words
from thecal.clinic.refill.situation import Situation, at_now
from thecal.clinic.refill.watch import watch_begun, watch_ends
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.clinic.web.whole_text import whole_text
from thecal.units import Volume, show, show_date


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
    why = " ".join(str(table.pop("papers_why", "")).split())
    recorded = Recorded(table, {"papers_why": whole_text(why)} if why else {})
    leave = None if sheet.errors else record_of("leave", sheet, recorded)
    if leave is None:
        return recorded
    missing = not_made(situation, leave.documents, leave.next_visit)
    if missing and not why:
        words = f"{NOT_MADE}: {', '.join(missing)}; make it first, or say why"
        sheet.refuse("papers_why", f"Handed over: {words}")
    at = leave.given_at
    early = () if at is None else handed_before_made(situation, leave.documents, at)
    if early:
        words = f"before these were made: {', '.join(early)}; correct the time"
        sheet.refuse("given_at", f"Handed over at: {words}")
    if not situation.is_emptying:
        if leave.next_visit <= situation.now.date():
            sheet.refuse("next_visit", "Next refill: this day is not ahead; book a later one")
        visit = replace(situation.visit, leave=leave)
        for late in check_next_visit(visit, situation.knowledge):
            sheet.refuse("next_visit", f"Next refill: {late.message}")
    return recorded


def _waste_typed(situation: Situation) -> Typed:
    if situation.visit.purpose == "emptying":
        return dict.fromkeys(("received", "injected", "wasted", "returned"), "0")
    return {}


def _observe_fields(_: Situation) -> Sequence[SheetField]:
    return (
        SheetField("ended", "The patient is released at", kind="moment"),
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
    if table.get("ended") == situation.now.replace(second=0).isoformat():
        table["ended"] = situation.now.isoformat()
    return Recorded(table)


def _observe_typed(situation: Situation) -> Typed:
    # A release is offered when the watch is over; before it nobody presses on past the patient.
    return {"ended": at_now(situation.now)} if _watched(situation) else {}


def _leave_typed(situation: Situation) -> Typed:
    return {"given_at": at_now(situation.now)} if _watched(situation) else {}


def _leave_shown(situation: Situation) -> Typed:
    why = situation.beside("leave").get("papers_why")
    return {"papers_why": why} if why else {}


def _watched(situation: Situation) -> bool:
    return watch_begun(situation) is not None and watch_ends(situation) <= situation.now


def _leave_fields(situation: Situation) -> Sequence[SheetField]:
    by = situation.knowledge.refill_by
    why = situation.knowledge.refill_by_decided_by
    words = "" if by is None else f"on or before {show_date(by)}: {why} decides it"
    booked = situation.therapy.next_visit
    if booked is not None:
        words = "; ".join(one for one in (words, f"booked until now: {show_date(booked)}") if one)
    next_visit = SheetField("next_visit", "Next refill", kind="date", hint=words)
    if situation.visit.leave is None:
        return (next_visit,)
    return (
        SheetField(
            "documents",
            "Handed over",
            kind="choices",
            choices=tuple((one.key, paper_words(situation, one)) for one in PAPERS),
            required=False,
        ),
        SheetField(
            "papers_why",
            "Why a paper is handed over that was not made here",
            required=False,
            when="needed for those that say so",
            hint="as in: made at the last visit, nothing in it changed",
        ),
        SheetField("given_at", "Handed over at", kind="moment"),
        next_visit,
    )


FORMS = (
    Form("waste", _waste_fields, _plain, typed=_waste_typed),
    Form("observe", _observe_fields, _observe, typed=_observe_typed),
    Form(
        "leave",
        _leave_fields,
        _leave,
        typed=_leave_typed,
        shown=_leave_shown,
    ),
)
