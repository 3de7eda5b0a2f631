"""Papers and the emergency page of a patient whose refill visit is open (issue 6, step 15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from clinic_pumps import chart_of
from flow_desk import text_of
from refill_room import Room

from thecal.care.papers.kinds import PAPERS
from thecal.clinic import clock
from thecal.clinic.pages.documents import paper_of
from thecal.clinic.refill import ahead
from thecal.clinic.refill.ahead import for_emergency, for_papers
from thecal.clinic.refill.talks import Talks
from thecal.errors import CannotComputeError
from thecal.therapy.simulation import simulate
from thecal.units import Volume

OPEN = "before it was signed: it shows what the signature writes"
BEFORE = "shows the record BEFORE it"


def papers(room: Room):
    chart = chart_of(room.patient)
    return {kind: paper_of(chart, room.world.clinic, kind) for kind in PAPERS}


def words(document) -> str:
    return repr(document)


def without_notice(document):
    first, *others = document.sections
    return replace(document, sections=(replace(first, paragraphs=first.paragraphs[1:]), *others))


def test_before_the_next_visit_is_recorded_each_paper_says_that_it_shows_the_record_before(
    room: Room,
) -> None:
    room.up_to("observe")
    for kind, document in papers(room).items():
        if kind != "emergency":
            assert BEFORE in words(document), kind
    assert "2026-07-01" not in words(papers(room)["summary"])
    assert BEFORE in text_of(room.get("document", "summary"))


def test_once_all_is_recorded_every_paper_is_the_one_of_after_closing_but_for_its_line(
    room: Room,
) -> None:
    room.up_to("leave")
    open_ones = papers(room)
    assert all(OPEN in words(one) for kind, one in open_ones.items() if kind != "emergency")
    summary = words(open_ones["summary"])
    assert "2026-07-01" in summary
    assert OPEN in text_of(room.get("document", "session"))
    held = chart_of(room.patient).seq
    assert "closed and signed" in text_of(room.close())
    assert chart_of(room.patient).seq > held
    closed = papers(room)
    for kind, document in open_ones.items():
        assert OPEN not in words(closed[kind])
        assert without_notice(document) == closed[kind], kind


def test_nothing_is_written_by_looking_ahead(room: Room) -> None:
    room.up_to("leave")
    before = chart_of(room.patient).seq
    papers(room)
    assert chart_of(room.patient).seq == before
    assert for_papers(chart_of(room.patient), room.world.clinic).therapy.next_visit is not None
    assert chart_of(room.patient).therapy.next_visit is None


def volume_now(room: Room):
    therapy = for_emergency(chart_of(room.patient), room.world.clinic).therapy
    return simulate(therapy, until=therapy.instant(clock.now()), length_needed=False)


def test_between_drawing_and_filling_the_emergency_page_says_that_the_pump_is_emptied(
    room: Room,
) -> None:
    room.up_to("access")
    full = volume_now(room).reservoir_volume
    assert full.in_unit("mL") > 10
    room.record("aspirate")
    assert volume_now(room).emptied
    page = text_of(room.get("patient emergency"))
    assert "0 mL (drawn empty in the visit under way" in page
    assert "EMPTIED: nothing is delivered (drawn empty" in page


def test_after_a_fill_by_hand_the_emergency_page_shows_the_new_solution_and_volume(
    room: Room,
) -> None:
    strong = "morphine 10 mg/mL, bupivacaine 20 mg/mL"
    room.up_to("interrogate")
    room.record("verify", order=strong, label=strong, label_again=strong, volume="36")
    room.record("decide", bridge="planned", reason="fewer refills", bridge_dose="0.7")
    room.settle()
    for key in ("access", "aspirate", "fill"):
        room.record(key)
        room.settle()
    page = text_of(room.get("patient emergency"))
    assert "36 mL (volume of the label: what was injected is not entered yet)" in page
    assert "10 mg/mL" in page
    room.record("fill", not_injected="1", portions="7 of 5 mL")
    room.record(
        "program",
        typed_mixture=strong,
        typed_mode="flex",
        typed_background="0.5",
        left="",
        first="35",
        second="35",
        programmed_volume="35",
    )
    room.now += timedelta(minutes=5)
    done = volume_now(room)
    assert 34.9 < float(done.reservoir_volume.in_unit("mL")) <= 35
    page = text_of(room.get("patient emergency"))
    assert "volume of the label" not in page
    assert "is under way: what is entered of it is counted here" in page
    assert "is under way" in words(papers(room)["emergency"])


def test_where_it_cannot_be_told_the_figure_itself_says_that_it_is_of_before(
    room: Room, monkeypatch
) -> None:
    def cannot(_):
        raise CannotComputeError("no figure")

    room.up_to("fill")
    monkeypatch.setattr(ahead, "_done_to_the_pump", cannot)
    page = text_of(room.get("patient emergency"))
    assert "mL (BEFORE the refill visit that is under way)" in page


def test_by_telemetry_what_was_injected_counts_before_and_after_the_pump_is_told(
    room: Room,
) -> None:
    room.begin(by_hand="")
    room.post("read pump at refill", "identify")
    for key in ("identify", "complaints", "vitals", "interrogate", "verify"):
        room.record(key)
    room.post("skip refill step", "decide", reason="dose unchanged")
    room.settle()
    for key in ("access", "aspirate"):
        room.record(key)
    room.settle()
    room.record("fill")
    room.record("program")
    assert volume_now(room).reservoir_volume == Volume.of(38, "mL")
    room.post("write pump at refill")
    room.now += timedelta(minutes=10)
    assert Volume.of(37, "mL") < volume_now(room).reservoir_volume < Volume.of(38, "mL")
    page = text_of(room.get("patient emergency"))
    assert "is under way: what is entered of it is counted here" in page
    assert "38 mL" in page or "37.9" in page
    room.record("waste")
    room.now += timedelta(minutes=31)
    room.record("observe")
    room.record("leave")
    open_ones = papers(room)
    room.close()
    for kind, document in papers(room).items():
        assert without_notice(open_ones[kind]) == document, kind


def test_an_order_without_an_answer_stands_beside_the_volume(room: Room, monkeypatch) -> None:
    room.up_to("program")
    monkeypatch.setattr(Talks, "unknown", property(lambda _: (object(),)))
    doubt = for_emergency(chart_of(room.patient), room.world.clinic).doubt
    assert doubt is not None
    assert "read the pump" in doubt.en
