"""What a rate is divided by, and the register counted under a filter."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from short_therapies import NEXT_PUMP, PUMP, START, exchange, explant, fill, on, revise, therapy
from thecal.care.complications.exposure import Exposure, exposure
from thecal.care.complications.recorded import read_recorded
from thecal.care.complications.rules import age_band, overlap, year_days, years
from thecal.care.complications.tally import Observed, Wanted, tally

EVER = Wanted(date(2000, 1, 1), date(2100, 1, 1))


def noted(number: int, kind: str, day: int):
    body = {"complication": kind, "began": on(day).isoformat(), "grade": "2", "cause": "unknown"}
    return read_recorded(number, body)


def days(found: Exposure) -> int:
    return sum((one.ended - one.began).days for one in found.segments)


def test_time_runs_from_the_first_event_to_the_last_day_through_an_exchange() -> None:
    found = exposure(therapy(fill(0), fill(100), exchange(400), fill(400), fill(500)), on(700))
    assert days(found) == 700
    assert [one.pump for one in found.segments][-1] == NEXT_PUMP
    assert found.on(on(399)).pump == PUMP
    assert found.on(on(-1)) is None


def test_an_explant_ends_the_time() -> None:
    assert days(exposure(therapy(fill(0), explant(90)), on(700))) == 90


def test_the_first_fill_of_a_new_pump_is_no_refill_that_of_an_old_one_is() -> None:
    new = therapy(fill(0), fill(100), exchange(400), fill(400), fill(500))
    assert [one.day for one in exposure(new, on(700)).refills] == [on(100), on(500)]
    came = therapy(fill(0), fill(100), implanted=date(2018, 1, 1))
    assert len(exposure(came, on(700)).refills) == 2


def test_operations_of_one_day_count_once_and_an_implant_elsewhere_not_at_all() -> None:
    both = therapy(fill(0), exchange(400), revise(400), explant(900))
    assert len(exposure(both, on(1000)).procedures) == 3
    came = therapy(fill(0), exchange(400), implanted=date(2018, 1, 1))
    assert len(exposure(came, on(1000)).procedures) == 1


def test_an_external_pump_is_no_pump_year() -> None:
    found = exposure(therapy(fill(0), model="external-port"), on(300))
    assert found == Exposure()


def test_what_happened_after_the_last_day_is_not_counted() -> None:
    found = exposure(therapy(fill(0), fill(100), fill(300)), on(200))
    assert days(found) == 200
    assert len(found.refills) == 1


@pytest.mark.inventory("S3.19")
def test_what_a_patient_brings_along_from_before_is_told_and_makes_no_rate_higher() -> None:
    """The years at the other clinic are in no denominator, so its events are in no numerator."""
    came = exposure(therapy(fill(0), implanted=date(2018, 1, 1)), on(year_days(4)))
    brought = (noted(1, "infection", -400), noted(2, "infection", -1))
    (line,) = tally([Observed((*brought, noted(3, "infection", 0)), came)], EVER).lines
    assert (line.events, line.before) == (3, 2)
    assert line.rate is not None
    assert line.rate.value == 1 / years(year_days(4))
    here = [one.expected for one in line.beside if one.expected is not None]
    assert all(one.observed == 1 for one in here)
    (only,) = tally([Observed(brought, came)], EVER).lines
    assert only.rate is not None
    assert only.rate.value == 0


@pytest.mark.inventory("S3.19")
def test_rates_of_a_clinic_rest_on_its_own_pump_years() -> None:
    one = exposure(therapy(fill(0)), on(year_days(4)))
    two = exposure(therapy(fill(0)), on(year_days(6)))
    people = [
        Observed((noted(1, "infection", 30), noted(2, "infection", 900)), one),
        Observed((noted(3, "infection", 10), noted(4, "catheter-fracture", 20)), two),
    ]
    found = tally(people, EVER)
    assert [line.complication.id for line in found.lines] == ["infection", "catheter-fracture"]
    first = found.lines[0]
    assert (first.events, first.people, first.open) == (3, 2, 3)
    assert found.over["pump-year"] == years(year_days(4) + year_days(6))
    assert first.rate is not None
    assert first.rate.value == 3 / found.over["pump-year"]
    assert found.over["patient"] == 2


def test_a_filter_takes_numerator_and_denominator_alike() -> None:
    life = therapy(fill(0), fill(100, "baclofen"), exchange(400), fill(400, "baclofen"))
    person = Observed(
        (noted(1, "infection", 50), noted(2, "infection", 450)), exposure(life, on(500))
    )
    morphine = tally([person], Wanted(EVER.first, EVER.last, drug="morphine"))
    assert (morphine.lines[0].events, morphine.over["pump-year"]) == (1, years(100))
    second = tally([person], Wanted(EVER.first, EVER.last, pump=NEXT_PUMP))
    assert (second.lines[0].events, second.over["pump-year"]) == (1, years(100))
    early = tally([person], Wanted(START, on(99)))
    assert (early.lines[0].events, early.over["pump-year"]) == (1, years(100))
    assert early.over["refill"] == 0
    assert tally([person], Wanted(EVER.first, EVER.last, kind="granuloma")).lines == ()


def test_a_clinic_without_a_pump_has_counts_and_no_rate() -> None:
    found = tally([Observed((noted(1, "infection", 3),), Exposure())], EVER)
    assert found.lines[0].rate is None
    assert found.over["pump-year"] == 0


@pytest.mark.parametrize(
    ("birth", "band"),
    [
        (date(2010, 1, 1), "0-17"),
        (date(2008, 1, 1), "18-29"),
        (date(1976, 1, 2), "40-49"),
        (date(1976, 1, 1), "50-59"),
        (date(1920, 1, 1), "90+"),
    ],
)
def test_an_age_is_told_as_a_band(birth, band) -> None:
    assert age_band(birth, date(2026, 1, 1)) == band


def test_days_of_a_span_in_a_window() -> None:
    assert overlap(on(0), on(10), on(5), on(20)) == 5
    assert overlap(on(0), on(10), on(0), on(0)) == 1
    assert overlap(on(0), on(10), on(20), on(30)) == 0
    assert Fraction(year_days(4)) == 1461
