"""Transfer, explant, death, the end of a therapy and the replacement of a pump."""

from __future__ import annotations

from datetime import timedelta

import pytest
from clinic_pumps import chart_of
from clinic_world import NOW
from flow_desk import FlowDesk, local, patient_with, text_of

from thecal.clinic import clock
from thecal.clinic.flows.form_log import filed_forms
from thecal.clinic.flows.pathway_steps import refill_day
from thecal.clinic.models import Role
from thecal.clinic.pages import replacement, transfer
from thecal.record.fold import EVENT

ROTOR, BACLOFEN = "pain_two_drugs.toml", "spasticity_baclofen.toml"
F16 = {
    "reason": "infection of the pocket",
    "residual_volume": "9.5",
    "destroyed_volume": "9.5",
    "destroyed_by": "A",
    "witness": "B",
    "catheter_left": "removed",
    "disposition": "maker",
    "culture": "not-taken",
}


@pytest.fixture
def desk(world) -> FlowDesk:
    return FlowDesk(world, patient=patient_with(world, ROTOR))


def stage(desk: FlowDesk) -> str:
    return chart_of(desk.patient).content["stage"]


@pytest.mark.req("K12")
@pytest.mark.inventory("W23")
def test_a_transfer_accepted_after_the_refill_date_is_blocked(desk) -> None:
    by = refill_day(chart_of(desk.patient))
    late = (by + timedelta(days=1)).isoformat()
    page = desk.send("transfer", "agree", clinic="Other", accepted_on=late, reason="they move")
    assert page.status_code == 422
    assert "refill first" in text_of(page)
    assert desk.entries(transfer.AGREED) == []
    page = desk.send("transfer", "agree", clinic="Other", accepted_on=by.isoformat())
    assert page.status_code == 200, text_of(page)
    assert stage(desk) == "transferred-out"


def test_without_a_date_this_clinic_stays_in_charge(desk) -> None:
    page = text_of(desk.send("transfer", "agree", clinic="Other"))
    assert "stays in charge" in page
    assert stage(desk) == "maintenance"
    assert "transferred-out accepted" in desk.tasks()


@pytest.mark.inventory("W26")
def test_a_death_ends_every_reminder_and_opens_explant_and_cremation(world, desk) -> None:
    assert set(desk.due()) - {"task"}
    page = desk.send("death", "death", died=local(NOW, world.clinic.timezone))
    assert page.status_code == 200
    assert stage(desk) == "deceased"
    assert set(desk.due()) <= {"task"}
    assert {"deceased cremation", "deceased drain", "deceased manufacturer"} <= set(desk.tasks())
    tasks = chart_of(desk.patient).content["tasks"]
    assert any("explant before cremation" in one["what"] for one in tasks)
    assert desk.go("document", "death").status_code == 200


def test_an_explant_keeps_form_drug_and_device_and_ends_the_reminders(world, desk) -> None:
    page = desk.send("explant", "explant", explanted_at=local(NOW, world.clinic.timezone), **F16)
    assert page.status_code == 200, text_of(page)
    assert stage(desk) == "explanted"
    (filed,) = filed_forms(chart_of(desk.patient).entries)
    assert filed.form.id == "F16"
    assert filed.signed
    assert filed.filled.get("witness", str) == "B"
    assert [one.body["type"] for one in desk.entries(EVENT)][-1] == "explant"
    assert not {"explanted residual", "explanted device", "explanted record"} & set(desk.tasks())
    assert set(desk.due()) <= {"task"}
    assert "No pump is in the body" in text_of(desk.go("explant"))
    assert "9.5 mL, by A, witness B" in text_of(desk.go("document", "explant"))
    assert "9.5 mL, by A" not in text_of(desk.go("document", "death"))


def test_after_a_death_the_explant_asks_about_cremation_and_funeral(world, desk) -> None:
    when = local(NOW, world.clinic.timezone)
    assert "Funeral home" not in text_of(desk.go("explant"))
    desk.send("death", "death", died=when)
    told = {"funeral_home_told": "yes", "cremation": "pump-removed", "maker_told": "yes"}
    assert desk.send("explant", "explant", explanted_at=when, **F16).status_code == 422
    page = desk.send("explant", "explant", explanted_at=when, **F16 | told)
    assert page.status_code == 200, text_of(page)
    assert stage(desk) == "explanted"


@pytest.mark.req("K23")
def test_no_witness_holds_up_no_explant_and_becomes_a_task(world, desk) -> None:
    without = F16 | {"witness": "", "destroyed_volume": "8"}
    page = desk.send(
        "explant", "explant", explanted_at=local(NOW, world.clinic.timezone), **without
    )
    assert page.status_code == 200
    assert desk.tasks().count("end-k23") == 2
    assert "explanted residual" in desk.tasks()


def test_a_nurse_writes_an_explant_down_and_the_form_waits_for_a_physician(world, desk) -> None:
    nurse = FlowDesk(world, Role.NURSE, desk.patient)
    page = nurse.send("explant", "explant", explanted_at=local(NOW, world.clinic.timezone), **F16)
    assert page.status_code == 200
    assert stage(desk) == "explanted"
    assert "explanted record" in desk.tasks()
    (filed,) = filed_forms(chart_of(desk.patient).entries)
    assert not filed.signed


def test_a_form_with_an_unread_figure_is_kept_and_marked(world, desk) -> None:
    wrong = F16 | {"residual_volume": "about 9"}
    page = desk.send("explant", "explant", explanted_at=local(NOW, world.clinic.timezone), **wrong)
    assert page.status_code == 422
    assert 'value="about 9"' in text_of(page)
    assert filed_forms(chart_of(desk.patient).entries) == ()


def test_the_end_says_what_a_sudden_stop_does_and_does_not_hold_up_a_stop(world) -> None:
    desk = FlowDesk(world, patient=patient_with(world, BACLOFEN))
    page = desk.send("cessation", "cease", reason="no effect for a year")
    assert "baclofen stops" in text_of(page)
    assert stage(desk) == "ceased"
    assert "ceased withdrawal" in desk.tasks()
    assert "It is on record" in text_of(desk.go("cessation"))
    assert "Stop now" in text_of(desk.go("stop pump"))


def test_only_who_prescribes_ends_a_therapy(world, desk) -> None:
    nurse = FlowDesk(world, Role.NURSE, desk.patient)
    assert nurse.send("cessation", "cease", reason="x").status_code == 403


@pytest.mark.inventory("W25")
def test_an_operation_after_the_end_of_service_is_said_and_becomes_a_task(
    desk, monkeypatch
) -> None:
    page = text_of(desk.go("replacement"))
    assert "Forecast of the battery" in page
    plan = {"planned_for": "2040-01-01", "catheter": "test"}
    page = desk.send("replacement", "plan", **plan)
    assert page.status_code == 200
    assert "before that" in text_of(page)
    assert {"replacement", "replacement-too-late"} <= set(desk.tasks())
    assert len(desk.entries(replacement.PLANNED)) == 1
    assert stage(desk) == "replacement-planning"


@pytest.mark.parametrize("page", ["transfer", "explant", "death", "replacement"])
def test_an_old_page_is_a_lost_update(world, desk, page) -> None:
    when = local(clock.now(), world.clinic.timezone)
    sent = {
        "transfer": ("agree", {"clinic": "Other"}),
        "explant": ("explant", F16 | {"explanted_at": when}),
        "death": ("death", {"died": when}),
        "replacement": ("plan", {"planned_for": "2026-06-01", "catheter": "keep"}),
    }
    what, fields = sent[page]
    assert desk.send(page, what, seen=1, **fields).status_code == 409
