"""The emergency page: everything at one click, and nothing that holds it up."""

from __future__ import annotations

import pytest
from clinic_pumps import chart_of
from clinic_world import NOW, PASSWORD
from django.urls import reverse
from flow_desk import FlowDesk, patient_with, text_of

from thecal.clinic.ledger.registration import register
from thecal.clinic.models import Role
from thecal.clinic.pages.emergency import RECORDED
from thecal.clinic.pumps import virtual_pump
from thecal.link.errors import LinkBrokenError
from thecal.record.fold import EVENT

BACLOFEN, ROTOR = "spasticity_baclofen.toml", "pain_two_drugs.toml"


@pytest.mark.parametrize("page", ["patient", "programming", "record", "mri", "documents"])
def test_it_is_one_click_from_every_page_of_a_patient(world, page) -> None:
    desk = FlowDesk(world)
    shown = text_of(desk.go(page))
    assert f'href="{reverse("patient emergency", args=[desk.patient.pk])}"' in shown


def test_the_sheet_of_this_moment_names_volume_doses_and_what_the_port_would_push(world) -> None:
    desk = FlowDesk(world, patient=patient_with(world, BACLOFEN))
    page = text_of(desk.go("patient emergency"))
    for told in (
        "reservoir by the pump's count",
        "An injection pushes that out at once",
        "mcg (",
        "Baclofen overdose",
        "Baclofen withdrawal",
        "unverified",
    ):
        assert told in page
    assert "Stop the pump" in page
    assert f"<strong>{chart_of(desk.patient).content['name']}, " in page


@pytest.mark.inventory("E7")
def test_a_baclofen_pump_that_was_stopped_does_not_leave_the_list_of_today(world) -> None:
    desk = FlowDesk(world, Role.TRAINEE, patient_with(world, BACLOFEN))
    desk.client.post(reverse("stop pump", args=[desk.patient.pk]), {"command": ""})
    assert "pump-standing" in desk.due()
    page = text_of(desk.go("patient emergency"))
    assert "STOPPED" in page
    assert "Baclofen withdrawal" in page


def test_withdrawal_of_baclofen_shows_its_doses_with_their_sources(world) -> None:
    desk = FlowDesk(world, patient=patient_with(world, BACLOFEN))
    page = text_of(desk.go("patient emergency"))
    card = page[page.index("Baclofen withdrawal") :]
    assert "10 mg" in card
    assert "workflow.md" in card


@pytest.mark.parametrize("role", [Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST, Role.TRAINEE])
def test_everybody_who_treats_writes_down_what_was_done_even_from_an_old_page(world, role) -> None:
    desk = FlowDesk(world, role, patient_with(world, ROTOR))
    page = desk.send(
        "record emergency",
        "record",
        seen=1,
        happening="overdose",
        done=["stopped", "antidote"],
        words="naloxone 0.4 mg IV at 10:05",
        follow_up="call the ward tonight",
    )
    assert page.status_code == 200
    (entry,) = desk.entries(RECORDED)
    assert entry.body["done"] == ["stopped", "antidote"]
    assert {"emergency-review", "emergency-follow-up"} <= set(desk.tasks())


def test_a_tick_does_not_stop_the_pump_and_says_so_on_the_page_that_does(world) -> None:
    desk = FlowDesk(world, patient=patient_with(world, ROTOR))
    assert "this tick stops nothing" in text_of(desk.go("patient emergency"))
    page = desk.send("record emergency", "record", done=["stopped"])
    assert page.request["PATH_INFO"] == reverse("stop pump", args=[desk.patient.pk])
    assert "THAT DID NOT STOP THE PUMP" in text_of(page)
    # Where the reservoir was emptied as well, nothing is given any more.
    page = desk.send("record emergency", "record", done=["stopped", "emptied"])
    assert "THAT DID NOT STOP" not in text_of(page)
    assert "pump stopped, as told, reservoir emptied (and not filled)" in text_of(page)


