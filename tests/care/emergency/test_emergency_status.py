"""What the system holds at one time, against the replay's own books and worked figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal.care.emergency.advise import advice_on
from thecal.care.emergency.sheet import emergency_sheet, sheet_cards
from thecal.care.emergency.status import SystemStatus, status_at
from thecal.errors import BadFileError
from thecal.safety.finding import Verdict, verdict_of
from thecal.therapy.events import Therapy
from thecal.therapy.file_reader import parse_moment, read_therapy, read_therapy_file
from thecal.therapy.simulation import simulate
from thecal.units import Mass

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
FILE = """
schema = "thecal.therapy/1"
utc_offset = "+00:00"
[patient]
id = "P"
birth_date = 1980-01-01
sex = "male"
weight = "70 kg"
therapy = "%s"
%s
[pump]
model = "%s"
serial = "NGP1"
[catheter]
model = "indura-8709sc"
%s
tip = "T11"
[[events]]
time = 2026-01-12T08:00:00
type = "fill"
volume = "18 mL"
mixture = { %s }
"""
PRIME = '[[events]]\ntime = 2026-01-12T08:05:00\ntype = "prime"\n'
PROGRAM = (
    '[[events]]\ntime = 2026-01-12T09:00:00\ntype = "program"\nprimary = "%s"\n'
    'mode = "continuous"\ndaily_dose = "%s"\n'
)


def therapy(
    drug: str = "baclofen",
    strength: str = "500 ug/mL",
    dose: str = "100 ug/d",
    more: str = "",
    length: str = 'trimmed_length = "13 cm"',
) -> Therapy:
    spastic = drug == "baclofen"
    kind = ("spasticity", 'origin = "spinal"') if spastic else ("pain", 'setting = "non-cancer"')
    text = FILE % (*kind, "synchromed-ii-20", length, f'{drug} = "{strength}"')
    return read_therapy((text + PRIME + PROGRAM % (drug, dose) + more).encode(), "t.toml")


def at(one: Therapy, text: str) -> SystemStatus:
    return status_at(one, one.instant(parse_moment(text, one.utc_offset)))


def test_ten_days_after_the_fill_in_figures_by_hand() -> None:
    """100 mcg/day of 500 mcg/mL are 0.2 mL/day; the prime took 0.3072 mL of the 18 mL."""
    found = at(therapy(), "2026-01-22T09:00")
    assert found.simulation.reservoir_volume.in_unit("mL") == 18 - 2 - Fraction("0.3072")
    assert found.by_count == {"baclofen": Mass.of("7846.4", "ug")}
    assert found.per_day == {"baclofen": Mass.of(100, "ug")}
    assert found.per_hour["baclofen"].in_unit("ug/h") == pytest.approx(100 / 24, rel=1e-3)
    assert found.last_day["baclofen"].in_unit("ug") == pytest.approx(100, rel=2e-3)
    assert found.port is not None
    # 76 cm at 0.0022 mL/cm beyond the port, full of 500 mcg/mL
    assert found.port.volume.in_unit("mL") == Fraction("0.1672")
    hours = found.hours_in_port("baclofen")
    assert hours is not None
    assert hours.in_unit("h") == pytest.approx(0.1672 * 500 / (100 / 24), rel=1e-3)


def test_the_amounts_are_those_of_the_books() -> None:
    one = read_therapy_file(EXAMPLES / "pain_two_drugs.toml")
    found = status_at(one)
    books = simulate(one).balance
    assert found.in_all == {drug: books[drug].reservoir for drug in books}
    assert found.in_line == {drug: books[drug].line for drug in books if books[drug].line}
    assert set(found.drugs) == set(books)


@settings(max_examples=15)
@given(st.integers(0, 60 * 24), st.integers(0, 60 * 24))
def test_time_takes_from_the_reservoir_and_never_gives(one: int, other: int) -> None:
    run = therapy()
    start = run.instant(parse_moment("2026-01-12T09:00", run.utc_offset))
    earlier, later = (status_at(run, start + 3600 * hours) for hours in sorted((one, other)))
    assert later.by_count["baclofen"] <= earlier.by_count["baclofen"]


@settings(max_examples=15)
@given(st.integers(50, 900))
def test_a_higher_dose_shortens_what_a_port_push_stands_for(dose: int) -> None:
    low = at(therapy(dose=f"{dose} ug/d"), "2026-01-13T09:00")
    high = at(therapy(dose=f"{dose + 50} ug/d"), "2026-01-13T09:00")
    first, second = low.hours_in_port("baclofen"), high.hours_in_port("baclofen")
    assert first is not None
    assert second is not None
    assert second < first


def test_a_stopped_pump_gives_nothing_and_the_hazard_is_said() -> None:
    stop = '[[events]]\ntime = 2026-01-14T09:00:00\ntype = "stop"\nreason = "test"\n'
    found = at(therapy(more=stop), "2026-01-15T12:00")
    assert not found.per_hour["baclofen"]
    assert not found.last_day
    assert found.hours_in_port("baclofen") is None
    advice = advice_on(found)
    assert any("emergency" in one.message for one in advice.findings)
    assert verdict_of(advice.findings) is Verdict.ACCEPTED


def test_a_refill_that_is_overdue_is_said_and_the_sheet_comes_all_the_same() -> None:
    found = at(therapy(), "2026-12-31T09:00")
    advice = advice_on(found)
    assert any(one.check == "K12" for one in advice.findings)
    assert verdict_of(advice.findings) is Verdict.ACCEPTED


def test_a_time_before_the_first_event_is_refused() -> None:
    with pytest.raises(BadFileError, match="before the first event"):
        at(therapy(), "2025-12-31T09:00")


def test_the_sheet_is_one_page_with_drug_dose_content_and_blanks() -> None:
    found = at(therapy("morphine", "10 mg/mL", "1 mg/d"), "2026-01-22T09:00")
    sheet = emergency_sheet(found)
    assert sheet.one_page
    assert [one.heading.en for one in sheet.sections] == [
        *("Who and what", "Drugs now", "Catheter access port", "Dates", "First steps", "By hand")
    ]
    grid = sheet.sections[1].grid
    assert grid is not None
    row = [cell.en.replace("\u00a0", " ") for cell in grid.rows[0]]
    assert row[0] == "morphine"
    assert row[1] == "10 mg/mL"
    assert row[6] == "1 mg (1,000 mcg)"
    blanks = [one.label.en for one in sheet.sections[-1].fields]
    assert blanks == ["pump team, 24 h", "last morphine equivalent", "allergies"]
    assert "not for patient care" in sheet.footnotes[0].en
    assert "nicht für" in sheet.footnotes[0].de


def test_the_telephone_of_day_and_night_stands_on_the_sheet_and_leaves_no_blank() -> None:
    sheet = emergency_sheet(at(therapy(), "2026-01-22T09:00"), telephone="000 112")
    assert sheet.sections[0].fields[0].label.en == "pump team, 24 h"
    assert sheet.sections[0].fields[0].value.en == "000 112"
    assert "pump team, 24 h" not in [one.label.en for one in sheet.sections[-1].fields]


def test_a_card_without_withdrawal_names_the_drug_of_the_mixture_that_has_one() -> None:
    both = status_at(read_therapy_file(EXAMPLES / "pain_two_drugs.toml"))
    steps = {one.label.en: one.value for one in emergency_sheet(both).sections[4].fields}
    (told,) = [text for title, text in steps.items() if "bupivacaine" in title.lower()]
    opioid = next(one for one in both.drugs if one != "bupivacaine")
    assert f"stops {opioid} as well, which has a withdrawal" in told.en
    assert "stoppt auch" in told.de
    (other,) = [text for title, text in steps.items() if "opioid" in title.lower()]
    assert "as well" not in other.en
    alone = at(therapy("bupivacaine", "10 mg/mL", "5 mg/d"), "2026-01-22T09:00")
    assert "as well" not in emergency_sheet(alone).sections[4].fields[0].value.en


def test_the_sheet_shows_a_withdrawal_where_a_stop_endangers() -> None:
    baclofen = sheet_cards(at(therapy(), "2026-01-22T09:00"))
    assert [one.id for one in baclofen] == ["gaba-b-agonist-overdose", "gaba-b-agonist-withdrawal"]
    morphine = sheet_cards(at(therapy("morphine", "10 mg/mL", "1 mg/d"), "2026-01-22T09:00"))
    assert [one.id for one in morphine] == ["opioid-overdose"]


def test_a_clock_of_another_offset_names_the_same_instant() -> None:
    one = therapy()
    moment = parse_moment("2026-01-22T11:00:00+02:00", one.utc_offset)
    same = status_at(one, one.instant(moment))
    assert same.at == at(one, "2026-01-22T09:00").at
    assert isinstance(same.at, datetime)
    assert same.at.utcoffset() == timedelta(0)


def test_a_catheter_of_unknown_length_leaves_the_page_and_says_what_is_not_known() -> None:
    found = at(therapy(length=""), "2026-01-22T09:00")
    assert not found.line_known
    assert found.port is None
    assert found.in_line == {}
    assert found.per_day == {"baclofen": Mass.of(100, "ug")}
    advice = advice_on(found)
    assert advice.results["line_volume"] is None
    assert any("length is not on record" in one for one in advice.not_checked)
    port = emergency_sheet(found).sections[2].paragraphs[0]
    assert "unknown" in port.en
    assert "unbekannt" in port.de


def test_a_range_of_lengths_shows_what_the_longest_would_push() -> None:
    found = at(therapy(length='implanted_length_range = ["60 cm", "80 cm"]'), "2026-01-22T09:00")
    assert found.port is not None
    assert found.port.volume.in_unit("mL") == Fraction("0.132")
    assert found.port.at_most is not None
    assert found.port.at_most.in_unit("mL") == Fraction("0.176")
    assert "0.176" in emergency_sheet(found).sections[2].paragraphs[0].en


def test_a_volume_that_was_typed_and_not_filled_is_said_before_anybody_reckons_with_it() -> None:
    found = status_at(read_therapy_file(EXAMPLES / "incident_wrong_volume.toml"))
    assert found.by_count == {"morphine": Mass.of(400, "mg")}
    assert found.in_all == {"morphine": Mass.of(200, "mg")}
    (said,) = [one for one in advice_on(found).findings if one.check == "K1"]
    assert "400" in said.message
    assert "200" in said.message


def test_an_external_pump_has_no_pocket_to_fill() -> None:
    found = advice_on(status_at(read_therapy_file(EXAMPLES / "external_pump.toml")))
    assert not any("pocket" in one.title for one in found.listings)
