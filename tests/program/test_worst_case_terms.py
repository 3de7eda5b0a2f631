"""The terms of the search: what a rule still allows, and where a window's mass has its kinks."""

from __future__ import annotations

import pytest

from thecal.program.worst_case_terms import Course, Guard


@pytest.mark.parametrize(
    ("count", "dose", "room", "granted", "dosed", "allowed"),
    [
        (None, 3, None, 9, 99, None),
        (4, 3, None, 1, 99, 3),
        (4, 3, None, 5, 15, 0),
        (None, 3, 9, 1, 3, 2),
        (None, 3, 9, 2, 7, 0),  # 2 are left, less than one dose
        (1, 3, 9, 0, 0, 1),
        (None, 0, 9, 3, 9, None),  # used up, and a bolus without this drug still fits
        (None, 0, 9, 3, 8, None),
        (None, 0, 9, 3, 10, 0),  # an earlier program has given more than this one allows
    ],
)
def test_what_a_rule_still_allows(
    count: int | None, dose: int, room: int | None, granted: int, dosed: int, allowed: int | None
) -> None:
    assert Guard(1, 1, 1, count, dose, room).allowed(granted, dosed) == allowed


def test_the_kinks_lie_where_a_rate_changes_as_the_window_opens_or_closes() -> None:
    """One grain a tick from 5 to 9, windows of 4 ticks."""
    course = Course({5: 1, 9: -1}, 4)
    assert course.corners(0, 9) == [0, 1, 5, 9]
    assert course.corners(2, 3) == [2, 3]
    assert course.corners(0, 1) == [0, 1]
    assert [course.given(start) for start in (0, 1, 3, 5, 7, 9)] == [0, 0, 2, 4, 2, 0]
    assert course.corners(-4, 20) == [-4, 1, 5, 9, 20]
    assert course.corners(0, 4) == [0, 1, 4]
    assert Course({11: 2, 12: -2}, 4).corners(0, 9) == [0, 7, 8, 9]
