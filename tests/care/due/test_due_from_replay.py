"""What the replay of a record puts on the list, from the file to the line."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from builders import BACLOFEN, MORPHINE, Chart, baclofen, morphine
from thecal.care.due import Knowledge, Urgency, due_items, knowledge_of
from thecal.therapy.simulation import simulate


def known(chart: Chart, day: float = 0, clock_hours: float = 12) -> Knowledge:
    """What is known so many days after the first day of the chart."""
    therapy = chart.therapy()
    first = therapy.events[0].time.replace(hour=0)
    until = therapy.instant(first + timedelta(days=day, hours=clock_hours))
    return knowledge_of(simulate(therapy, until=until))


def rules(found: Knowledge, now: datetime) -> set[str]:
    return {one.rule for one in due_items(found, now)}


def running(pump: str = "synchromed-ii-20", **more: object) -> Chart:
    chart = Chart("spinal", pump=pump, **more)
    return chart.start(BACLOFEN, "baclofen", "100 ug/d")


def test_a_running_pump_fills_every_date_of_the_reservoir_and_the_battery() -> None:
    found = known(running(next_visit=date(2026, 4, 1)), 3)
    assert found.drugs == ("baclofen",)
    assert found.last_fill is not None
    assert found.refill_by is not None
    assert found.low_reservoir is not None
    assert found.empty is not None
    assert found.refill_by < found.low_reservoir < found.empty
    assert found.refill_reason
    assert found.next_visit == date(2026, 4, 1)
    assert found.standing is None
    assert found.end_of_service is not None
    assert found.replacement_decided_by == "age"
    years = (found.end_of_service - found.last_fill) / timedelta(days=365.25)
    assert 6.9 < years < 7.1


def test_a_pump_before_its_first_fill_or_after_its_explant_makes_nothing_due() -> None:
    gone = known(running().add("explant", 5, "09:00"), 6)
    assert gone == Knowledge(closed=True)


@pytest.mark.req("K13")
def test_a_stopped_pump_names_its_order_its_reason_and_its_hazard() -> None:
    chart = running().add("stop", 5, "09:00", reason="surgery")
    found = known(chart, 5)
    assert found.standing is not None
    assert found.standing.how == "stopped"
    assert found.standing.reason == "surgery"
    assert "baclofen" in found.standing.hazard
    assert found.standing.since.hour == 9
    assert known(chart.add("resume", 5, "11:00"), 5).standing is None


@pytest.mark.req("K13")
def test_a_pump_at_its_minimum_rate_stands() -> None:
    chart = running().add("program", 5, "09:00", primary="baclofen", mode="minimum-rate")
    found = known(chart, 5)
    assert found.standing is not None
    assert found.standing.how == "at its minimum rate"
    assert found.standing.reason is None


@pytest.mark.req("K13")
def test_a_pump_that_was_filled_and_never_programmed_stands() -> None:
    chart = Chart("spinal").fill(0, "09:00", BACLOFEN).add("prime", 0, "09:05")
    found = known(chart, 1)
    assert found.standing is not None
    assert found.standing.since == found.last_fill


@pytest.mark.req("K16")
@pytest.mark.inventory("W12")
def test_a_scan_waits_for_the_second_reading_that_shows_the_recovery() -> None:
    chart = running().add("mri", 5, "09:00", field="1.5 T", duration="40 min")
    found = known(chart, 5, 13)
    assert len(found.scans) == 1
    assert found.scans[0].readings == ()
    now = found.scans[0].ended + timedelta(hours=3)
    assert "scan-reading" in rules(found, now)
    once = known(chart.add("interrogate", 5, "11:00", serial="NGV1"), 5, 13)
    assert [one.running for one in once.scans[0].readings] == [False]
    assert "stall-recovery" in rules(once, now)
    twice = known(chart.add("interrogate", 5, "11:30", serial="NGV1"), 5, 13)
    assert [one.running for one in twice.scans[0].readings] == [False, True]
    assert rules(twice, now) & {"scan-reading", "stall-recovery"} == set()


@pytest.mark.req("K16")
def test_a_pump_that_still_stands_at_the_second_reading_is_read_again() -> None:
    chart = running().add("mri", 5, "09:00", field="1.5 T", duration="40 min", recovery="6 h")
    for clock in ("11:00", "12:00", "16:00"):
        chart.add("interrogate", 5, clock, serial="NGV1")
    found = known(chart, 5, 17)
    assert [one.running for one in found.scans[0].readings] == [False, False, False]
    last = known(chart.add("interrogate", 5, "16:30", serial="NGV1"), 5, 17)
    assert last.scans[0].readings[-1].running


@pytest.mark.req("K16")
def test_a_constant_flow_pump_goes_on_in_a_scanner() -> None:
    chart = Chart(pump="isomed-35-20").fill(0, "09:00", MORPHINE)
    chart.add("mri", 5, "09:00", field="1.5 T", duration="40 min")
    found = known(chart, 5, 13)
    assert found.scans == ()


def test_alarms_are_unread_until_somebody_reads_them() -> None:
    chart = baclofen("100 ug/d")
    done = simulate(
        chart.therapy(), until=chart.therapy().instant(chart.therapy().events[0].time) + 86400 * 400
    )
    found = knowledge_of(done)
    kinds = {one.kind: one for one in found.alarms}
    assert not kinds["low-reservoir"].critical
    assert kinds["empty"].critical
    now = done.therapy.moment(done.end)
    listed = due_items(found, now)
    assert listed[0].urgency is Urgency.CRITICAL
    assert {"empty", "refill", "alarm-critical", "alarm-non-critical"} <= rules(found, now)
    read = frozenset((one.kind, one.since) for one in found.alarms)
    assert "alarm-critical" not in rules(knowledge_of(done, read), now)


@pytest.mark.req("K31")
def test_the_beyond_use_date_of_a_label_bounds_the_injection_and_no_day_in_the_pump() -> None:
    plain = known(Chart("spinal").fill(0, "09:00", BACLOFEN), 1)
    chart = Chart("spinal").fill(0, "09:00", BACLOFEN)
    label = {"beyond_use": chart.therapy().events[0].time.date()}
    labelled = known(Chart("spinal").fill(0, "09:00", BACLOFEN, **label), 1)
    assert labelled == plain


def test_the_line_of_an_external_pump_gives_its_care_as_tasks() -> None:
    port = {"model": "intrathecal-port", "implanted_length": "70 cm"}
    chart = Chart("cancer", pump="external-ambulatory", catheter=port)
    chart.fill(0, "09:00", MORPHINE, "100 mL").run(0, "09:30", "morphine", "2 mg/d")
    tasks = {one.id for one in known(chart, 1).tasks}
    assert {"care needle", "care dressing"} <= tasks


def test_a_refill_moves_the_dates() -> None:
    chart = morphine("1 mg/d")
    before = known(chart, 5)
    after = known(chart.fill(20, "09:00", MORPHINE, "20 mL", aspirated="18 mL"), 21)
    assert before.refill_by is not None
    assert after.refill_by is not None
    assert after.refill_by > before.refill_by


@pytest.mark.req("K13")
def test_a_new_pump_that_was_filled_and_not_programmed_stands_since_its_fill() -> None:
    pump = {"model": "synchromed-ii-20", "serial": "NGV2"}
    chart = running().add("replace", 5, "09:00", pump=pump).fill(5, "09:30", BACLOFEN)
    found = known(chart, 6)
    assert found.standing is not None
    assert found.standing.since == found.last_fill
    assert found.last_fill is not None
    assert found.last_fill.hour == 9
