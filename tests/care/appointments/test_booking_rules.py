"""What speaks against an appointment: refill-by to the minute, the interval, the clinic's hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_cases import opening
from thecal.care.appointments.booking import Asked, booking_findings, calendar_findings, too_late
from thecal.care.appointments.capacity import capacity
from thecal.care.appointments.opening import (
    default_opening,
    opening_of,
    read_opening,
    read_spans,
    rule_window,
    slots_a_week,
)
from thecal.care.appointments.risk import Transport, risk, total
from thecal.care.appointments.times import free_times
from thecal.data import FACT_COLUMNS, use_clinic_tables
from thecal.errors import EntryError
from thecal.safety.finding import Severity

FACTS = ",".join(FACT_COLUMNS)
BY = datetime(2026, 12, 11, 10, 5, tzinfo=UTC)
ASKED = Asked(date(2026, 12, 9), None, BY, "alarm date", None, date(2026, 9, 20), ("morphine",))
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def severities(asked: Asked) -> list[str]:
    return [str(one.severity) for one in booking_findings(asked)]


@pytest.mark.req("K12")
@pytest.mark.inventory("S0.21")
@pytest.mark.parametrize(
    ("day", "at", "wanted"),
    [
        (date(2026, 12, 10), None, []),
        (date(2026, 12, 11), None, ["hard"]),
        (date(2026, 12, 11), BY, []),
        (date(2026, 12, 11), BY + timedelta(minutes=1), ["hard"]),
        (date(2026, 12, 11), BY - timedelta(hours=1), []),
        (date(2026, 12, 12), BY.replace(day=12, hour=8), ["hard"]),
        (date(2026, 12, 12), None, ["hard"]),
    ],
)
def test_a_visit_after_refill_by_is_refused_to_the_minute(day, at, wanted) -> None:
    assert severities(replace(ASKED, day=day, at=at)) == wanted


@given(st.integers(-90, 90 * 24 * 60))
def test_no_visit_with_a_time_after_refill_by_passes(minutes: int) -> None:
    at = BY + timedelta(minutes=minutes)
    refused = any(one.severity is Severity.HARD for one in too_late(at.date(), at, BY, "x"))
    assert refused == (at > BY)


@pytest.mark.inventory("S2.12")
@pytest.mark.inventory("S3.22")
@pytest.mark.parametrize(("days", "wanted"), [(27, ["soft"]), (28, []), (183, []), (184, ["soft"])])
def test_an_interval_outside_28_to_183_days_is_questioned(days: int, wanted: list[str]) -> None:
    visit = date(2026, 9, 20) + timedelta(days=days)
    asked = replace(ASKED, day=visit, drugs=("baclofen",), refill_by=None)
    assert severities(asked) == wanted


def test_a_short_interval_that_refill_by_dictates_is_nobodys_choice() -> None:
    filled = date(2026, 11, 20)
    soon = replace(ASKED, day=date(2026, 12, 9), last_fill=filled)
    assert severities(soon) == []
    later = replace(soon, refill_by=datetime(2026, 12, 18, 10, tzinfo=UTC))
    assert severities(later) == ["soft"]


def test_the_calendar_asks_about_closed_full_and_odd_times_and_its_own_window() -> None:
    clinic = opening(starts=2, window=10)
    nine = datetime(2026, 12, 9, 9, tzinfo=UTC)
    assert list(calendar_findings(replace(ASKED, at=nine), clinic, 1, 0)) == []
    (taken,) = calendar_findings(replace(ASKED, at=nine), clinic, 1, 1)
    assert "is taken: 1 at that time, 1 at once" in taken.message
    (full,) = calendar_findings(ASKED, clinic, 2, 0)
    assert "is full" in full.message
    (odd,) = calendar_findings(replace(ASKED, at=nine.replace(minute=10)), clinic, 0, 0)
    assert "no appointment begins at 09:10" in odd.message
    (shut,) = calendar_findings(replace(ASKED, day=date(2026, 12, 12)), clinic, 0, 0)
    assert "closed" in shut.message
    alarm = datetime(2026, 12, 18, tzinfo=UTC)
    (near,) = calendar_findings(replace(ASKED, alarm=alarm), clinic, 0, 0)
    assert "plans 10 days before it" in near.message


def test_an_opening_is_read_and_kept_as_it_was_typed() -> None:
    typed = {"monday": "08:00-12:00", "slot": "30", "rooms": "2", "tours": "0", "tour_visits": "5"}
    typed |= {"window": "10", "closed": "2026-12-24 to 2026-12-26\n2027-01-01"}
    found = read_opening(typed)
    assert opening_of(found.to_json()) == found
    monday = date(2026, 11, 23)
    assert found.capacity(monday) == 16
    assert found.capacity(monday + timedelta(days=1)) == 0
    assert len(found.closed) == 4
    assert free_times(found, monday, found.starts(monday)[:1])[:1] == found.starts(monday)[:1]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("monday", "9-16"),
        ("monday", "16:00-09:00"),
        ("monday", "09:00-09:10"),
        ("slot", "0"),
        ("rooms", "²"),
        ("window", "3"),
        ("window", "99"),
        ("closed", "2026-02-30"),
        ("closed", "2026-12-24 to 2026-12-20"),
    ],
)
def test_an_opening_that_cannot_be_names_its_field(name: str, text: str) -> None:
    typed = {"monday": "08:00-12:00", "slot": "30", "rooms": "2", "tours": "0", "tour_visits": "5"}
    with pytest.raises(EntryError) as refused:
        read_opening({**typed, "window": str(rule_window()), name: text})
    assert refused.value.place == name


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("slot", 5, 240), ("rooms", 1, 20), ("tours", 0, 10), ("tour_visits", 1, 20)],
)
def test_what_a_clinic_may_set_lies_between_the_figures_of_the_table(
    name: str, least: int, most: int
) -> None:
    typed = {"slot": "30", "rooms": "2", "tours": "0", "tour_visits": "5"}
    typed["window"] = str(rule_window())
    for taken in (least, most):
        assert getattr(read_opening({**typed, name: str(taken)}), name) == taken
    for refused in (least - 1, most + 1):
        with pytest.raises(EntryError, match=f"{least} to {most}"):
            read_opening({**typed, name: str(refused)})


def test_a_clinic_sets_a_bound_of_its_own(tmp_path: Path) -> None:
    row = "opening,closure-most,1,7,d,our rule,read,,2026-11-21,"
    (tmp_path / "appointments.csv").write_text(f"subject,parameter,rank,{FACTS}\n{row}\n")
    assert read_spans("2026-12-24 to 2027-01-01")
    use_clinic_tables(tmp_path)
    try:
        with pytest.raises(EntryError, match="7 days at most"):
            read_spans("2026-12-24 to 2027-01-01")
    finally:
        use_clinic_tables(None)


def test_spans_of_days_are_read() -> None:
    (first, second) = read_spans("2026-12-24 to 2027-01-01\n2027-02-03")
    assert first == (date(2026, 12, 24), date(2027, 1, 1))
    assert second == (date(2027, 2, 3), date(2027, 2, 3))


def test_capacity_is_the_sum_of_30_4_by_interval() -> None:
    found = capacity([38, 76], opening(starts=1))
    assert float(found.needed) == pytest.approx(30.4 / 38 + 30.4 / 76)
    assert float(found.held) == pytest.approx(5 * 30.4 / 7)
    assert not capacity([1], opening(starts=1)).suffices
    assert slots_a_week(default_opening()) > 0


def points(**changes: object) -> int:
    values = {
        "missed": 0,
        "transport": None,
        "kilometres": None,
        "drugs": (),
        "empty": None,
        "inpatient": False,
        "now": NOW,
    }
    return total(risk(**(values | changes)))


def test_risk_rises_with_each_thing_that_counts_and_ranks_the_drugs() -> None:
    assert points() == 0
    assert points(missed=1) < points(missed=2) == points(missed=3) - 2
    assert points(missed=9) == points(missed=8)
    ways = [points(transport=one) for one in (Transport.OWN, Transport.ARRANGED, Transport.NONE)]
    assert ways == sorted(ways)
    assert points(kilometres=81) > points(kilometres=80) == 0
    baclofen, opioid, local = (
        points(drugs=(one,)) for one in ("baclofen", "morphine", "bupivacaine")
    )
    assert baclofen > opioid > local > 0
    assert points(drugs=("morphine", "bupivacaine")) == opioid
    soon = [points(empty=NOW + timedelta(days=days)) for days in (-1, 5, 10, 20, 30)]
    assert soon == sorted(soon, reverse=True)
    assert soon[-1] == 0
    assert points(inpatient=True) > 0


def test_every_line_of_the_score_says_that_it_is_a_project_rule() -> None:
    (line,) = risk(
        missed=1,
        transport=None,
        kilometres=None,
        drugs=(),
        empty=None,
        inpatient=False,
        now=NOW,
    )
    assert "project rule" in line.source
