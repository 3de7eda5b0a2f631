"""A journey ends before the refill that is due, with a margin, wherever it is planned."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from thecal.care.papers.travel import Journey
from thecal.care.pathway import Given
from thecal.care.pathway.transition import journey_findings
from thecal.safety.finding import Severity

BACK = date(2026, 5, 1)


@pytest.mark.req("K12")
@pytest.mark.parametrize(("days", "asked"), [(7, 0), (6, 1), (-1, 1)])
def test_the_margin_between_return_and_refill_is_asked_for(days, asked) -> None:
    given = Given(returns_on=BACK, refill_by=BACK + timedelta(days=days))
    found = journey_findings(given)
    assert [one.severity for one in found] == [Severity.SOFT] * asked
    assert all(one.answer is None for one in found)


@pytest.mark.req("K12")
def test_no_day_known_is_asked_for_and_a_reason_answers() -> None:
    found = journey_findings(Given(returns_on=BACK, reason="filled there", role="nurse"))
    (one,) = found
    assert one.answer is not None
    assert one.answer.reason == "filled there"


def test_the_clinic_on_the_way_is_kept_with_the_journey() -> None:
    trip = Journey(date(2026, 4, 1), BACK, "Lisbon", "Hospital A, 000 333")
    assert Journey.from_json(trip.to_json()) == trip
    assert "clinic_there" not in Journey(date(2026, 4, 1), BACK, "Lisbon").to_json()
