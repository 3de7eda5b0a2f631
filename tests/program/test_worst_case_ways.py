"""Ways through several programs that are lost when one idea of the search is left out."""

from __future__ import annotations

import pytest
from press_lattice import fullest
from test_worst_case_search import search

from thecal.program.worst_case_terms import Guard, Stretch

Told = tuple[int, int, tuple[int, int, int, int | None, int, int | None]]

WAYS: list[tuple[str, int, list[Told], dict[int, int], int, int, int]] = [
    # Day and window, stretches (begin, end, (density, duration, lockout, count, dose, room)), rates
    # in ticks, first and last window start, and the fullest window.
    (
        "the third lockout runs from the last bolus of the second program",
        8,
        [
            (0, 5, (3, 1, 4, None, 3, None)),
            (6, 9, (7, 1, 0, None, 2, None)),
            (9, 25, (2, 1, 2, None, 0, None)),
        ],
        {},
        0,
        25,
        26,
    ),
    (
        "one program has a count and the other has none",
        6,
        [(4, 7, (7, 1, 0, 1, 1, None)), (7, 10, (2, 3, 0, None, 2, None))],
        {},
        0,
        3,
        11,
    ),
    (
        "a late bolus waits for the day since the first one",
        6,
        [(3, 10, (3, 2, 3, None, 3, None)), (10, 15, (9, 3, 4, 2, 2, None))],
        {17: 6, 18: 6},
        6,
        11,
        36,
    ),
    (
        "a late bolus waits for its spacing too",
        8,
        [(5, 21, (2, 2, 6, None, 4, None)), (23, 27, (9, 3, 1, None, 3, 9))],
        dict.fromkeys(range(18, 23), 1),
        11,
        27,
        42,
    ),
    (
        "of the programs to come the longest lockout decides what costs nothing",
        8,
        [
            (0, 16, (6, 1, 1, None, 4, None)),
            (16, 17, (7, 1, 2, None, 3, None)),
            (17, 19, (9, 1, 0, None, 1, None)),
            (19, 21, (5, 3, 2, None, 1, None)),
        ],
        {},
        0,
        13,
        49,
    ),
    (
        "a bolus at the end of a short program holds up the next one",
        5,
        [
            (0, 1, (6, 1, 1, None, 1, None)),
            (1, 10, (7, 1, 1, None, 3, None)),
            (12, 13, (8, 2, 0, None, 2, None)),
            (13, 21, (9, 1, 2, None, 0, None)),
        ],
        {},
        9,
        9,
        16,
    ),
    (
        "the window closes as a bolus of the last program ends",
        8,
        [(12, 15, (9, 2, 3, None, 4, None)), (15, 16, (2, 3, 1, 3, 3, None))],
        dict.fromkeys(range(2, 10), 2),
        -7,
        16,
        26,
    ),
]


@pytest.mark.parametrize(
    ("day", "told", "rates", "first", "last", "most"),
    [way[1:] for way in WAYS],
    ids=[way[0] for way in WAYS],
)
def test_no_way_is_lost(
    day: int, told: list[Told], rates: dict[int, int], first: int, last: int, most: int
) -> None:
    stretches = [Stretch(begin, end, Guard(*rule)) for begin, end, rule in told]
    asked = {"first": first, "last": last, "window": day, "day": day}
    assert search(stretches, rates, **asked) == most
    assert fullest(stretches, rates, **asked) == most
