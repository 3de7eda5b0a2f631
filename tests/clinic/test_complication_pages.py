"""Complications of a patient entered and judged, and the clinic's register counted from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from clinic_pumps import chart_of
from clinic_world import EXAMPLES
from django.urls import reverse
from flow_desk import FlowDesk, text_of

from thecal.clinic.flows.complication_log import JUDGED, RECORDED, noted
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.ledger.registration import register as registered
from thecal.clinic.ledger.registration import therapy_drafts
from thecal.clinic.models import Patient, Role
from thecal.record.fold import effective
from thecal.therapy.file_reader import read_therapy_file

GIVEN = {
    "complication": "catheter-fracture",
    "began": "2026-03-10",
    "grade": "3",
    "cause": "device",
    "drug": "",
    "linked": "",
    "words": "loss of effect after a fall",
    "outcome": "",
    "ended": "",
}


def known(patient: Patient):
    return noted(effective(chart_of(patient).entries)).found


@pytest.fixture
def desk(world) -> FlowDesk:
    return FlowDesk(world, Role.NURSE)


def enter(desk: FlowDesk, **changed: str):
    return desk.send("new complication", "complication", **{**GIVEN, **changed})


def judge(desk: FlowDesk, number: int, **changed: str):
    chart = chart_of(desk.patient)
    sent = {**GIVEN, "what": "judgement", "seen": chart.seq, "why": "seen again", **changed}
    address = reverse("judge complication", args=[desk.patient.pk, number])
    return desk.client.post(address, sent, follow=True)


@pytest.mark.inventory("S3.19")
def test_a_complication_is_entered_closed_and_opened_again(desk) -> None:
    page = text_of(enter(desk))
    assert "fracture, leak or disconnection of the catheter" in page
    assert "loss of effect after a fall" in page
    assert "open" in page
    (one,) = known(desk.patient)
    assert one.open

    page = text_of(judge(desk, one.number, outcome="resolved-revised", ended="2026-03-20"))
    assert "resolved by an operation on pump or catheter, 20 March 2026" in page
    entry = desk.entries(JUDGED)[-1]
    assert (entry.reason, entry.before["outcome"]) == ("seen again", "")

    judge(desk, one.number)
    assert known(desk.patient)[0].open
    assert len(desk.entries(RECORDED)) == 1


def test_pump_and_drug_are_those_of_the_day_and_nobody_types_them(desk) -> None:
    page = text_of(enter(desk))
    assert "SynchroMed II 8637-40 (40 mL): bupivacaine, morphine" in page
    earlier = text_of(enter(desk, began="1999-01-01", complication="headache"))
    assert "no implanted pump then" in earlier


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"began": "2026-04-21"}, "began"),
        ({"ended": "2026-03-12"}, "outcome"),
        ({"outcome": "death", "ended": "2026-03-12"}, "outcome"),
        ({"complication": "x"}, "complication"),
        ({"linked": "99999"}, "linked"),
        ({"words": "a\u202eb"}, "words"),
    ],
)
def test_what_cannot_be_is_refused_and_the_text_stays(desk, changed, field) -> None:
    answer = enter(desk, **changed)
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.content.decode()
    assert changed.get("words", "after a fall") in text_of(answer)
    assert known(desk.patient) == ()


def test_it_may_belong_to_an_event_of_the_record(desk) -> None:
    note = {"type": "stop", "time": "2026-03-09T10:00:00+01:00", "reason": "x"}
    write(desk.patient, desk.world.author(), (Draft("therapy.event", note),), expected=None)
    number = chart_of(desk.patient).seq
    assert "stop, 9 March 2026" in text_of(enter(desk, linked=str(number)))


def test_what_sounds_like_a_complication_and_is_none_is_pointed_out_until_it_is_entered(
    desk,
) -> None:
    closed = Draft("trouble.closed", {"cause": "catheter-kink", "action": "revision"})
    write(desk.patient, desk.world.author(), (closed,), expected=None)
    number = chart_of(desk.patient).seq
    page = text_of(desk.go("complications"))
    assert "In the record, and not in the register" in page
    assert "troubleshooting closed (catheter kink), 20 April 2026" in page
    address = reverse("new complication", args=[desk.patient.pk])
    form = text_of(desk.client.get(address, {"of": str(number)}))
    assert f'<option value="{number}" selected>' in form
    assert 'value="2026-04-20"' in form
    page = text_of(enter(desk, linked=str(number), began="2026-04-20"))
    assert "In the record, and not in the register" not in page


def test_nothing_new_is_no_judgement_and_a_stale_page_writes_nothing(desk) -> None:
    enter(desk)
    (one,) = known(desk.patient)
    assert judge(desk, one.number).status_code == 422
    assert judge(desk, one.number, grade="2", seen="1").status_code == 409
    assert judge(desk, 4711).status_code == 404
    assert known(desk.patient)[0].grade == "3"


def test_an_entry_of_another_program_that_cannot_be_read_is_counted_and_breaks_nothing(
    desk,
) -> None:
    odd = (
        Draft(RECORDED, {"complication": "unheard-of"}),
        Draft(JUDGED, {"of": 3, "grade": "1"}),
    )
    write(desk.patient, desk.world.author(), odd, expected=None)
    assert "2 entries of this record cannot be read" in text_of(desk.go("complications"))
    assert "2 entries cannot be read" in text_of(desk.client.get(reverse("clinic register")))


def register(desk: FlowDesk, **asked: str) -> str:
    return text_of(desk.client.get(reverse("clinic register"), asked))


@pytest.mark.inventory("S3.19")
def test_the_register_counts_what_the_records_say_and_says_over_what(desk) -> None:
    enter(desk)
    enter(desk, complication="infection", began="2026-04-01")
    page = register(desk)
    assert "2 events from" in page
    assert "years with an implanted pump" in page
    assert "refills through the skin" in page
    assert "1 (few)" in page
    assert "pharmacology.md 7 K9" in page
    assert "cannot be put beside it" in page
    assert "a share of reports, no rate" in page


def test_the_register_is_filtered_by_kind_time_pump_and_drug(desk) -> None:
    enter(desk)
    enter(desk, complication="infection", began="2026-04-01")
    assert "1 event from" in register(desk, kind="infection")
    assert "1 event from 1 April 2026 to 20 April 2026" in register(desk, first="2026-04-01")
    assert "1 event from" in register(desk, last="2026-03-31")
    assert "2 events from" in register(desk, pump="synchromed-ii-40", drug="morphine")
    assert "0 events from" in register(desk, pump="prometra-20")
    assert "0 events from" in register(desk, drug="baclofen")


def test_a_filter_that_means_nothing_says_so_and_counts_everything(desk) -> None:
    enter(desk)
    for asked in ({"kind": "<b>"}, {"first": "x"}, {"first": "2026-04-02", "last": "2026-04-01"}):
        answer = desk.client.get(reverse("clinic register"), asked)
        assert answer.status_code == 422
        assert "1 event from" in text_of(answer)


def test_the_register_holds_nobody_of_another_clinic(desk) -> None:
    world = desk.world
    body = {key: value for key, value in GIVEN.items() if key != "linked"}
    write(world.their_patient, world.author(), (Draft(RECORDED, body),), expected=None)
    assert "0 events from" in register(desk)


def test_the_register_asks_the_database_as_often_for_many_as_for_one(
    desk, django_assert_max_num_queries
) -> None:
    enter(desk)
    client = desk.client
    client.get(reverse("clinic register"))
    with django_assert_max_num_queries(10):
        client.get(reverse("clinic register"))


@pytest.mark.inventory("S3.19")
def test_devices_are_followed_and_the_definition_of_a_failure_is_said(desk) -> None:
    enter(desk)
    page = text_of(desk.client.get(reverse("device survival")))
    assert "fracture, leak or disconnection of the catheter" in page
    assert 'id="survival-pump-t"' in page
    assert "cumulative incidence" in page
    assert "Fewer than 5 failures" in page
    assert "catheter survival above 81 %" in page
    assert "Year by year: catheters" in page


def test_one_model_alone_can_be_followed(desk) -> None:
    address = reverse("device survival")
    shown = text_of(desk.client.get(address, {"pump": "synchromed-ii-40"}))
    assert "Pumps seen from their implantation: 1." in shown
    refused = desk.client.get(address, {"pump": "prometra-20"})
    assert refused.status_code == 422
    assert "Pumps seen from their implantation: 1." in text_of(refused)


def test_who_came_with_a_pump_is_left_out_of_the_curve_and_that_is_said(world, desk) -> None:
    therapy = read_therapy_file(EXAMPLES / "pain_two_drugs.toml")
    old = replace(therapy, pump=replace(therapy.pump, implanted=date(2015, 1, 1)))
    patient = registered(
        world.clinic,
        world.author(),
        name="Old Pump",
        number="O-1",
        birth_date=date(1950, 1, 1),
        sex="male",
        pathway="non-cancer",
    )
    write(patient, world.author(), therapy_drafts(old), expected=None)
    page = text_of(desk.client.get(reverse("device survival")))
    assert "Left out of the curve: 1 that was implanted before this clinic's record of it" in page
