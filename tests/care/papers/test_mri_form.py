"""The form around an MRI, by family of pump (workflow.md 2.M, F12)."""

from __future__ import annotations

import pytest
from paper_cases import event, field, record, rows, said, therapy

from thecal.care.document import Document
from thecal.care.mri_visit import scan_steps
from thecal.care.papers import mri_form
from thecal.care.papers.scan import during_text, step_text
from thecal.care.papers.words import say
from thecal.device import pump_model, pump_models
from thecal.safety.scan import behaviour_in_scanner

READ_AFTER = "read-after"


def form(**options: str) -> Document:
    return mri_form(record(therapy(**options)))


def steps(document: Document, part: str) -> list[str]:
    return [row[0] for row in rows(document, part)]


def test_a_roller_pump_is_read_before_left_running_and_read_after() -> None:
    page = form()
    assert any("left running" in one for one in steps(page, "Before"))
    assert any("it runs again" in one for one in steps(page, "After"))
    text = said(page)
    assert "20 min or more after the scan" in text
    assert "only at a second reading" in text
    assert "2 h to 1 day are reported" in text
    assert "EMPTIED" not in text


@pytest.mark.inventory("S3.24")
@pytest.mark.parametrize("pump", ["prometra-20", "prometra-ii-20", "prometra-ii-40"])
def test_a_prometra_with_drug_must_be_emptied_first(pump: str) -> None:
    page = form(pump=pump)
    assert "MUST BE EMPTIED before the scan" in field(page, "The reservoir holds")
    assert any("all drug taken out" in one for one in steps(page, "Before"))
    assert "Scanner not above 1.5 T, spatial gradient not above 2,000 G/cm" in said(page)
    assert "refilled" in steps(page, "After")


def test_the_safety_valve_of_the_second_prometra_is_reset_and_its_volume_named() -> None:
    page = form(pump="prometra-ii-20")
    assert "valve reset by hand" in steps(page, "After")
    assert "up to 10 uL may reach the patient" in said(page)
    assert "valve reset by hand" not in steps(form(pump="prometra-20"), "After")


@pytest.mark.parametrize("pump", ["codman-3000-30", "archimedes-20"])
def test_a_model_without_an_answer_of_its_own_asks_its_maker(pump: str) -> None:
    page = said(form(pump=pump))
    assert "Ask the manufacturer" in page
    assert "not checked for this model" in page
    assert "Ask the manufacturer" not in said(form())


@pytest.mark.parametrize("pump", [one.id for one in pump_models()])
def test_every_step_of_the_table_is_on_the_form_and_its_german_belongs_to_it(pump: str) -> None:
    model = pump_model(pump)
    for one in scan_steps(model):
        text = step_text(model, one)
        pairs = (say(f"scan-step-{one.id}"), say(f"scan-step-{READ_AFTER}-empty"))
        assert text in pairs[: 2 if one.id == READ_AFTER else 1]
    name = f"scan-during-{behaviour_in_scanner(model)}"
    assert during_text(model) == say(name)


def test_the_pause_is_called_dangerous_for_baclofen_alone() -> None:
    spastic = said(form(drug="baclofen", strength="500 ug/mL", dose="100 ug/d"))
    assert "An abrupt stop endangers with: baclofen" in spastic
    assert "abrupt stop endangers" not in said(form())


def test_the_form_stays_open_until_somebody_wrote_when_the_pump_was_read() -> None:
    page = form()
    label = "Time of the reading after the scan (without it this form stays open)"
    assert not field(page, label).strip("_")
    assert all(row[1] == "" for row in rows(page, "Before") + rows(page, "After"))


def test_the_reservoir_is_that_of_the_time_of_the_form() -> None:
    later = event("2026-02-01T09:00:00", "interrogate")
    assert field(mri_form(record(therapy(more=later))), "The reservoir holds") == "15.69 mL"
