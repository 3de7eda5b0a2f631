"""The form around an MRI, by family of pump (workflow.md 2.M, F12)."""

from __future__ import annotations

import pytest
from paper_cases import event, field, record, rows, said, therapy

from thecal.care.document import Document
from thecal.care.papers import mri_form
from thecal.device import pump_models


def form(**options: str) -> Document:
    return mri_form(record(therapy(**options)))


def steps(document: Document, part: str) -> list[str]:
    return [row[0] for row in rows(document, part)]


def test_a_roller_pump_is_read_before_not_stopped_and_read_after() -> None:
    page = form()
    assert any("NOT programmed to stop" in one for one in steps(page, "Before"))
    assert any("20 min or more after" in one for one in steps(page, "After"))
    assert any("second time" in one for one in steps(page, "After"))
    assert any("2 h to 1 day are reported" in one for one in steps(page, "After"))
    assert "EMPTIED" not in said(page)


@pytest.mark.inventory("S3.24")
@pytest.mark.parametrize("pump", ["prometra-20", "prometra-ii-20", "prometra-ii-40"])
def test_a_prometra_with_drug_must_be_emptied_first(pump: str) -> None:
    page = form(pump=pump)
    assert "MUST BE EMPTIED before the scan" in field(page, "The reservoir holds")
    assert any("ALL drug emptied" in one for one in steps(page, "Before"))
    assert any("not above 1.5 T, gradient not above 2,000 G/cm" in s for s in steps(page, "Before"))
    assert any("Refilled, programmed" in one for one in steps(page, "After"))


def test_the_safety_valve_of_the_second_prometra_is_reset_and_its_volume_named() -> None:
    page = form(pump="prometra-ii-20")
    assert any("reset by hand" in one for one in steps(page, "After"))
    assert "up to 10 uL may reach the patient" in said(page)
    assert not any("reset by hand" in one for one in steps(form(pump="prometra-20"), "After"))


def test_a_model_that_no_table_knows_is_not_scanned_before_the_maker_answered() -> None:
    page = form(pump="codman-3000-30")
    assert any("Manufacturer asked" in one for one in steps(page, "Before"))


def test_the_pause_is_called_dangerous_for_baclofen_alone() -> None:
    spastic = said(form(drug="baclofen", strength="500 ug/mL", dose="100 ug/d"))
    assert "An abrupt stop endangers with: baclofen" in spastic
    assert "abrupt stop endangers" not in said(form())


def test_the_form_stays_open_until_somebody_wrote_when_the_pump_was_read() -> None:
    page = form()
    label = "Time of the reading after the scan (without it this form stays open)"
    assert not field(page, label).strip("_")
    assert all(row[1] == "" for row in rows(page, "Before") + rows(page, "After"))


@pytest.mark.parametrize("pump", [one.id for one in pump_models()])
def test_every_model_of_the_catalogue_has_a_form_without_a_gap(pump: str) -> None:
    text = said(form(pump=pump)) if not pump.startswith("external") else ""
    assert "{" not in text


def test_the_reservoir_is_that_of_the_time_of_the_form() -> None:
    later = event("2026-02-01T09:00:00", "interrogate")
    assert field(mri_form(record(therapy(more=later))), "The reservoir holds") == "15.69 mL"
