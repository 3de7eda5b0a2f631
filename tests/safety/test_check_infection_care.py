"""H06: needle, dressing, set, filter, bag and catheter of an external pump in time."""

from __future__ import annotations

import pytest

from builders import Chart
from thecal.therapy.infection_care import care_outlook, infection_care

WEAK = {"morphine": "0.5 mg/mL"}
PORT = {"model": "intrathecal-port", "implanted_length": "70 cm"}
PERCUTANEOUS = {"model": "intrathecal-percutaneous", "implanted_length": "90 cm"}


def external(catheter: dict[str, str], pump: str = "external-ambulatory") -> Chart:
    return Chart("cancer", pump=pump, catheter=catheter).fill(0, "09:00", WEAK, "50 mL")


def due(chart: Chart) -> dict[str, str]:
    therapy = chart.therapy()
    outlook = care_outlook(therapy, therapy.instant(therapy.events[-1].time))
    return {date.task: date.due.isoformat()[:10] for date in outlook.dates}


def test_all_runs_from_the_first_event_and_the_earliest_comes_first() -> None:
    chart = external(PORT).add("infection-care", 3, done=["dressing"])
    assert due(chart) == {
        "bag": "2026-03-09",
        "needle": "2026-03-09",
        "set": "2026-03-09",
        "filter": "2026-03-09",
        "dressing": "2026-03-12",
    }
    assert list(due(chart))[-1] == "dressing"
    assert not chart.review().of("H06")


def test_a_new_set_comes_with_its_filter_and_a_fill_is_a_new_bag() -> None:
    chart = external(PORT).add("infection-care", 3, done=["set"]).fill(4, "09:00", WEAK, "50 mL")
    assert due(chart)["filter"] == due(chart)["set"] == "2026-03-12"
    assert due(chart)["bag"] == "2026-03-13"


@pytest.mark.req("H06")
def test_what_comes_late_warns_at_its_event_and_what_has_not_come_at_the_end() -> None:
    found = external(PORT).add("infection-care", 8, done=["dressing", "set"]).review()
    assert found.severities("H06", 1) == ["warn"] * 3, "dressing, set and the filter with it"
    assert "was done" in found.message("H06", 1)
    whole = [one for one in found.of("H06") if one.event is None]
    assert {one.message.split(":")[0] for one in whole} == {
        "needle of the port changed",
        "bag changed",
    }
    assert all("is overdue" in one.message for one in whole)
    assert set(found.severities("H06")) == {"warn"}


@pytest.mark.req("H06")
def test_exactly_at_its_date_is_in_time() -> None:
    chart = external(PORT).add("infection-care", 7, "09:00", done=["needle", "dressing", "set"])
    assert "was done" not in chart.review().message("H06")


@pytest.mark.req("H06")
def test_a_percutaneous_catheter_may_lie_for_a_week_until_it_is_taken_out() -> None:
    chart = external(PERCUTANEOUS).add("note", 8, text="still in")
    assert "percutaneous catheter taken out" in chart.review().message("H06")
    late = external(PERCUTANEOUS).add("explant", 8)
    assert "was done" in late.review().message("H06", 1)
    assert due(late) == {}


def test_a_new_catheter_starts_its_care_anew_and_leaves_the_bag() -> None:
    revised = external(PERCUTANEOUS).add("revise", 3, catheter={"tip": "T10", **PORT})
    assert "catheter" not in due(revised)
    assert due(revised)["needle"] == "2026-03-12"
    assert due(revised)["bag"] == "2026-03-09"


def test_another_external_pump_brings_its_bag_and_an_implanted_one_ends_the_care() -> None:
    other = external(PORT).add("replace", 3, pump={"model": "external-ambulatory", "serial": "E2"})
    assert due(other)["bag"] == "2026-03-12"
    assert due(other)["needle"] == "2026-03-09"
    implanted = external(PORT).add("replace", 3, pump={"model": "synchromed-ii-40", "serial": "N1"})
    assert due(implanted) == {}


def test_a_pump_kept_by_its_own_access_needs_the_care_of_it() -> None:
    custom = {"model": "custom", "implanted_length": "70 cm", "volume_per_length": "0.002 mL/cm"}
    assert set(due(external(custom, "external-port"))) == {"needle", "dressing", "set", "filter"}


@pytest.mark.req("H06")
def test_an_implanted_pump_needs_none_and_recorded_care_is_said_to_change_nothing() -> None:
    chart = Chart().start({"morphine": "10 mg/mL"}, "morphine", "2 mg/d")
    chart.add("infection-care", 30, done=["needle"])
    assert due(chart) == {}
    found = chart.review()
    assert not found.of("H06")
    assert found.worst("H05", 3) == "warn"
    assert not infection_care(chart.therapy()).late
