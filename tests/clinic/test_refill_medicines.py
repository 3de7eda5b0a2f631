"""A refill visit knows the list of medicines (K20, K35) and how the dose rose (K28)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from clinic_pumps import chart_of
from refill_room import Room

from thecal.clinic.ledger.tasks import open_tasks
from thecal.record.fold import effective

LORAZEPAM = {"change.medicine": "lorazepam", "change.dose": "2", "change.dose.unit": "mg/d"}
APIXABAN = {"change.medicine": "apixaban", "change.dose": "10", "change.dose.unit": "mg/d"}
PARACETAMOL = {"change.medicine": "paracetamol", "change.dose_words": "when needed"}
WHOLE = {"list.asked": "the patient", "list.alcohol": "no"}


def listed(room: Room, *medicines: dict[str, str]) -> None:
    for one in medicines:
        room.post("change medicine", **one)
    room.post("reconcile medicines", **WHOLE)


def said(room: Room, check: str) -> list[tuple[str, str]]:
    found = [one for one in room.situation.findings if one.check == check]
    return [(one.severity.value, one.message) for one in found]


@pytest.mark.req("K20")
def test_a_sedative_beside_the_pump_asks_at_the_visit_and_an_answer_is_kept(room) -> None:
    listed(room, LORAZEPAM)
    room.begin()
    assert any(
        severity == "soft" and "lorazepam" in message for severity, message in said(room, "K20")
    )
    page = room.get("medicines", browser=room.physician).content.decode()
    assert "Answer what the list asks" in page
    sent = {"accept.about": "lorazepam", "accept.reason": "since years, weaned"}
    room.post("accept medicine", browser=room.physician, **sent)
    assert "K20" not in room.blocking
    assert "K20" in room.checks


@pytest.mark.req("K20")
def test_a_list_of_the_day_that_meets_nothing_is_silent(room) -> None:
    listed(room, PARACETAMOL)
    room.begin()
    assert "K20" not in room.checks


@pytest.mark.req("K20")
@pytest.mark.inventory("E14")
def test_changes_that_the_patient_tells_ask_until_the_list_is_gone_through(room) -> None:
    listed(room, PARACETAMOL)
    room.up_to("complaints", complaints={"oral_drug_changes": "baclofen tablets stopped"})
    assert any("told of changes" in message for _, message in said(room, "K20"))
    assert "K20" in room.blocking
    room.now += timedelta(minutes=2)
    room.post("reconcile medicines", **WHOLE)
    assert "K20" not in room.checks


@pytest.mark.req("K20")
def test_without_any_list_a_change_still_asks(room) -> None:
    room.up_to("complaints", complaints={"oral_drug_changes": "something new"})
    assert any("not reconciled" in message for _, message in said(room, "K20"))


@pytest.mark.req("K20")
def test_an_old_list_is_said_at_a_routine_visit_and_keeps_nothing_shut(room) -> None:
    now = room.now
    room.now = now - timedelta(days=200)
    listed(room, PARACETAMOL)
    room.now = now
    room.begin()
    assert [severity for severity, _ in said(room, "K20")] == ["warn"]
    assert "K20" not in room.blocking


@pytest.mark.req("K35")
def test_an_anticoagulant_is_said_at_a_refill_and_asks_nothing(room) -> None:
    listed(room, APIXABAN)
    room.begin()
    ((severity, message),) = said(room, "K35")
    assert severity == "warn"
    assert "apixaban" in message


@pytest.mark.req("K35")
def test_who_takes_nothing_against_clotting_is_not_spoken_of(room) -> None:
    listed(room, PARACETAMOL)
    room.begin()
    assert "K35" not in room.checks


@pytest.mark.req("K28")
@pytest.mark.inventory("E20")
def test_nerve_signs_are_told_with_the_history_of_the_doses(room) -> None:
    room.up_to("complaints", complaints={"weakness": "yes"})
    (found,) = [one for one in room.situation.findings if one.check == "K28"]
    assert "nobody has reckoned" not in found.message
    assert "morphine: " in found.follow_up
    page = room.get("refill step", "complaints").content.decode()
    assert "How the dose rose" in page
    room.post("leave refill", reason="to the scanner")
    tasks = open_tasks(effective(chart_of(room.patient).entries))
    assert any("morphine: " in one.what for one in tasks)


@pytest.mark.req("K28")
def test_without_nerve_signs_the_history_is_shown_and_nothing_is_asked(room) -> None:
    room.up_to("complaints")
    assert "K28" not in room.checks
