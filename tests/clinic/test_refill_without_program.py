"""A refill by hand of a pump of constant flow: no program, no reading, no alarm."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from clinic_pumps import chart_of
from clinic_world import EXAMPLES
from refill_room import AT, Room, text_of

from thecal.clinic.access.second import requests_open
from thecal.clinic.pages.documents import paper_of
from thecal.clinic.refill.forms import FORMS
from thecal.clinic.refill.papers import PAPERS, made_at
from thecal.clinic.refill.record_words import record_rows
from thecal.therapy.events import PumpRecord
from thecal.therapy.file_reader import read_therapy_file
from thecal.units import Volume

NEXT = "2026-03-20"


@pytest.fixture
def room(world, monkeypatch: pytest.MonkeyPatch) -> Room:
    example = read_therapy_file(EXAMPLES / "pain_two_drugs.toml")
    fill = replace(example.events[0], volume=Volume.of(28, "mL"))
    pump = PumpRecord(model="codman-3000-30", serial="C-1")
    therapy = replace(example, pump=pump, events=(fill,))
    return Room(world, monkeypatch, at=AT - timedelta(days=42), therapy=therapy)


def filled(room: Room) -> None:
    room.begin()
    for key in ("identify", "complaints", "vitals"):
        room.record(key)
    room.record("verify", volume="28")
    room.post("skip refill step", "decide", reason="dose unchanged")
    room.record("access")
    room.record("aspirate")
    room.settle()
    room.record("fill")


def injected(room: Room, first: str = "28", second: str = "28") -> None:
    room.record("program", first=first, second=second, programmed_volume="", left="", ticked=[])


def watched(room: Room) -> None:
    injected(room)
    room.record("waste", received="28", injected="28")
    room.now += timedelta(minutes=40)
    room.record("observe")


def printed(room: Room, kind: str = "summary") -> None:
    assert room.nurse.post(room.url("document", kind)).content.startswith(b"%PDF")


def test_papers_of_the_open_visit_show_the_fill_without_a_program_or_a_read_back(
    room: Room,
) -> None:
    filled(room)
    watched(room)
    room.book(NEXT)
    for kind in ("summary", "session"):
        page = text_of(room.get("document", kind))
        assert "before it was signed: it shows what the signature writes" in page, kind
        assert "BEFORE it" not in page, kind
    summary = repr(paper_of(chart_of(room.patient), room.world.clinic, "summary"))
    assert NEXT in summary


def test_a_paper_of_before_the_visit_is_not_made_and_one_of_after_it_is(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = PAPERS[0]
    filled(room)
    watched(room)
    with monkeypatch.context() as held:
        held.setattr("thecal.clinic.refill.ahead._all_is_recorded", lambda _: False)
        room.book(NEXT)
        printed(room)
    assert made_at(room.situation, summary) is None
    printed(room)
    assert made_at(room.situation, summary) is not None


def test_a_paper_that_was_made_before_the_fill_was_corrected_is_not_made(room: Room) -> None:
    summary = PAPERS[0]
    filled(room)
    watched(room)
    room.book(NEXT)
    printed(room)
    room.record("observe")
    assert made_at(room.situation, summary) is not None, "the watch stands on no paper"
    injected(room, "27.5", "27.5")
    assert made_at(room.situation, summary) is None


def test_the_patients_pages_speak_of_no_program_alarm_or_count(room: Room) -> None:
    filled(room)
    watched(room)
    room.record("leave", next_visit=NEXT)
    end = text_of(room.get("close refill"))
    assert "<dt>Second person</dt>" in end
    assert "<dt>Witness of the waste</dt>" in end
    signed = text_of(room.close())
    assert "closed and signed" in signed
    assert "Call at once for" in signed
    assert "an alarm of the pump" not in signed
    page = text_of(room.get("patient"))
    assert "giving its constant flow, 1.3 mL/day" in page
    assert "Given each day by its flow" in page
    assert "Empty at its constant flow" in page
    for wrong in ("running its program", "pump's count", "Low-reservoir", "Programmed", "bolus"):
        assert wrong not in page, wrong
    assert "takes no program" in text_of(room.get("program now"))


@pytest.mark.req("K1")
def test_two_volumes_that_differ_at_all_hold_a_step_that_this_pump_has(room: Room) -> None:
    filled(room)
    injected(room, "27.5", "28")
    page = text_of(room.get("refill"))
    assert "entered as 27.5 mL and as 28 mL" in page
    assert "It holds “Account for the drug”" in page
    assert "It holds “Write and read back”" not in page
    injected(room, "28.0", "28")
    assert "K1" not in room.checks


@pytest.mark.req("K10")
def test_a_wrong_kit_leads_to_the_needle_and_to_no_other_step(room: Room) -> None:
    room.begin()
    for key in ("identify", "complaints", "vitals"):
        room.record(key)
    room.record("verify", volume="28")
    room.post("skip refill step", "decide", reason="dose unchanged")
    room.record("access", kit="synchromed-refill")
    page = text_of(room.get("refill"))
    assert "K10" in room.blocking
    assert "Place the needle</a>: put this kit away" in page
    assert "decide another dose" not in page


def arrived(room: Room, path: str = "full") -> None:
    room.begin(path=path)
    if path == "full":
        for key in ("identify", "complaints", "vitals"):
            room.record(key)
    else:
        room.record("arrive")


def test_another_strength_asks_for_a_reason_and_for_no_bridge(room: Room) -> None:
    arrived(room)
    weak = "morphine 2.5 mg/mL, bupivacaine 5 mg/mL"
    room.record("verify", order=weak, label=weak, label_again=weak, volume="28")
    page = text_of(room.get("refill step", "decide"))
    assert "this pump can give no bridge" in page
    assert "is not known. Measure it" not in page
    assert "That takes about" in page
    assert "mL (the tubing of this pump is not on record, and not counted)" in page
    unanswered = text_of(room.record("decide"))
    assert "Why this solution" in unanswered
    assert room.situation.visit.decide is None
    room.record("decide", reason="fewer side effects")
    assert not [one for one in room.situation.findings if "changes from" in one.message]


def test_a_red_aspirate_turns_the_few_pages_into_all_and_says_so_and_why(room: Room) -> None:
    arrived(room, path="refill-only")
    room.record("drug", volume="28")
    room.record("needle", volume_drawn="26")
    page = text_of(room.get("refill step", "decide"))
    assert "Begun on the few pages; it has all steps now, because the aspirate is red" in page
    assert "press “Nothing changes”" not in page
    assert "send them as they stand below" not in page
    assert "press “Record and go on”" in page


def test_the_second_person_is_promised_no_dose_that_nobody_asks_for(room: Room) -> None:
    arrived(room)
    room.record("verify", volume="28")
    page = text_of(room.get("refill"))
    assert "They enter solution and volume (the dose follows" in page
    room.post("ask second for refill")
    (asked,) = requests_open(chart_of(room.patient))
    assert "the dose follows from it and the pump's flow" in asked.what[-1]
    assert not [one for one in asked.blind if one.key == "background"]


@pytest.mark.parametrize(
    ("answer", "holds", "told"),
    [("not-done", None, "not done"), ("yes", True, "yes"), ("no", False, "no")],
)
def test_imaging_that_nobody_did_is_no_imaging_that_showed_nothing(
    room: Room, answer: str, holds: bool | None, told: str
) -> None:
    filled(room)
    room.record("fill", imaged="")
    assert "Imaging afterwards" in text_of(room.record("fill", imaged=""))
    room.record("fill", imaged=answer)
    situation = room.situation
    assert situation.visit.fill.imaged is holds
    rows = {
        one["name"]: one["value"] for one in record_rows("fill", situation.visit.fill, situation)
    }
    (said,) = [value for name, value in rows.items() if name.startswith("Imaging afterwards")]
    assert said == told
    page = room.get("refill step", "fill").content.decode()
    assert f'<option value="{answer}" selected' in page
    assert ("K9" in room.blocking) is (answer == "no")


def test_a_second_fill_of_one_day_is_told_and_asked_for_its_reason(room: Room) -> None:
    assert "Why it is filled again today" not in text_of(room.get("refill"))
    filled(room)
    watched(room)
    room.record("leave", next_visit=NEXT)
    room.close()
    page = text_of(room.get("refill"))
    assert "This pump was filled with 28 mL on" in page
    refused = room.post("begin refill", purpose="refill", path="full")
    assert refused.status_code == 422
    assert "nobody said why it is filled again today" in text_of(refused)
    room.post("begin refill", purpose="refill", path="full", again="the first was drawn out")
    begun = chart_of(room.patient).entries[-1]
    assert (begun.kind, begun.reason) == ("visit.begun", "the first was drawn out")
    assert "takes the place of the date booked before this visit, 20 March 2026" in leave_hint(room)


def test_a_pump_that_was_filled_today_is_emptied_without_a_reason(room: Room) -> None:
    filled(room)
    watched(room)
    room.record("leave", next_visit=NEXT)
    room.close()
    assert room.post("begin refill", purpose="emptying", path="full").status_code == 200
    assert room.running is not None


def leave_hint(room: Room) -> str:
    form = FORMS["leave"]
    return next(one.hint for one in form.fields(room.situation) if one.name == "next_visit")


def test_nothing_offers_to_stop_a_pump_that_only_emptying_stops(room: Room) -> None:
    room.begin()
    for page in (
        room.get("refill step", "identify"),
        room.get("stop pump", browser=room.physician),
    ):
        assert "Stop by emptying" in text_of(page)
        assert "Stop the pump" not in text_of(page)
    told = text_of(room.get("stop pump", browser=room.physician))
    assert "Nothing stops this pump but emptying its reservoir" in told
    assert "Stop now" not in told


@pytest.mark.req("K30")
def test_the_page_that_asks_for_the_serial_number_never_tells_it(room: Room) -> None:
    room.begin()
    recorded = room.therapy.pump.serial
    assert recorded not in text_of(room.get("refill step", "identify"))
    refused = text_of(room.record("identify", serial="ZZ-9"))
    assert "K30" in room.blocking
    for page in (refused, text_of(room.get("refill step", "identify"))):
        assert "is not the one of the record" in page
        assert f"{recorded}<" not in page
        assert f" {recorded}" not in page
    assert recorded in text_of(room.get("patient"))


def test_the_signed_visit_gives_the_summary_as_pdf_and_names_its_page_for_what_it_is(
    room: Room,
) -> None:
    filled(room)
    watched(room)
    room.record("leave", next_visit=NEXT)
    page = text_of(room.close())
    assert "look at the summary in English" in page
    assert "Summary in English as PDF</button>" in page
    printed(room)
