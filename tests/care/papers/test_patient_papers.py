"""What the patient takes home and carries: summary and card (F7, F8)."""

from __future__ import annotations

import pytest
from paper_cases import event, field, record, rows, said, therapy

from thecal.care.document import LANGUAGES, Language
from thecal.care.papers import ClinicContact, id_card, patient_summary, record_at


def test_the_summary_has_every_line_of_the_form() -> None:
    """1 mg/day of 10 mg/mL is 0.1 mL/day: 18 less the prime of 0.3072 mL to the alarm at 2 mL."""
    page = patient_summary(record(therapy()))
    assert field(page, "Pump") == "SynchroMed II 8637-20 (20 mL)"
    assert field(page, "Reservoir size") == "20 mL"
    assert rows(page, "Drugs") == [["morphine", "10 mg/mL", "1 mg (1,000 mcg) a day"]]
    assert field(page, "Low-reservoir alarm") == "2026-06-18"
    assert field(page, "Refill by") == "2026-04-12"
    assert "30 days" in field(page, "Follow-up")
    assert "Single tone" in said(page)
    assert "Double tone" in said(page)
    assert "extreme sleepiness" in said(page)
    assert field(page, "Telephone day and night") == "999"
    assert page.one_page


@pytest.mark.inventory("S3.29")
def test_what_a_patient_gets_is_marked_as_information() -> None:
    assert patient_summary(record(therapy())).for_patient
    assert id_card(record(therapy())).for_patient


@pytest.mark.inventory("W33")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dose_stands_in_milligrams_and_micrograms(language: Language) -> None:
    one = therapy("baclofen", "500 ug/mL", "100 ug/d")
    for page in (patient_summary(record(one)), id_card(record(one))):
        assert "100 mcg (0.1 mg) a day" in said(page, language)


@pytest.mark.inventory("W32")
def test_the_german_page_names_drugs_and_alarms_in_german() -> None:
    page = said(patient_summary(record(therapy())), "de")
    assert "Morphin" in page
    assert "Füllung spätestens" in page
    assert "Doppelton" in page
    assert "morphine" not in page


def test_a_pump_that_gives_nothing_says_so_and_no_dose_is_shown_as_running() -> None:
    stop = event("2026-01-20T09:00:00", "stop", 'reason = "test"')
    page = patient_summary(record(therapy(more=stop)))
    assert "STANDS STILL" in field(page, "The pump")
    assert rows(page, "Drugs")[0][2] == "none now (programmed: 1 mg (1,000 mcg) a day)"
    assert "gives no drug now" in said(page)


def test_a_refill_that_is_overdue_is_called_overdue() -> None:
    assert field(patient_summary(record(therapy(), "2026-05-01T09:00")), "Refill by") == (
        "2026-04-12: OVERDUE"
    )


def test_a_pump_without_alarm_says_that_nothing_will_warn() -> None:
    page = patient_summary(record(therapy(pump="isomed-20-10")))
    assert "no alarm" in said(page)
    assert "Double tone" not in said(page)
    # 1.0 mL/day of 10 mg/mL
    assert rows(page, "Drugs")[0][2] == "10 mg (10,000 mcg) a day"


def test_tones_that_no_table_knows_are_not_described() -> None:
    page = said(patient_summary(record(therapy(pump="prometra-20"))))
    assert "Double tone" not in page
    assert "not on record" in page


def test_what_nobody_told_is_a_line_to_write_on() -> None:
    page = patient_summary(record_at(therapy(), contact=ClinicContact(clinic="North")))
    assert not field(page, "Telephone day and night").strip("_")
    assert field(page, "Pump clinic") == "North"


def test_the_card_has_the_implant_the_scan_and_a_line_for_a_contact() -> None:
    card = id_card(record(therapy(), name="Ann Example"))
    assert card.whose is not None
    assert card.whose.en == "Ann Example, born 1980-01-31 (P-7)"
    assert field(card, "Serial number") == "SN-123"
    assert field(card, "Implanted").startswith("2026-01-12")
    assert field(card, "Manufacturer") == "Medtronic"
    assert "1.5 T, 3 T" in field(card, "MRI")
    assert "read after every scan" in field(card, "MRI")
    assert not field(card, "UDI").strip("_")
    assert not field(card, "Person to be told in an emergency").strip("_")


def test_the_bracelet_never_tells_anybody_not_to_stop_a_pump() -> None:
    opioid = field(id_card(record(therapy())), "Text for an emergency bracelet")
    assert opioid == "INTRATHECAL PUMP: morphine. CALL 999"
    one = therapy("baclofen", "500 ug/mL", "100 ug/d")
    spastic = field(id_card(record(one)), "Text for an emergency bracelet")
    assert "SUDDEN LOSS OF baclofen IS AN EMERGENCY" in spastic
    assert "STOP" not in opioid + spastic


@pytest.mark.parametrize(
    ("pump", "words"),
    [
        ("prometra-20", "Never with drug in the reservoir"),
        ("prometra-ii-20", "EMPTY reservoir"),
        ("medstream-20", "going on in the scanner"),
        ("codman-3000-30", "not checked for this model"),
    ],
)
def test_the_card_says_what_a_scanner_does_to_this_model(pump: str, words: str) -> None:
    assert words in field(id_card(record(therapy(pump=pump))), "MRI")


def test_a_bracelet_without_a_number_of_day_and_night_tells_the_one_that_is_known() -> None:
    known = ClinicContact(clinic="North", telephone="111")
    card = id_card(record_at(therapy(), contact=known))
    assert "CALL 111" in field(card, "Text for an emergency bracelet")
    nobody = id_card(record_at(therapy(), contact=ClinicContact(clinic="North")))
    assert "CALL 111" not in field(nobody, "Text for an emergency bracelet")
