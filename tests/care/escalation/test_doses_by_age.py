"""Doses of a clinic in their first year, by age, beside the cohort that was published."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from thecal.care.escalation.by_age import DoseCourse, by_age, first_year, month_by_month
from thecal.care.titration.history import DoseChange, DoseHistory
from thecal.units import MassRate

START = datetime.fromisoformat("2024-01-01T10:00")


def course(age: int, *doses: tuple[int, str], drug: str = "morphine", days: int = 400):
    changes = tuple(
        DoseChange(START + timedelta(day), MassRate.of(dose, "mg/d")) for day, dose in doses
    )
    return DoseCourse(drug, age, DoseHistory(changes), timedelta(days))


@pytest.mark.inventory("S1.R9")
@pytest.mark.inventory("S1.9")
def test_rises_of_a_year_are_grouped_by_the_age_at_the_start() -> None:
    rows = by_age(
        [
            course(40, (0, "1"), (100, "3"), (390, "9")),
            course(50, (0, "1"), (200, "2")),
            course(51, (0, "2"), (300, "3")),
            course(80, (0, "2"), (100, "1")),
            course(70, (0, "2"), (100, "4"), days=200),
        ]
    ).rows
    young, old = ([cell.replace("\u00a0", " ") for cell in row] for row in rows)
    assert young[0] == "age 50 and below"
    assert young[1:5] == ["2 (few)", "+150 %", "+150 %", "+100 % to +200 %"]
    assert old[1:6] == ["2 (few)", "0 %", "0 %", "-50 % to +50 %", "1"]
    assert young[6].startswith("+750 % (+300 % to +1,200 %); pkpd.md 3.2")


def test_other_drugs_are_not_counted_and_a_short_course_has_no_year() -> None:
    assert first_year(course(40, (0, "1"), drug="baclofen")) is None
    assert first_year(course(40, (0, "1"), days=364)) is None
    rows = by_age([course(40, (0, "1"), drug="baclofen")]).rows
    assert [row[1] for row in rows] == ["0", "0"]
    assert [row[5] for row in rows] == ["0", "0"]


@pytest.mark.inventory("S1.R9")
def test_the_course_by_age_counts_whoever_was_followed_so_long() -> None:
    rows = month_by_month([course(40, (0, "1"), (80, "2")), course(30, (0, "1"), days=100)]).rows
    told = [[cell.replace("\u00a0", " ") for cell in row] for row in rows]
    assert told[0][1:] == ["3", "2 (few)", "+50 %", "+188 % (+75 % to +300 %)"]
    assert told[1][1:4] == ["6", "1 (few)", "+100 %"]
    assert told[3][4] == "+750 % (+300 % to +1,200 %)"
    assert told[4][2:4] == ["0", "none"]
