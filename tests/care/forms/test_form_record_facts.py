"""What the record knows goes onto the forms from the replay, under the names that they print."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from form_examples import filled

from thecal.care.document import Grid, Text
from thecal.care.emergency.status import SystemStatus, status_at
from thecal.care.forms import form_document, forms, known_from, record_facts
from thecal.therapy.file_reader import parse_moment, read_therapy

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
STOP = '[[events]]\ntime = 2026-03-01T12:00:00\ntype = "stop"\nreason = "test"\n'
RUNS = ("pain_two_drugs", "spasticity_baclofen", "external_pump")


def status(
    name: str, *changes: tuple[str, str], at: str | None = None, more: str = ""
) -> SystemStatus:
    """Return the status of an example, some of its text replaced."""
    text = (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8") + more
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    therapy = read_therapy(text.encode(), f"{name}.toml")
    when = None if at is None else therapy.instant(parse_moment(at, therapy.utc_offset))
    return status_at(therapy, when)


def told(found: SystemStatus, language: str = "en") -> dict[str, str]:
    return {
        name: one.get("de" if language == "de" else "en").replace("\u00a0", " ")
        for name, one in record_facts(found).items()
        if isinstance(one, Text)
    }


def test_a_baclofen_pump_in_figures_by_hand() -> None:
    """150 mcg a day of 2,000 mcg/mL are 0.075 mL a day."""
    assert told(status("spasticity_baclofen"))["program-mode"] == "bridging; written: continuous"
    facts = told(status("spasticity_baclofen", at="2026-03-01T12:00"))
    assert facts["pump-model"] == "SynchroMed II 8637-20 (20 mL)"
    assert facts["pump-serial"] == "NGP700002H"
    assert facts["daily-doses"] == "baclofen 150 mcg (0.15 mg)"
    assert facts["mixture"] == "baclofen 2,000 mcg/mL (2 mg/mL)"
    assert facts["volume-rate"] == "0.075 mL/day"
    assert facts["catheter-volume"] == "0.1672 mL"
    assert facts["program-mode"] == "continuous"
    assert facts["controller-settings"] == "none"


def test_a_flex_program_is_a_table_of_its_steps() -> None:
    steps = record_facts(status("pain_two_drugs"))["program-steps"]
    assert isinstance(steps, Grid)
    cells = [[cell.de.replace("\u00a0", " ") for cell in row] for row in steps.rows]
    assert cells[0] == ["Mo; Di; Mi; Do; Fr", "07:00", "60 min", "0.1 mg (100 mcg)"]
    assert cells[1][:2] == ["täglich", "20:00"]


def test_a_patient_bolus_is_told_with_lockout_and_limit() -> None:
    assert told(status("external_pump"), "de")["controller-settings"] == (
        "0.05 mg (50 mcg), 5 min; Sperrzeit 120 min; höchstens 4 am Tag"
    )


@pytest.mark.parametrize("name", RUNS)
def test_every_fact_has_a_name_that_a_form_prints(name: str) -> None:
    printed = {one for known in forms() for one in known.facts()}
    assert {one.removesuffix(".1") for one in record_facts(status(name))} <= printed


@pytest.mark.parametrize("known", forms(), ids=lambda one: one.id)
def test_every_form_prints_with_what_the_record_knows(known: object) -> None:
    id = getattr(known, "id", "")
    document = form_document(filled(id), record_facts(status("pain_two_drugs")))
    fields = {one.label.en: one.value.en for one in document.sections[0].fields}
    assert fields.get("Patient", "DEMO-001") == "DEMO-001"


def test_a_stopped_or_empty_pump_never_reads_like_a_running_one() -> None:
    stopped = told(status("spasticity_baclofen", at="2026-03-01T13:00", more=STOP))
    assert stopped["program-mode"] == "STOPPED; written: continuous"
    assert stopped["daily-doses"] == "STOPPED; written: baclofen 150 mcg (0.15 mg)"
    assert stopped["volume-rate"].startswith("STOPPED")
    assert stopped["hourly-doses"] == "baclofen 0 mcg (0 mg)"
    dry = status("spasticity_baclofen", at="2027-12-01T12:00")
    assert told(dry)["program-mode"] == "EMPTY; written: continuous"
    assert told(dry)["reservoir-volume"].startswith("EMPTY; count")
    assert told(dry, "de")["reservoir-masses"].startswith("LEER; Zähler")
    assert not known_from(dry).holds_drug


def test_a_catheter_of_unknown_length_is_printed_as_not_known() -> None:
    cut = next(
        line
        for line in (EXAMPLES / "spasticity_baclofen.toml").read_text().splitlines()
        if line.startswith("trimmed_length")
    )
    facts = told(status("spasticity_baclofen", (cut, "")))
    assert not facts.keys() & {"catheter-volume", "catheter-masses", "segment-implanted-length.1"}
    document = form_document(filled("F13"), record_facts(status("spasticity_baclofen", (cut, ""))))
    (field,) = [
        one
        for section in document.sections
        for one in section.fields
        if one.label.en == "Catheter volume"
    ]
    assert field.value.en.startswith("not known: record how much of the catheter was cut off")
    assert field.emphasis


def test_what_sources_disagree_on_stands_there_whole() -> None:
    assert told(status("spasticity_baclofen"))["mri-status"] == "stated to bear 1.5 T / 3 T"


def test_the_rules_get_pump_serial_content_and_refill_date() -> None:
    found = known_from(status("spasticity_baclofen"))
    assert found.pump is not None
    assert found.pump.id == "synchromed-ii-20"
    assert (found.serial, found.holds_drug) == ("NGP700002H", True)
    assert found.refill_by == date(2026, 5, 8)
