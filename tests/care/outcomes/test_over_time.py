"""Outcomes of a clinic over time: n and interval at each visit."""

from __future__ import annotations

from datetime import date

import pytest

from thecal.care.outcomes.case import Visit
from thecal.care.outcomes.over_time import over_time, satisfied
from thecal.care.outcomes.reader import read_outcomes
from thecal.therapy.table import Table

ON = date(2026, 4, 20)


def visits(first: int, later: int, satisfaction: str) -> tuple[Visit, ...]:
    values = {
        "pathway": "non-cancer",
        "on": ON,
        "start": date(2025, 1, 1),
        "visits": [
            {"visit": "baseline", "date": date(2025, 1, 1), "scores": {"nrs": first}},
            {
                "visit": "month-3",
                "date": date(2025, 4, 1),
                "scores": {"nrs": later, "satisfaction": satisfaction},
            },
        ],
    }
    return read_outcomes(Table(values, "outcomes")).visits


@pytest.mark.inventory("S0.23")
def test_relief_and_satisfaction_have_a_count_and_an_interval() -> None:
    people = [
        visits(8, 4, "satisfied"),
        visits(8, 3, "very-satisfied"),
        visits(8, 5, "neither"),
        visits(8, 8, "dissatisfied"),
    ]
    rows = {row[0]: row for row in over_time(people).rows}
    assert list(rows) == ["baseline", "month 3"]
    assert rows["baseline"][1:3] == ("4", "8 of 10 (n = 4)")
    assert rows["baseline"][4] == "nobody was asked"
    _, _, pain, relief, content = rows["month 3"]
    assert pain == "4.5 of 10 (n = 4)"
    assert relief.replace("\u00a0", " ") == "50 % (2 of 4; 15 % to 85 %)"
    assert content.replace("\u00a0", " ") == "50 % (2 of 4; 15 % to 85 %)"


def test_who_has_no_baseline_has_no_relief() -> None:
    (_, later) = visits(8, 2, "satisfied")
    (row,) = over_time([(later,)]).rows
    assert row[3] == "nobody was asked"


def test_neither_is_not_satisfied_and_unasked_is_not_known() -> None:
    first, later = visits(8, 4, "neither")
    assert satisfied(later) is False
    assert satisfied(first) is None


def test_yearly_visits_stand_after_the_named_ones_in_order_of_years() -> None:
    first, later = visits(8, 4, "satisfied")
    odd = [Visit(name, ON, later.scores) for name in ("year-10", "year-4", "month-3", "baseline")]
    named = [row[0] for row in over_time([(first,), odd]).rows]
    assert named == ["baseline", "month 3", "year 4", "year 10"]
