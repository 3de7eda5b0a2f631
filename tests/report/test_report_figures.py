"""The figures: valid, described, and true to the run."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from fractions import Fraction

import pytest
from page_reading import check_inside
from report_cases import RICH, Case

from thecal.report.axes import nice_step, time_ticks, value_ticks
from thecal.report.trace import trace_therapy
from thecal.therapy.file_reader import read_therapy
from thecal.units import Volume, show

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.mark.parametrize("name", ["rich", "emptied", "long"])
def test_figures_are_valid_xml_with_title_and_description(
    name: str, request: pytest.FixtureRequest
) -> None:
    case: Case = request.getfixturevalue(name)
    for path in case.figures:
        root = ET.fromstring(path.read_bytes())  # noqa: S314
        assert root.tag == f"{SVG}svg"
        assert root.get("role") == "img"
        names = (root.get("aria-labelledby") or "").split()
        title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert title.text
        assert description is not None
        assert description.text
        assert names == [title.get("id"), description.get("id")]


@pytest.mark.parametrize("name", ["rich", "emptied", "long"])
def test_nothing_is_drawn_outside_the_figure(name: str, request: pytest.FixtureRequest) -> None:
    case: Case = request.getfixturevalue(name)
    for path in case.figures:
        check_inside(path)


def test_colour_is_never_the_only_cue(rich: Case) -> None:
    dose = next(path for path in rich.figures if "dose-morphine" in path.name).read_text("utf-8")
    assert 'class="hatch"' in dose
    for word in ("therapy", "patient bolus", "bridge"):
        assert f">{word}<" in dose


def test_reservoir_figure_shows_fills_alarm_level_and_dates(rich: Case, emptied: Case) -> None:
    reservoir = rich.figures[0].read_text("utf-8")
    assert reservoir.count("filled to 18\u00a0mL") == 2
    assert "alarm level 2\u00a0mL" in reservoir
    assert "Later than the figure reaches: refill by" in rich.html
    assert "refill by" in emptied.figures[0].read_text("utf-8")
    assert "alarm: empty" in emptied.figures[0].read_text("utf-8")


def test_week_of_a_flex_program_differs_by_day(rich: Case) -> None:
    week = next(path for path in rich.figures if "flex" in path.name).read_text("utf-8")
    assert "Saturday" in week
    assert week.count(">0.1\u00a0mg<") == 5
    # The evening step crosses midnight and stands in both days.
    assert week.count(">0.3\u00a0mg<") == 14


def test_prime_fills_the_line_quarter_by_quarter(rich: Case) -> None:
    trace = trace_therapy(rich.therapy, rich.result.end)
    prime, bridge = trace.fronts
    assert [shot.label for shot in prime.shots] == [
        "start",
        "25\u00a0%",
        "50\u00a0%",
        "75\u00a0%",
        "end",
    ]
    line = Volume.of("0.3072", "mL")
    for quarter, shot in enumerate(prime.shots):
        in_line = shot.line.mass().get("morphine")
        expected = line.scaled(Fraction(quarter, 4)).in_unit("mL") * 5
        assert (in_line.in_unit("mg") if in_line else 0) == expected
        assert shot.at_tip is (quarter == 4)
    assert bridge.kind == "bridge"
    assert bridge.event == 9
    assert bridge.shots[0].label == "start"
    # What ran between the refill and the bridge brings the new solution to the tip a little early.
    assert [shot.label for shot in bridge.shots[-2:]] == ["", "end"]
    assert bridge.shots[-2].at_tip


def test_front_reports_a_prime_that_was_stopped() -> None:
    stopped = RICH.replace(
        "[[events]]\ntime = 2026-03-02T10:40:00",
        '[[events]]\ntime = 2026-03-02T10:12:00\ntype = "stop"\nreason = "pain"\n'
        "[[events]]\ntime = 2026-03-02T10:40:00",
    )
    therapy = read_therapy(stopped.encode(), "stopped.toml")
    trace = trace_therapy(therapy, therapy.instant(therapy.events[-1].time))
    labels = [shot.label for shot in trace.fronts[0].shots]
    assert labels == ["start", "25\u00a0%", "ended early"]
    pumped = Volume(7 * 60 * trace.fronts[0].rate.base)
    drug = trace.fronts[0].shots[-1].line.mass()["morphine"]
    assert drug.in_unit("mg") == pumped.in_unit("mL") * 5


def test_phases_cover_the_run_without_gaps(rich: Case, emptied: Case) -> None:
    for case in (rich, emptied):
        trace = trace_therapy(case.therapy, case.result.end)
        assert trace.phases[0].start == trace.start
        assert trace.phases[-1].end == trace.end
        for before, after in zip(trace.phases, trace.phases[1:], strict=False):
            assert before.end == after.start
    assert "dry: no drug flows" in emptied.html


def test_bars_and_samples_stay_few_however_long_the_run(long: Case) -> None:
    trace = trace_therapy(long.therapy, long.result.end)
    assert trace.buckets.count <= 200
    assert trace.buckets.days == 28
    assert len(trace.samples) <= 260
    assert trace.samples[-1][1] == long.result.reservoir_volume


def test_ticks_are_round_and_cover_the_highest_value() -> None:
    assert nice_step(Fraction(7), 5) == 2
    assert nice_step(Fraction(38), 5) == 10
    assert nice_step(Fraction(13, 100), 5) == Fraction(1, 20)
    for highest in (Fraction(1, 3), Fraction(99), Fraction(1234), Fraction(5)):
        ticks = value_ticks(highest)
        assert ticks[0] == 0
        assert highest <= ticks[-1] < highest * 2
        assert len(ticks) <= 6
    assert value_ticks(Fraction(0)) == [0, 1]


def test_time_ticks_spell_the_month_and_stay_inside(rich: Case) -> None:
    start, end = rich.therapy.instant(rich.therapy.events[0].time), rich.result.end
    ticks = time_ticks(rich.therapy, start, end)
    assert 2 <= len(ticks) <= 7
    assert all(start <= instant <= end for instant, _ in ticks)
    assert any("April 2026" in word for _, word in ticks)
    for years in (1, 30, 900, 6000):
        far = time_ticks(rich.therapy, start, start + years * 365 * 86400)
        assert 1 <= len(far) <= 8, years


def test_a_volume_of_the_table_is_that_of_the_run(rich: Case) -> None:
    assert show(rich.result.reservoir_volume, "mL") in rich.html
