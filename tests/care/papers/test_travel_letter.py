"""The letter for a journey (F9, S3.25)."""

from __future__ import annotations

import json
from datetime import date

import pytest
from paper_cases import event, field, record, rows, said, therapy

from thecal.care.document import Document
from thecal.care.papers import Journey, reserve_of, travel_letter
from thecal.errors import EntryError


@pytest.mark.inventory("S3.25")
def test_the_letter_has_pump_serial_drugs_contact_and_the_metal() -> None:
    letter = travel_letter(record(therapy()))
    assert field(letter, "Pump") == "SynchroMed II 8637-20 (20 mL)"
    assert field(letter, "Serial number") == "SN-123"
    assert rows(letter, "To whom") == [["morphine", "10 mg/mL", "1 mg (1,000 mcg) a day"]]
    assert field(letter, "Telephone day and night") == "999"
    text = said(letter)
    assert "metal of the pump may set off a detector" in text
    assert "cannot be taken off or out" in text
    assert "no vials, needles or syringes" in text
    assert letter.one_page
    assert letter.for_patient


@pytest.mark.inventory("S3.25")
def test_an_opioid_is_called_controlled_and_baclofen_is_not() -> None:
    assert "morphine, which is under control" in said(travel_letter(record(therapy())))
    spastic = said(travel_letter(record(therapy("baclofen", "500 ug/mL", "100 ug/d"))))
    assert "under control" not in spastic
    assert "the law of the country of travel decides" in spastic


@pytest.mark.parametrize(
    ("returns", "word", "days"),
    [
        (date(2026, 4, 5), "enough", 7),
        (date(2026, 4, 6), "tight", 6),
        (date(2026, 4, 12), "tight", 0),
        (date(2026, 4, 13), "late", -1),
    ],
)
def test_the_refill_on_12_april_against_the_day_of_return(
    returns: date, word: str, days: int
) -> None:
    reserve = reserve_of(record(therapy()), Journey(returns=returns))
    assert reserve is not None
    assert (reserve.word, reserve.days) == (word, days)


@pytest.mark.inventory("S3.25")
def test_a_return_after_the_refill_is_marked_and_one_in_time_is_not() -> None:
    late = travel_letter(record(therapy()), Journey(returns=date(2026, 5, 1)))
    assert "BEFORE THE RETURN" in field(late, "Refill and return")
    assert _marked(late, "Refill and return")
    fine = travel_letter(record(therapy()), Journey(returns=date(2026, 2, 1)))
    assert field(fine, "Refill and return") == "after the return, with 70 days to spare"
    assert not _marked(fine, "Refill and return")
    same_day = travel_letter(record(therapy()), Journey(returns=date(2026, 4, 12)))
    assert "only 0 days after" in field(same_day, "Refill and return")


def test_a_journey_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(EntryError, match="before the day of leaving"):
        Journey(date(2026, 3, 2), date(2026, 3, 1))


@pytest.mark.parametrize(
    "trip",
    [Journey(), Journey(date(2026, 3, 1), date(2026, 3, 9), "Sea"), Journey(None, None, "X")],
)
def test_a_journey_survives_a_round_trip_through_json(trip: Journey) -> None:
    assert Journey.from_json(json.loads(json.dumps(trip.to_json()))) == trip
    with pytest.raises(EntryError, match="no date"):
        Journey.from_json({"leaves": "soon"})


def test_what_is_not_known_of_the_journey_is_left_to_be_written() -> None:
    letter = travel_letter(record(therapy()))
    for label in ("Leaves", "Returns", "Destination", "Pump clinic at the destination"):
        assert not field(letter, label).strip("_")
    assert field(letter, "Refill and return") == "compare with the day of return"


def test_a_gas_pump_flows_faster_in_a_cabin_and_in_the_heat() -> None:
    """+10.5 % at 2,400 m and about +6 % a degree (devices.md 1.6)."""
    letter = travel_letter(record(therapy(pump="codman-3000-30")))
    assert "+10.5 %" in field(letter, "Flying and mountains")
    assert "2,400 m" in field(letter, "Flying and mountains")
    assert "+6" in field(letter, "Heat")
    assert "snorkelling and swimming do not" in field(letter, "Diving")
    assert "unverified" in "\n".join(one.en for one in letter.footnotes)


def test_each_model_has_its_own_limit_of_depth_and_pressure() -> None:
    roller = field(travel_letter(record(therapy())), "Diving")
    assert "Not below 10 m" in roller
    assert "2 ATA" in roller
    assert "No pressure chamber" in field(
        travel_letter(record(therapy(pump="prometra-20"))), "Diving"
    )
    assert "No figure" in field(travel_letter(record(therapy(pump="medstream-20"))), "Diving")


def test_a_stopped_pump_has_no_date_and_the_letter_comes_all_the_same() -> None:
    stop = event("2026-01-20T09:00:00", "stop", 'reason = "test"')
    letter = travel_letter(
        record(therapy(more=stop)), Journey(date(2026, 2, 1), date(2026, 2, 8), "Sea")
    )
    assert "STANDS STILL" in said(letter) or "none now" in said(letter)


def _marked(letter: Document, label: str) -> bool:
    return any(
        one.emphasis
        for section in letter.sections
        for one in section.fields
        if one.label.en == label
    )
