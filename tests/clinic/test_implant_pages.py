"""An implant from the imaging to the first program: after it the record holds the pump."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from clinic_pumps import chart_of
from clinic_world import NOW
from flow_desk import patient_with, text_of
from implant_room import (
    BEFORE,
    CATHETER,
    OPERATION,
    PUMP,
    ImplantDesk,
    errors_of,
    fill,
    programmed,
    waiting_for_a_pump,
)

from thecal.clinic.flows.form_log import filed_forms
from thecal.clinic.flows.implant_events import catheter_holds
from thecal.clinic.flows.implant_visit import CLOSED, STEP
from thecal.clinic.flows.standing import standing_of
from thecal.clinic.ledger.due import WATCH_BEGUN
from thecal.clinic.ledger.log import write
from thecal.clinic.ledger.registration import stage_draft
from thecal.clinic.models import Role
from thecal.clinic.pumps.telemetry import COMMAND
from thecal.clinic.web.flow import event_draft
from thecal.pharmacy import Mixture
from thecal.record.fold import EVENT, SETUP
from thecal.therapy.events import Fill
from thecal.units import Concentration, Volume


@pytest.fixture
def desk(world) -> ImplantDesk:
    made = ImplantDesk(world, patient=waiting_for_a_pump(world))
    made.implant("begin")
    return made


@pytest.mark.inventory("S0.15", "S0.17", "S0.18", "S3.7")
def test_at_the_end_the_record_holds_the_pump(desk) -> None:
    desk.all_steps()
    assert not desk.entries(SETUP)
    assert chart_of(desk.patient).therapy is None
    desk.checked()
    page = desk.implant("close", reason="agreed in the team")
    assert "the record holds the pump" in text_of(page)
    chart = chart_of(desk.patient)
    assert chart.content["stage"] == "implanted"
    assert chart.content["therapy"]["serial"] == PUMP["serial"]
    assert chart.content["therapy"]["daily_doses"] == {"morphine": "0.5\u00a0mg (500\u00a0mcg)"}
    assert [one.body["type"] for one in desk.entries(EVENT)][:3] == ["fill", "prime", "program"]
    assert standing_of(chart.entries).state.implanted
    (watch,) = desk.entries(WATCH_BEGUN)
    assert watch.body["ends"].startswith("2026-04-21T09:00")
    assert "watch" in desk.due()


def test_the_virtual_pump_is_made_from_it_and_tells_the_same_program(desk) -> None:
    desk.all_steps()
    desk.checked()
    desk.implant("close")
    (told,) = desk.entries(COMMAND)
    assert told.body["outcome"] == "done"
    assert told.body["read_back"]["serial"] == PUMP["serial"]


@pytest.mark.inventory("S0.15", "S0.16", "S3.7")
def test_form_f4_is_filled_from_it_and_its_paper_tells_it(desk) -> None:
    desk.all_steps()
    desk.checked()
    desk.implant("close")
    (filed,) = filed_forms(chart_of(desk.patient).entries)
    assert (filed.form.id, list(filed.signatures)) == ("F4", ["physician"])
    assert filed.filled.typed["anaesthesia"] == "general"
    assert filed.filled.typed["tip_level"] == "T10"
    paper = text_of(desk.go("document", "operation"))
    for told in ("cefazolin 2 g", "abdomen", "T10", "76 cm", "0.1672 mL", "80 min"):
        assert told in paper, told
    (closed,) = desk.entries(CLOSED)
    shown = text_of(desk.go("implant result", closed.body["visit"]))
    assert "0.1672 mL" in shown
    assert "<svg" in shown


@pytest.mark.inventory("S0.12")
def test_the_visit_stands_still_until_the_imaging_is_answered(desk) -> None:
    waived = {**BEFORE, "imaging": "waived"}
    page = desk.implant("before", **waived)
    assert "waived without a reason" in text_of(page)
    assert desk.implant("pump", **PUMP).status_code == 200
    assert len(desk.entries(STEP)) == 1
    desk.implant("before", **waived, imaging_reason="a tumour of the canal is known")
    desk.implant("pump", **PUMP)
    assert len(desk.entries(STEP)) == 3


@pytest.mark.inventory("S0.18")
def test_a_suspect_pump_is_not_gone_on_with_but_another_one_is(desk) -> None:
    desk.implant("before", **BEFORE)
    page = desk.implant("pump", **{**PUMP, "shipped_drained": "15"})
    assert "suspect the pump" in text_of(page)
    desk.implant("catheter", **CATHETER)
    assert [one.body["step"] for one in desk.entries(STEP)] == ["before", "pump"]
    assert "suspect-pump" in desk.tasks()
    desk.implant("pump", **{**PUMP, "serial": "NGV900124H"})
    desk.implant("catheter", **CATHETER)
    assert [one.body["step"] for one in desk.entries(STEP)][-1] == "catheter"


@pytest.mark.inventory("S0.16")
def test_what_is_wrong_is_marked_and_stays_typed(desk) -> None:
    desk.implant("before", **BEFORE)
    desk.implant("pump", **PUMP)
    page = desk.implant("catheter", **{**CATHETER, "tip_level": "T13"})
    assert page.status_code == 422
    assert any("choose one of the list" in one for one in errors_of(page))
    assert 'value="38"' in page.content.decode()
    unmatched = desk.implant("before", **{**BEFORE, "identified_by": ["name"]})
    assert unmatched.status_code == 422


def test_it_is_signed_by_a_physician_after_a_second_person(desk) -> None:
    desk.all_steps()
    page = desk.implant("close", reason="agreed")
    assert page.status_code == 422
    assert any("second person" in one for one in errors_of(page))
    desk.checked(dose="5")
    assert desk.implant("close", reason="agreed").status_code == 422
    desk.checked()
    nurse = ImplantDesk(desk.world, Role.NURSE, desk.patient)
    assert any("physician signs" in one for one in errors_of(nurse.implant("close")))
    assert not desk.entries(CLOSED)


@pytest.mark.req("K3", "K27")
def test_the_first_program_is_judged_by_the_review_of_every_therapy(desk) -> None:
    desk.all_steps(program=programmed(daily_dose="50"))
    page = text_of(desk.go("implant"))
    assert "Refused" in page
    desk.checked()
    assert desk.implant("close", reason="it is meant so").status_code == 422
    assert chart_of(desk.patient).therapy is None


@pytest.mark.inventory("W11")
@pytest.mark.req("K25")
def test_without_a_length_there_is_no_prime_and_it_is_said(desk) -> None:
    unknown = {one: value for one, value in CATHETER.items() if not one.endswith("trimmed")}
    desk.all_steps(catheter=unknown)
    assert "no prime and no bridge" in text_of(desk.go("implant"))
    desk.checked()
    assert desk.implant("close").status_code == 422
    desk.implant("close", reason="measured on the next image")
    kinds = [one.body["type"] for one in desk.entries(EVENT)]
    assert kinds == ["fill", "program"]


def test_a_visit_that_is_left_puts_no_pump_into_the_record(desk) -> None:
    desk.implant("before", **BEFORE)
    desk.implant("leave", why_left="called off: fever")
    assert chart_of(desk.patient).therapy is None
    assert "finish-the-implant" in desk.tasks()
    assert "Begin in the operating theatre" in text_of(desk.go("implant"))


def test_the_pathway_takes_the_step_by_the_visit_alone(world) -> None:
    patient = waiting_for_a_pump(world)
    desk = ImplantDesk(world, patient=patient)
    assert "by the implant visit" in text_of(desk.go("pathway"))
    early = ImplantDesk(world, patient=waiting_for_a_pump_at(world, "funded"))
    page = text_of(early.go("implant"))
    assert "implanted does not follow funded" in page
    assert "Begin in the operating theatre" not in page
    early.implant("begin")
    assert not early.entries("implant.begun")


def waiting_for_a_pump_at(world, stage: str):
    patient = waiting_for_a_pump(world)
    write(patient, world.author(), (stage_draft(stage),), expected=None)
    return patient


def replacement(world, strength: str = "5", kept: str = "kept", **more: str) -> ImplantDesk:
    """Take the old pump out and bring a new one in, filled with morphine and bupivacaine."""
    desk = ImplantDesk(world, patient=patient_with(world, "pain_two_drugs.toml"))
    desk.implant("begin")
    assert desk.implant("before", **BEFORE).status_code == 200
    serial = chart_of(desk.patient).content["therapy"]["serial"]
    old = {
        "catheter": kept,
        "drawn_at": fill()["filled_at"],
        "drawn": "30.5",
        "returned_serial": serial,
        "returned_to": "the maker",
    }
    page = desk.implant("old", **old)
    assert page.status_code == 200, errors_of(page)
    again = {
        "mixture.drug2": "bupivacaine",
        "mixture.concentration2": str(2 * int(strength)),
        "mixture.concentration2.unit": "mg/mL",
    }
    steps = {"pump": PUMP, "operation": OPERATION, "fill": fill(strength=strength) | again | more}
    if kept == "new":
        steps = {"pump": PUMP, "catheter": CATHETER, **steps}
    for name, fields in {**steps, "program": programmed(daily_dose="0.6")}.items():
        page = desk.implant(name, **fields)
        assert page.status_code == 200, (name, errors_of(page))
    return desk


@pytest.mark.inventory("S2.13")
def test_a_pump_is_replaced_and_the_filled_catheter_is_not_primed_again(world) -> None:
    desk = replacement(world)
    assert "none of the catheter" in text_of(desk.go("implant"))
    nurse = ImplantDesk(world, Role.NURSE, desk.patient)
    assert "Sign as witness" in text_of(nurse.go("implant"))
    desk.checked()
    before = len(desk.entries(EVENT))
    page = desk.implant("close", reason="agreed in the team")
    assert "the record holds the pump" in text_of(page), errors_of(page)
    events = [one.body for one in desk.entries(EVENT)][before:]
    told = [one["type"] for one in events]
    assert told[:5] == ["empty", "replace", "fill", "prime", "program"]
    assert events[3]["kind"] == "back-table"
    assert chart_of(desk.patient).content["therapy"]["serial"] == PUMP["serial"]
    assert "witness-of-destruction" in desk.tasks()
    assert "watch" in desk.due()


@pytest.mark.inventory("S3.7")
def test_f4_of_a_kept_catheter_that_no_f4_told_says_what_is_not_known(world) -> None:
    desk = replacement(world)
    desk.checked()
    desk.implant("close", reason="agreed in the team")
    (filed,) = filed_forms(chart_of(desk.patient).entries)
    record = chart_of(desk.patient).folded.replay.catheter_record
    assert filed.filled.typed["stayed"] == "catheter"
    assert filed.filled.typed["segments"][0]["catheter"] == record.model
    assert filed.filled.typed["tip_level"] == record.tip
    assert "entry_level" not in filed.filled.typed
    paper = text_of(desk.go("document", "operation"))
    assert "not known" in paper.split("Entry level")[1][:80]


def test_whoever_did_no_step_is_the_witness_of_the_destruction(world) -> None:
    desk = replacement(world)
    refused = desk.send("implant witness", "witness")
    assert refused.status_code == 422
    assert any("somebody else is witness" in one for one in errors_of(refused))
    assert refused.content.decode().count('id="t-witness"') == 1
    assert "Ask for a second person" in text_of(refused)
    nurse = ImplantDesk(world, Role.NURSE, desk.patient)
    assert "You are the witness" in text_of(nurse.send("implant witness", "witness"))
    desk.checked()
    desk.implant("close", reason="agreed in the team")
    assert "witness-of-destruction" not in desk.tasks()
    emptied = [one.body for one in desk.entries(EVENT) if one.body["type"] == "empty"]
    assert emptied[-1]["witness"] == "nurse-1"


def test_another_solution_in_a_kept_catheter_is_drawn_off_first(world) -> None:
    desk = replacement(world, strength="10", drawn_off="yes")
    assert "draw it off through the access port" in text_of(desk.go("implant"))
    desk.checked()
    desk.implant("close", reason="agreed in the team")
    told = [one.body["type"] for one in desk.entries(EVENT)]
    new = told[told.index("replace") :][:5]
    assert new == ["replace", "fill", "access-port", "prime", "program"]


def test_a_new_catheter_is_primed_whole(world) -> None:
    desk = replacement(world, kept="new")
    desk.checked()
    desk.implant("close", reason="agreed in the team")
    told = [one.body["type"] for one in desk.entries(EVENT)]
    new = told[told.index("replace") :][:5]
    assert new == ["replace", "revise", "fill", "prime", "program"]
    primed = next(one.body for one in reversed(desk.entries(EVENT)) if one.body["type"] == "prime")
    assert primed.get("kind", "full") == "full"


@pytest.mark.req("K27")
def test_digits_of_a_program_never_take_the_unit_of_another_drug(desk) -> None:
    """50 mcg a day of clonidine are not read as 50 mg a day of morphine."""
    desk.all_steps(fill=fill(drug="clonidine", strength="0.1"), program=programmed(daily_dose="50"))
    assert (
        "clonidine 50 mcg" in text_of(desk.go("implant")).partition("First program, in 24 hours")[2]
    )
    desk.implant("fill", **fill())
    page = text_of(desk.go("implant"))
    assert "First program: open" in page
    assert "morphine 50 mg" not in page
    assert "Sign: implanted" not in page
    assert desk.implant("close", reason="agreed").status_code == 200
    assert not desk.entries(CLOSED)


def test_a_new_lot_of_the_same_solution_leaves_the_program(desk) -> None:
    desk.all_steps()
    desk.implant("fill", **fill() | {"fill_lot": "L-78"})
    assert "First program</a>: written down" in text_of(desk.go("implant"))


@pytest.mark.req("K8")
def test_a_bolus_that_is_changed_after_the_check_is_checked_again(desk) -> None:
    bolus = {"bolus_dose": "0.02", "bolus_duration": "5", "bolus_lockout": "6", "bolus_most": "2"}
    desk.all_steps(program=programmed(**bolus))
    desk.checked()
    asked = desk.entries("second.requested")[-1]
    assert "bolus" in [one["key"] for one in asked.body["blind"]]
    for changed in ({"bolus_dose": "0.04"}, {"bolus_lockout": "3"}):
        desk.implant("program", **programmed(**bolus | changed))
        page = desk.implant("close", reason="agreed")
        assert any("second person" in one for one in errors_of(page)), changed


def test_what_no_list_of_the_visit_offers_is_refused(desk) -> None:
    assert desk.implant("before", **BEFORE | {"opioid_tolerant": "very"}).status_code == 422
    assert desk.implant("before", **BEFORE | {"identified_by": ["a", "b"]}).status_code == 422
    assert not desk.entries(STEP)


def test_a_kept_catheter_is_judged_by_what_it_holds_when_the_old_pump_is_emptied(world) -> None:
    patient = patient_with(world, "pain_two_drugs.toml")
    therapy = chart_of(patient).therapy
    at = therapy.moment(therapy.instant(NOW - timedelta(hours=1)))
    other = Mixture.of({"morphine": Concentration.of(1, "mg/mL")})
    told = Fill(time=at, volume=Volume.of(20, "mL"), mixture=other, order=other, label=other)
    write(patient, world.author(), (event_draft(told),), expected=None)
    chart = chart_of(patient)
    assert catheter_holds(chart, at) != (other,)
    assert catheter_holds(chart, NOW + timedelta(days=20)) == (other,)


def test_a_kept_catheter_with_another_solution_is_not_pushed_into_the_patient(world) -> None:
    desk = replacement(world, strength="10", drawn_off="no")
    desk.checked()
    desk.implant("close", reason="agreed in the team")
    assert not desk.entries(CLOSED)


@pytest.mark.req("K32")
def test_the_total_of_a_day_is_told_with_every_bolus_too(desk) -> None:
    bolus = {"bolus_dose": "0.02", "bolus_duration": "5", "bolus_lockout": "6", "bolus_most": "2"}
    desk.all_steps(program=programmed(**bolus))
    told = text_of(desk.go("implant")).partition("First program, in 24 hours")[2]
    with_all = told.partition("with every bolus that is let through: ")[2].partition(")")[0]
    milligrams = Decimal(with_all.split()[0])
    assert Decimal("0.53") < milligrams < Decimal("0.55"), with_all
