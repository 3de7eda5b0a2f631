"""A revision of the catheter alone: the pump stays, the line is told, the watch begins after it."""

from __future__ import annotations

import pytest
from clinic_pumps import chart_of
from django.urls import reverse
from flow_desk import patient_with, text_of
from implant_room import BEFORE, CATHETER, OPERATION, ImplantDesk, errors_of, fill

from thecal.clinic.flows.form_log import filed_forms
from thecal.clinic.flows.implant_visit import CLOSED
from thecal.clinic.ledger.due import WATCH_BEGUN
from thecal.record.fold import EVENT

JOINED = fill()["filled_at"]


def revised(world, primed: str = "yes", **catheter: str) -> ImplantDesk:
    """Put a new catheter on the pump of somebody who gets morphine and bupivacaine."""
    desk = ImplantDesk(world, patient=patient_with(world, "pain_two_drugs.toml"))
    assert "Revision of the catheter alone" in text_of(desk.go("implant"))
    desk.implant("revision")
    steps = {
        "before": BEFORE,
        "catheter": CATHETER | catheter,
        "operation": OPERATION,
        "line": {"revised_at": JOINED, "primed": primed},
    }
    for name, fields in steps.items():
        page = desk.implant(name, **fields)
        assert page.status_code == 200, (name, errors_of(page))
    return desk


@pytest.mark.inventory("S2.13")
@pytest.mark.req("K29")
def test_the_pump_stays_and_the_watch_begins_after_the_revision(world) -> None:
    desk = revised(world)
    before = chart_of(desk.patient)
    shown = text_of(desk.go("implant"))
    assert "prime the catheter alone" in shown
    assert "the first drug leaves the tip only after" not in shown
    page = desk.implant("close", reason="agreed in the team")
    assert "the record holds the new catheter" in text_of(page), errors_of(page)
    after = chart_of(desk.patient)
    assert "could not be read" not in text_of(page)
    told = [one.body for one in desk.entries(EVENT)][-3:]
    assert [one["type"] for one in told] == ["revise", "prime", "interrogate"]
    assert told[1]["kind"] == "catheter"
    for kept in ("serial", "daily_doses"):
        assert after.content["therapy"][kept] == before.content["therapy"][kept]
    assert after.content["stage"] == before.content["stage"]
    (watch,) = desk.entries(WATCH_BEGUN)
    assert watch.body["ends"].startswith("2026-04-21T")
    assert "watch" in desk.due()
    (closed,) = desk.entries(CLOSED)
    assert "0.1672 mL" in text_of(desk.go("implant result", closed.body["visit"]))


def test_without_a_prime_it_is_said_how_long_the_tip_gives_no_drug(world) -> None:
    desk = revised(world, primed="no")
    assert "the first drug leaves the tip only after" in text_of(desk.go("implant"))
    desk.implant("close", reason="the pump is primed on the ward")
    assert [one.body["type"] for one in desk.entries(EVENT)][-2:] == ["revise", "interrogate"]
    replay = chart_of(desk.patient).folded.replay
    assert replay is not None
    assert replay.catheter_record.tip == "T10"


@pytest.mark.req("K25")
def test_a_new_catheter_of_unknown_length_is_asked_about_and_not_primed(world) -> None:
    desk = revised(world, **{"segments.1.trimmed": ""})
    assert "no prime and no bridge" in text_of(desk.go("implant"))
    assert desk.implant("close").status_code == 422
    desk.implant("close", reason="measured on the next image")
    assert [one.body["type"] for one in desk.entries(EVENT)][-1] == "revise"


@pytest.mark.req("K10")
def test_a_catheter_that_is_not_made_for_the_pump_that_stays_is_refused(world) -> None:
    desk = ImplantDesk(world, patient=patient_with(world, "pain_two_drugs.toml"))
    desk.implant("revision")
    desk.implant("before", **BEFORE)
    other = CATHETER | {"segments.1.catheter": "prometra-11823", "segments.1.supplied": "110"}
    page = text_of(desk.implant("catheter", **other))
    assert "not made for this pump" in page


@pytest.mark.inventory("S3.7")
def test_f4_tells_the_new_catheter_and_says_what_is_not_known_of_the_pump(world) -> None:
    desk = revised(world)
    desk.implant("close", reason="agreed in the team")
    (filed,) = filed_forms(chart_of(desk.patient).entries)
    assert filed.filled.typed["stayed"] == "pump"
    assert filed.filled.typed["serial"] == chart_of(desk.patient).content["therapy"]["serial"]
    paper = text_of(desk.go("document", "operation"))
    for told in ("The pump as it is now", "76 cm", "0.1672 mL", "cefazolin 2 g", "not known"):
        assert told in paper, told
    drawn = (
        'aria-label="Catheter from the pump to the tip at T10, entering at L3: 76 cm, 0.1672 mL"'
    )
    assert drawn in paper
    assert drawn in text_of(desk.go("implant result", closed_visit(desk)))
    assert "Katheter von der Pumpe zur Spitze" in text_of(german(desk))


def closed_visit(desk: ImplantDesk) -> int:
    (closed,) = desk.entries(CLOSED)
    return closed.body["visit"]


def german(desk: ImplantDesk):
    address = reverse("document", args=[desk.patient.pk, "operation"])
    return desk.client.get(address, {"language": "de"})