@pytest.mark.parametrize(("drawn", "booked"), [("17.2", "17.2 mL"), ("", None), ("all", None)])
def test_a_reservoir_emptied_in_an_emergency_is_counted_no_more(world, drawn, booked) -> None:
    desk = FlowDesk(world, patient=patient_with(world, ROTOR))
    desk.send("record emergency", "record", done=["emptied"], drawn=drawn)
    emptied = desk.entries(EVENT)[-1].body
    assert emptied["type"] == "empty"
    assert emptied.get("aspirated") == booked
    assert desk.entries(RECORDED)[0].body.get("drawn", "") == drawn
    assert chart_of(desk.patient).simulation(NOW).emptied


def test_an_emptying_that_lies_ahead_or_before_the_pump_is_kept_in_words_alone(world) -> None:
    desk = FlowDesk(world, patient=patient_with(world, ROTOR))
    for at in ("2031-01-01T10:00", "1999-01-01T10:00"):
        page = desk.send("record emergency", "record", done=["emptied"], drawn="9", at=at)
        assert page.status_code == 200
    assert len(desk.entries(RECORDED)) == 2
    assert not chart_of(desk.patient).simulation(NOW).emptied


def test_the_telephone_of_day_and_night_stands_on_the_page(world) -> None:
    desk = FlowDesk(world, patient=patient_with(world, ROTOR))
    assert "pump team, 24 h" not in text_of(desk.go("patient emergency"))
    world.clinic.telephone_always = "000 112"
    world.clinic.save()
    page = text_of(desk.go("patient emergency"))
    assert "pump team, 24 h" in page
    assert "000 112" in page


def test_an_empty_form_and_a_novel_are_both_kept(world) -> None:
    desk = FlowDesk(world, patient=patient_with(world, ROTOR))
    assert desk.send("record emergency", "record", at="no time").status_code == 200
    long = "x" * 2500
    assert desk.send("record emergency", "record", words=long).status_code == 200
    first, second = desk.entries(RECORDED)
    assert first.body["at"].startswith("2026-04-20")
    assert "".join(second.body["words"]) == long


def test_without_any_pump_on_record_every_card_is_there(world) -> None:
    patient = register(
        world.clinic,
        world.author(),
        name="No Pump",
        number="NP-1",
        birth_date=NOW.date(),
        sex="male",
        pathway="spasticity",
    )
    desk = FlowDesk(world, patient=patient)
    page = text_of(desk.go("patient emergency"))
    assert "no pump is on record" in page
    assert page.count("<details") >= 10
    assert desk.send("record emergency", "record").status_code == 200


def test_a_stop_that_does_not_reach_the_pump_stands_as_ordered_with_a_task(
    world, monkeypatch
) -> None:
    desk = FlowDesk(world, patient=patient_with(world, ROTOR))

    def deaf(_session):
        raise LinkBrokenError("nothing is heard")

    monkeypatch.setattr(virtual_pump, "connect", deaf)
    assert "Stop now" in text_of(desk.go("stop pump"))
    page = desk.client.post(reverse("stop pump", args=[desk.patient.pk]), {"command": ""})
    assert page.status_code == 302
    assert desk.tasks()


def test_it_opens_under_an_emergency_access_and_takes_what_was_done(world) -> None:
    theirs = world.their_patient
    browser = world.browser(Role.PHYSICIAN)
    address = reverse("patient emergency", args=[theirs.pk])
    assert browser.get(address).status_code == 404
    content = chart_of(theirs).content
    opened = browser.post(
        reverse("emergency access"),
        {
            "words": content["number"],
            "birth_date": content["birth_date"],
            "reason": "unconscious in our emergency room",
            "password": PASSWORD,
        },
    )
    assert opened.status_code == 302
    assert browser.get(address).status_code == 200
    sent = browser.post(reverse("record emergency", args=[theirs.pk]), {"happening": "overdose"})
    assert sent.status_code == 302
    assert [one.kind for one in chart_of(theirs).entries].count(RECORDED) == 1
    assert browser.get(reverse("tasks", args=[theirs.pk])).status_code == 403
