"""A time that the clinic's clock shows twice or never is nobody's to guess."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from thecal.clinic.web.wall_clock import local_text, with_offset

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2026-01-15T10:00", "2026-01-15T10:00+01:00"),
        ("2026-07-15T10:00", "2026-07-15T10:00+02:00"),
        ("2026-03-29T02:30", "2026-03-29T02:30"),  # the clocks skip it
        ("2026-10-25T02:30", "2026-10-25T02:30"),  # the clocks show it twice
        ("2026-10-25T03:00", "2026-10-25T03:00+01:00"),
        ("2026-01-15T10:00+05:00", "2026-01-15T10:00+05:00"),
        ("2026-01-15", "2026-01-15"),
        ("soon", "soon"),
        ("", ""),
    ],
)
def test_a_time_gets_the_offset_of_its_day(typed, read) -> None:
    assert with_offset(typed, BERLIN) == read


def test_what_was_read_is_shown_as_it_was_typed() -> None:
    moment = datetime.fromisoformat(with_offset("2026-07-15T10:00", BERLIN))
    assert local_text(moment, BERLIN) == "2026-07-15T10:00"
