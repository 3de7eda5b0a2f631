"""The 24-hour watch cannot be closed early, nor unseen, nor while the patient is not well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.implant_visit import Look, alarming, look_findings, watch_ends

BEGUN = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def look(
    at: datetime, sedation: str = "awake", breaths: int = 14, motor: str = "as-before"
) -> Look:
    return Look(at, sedation, breaths, 3, motor)


@pytest.mark.req("K29")
@given(minutes=st.integers(0, 3000))
def test_no_watch_ends_before_a_day_is_over(minutes: int) -> None:
    now = BEGUN + timedelta(minutes=minutes)
    found = list(look_findings(watch_ends(BEGUN), (look(now),), now))
    assert bool(found) is (minutes < 24 * 60)
    assert all(one.check == "K29" and one.blocks for one in found)


@pytest.mark.req("K29")
def test_a_release_wants_a_late_look_at_somebody_who_is_well() -> None:
    ends = watch_ends(BEGUN)
    now = ends + HOUR

    def against(*looks: Look) -> bool:
        return bool(list(look_findings(ends, looks, now)))

    assert not against(look(now - HOUR))
    assert against()
    assert against(look(now - 5 * HOUR))
    assert against(look(now, sedation="hard-to-rouse"))
    assert against(look(now, breaths=9))
    assert not against(look(now, breaths=10))
    assert against(look(now, motor="weaker"))
    assert not against(look(now - 9 * HOUR, breaths=8), look(now))


def test_what_alarms_is_named() -> None:
    assert alarming(look(BEGUN)) == ()
    assert alarming(look(BEGUN, "hard-to-rouse", 6, "weaker")) == (
        "hard to rouse",
        "6 breaths in a minute",
        "weaker than before",
    )
