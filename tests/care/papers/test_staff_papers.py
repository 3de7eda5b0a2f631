"""For other staff, other clinics, and at the end: letter, ward, transfer, explant, death."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from paper_cases import PROGRAM, event, field, record, rows, said, therapy

from thecal.care.forms import FormErrors, answers_of, form, read_form
from thecal.care.papers import (
    about_my_pump,
    death_record,
    explant_record,
    inpatient_sheet,
    takeover_deadline,
    transfer_summary,
    visit_letter,
)
from thecal.therapy.events import Therapy


def baclofen(more: str = "") -> Therapy:
    return therapy("baclofen", "500 ug/mL", "100 ug/d", more=more)


@pytest.mark.inventory("S1.R28")
def test_the_letter_asks_by_the_drugs_in_the_pump() -> None:
    opioid, spastic = (said(visit_letter(record(one))) for one in (therapy(), baclofen()))
    assert "intrathecal opioid: no benzodiazepine" in opioid
    assert "intrathecal opioid" not in spastic
    assert "Loss of baclofen is an emergency" in spastic
    assert "Loss of" not in opioid


def test_the_loss_of_each_drug_is_told_by_its_own_signs() -> None:
    spastic = said(visit_letter(record(baclofen())))
    assert "Loss of baclofen is an emergency: rising spasticity" in spastic
    assert "blood pressure" not in spastic
    both = therapy(mixture='morphine = "10 mg/mL", clonidine = "200 ug/mL"')
    clonidine = said(visit_letter(record(both)))
    assert "Loss of clonidine is an emergency: a sharp rise of blood pressure" in clonidine
    assert "spasticity" not in clonidine
    assert "Clonidin ist ein Notfall: Starker Blut" in said(visit_letter(record(both)), "de")


def test_the_ward_copies_a_line_for_each_drug_that_is_not_to_be_ordered_again() -> None:
    mixed = therapy(mixture='morphine = "10 mg/mL", bupivacaine = "20 mg/mL"')
    sheet = inpatient_sheet(record(mixed))
    assert field(sheet, "morphine") == (
        "morphine 10 mg/mL, 1 mg (1,000 mcg) a day, IT via implanted pump - do not re-order"
    )
    assert "bupivacaine 20 mg/mL, 2 mg (2,000 mcg) a day, IT via" in field(sheet, "bupivacaine")
    german = said(sheet, "de")
    assert "Morphin 10 mg/mL" in german
    assert "nicht erneut verordnen" in german


@pytest.mark.parametrize(
    ("discharge", "answer"),
    [
        (date(2026, 4, 11), "no"),
        (date(2026, 4, 12), "YES: call the pump clinic today"),
        (None, "compare with the expected discharge"),
    ],
)
def test_the_refill_on_12_april_against_the_day_of_discharge(
    discharge: date | None, answer: str
) -> None:
    sheet = inpatient_sheet(record(therapy()), discharge)
    assert field(sheet, "Refill due during the stay?") == answer


def test_an_overdue_refill_is_due_whatever_the_day_of_discharge() -> None:
    sheet = inpatient_sheet(record(therapy(), "2026-04-13T09:00"))
    assert "YES" in field(sheet, "Refill due during the stay?")


def test_sedation_is_named_where_an_opioid_runs() -> None:
    assert "Sedating drugs" in said(inpatient_sheet(record(therapy())))
    assert "Sedating drugs" not in said(inpatient_sheet(record(baclofen())))


def test_the_sheet_for_other_staff_has_signs_dont_list_and_contact() -> None:
    sheet = about_my_pump(record(baclofen()))
    text = said(sheet)
    assert "do not re-order" in text
    assert "inject anything into the pump" in text
    assert "shortwave diathermy" in text
    titles = [one.label.en for section in sheet.sections for one in section.fields]
    assert sum("baclofen" in one.lower() for one in titles) == 2
    assert field(sheet, "Telephone day and night") == "999"


def test_the_stop_is_told_to_a_ward_and_never_forbidden() -> None:
    assert (
        "minimum rate"
        in field(inpatient_sheet(record(therapy())), "How the pump is stopped in danger").lower()
    )


def test_the_passport_has_hardware_programs_fills_and_issues_of_a_year() -> None:
    more = (
        event("2026-02-02T09:00:00", "observe", 'scale = "nrs"\nvalue = 4')
        + event("2026-02-03T09:00:00", "mri", 'field = "1.5 T"\nduration = "30 min"')
        + PROGRAM.format(time="2026-02-04T10:00:00", drug="morphine", dose="1.25 mg/d")
    )
    page = transfer_summary(record(therapy(more=more)))
    assert field(page, "Catheter tip") == "T11"
    assert field(page, "Volume of the catheter") == "0.1672 mL"
    assert [row[1] for row in rows(page, "Programs")] == [
        "Program: continuous morphine 1 mg (1,000 mcg) a day",
        "Program: continuous morphine 1.25 mg (1,250 mcg) a day",
    ]
    assert rows(page, "Fills")[0][1:3] == ["18 mL", "morphine 10 mg/mL"]
    assert rows(page, "Scores") == [["2026-02-02 09:00", "nrs: 4"]]
    assert ["2026-02-03 09:00", "MRI at 1.5 T"] in rows(page, "Alarms")


def test_times_are_those_of_the_pump_clock_whatever_offset_was_written() -> None:
    more = event("2026-02-02T23:30:00+00:00", "observe", 'scale = "nrs"\nvalue = 4')
    page = transfer_summary(record(therapy(more=more)))
    assert rows(page, "Scores") == [["2026-02-03 00:30", "nrs: 4"]]


def test_what_lies_more_than_a_year_back_is_left_out() -> None:
    page = transfer_summary(record(therapy(), "2027-01-12T09:30"))
    (programs,) = (one for one in page.sections if one.heading.en.startswith("Programs"))
    assert programs.grid is None
    assert [one.en for one in programs.paragraphs] == ["none"]


def test_the_takeover_lies_before_the_refill_and_30_days_before_the_alarm() -> None:
    """Refill by 12 April; at 5 mg/day the alarm comes on day 31, so the takeover after one day."""
    slow = record(therapy())
    deadline = takeover_deadline(slow)
    assert deadline is not None
    assert slow.therapy.moment(deadline).date() == date(2026, 4, 12)
    fast = record(therapy(dose="5 mg/d"))
    sooner, low = takeover_deadline(fast), fast.done.outlook.low_reservoir
    assert sooner is not None
    assert low is not None
    assert low - sooner == 30 * 86400
    late = transfer_summary(record(therapy(dose="5 mg/d"), "2026-02-01T09:00"))
    assert "OVER" in field(late, "Taken over before")


def test_an_explant_on_record_tells_date_reason_and_the_drug_just_before() -> None:
    out = event("2026-02-11T09:00:00", "explant", 'reason = "infection"')
    page = explant_record(record(therapy(more=out)))
    assert field(page, "Date and time") == "2026-02-11 09:00"
    assert field(page, "Reason") == "infection"
    # 30 days at 0.1 mL/day after a prime of 0.3072 mL
    assert field(page, "In the reservoir by the pump's count") == "14.69 mL"
    assert "mg" in field(page, "morphine, by what was filled and given")
    assert "Witness" in said(page)
    assert not field(page, "Destroyed: how, when, how much").strip("_")


def test_the_record_of_an_explant_holds_what_form_f16_says() -> None:
    values = {
        "kind": "explant",
        "ended_on": "2026-02-11",
        "reason": "infection",
        "residual_volume": "14.5 mL",
        "destroyed_volume": "14.5 mL",
        "destroyed_by": "A. Nurse",
        "witness": "B. Physician",
        "catheter_left": "removed",
        "disposition": "maker",
        "culture": "taken",
        "culture_result": "no growth",
    }
    filled = read_form(form("F16"), values)
    assert not isinstance(filled, FormErrors), filled
    out = event("2026-02-11T09:00:00", "explant", 'reason = "infection"')
    page = explant_record(record(therapy(more=out)), answers_of(filled))
    assert field(page, "Drawn from the reservoir, mL") == "14.5 mL"
    destroyed = "14.5 mL, by A. Nurse, witness B. Physician"
    assert field(page, "Destroyed: how, when, how much") == destroyed
    assert field(page, "Catheter taken out, left, or tied off") == "removed"
    assert field(page, "Pump sent to, or kept at") == "returned to the maker"
    assert field(page, "Culture") == "taken, no growth"
    assert not field(page, "Replaced by").strip("_")


def test_without_an_explant_on_record_date_and_reason_are_left_to_be_written() -> None:
    page = explant_record(record(therapy()))
    assert not field(page, "Date and time").strip("_")
    assert not field(page, "Reason").strip("_")


def test_a_death_closes_reminders_and_takes_the_pump_out_before_cremation() -> None:
    page = death_record(record(therapy()), datetime(2026, 2, 1, 3, 0, tzinfo=UTC))
    tasks = " ".join(row[0] for row in rows(page, "To be done"))
    assert "no letter goes to the family" in tasks
    assert "before cremation" in tasks
    assert field(page, "Date and time") == "2026-02-01 03:00"
    assert not page.for_patient
